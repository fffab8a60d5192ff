"""The sample recordings and the tiny Whisper that transcribes them."""
