"""Every figure Podium claims, as a script that prints it; each takes `--quick` and `--json FILE`."""
