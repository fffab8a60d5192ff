"""The sound of a script, with the true time of every word."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from samples.scripts import VOICES, Script
from samples.speech import SAMPLE_RATE, speak

LEAD_SECONDS = 0.8
LOUDNESS = 0.5
ROOM_NOISE = 0.0008


def recorded(script: Script) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Samples at 16 kHz in -1..1, shape (n,), and the script's entry in ``truth.json``."""
    pieces = [np.zeros(round(LEAD_SECONDS * SAMPLE_RATE), np.float32)]
    at, words, sentences = LEAD_SECONDS, [], []
    for line in script.lines:
        spoken = speak(line.text, VOICES[line.speaker])
        level = LOUDNESS / float(np.abs(spoken.samples).max())
        words += [
            _timed(word.text, at + word.start, at + word.end, line.speaker) for word in spoken.words
        ]
        sentences.append(_timed(line.text, at, at + spoken.seconds, line.speaker))
        silence = np.zeros(round(line.pause * SAMPLE_RATE), np.float32)
        pieces += [spoken.samples * level, silence]
        at += (len(spoken.samples) + len(silence)) / SAMPLE_RATE
    sound = np.concatenate(pieces)
    noise = np.random.default_rng(len(sound)).standard_normal(len(sound)) * ROOM_NOISE
    entry = {
        "language": script.language,
        "file": f"videos/{script.file}",
        "seconds": round(len(sound) / SAMPLE_RATE, 2),
        "sentences": sentences,
        "words": words,
    }
    return (sound + noise).astype(np.float32), entry


def _timed(text: str, start: float, end: float, speaker: str) -> dict[str, Any]:
    return {"text": text, "start": round(start, 2), "end": round(end, 2), "speaker": speaker}
