"""Words at times at which nobody can have said them: backwards, or too many at once."""

from collections.abc import Iterator

import numpy as np

from transcripts.hallucinations.said import Said, span

BACKWARDS = 1.0  # seconds by which a word may begin before the one before it
FASTEST = 8.0  # words a second; German and English speakers stay below 5


def backwards(said: Said) -> Iterator[tuple[int, int]]:
    """Words that begin long before the one before them, up to where time goes on."""
    latest, begun = -np.inf, None
    for place, word in enumerate(said.words):
        if begun is None and word.start < latest - BACKWARDS:
            begun = place
        elif begun is not None and word.start >= latest:
            yield begun, place
            begun = None
        latest = max(latest, word.start)
    if begun is not None:
        yield begun, len(said.words)


def too_fast(said: Said) -> Iterator[tuple[int, int]]:
    """Cues of more words than anybody can say in their time."""
    for first, last, _ in said.each_cue():
        start, end = span(said.words[first:last])
        if last - first >= 8 and last - first > FASTEST * (end - start):
            yield first, last
