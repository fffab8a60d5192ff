"""What Whisper says that nobody said: told from speech, each kind by a rule of its own, and mended.

`suspicions` asks the rules, `repair` hears again; what was done is `Caught`. Pure but for the engine
that `repair` is given.
"""
