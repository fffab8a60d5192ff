"""Sample recordings, their true words, the tiny Whisper model, and the tools that made them."""
