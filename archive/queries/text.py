"""A transcript as text to read: cues in paragraphs, and the stretches that have no text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PAUSE = 2.0  # seconds of silence that always begin a paragraph
SHORT_PAUSE = 0.7  # seconds that begin one after a sentence, where the paragraph is long
LONG = 320  # letters after which a short pause is enough
VERY_LONG = 700  # letters after which the end of a sentence is enough
SENTENCE_ENDS = (".", "!", "?", "…", "“", "”", '"', "»")
DOUBTFUL = 0.5  # probability below which a word is uncertain
# What stands for words that nobody could make out, and how a voice reads it.
INAUDIBLE = {"[unverständlich]": "unverständliche Stelle", "[inaudible]": "inaudible passage"}
WORD = re.compile(r"\S+")
INAUDIBLE_WORD = re.compile("|".join(re.escape(word) for word in INAUDIBLE))


@dataclass(frozen=True)
class Piece:
    """A part of a cue's text: as it was said, uncertain, or in the place of what was inaudible."""

    text: str
    certainty: float | None = None  # 0 to 1, where the word is uncertain
    read_as: str = ""  # what a voice says instead, where it stands for inaudible words


@dataclass(frozen=True)
class CueLine:
    """One cue as text to read."""

    index: int  # position in the transcript, from 0
    start: float  # seconds
    end: float  # seconds
    text: str
    language: str | None  # where it differs from the transcript's
    pieces: tuple[Piece, ...] = ()  # the text in parts, where some are not as it was said


@dataclass(frozen=True)
class Paragraph:
    """Cues that read on; `speaker` is given where it changes."""

    speaker: str | None
    start: float  # seconds
    cues: tuple[CueLine, ...]

    @property
    def key(self) -> str:
        """Tells it from the other blocks of a text."""
        return f"{self.start:g}"


class Why(StrEnum):
    """Why a stretch has no text."""

    COMING = "coming"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Missing:
    """A stretch without its text."""

    start: float  # seconds
    end: float  # seconds
    why: Why

    @property
    def key(self) -> str:
        """Tells it from the other blocks of a text."""
        return f"{self.start:g}-{self.end:g}-{self.why}"


Block = Paragraph | Missing


def cue_line(
    index: int,
    start: float,
    end: float,
    text: str,
    language: str | None,
    words: Sequence[Sequence[Any]] = (),
) -> CueLine:
    """A cue to read; words: [text, start, end, probability], where uncertain ones are to be told."""
    text = " ".join(text.split())
    return CueLine(index, start, end, text, language, pieces(text, words))


def pieces(text: str, words: Sequence[Sequence[Any]] = ()) -> tuple[Piece, ...]:
    """The text in parts; none where all of it is as it was said."""
    special = sorted([*_inaudible(text), *_doubtful(text, words)], key=lambda spot: spot[0])
    if not special:
        return ()
    made, done = [], 0
    for start, piece in special:
        if start > done:
            made.append(Piece(text[done:start]))
        made.append(piece)
        done = start + len(piece.text)
    if done < len(text):
        made.append(Piece(text[done:]))
    return tuple(made)


def paragraphs(cues: Iterable[CueLine], speakers: Iterable[str | None]) -> tuple[Paragraph, ...]:
    """Cues as paragraphs.

    A new one begins with every speaker, at long pauses, and at the end of a sentence once there is
    much to read.
    """
    made: list[Paragraph] = []
    open_cues: list[CueLine] = []
    speaker: str | None = None
    shown: str | None = None
    length = 0
    for cue, cue_speaker in zip(cues, speakers, strict=True):
        if open_cues and (cue_speaker != speaker or _breaks(open_cues[-1], cue, length)):
            made.append(_paragraph(open_cues, speaker, shown))
            shown, open_cues, length = speaker, [], 0
        speaker = cue_speaker
        open_cues.append(cue)
        length += len(cue.text)
    if open_cues:
        made.append(_paragraph(open_cues, speaker, shown))
    return tuple(made)


def word_steps(text: str, start: float, words: Sequence[tuple[str, float]]) -> tuple[int, ...]:
    """When the words of a text begin, as spaces part them: hundredths of a second since the one before.

    start: of the cue, seconds, which the first is counted from. words: as they were said, with their
    starts; one of them may stand for several of the text, and several for one. Without any: nothing.
    """
    if not words:
        return ()
    known, cursor = [], 0  # letter at which a word begins, and when
    for said, begun in words:
        place = text.find(said, cursor)
        if place >= 0:
            known.append((place, begun))
            cursor = place + len(said)
    steps, before, at = [], round(start * 100), start
    left = iter([*known, (len(text) + 1, 0.0)])
    place, begun = next(left)
    for word in WORD.finditer(text):
        first = True
        while place < word.end():
            if first:
                at, first = begun, False
            place, begun = next(left)
        now = max(before, round(at * 100))
        steps.append(now - before)
        before = now
    return tuple(steps)


def _inaudible(text: str) -> list[tuple[int, Piece]]:
    return [
        (found.start(), Piece(found[0], read_as=INAUDIBLE[found[0]]))
        for found in INAUDIBLE_WORD.finditer(text)
    ]


def _doubtful(text: str, words: Sequence[Sequence[Any]]) -> list[tuple[int, Piece]]:
    """The uncertain words and where they stand."""
    found, cursor = [], 0
    for word, certainty in measured(words):
        start = text.find(word, cursor)
        if start < 0:
            continue
        cursor = start + len(word)
        if certainty < DOUBTFUL:
            found.append((start, Piece(word, certainty=certainty)))
    return found


def measured(words: Sequence[Sequence[Any]]) -> Iterable[tuple[str, float]]:
    """The words whose probability is known, with it; what stands for inaudible ones is no word."""
    for text, _start, _end, *more in words:
        if more and more[0] is not None and text not in INAUDIBLE:
            yield text, more[0]


def _breaks(last: CueLine, cue: CueLine, length: int) -> bool:
    pause = cue.start - last.end
    sentence_over = last.text.endswith(SENTENCE_ENDS)
    return (
        pause >= PAUSE
        or (sentence_over and pause >= SHORT_PAUSE and length >= LONG)
        or (sentence_over and length >= VERY_LONG)
    )


def _paragraph(cues: list[CueLine], speaker: str | None, shown: str | None) -> Paragraph:
    return Paragraph(
        speaker=speaker if speaker != shown else None, start=cues[0].start, cues=tuple(cues)
    )
