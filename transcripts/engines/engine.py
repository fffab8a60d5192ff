"""What every engine takes and gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from transcripts.cues import Cue

SAMPLE_RATE = 16_000  # Hz


class EngineError(Exception):
    """An engine cannot do its work; the message says why, and what to do next."""


class ModelMissing(EngineError):
    """The weights of a model are not on this machine."""

    def __init__(self, name: str, engine: str, hint: str) -> None:
        super().__init__(f"The Whisper model “{name}” is not here for {engine}. {hint}")
        self.name = name
        self.engine = engine
        self.hint = hint


class Cancelled(EngineError):
    """Somebody stopped the work."""


@dataclass(frozen=True)
class Options:
    """How to transcribe.

    language: BCP 47 code, None to detect it. candidates: the only languages detection may find;
    empty for all. terms: names and words to listen for, most useful first. beam_size: of the decoder.
    """

    language: str | None = None
    candidates: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    beam_size: int = 5


@dataclass(frozen=True)
class Heard:
    """cues: times in seconds from the start of the slice. language_probability: None if declared."""

    cues: tuple[Cue, ...]
    language: str
    language_probability: float | None = None


class Engine(Protocol):
    """A loaded, or still to be loaded, Whisper model."""

    name: str  # of the implementation
    version: str
    model: str
    weights: str  # what tells these weights from others

    def transcribe(
        self,
        audio: np.ndarray,
        options: Options,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Heard:
        """Transcribes a slice: 16 kHz mono, shape (samples,), int16 or float32 in [-1, 1].

        progress: is told the seconds done. cancelled: is asked once a window (30 s of sound).
        Raises EngineError, and Cancelled.
        """
        ...

    def close(self) -> None:
        """Frees the model's memory; the next call loads it again."""
        ...


def as_float(audio: np.ndarray) -> np.ndarray:
    """The slice as float32 in [-1, 1], in memory."""
    if audio.dtype == np.int16:
        return audio.astype(np.float32) / 32768.0
    return np.ascontiguousarray(audio, dtype=np.float32)


def prompt_of(terms: tuple[str, ...], count_tokens: Callable[[str], int], most: int = 100) -> str:
    """As many of the terms, in order, as fit into `most` tokens, joined by commas."""
    kept: list[str] = []
    for term in terms:
        if count_tokens(", ".join([*kept, term])) > most:
            break
        kept.append(term)
    return ", ".join(kept)
