"""Who speaks when: turns of voices that have a letter and no name.

Speech is looked at in windows of a second and a half. A network makes 192 numbers of each, which lie
close together where one person speaks (`embedding.py`); windows that do are one voice (`clusters.py`).
These numbers are thrown away with the call. Voices are told apart within the recording alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np

from transcripts.speech import FRAME, SAMPLE_RATE, speech_intervals
from transcripts.voices.clusters import assigned, clustered
from transcripts.voices.embedding import embeddings

WINDOW = 1.5  # seconds that one embedding stands for
STEP = 0.75  # seconds between two windows
BREATH = 0.3  # seconds; speech that pauses no longer is looked at as one
SHORTEST = (
    1.0  # seconds of speech in which a voice can be told; what is shorter joins its neighbour
)
PAUSE = 2.0  # seconds of silence that a turn runs over
MOST = 12  # voices


@dataclass(frozen=True)
class Turn:
    """A voice speaks. start, end: seconds. voice: A to Z, then AA, in the order of their first turns."""

    start: float
    end: float
    voice: str


class _Span(NamedTuple):
    """Somewhere in the recording, in seconds."""

    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def turns(samples: np.ndarray, probabilities: np.ndarray, *, most: int = MOST) -> tuple[Turn, ...]:
    """The turns of a recording, in order; none overlap, and none are there where nobody speaks.

    samples: int16, 16 kHz mono, shape (n,); a memory map is read window by window. probabilities: of
    speech, from `speech_probabilities`. most: voices that are told apart at most. The same input
    gives the same turns. Raises VoicesUnavailable where the network is not installed.
    """
    speech = _joined(probabilities)
    long = [span for span in speech if span.end - span.start >= SHORTEST]
    if not long:
        return _lettered(_flowing([(span, 0) for span in speech]))
    windows = [_windows(span) for span in long]
    flat = [window for group in windows for window in group]
    found = embeddings(samples, [_in_samples(window, len(samples)) for window in flat])
    lengths = [len(group) for group in windows]
    voices = assigned(found, clustered(found, lengths, most=most), lengths)
    pieces = _pieces(long, windows, voices)
    return _lettered(_flowing(sorted([*pieces, *_interjections(speech, pieces)])))


def _joined(probabilities: np.ndarray) -> list[_Span]:
    """Where people talk, breaths left out."""
    second = SAMPLE_RATE / FRAME
    spans: list[_Span] = []
    for first, last in speech_intervals(probabilities):
        span = _Span(first / second, last / second)
        if spans and span.start - spans[-1].end <= BREATH:
            span = _Span(spans.pop().start, span.end)
        spans.append(span)
    return spans


def _windows(span: _Span) -> list[_Span]:
    """Windows that cover the span evenly; one where it is no longer than a window."""
    rest = span.end - span.start - WINDOW
    if rest <= 0:
        return [span]
    starts = np.linspace(span.start, span.end - WINDOW, int(np.ceil(rest / STEP)) + 1)
    return [_Span(float(start), float(start) + WINDOW) for start in starts]


def _in_samples(window: _Span, count: int) -> tuple[int, int]:
    start, length = int(window.start * SAMPLE_RATE), int((window.end - window.start) * SAMPLE_RATE)
    return start, min(start + length, count)


def _pieces(
    spans: Sequence[_Span], windows: Sequence[Sequence[_Span]], voices: Sequence[int]
) -> list[tuple[_Span, int]]:
    """Each span cut where the voice changes, halfway between the two windows that say so."""
    told = iter(voices)
    pieces: list[tuple[_Span, int]] = []
    for span, own in zip(spans, windows, strict=True):
        labels = [(window, next(told)) for window in own]
        start = span.start
        for (before, voice), (after, following) in pairwise(labels):
            if voice != following:
                cut = (before.middle + after.middle) / 2
                pieces.append((_Span(start, cut), voice))
                start = cut
        pieces.append((_Span(start, span.end), labels[-1][1]))
    return pieces


def _interjections(
    speech: Sequence[_Span], pieces: Sequence[tuple[_Span, int]]
) -> list[tuple[_Span, int]]:
    """What is too short to be told joins the voice that is nearest in time."""
    starts = [span.start for span, _ in pieces]
    found = []
    for span in speech:
        if span.end - span.start >= SHORTEST:
            continue
        place = int(np.searchsorted(starts, span.start))
        near = pieces[max(place - 1, 0) : place + 1]
        nearest = min(
            near, key=lambda piece: max(span.start - piece[0].end, piece[0].start - span.end)
        )
        found.append((span, nearest[1]))
    return found


def _flowing(pieces: Sequence[tuple[_Span, int]]) -> list[tuple[_Span, int]]:
    """Pieces of one voice that follow each other closely, as one."""
    made: list[tuple[_Span, int]] = []
    for voice, run in groupby(pieces, key=lambda piece: piece[1]):
        for span, _ in run:
            last = made[-1] if made else None
            if last and last[1] == voice and span.start - last[0].end <= PAUSE:
                made[-1] = (_Span(last[0].start, span.end), voice)
            else:
                made.append((span, voice))
    return made


def _lettered(pieces: Sequence[tuple[_Span, int]]) -> tuple[Turn, ...]:
    letters: dict[int, str] = {}
    for _, voice in pieces:
        letters.setdefault(voice, letter(len(letters)))
    return tuple(
        Turn(round(span.start, 2), round(span.end, 2), letters[voice]) for span, voice in pieces
    )


def letter(number: int) -> str:
    """The letter of the voice with that number, from 0: A to Z, AA, AB, ..."""
    rest, last = divmod(number, 26)
    return (letter(rest - 1) if rest else "") + chr(ord("A") + last)
