"""Whisper behind one protocol: a slice of sound in, cues with words out."""
