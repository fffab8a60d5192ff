"""Verbs, one a file: functions that change something, without Flask."""
