"""Where voices are in a slice, and where they are without a word that was written down.

`voice` is the slice's probability of speech, a frame of 32 ms each: float32, shape (frames,).
"""

from collections.abc import Sequence

import numpy as np

from transcripts.engines.engine import SAMPLE_RATE
from transcripts.speech import FRAME, HYSTERESIS, THRESHOLD

FRAME_SECONDS = FRAME / SAMPLE_RATE
SHORTEST_VOICE = 0.12  # seconds; noise and music make shorter blips
LEAST_SPEECH = 0.5  # seconds of voices below which nobody speaks: a cough, a chair
TOLERANCE = 0.5  # seconds by which the times of words and of voices may differ
BREATH = 1.5  # seconds of pause between two sentences that were lost together
LOST = 3.0  # seconds of speech without a word


def intervals(voice: np.ndarray, *, pause: float = 0.0) -> list[tuple[float, float]]:
    """Where voices are, seconds of the slice; pauses of up to `pause` seconds are part of it."""
    found: list[tuple[float, float]] = []
    for first, last in _runs(voice >= HYSTERESIS):
        start, end = first * FRAME_SECONDS, last * FRAME_SECONDS
        if end - start < SHORTEST_VOICE:
            continue
        if found and start - found[-1][1] <= pause:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def voiced_seconds(voice: np.ndarray, start: float, end: float) -> float:
    """How long voices are heard between two seconds of the slice."""
    parts = (min(end, last) - max(start, first) for first, last in intervals(voice))
    return sum(part for part in parts if part > 0)


def lost_speech(
    covered: Sequence[tuple[float, float]], voice: np.ndarray
) -> list[tuple[float, float]]:
    """Where people talk for three seconds or more and nothing is written: seconds of the slice.

    covered: where words are, in any order.
    """
    free = np.ones(len(voice), bool)
    for start, end in covered:
        free[max(0, int(start / FRAME_SECONDS)) : max(0, int(np.ceil(end / FRAME_SECONDS)))] = False
    found = []
    for first, last in _runs(free):
        part, offset = voice[first:last], first * FRAME_SECONDS
        for start, end in intervals(part, pause=BREATH):
            spoken = part[round(start / FRAME_SECONDS) : round(end / FRAME_SECONDS)] >= THRESHOLD
            if np.sum(spoken) * FRAME_SECONDS >= LOST:
                found.append((offset + start, offset + end))
    return found


def _runs(marked: np.ndarray) -> list[tuple[int, int]]:
    """Where a row of booleans is true, as (first, last + 1)."""
    closed = np.concatenate([[False], marked, [False]])
    edges = np.flatnonzero(closed[1:] != closed[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
