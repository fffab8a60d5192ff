"""Who speaks when, told within one recording: voices get letters, and people give them names.

Nothing that a voice could be known by elsewhere leaves this folder.
"""
