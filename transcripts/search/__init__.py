"""Search: one analyser, one ranking, an index for each database; its tables are `search_*`."""
