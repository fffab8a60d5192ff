"""Questions, named by nouns: functions that answer with frozen dataclasses and change nothing."""
