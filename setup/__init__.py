"""Sets Podium up, starts it, tests it: the standard library alone, for nothing is installed yet."""
