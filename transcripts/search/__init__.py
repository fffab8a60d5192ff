"""Search: one analyser, one ranking, one index; its tables are `search_*`, in any database."""
