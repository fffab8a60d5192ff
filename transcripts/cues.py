"""The two nouns every transcript is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word.

    text: as written, punctuation included, without surrounding spaces.
    start, end: seconds from the start of the recording (or of the slice an engine was given).
    probability: 0 to 1 as the engine says, None where nobody measured it.
    """

    text: str
    start: float
    end: float
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """One WebVTT cue: a short stretch of text with its time.

    start, end: seconds, start <= end.
    text: the words as written, joined with single spaces.
    words: in order; empty where only whole cues are timed.
    speaker: display name, None where unknown.
    language: BCP 47 code of this cue, None where it is that of the transcript.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    speaker: str | None = None
    language: str | None = None
