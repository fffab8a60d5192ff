"""The tables: columns, relations and derived names. Verbs live in `actions`, questions in `queries`."""
