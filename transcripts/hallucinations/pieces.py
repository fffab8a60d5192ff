"""Pieces of a slice that are heard again, and which words lie in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from transcripts.cues import Word
from transcripts.hallucinations.said import span
from transcripts.hallucinations.voiced import (
    FRAME_SECONDS,
    LEAST_SPEECH,
    TOLERANCE,
    intervals,
    voiced_seconds,
)
from transcripts.speech import LONGEST_PAUSE, PADDING

LONGEST_PIECE = 30.0  # seconds, a window of Whisper


@dataclass(frozen=True)
class Piece:
    """Voices from `start` to `end`, and the sound around them that is free of other words; seconds."""

    start: float
    end: float
    heard_from: float
    heard_to: float


def pieces_near(words: Sequence[Word], voice: np.ndarray, room: tuple[float, float]) -> list[Piece]:
    """Pieces of speech in a room, seconds of the slice, that touch the time of the words."""
    start, end = span(words)
    voices = [
        (max(first, room[0]), min(last, room[1]))
        for first, last in intervals(voice, pause=PADDING)
        if first < room[1] and last > room[0]
    ]
    return [
        piece
        for piece in pieces_of(voices, voice, room)
        if piece.start <= end + TOLERANCE
        and piece.end >= start - TOLERANCE
        and voiced_seconds(voice, piece.start, piece.end) >= LEAST_SPEECH
    ]


def pieces_of(
    voices: list[tuple[float, float]], voice: np.ndarray, room: tuple[float, float]
) -> list[Piece]:
    """Voices put together up to 30 s; the sound between two pieces is shared between them."""
    spans: list[tuple[float, float]] = []
    for start, end in (part for one in voices for part in _parts(*one, voice)):
        near = spans and start - spans[-1][1] <= LONGEST_PAUSE
        if near and end - spans[-1][0] <= LONGEST_PIECE - 2 * PADDING:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    middles = [(one[1] + other[0]) / 2 for one, other in zip(spans, spans[1:], strict=False)]
    borders = [room[0], *middles, room[1]]
    return [
        Piece(start, end, max(start - PADDING, least), min(end + PADDING, most))
        for (start, end), least, most in zip(spans, borders, borders[1:], strict=False)
    ]


def shared(words: Sequence[Word], pieces: Sequence[Piece]) -> list[list[Word]]:
    """The words for each piece: those before the middle of the pause behind it."""
    shares: list[list[Word]] = [[] for _ in pieces]
    for word in words if pieces else ():
        behind = sum(piece.heard_to <= (word.start + word.end) / 2 for piece in pieces[:-1])
        shares[behind].append(word)
    return shares


def moved(word: Word, piece: Piece) -> Word:
    """A word of a piece, placed in the slice and kept inside the piece."""
    start = min(max(piece.heard_from + word.start, piece.heard_from), piece.heard_to)
    end = min(max(piece.heard_from + word.end, start), piece.heard_to)
    return replace(word, start=start, end=end)


def _parts(start: float, end: float, voice: np.ndarray) -> Iterator[tuple[float, float]]:
    """Speech of more than 30 s is cut where it is least likely, in the last third of a window."""
    longest = LONGEST_PIECE - 2 * PADDING
    while end - start > longest:
        first, last = (int((start + longest * part) / FRAME_SECONDS) for part in (2 / 3, 1))
        cut = (first + int(np.argmin(voice[first:last]))) * FRAME_SECONDS
        yield start, cut
        start = cut
    yield start, end
