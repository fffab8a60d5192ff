"""Where files are kept: one protocol, one module for each kind of place."""
