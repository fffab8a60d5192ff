"""Words where nobody speaks: in a pause, or after the sound has ended."""

from collections.abc import Iterator

import numpy as np

from transcripts.cues import Word
from transcripts.hallucinations.said import Said
from transcripts.hallucinations.voiced import TOLERANCE, intervals


def beyond(said: Said, seconds: float) -> Iterator[tuple[int, int]]:
    """Words that begin after the sound has ended."""
    return _whole_runs(said, [word.start > seconds + TOLERANCE for word in said.words])


def silent(said: Said, voice: np.ndarray) -> Iterator[tuple[int, int]]:
    """Words that lie almost wholly where nobody speaks."""
    near = [(start - TOLERANCE, end + TOLERANCE) for start, end in intervals(voice)]
    return _whole_runs(said, [_is_outside(word, near) for word in said.words])


def _is_outside(word: Word, near: list[tuple[float, float]]) -> bool:
    start, end = word.start, max(word.end, word.start + 0.01)
    within = max((min(end, last) - max(start, first) for first, last in near), default=-1.0)
    return within < 0.1 * (end - start)


def _whole_runs(said: Said, marked: list[bool]) -> Iterator[tuple[int, int]]:
    """Runs of marked words that are more than one word of a sentence that was timed wrongly."""
    first = 0
    while first < len(marked):
        last = first
        while last < len(marked) and marked[last]:
            last += 1
        if last - first > 2 or (last > first and said.begins(first) and said.begins(last)):
            yield first, last
        first = max(last, first + 1)
