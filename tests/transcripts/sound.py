"""The sound of the sample recordings, and the true words that are spoken in them."""

import functools
import subprocess

import numpy as np

from samples.programme import SAMPLES, truth
from transcripts.cues import Word

RATE = 16_000  # Hz

GERMAN = "ein-portal-fuer-alle-dienste"
PANEL = "cloud-sicherheit-in-kommunen"
ENGLISH = "open-data-in-a-smart-region"


@functools.cache
def sound(slug: str) -> np.ndarray:
    """A sample recording: int16, 16 kHz mono, shape (samples,)."""
    path = SAMPLES / truth()[slug]["file"]
    form = ["-f", "s16le", "-ac", "1", "-ar", str(RATE)]
    decoded = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", path, *form, "-"],
        capture_output=True,
        check=True,
    )
    return np.frombuffer(decoded.stdout, np.int16)


def words(slug: str) -> list[Word]:
    """What is said in it, and when."""
    return [Word(w["text"], w["start"], w["end"]) for w in truth()[slug]["words"]]


def seconds(count: float) -> np.ndarray:
    """Silence."""
    return np.zeros(int(count * RATE), np.int16)
