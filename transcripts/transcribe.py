"""One chunk of a recording becomes text; its result depends on the chunk alone."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np

from transcripts.cues import Cue, Word
from transcripts.engines.engine import SAMPLE_RATE, Engine, Options
from transcripts.speech import Chunk


@dataclass(frozen=True)
class ChunkTranscript:
    """What was heard in a chunk; all times in seconds of the recording.

    start, end: what the engine heard. own_start, own_end: what the chunk answers for.
    """

    start: float
    end: float
    own_start: float
    own_end: float
    language: str
    language_probability: float | None
    words: tuple[Word, ...]

    def to_json(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self) | {"words": [list(astuple(word)) for word in self.words]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ChunkTranscript":
        """The same again."""
        return cls(**(stored | {"words": tuple(Word(*word) for word in stored["words"])}))


def transcribe_chunk(
    engine: Engine,
    samples: np.ndarray,
    chunk: Chunk,
    options: Options,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ChunkTranscript:
    """Lets `engine` hear the chunk's slice of `samples` (int16, 16 kHz mono, shape (n,)).

    progress: is told the seconds of the chunk done. Raises EngineError.
    """
    heard = engine.transcribe(
        samples[chunk.start : chunk.end], options, progress=progress, cancelled=cancelled
    )
    start, end = chunk.start / SAMPLE_RATE, chunk.end / SAMPLE_RATE
    return ChunkTranscript(
        start=start,
        end=end,
        own_start=chunk.own_start / SAMPLE_RATE,
        own_end=chunk.own_end / SAMPLE_RATE,
        language=heard.language,
        language_probability=heard.language_probability,
        words=_in_order(_words(heard.cues), start, end),
    )


def chunk_key(audio: str, chunk: Chunk, engine: Engine, options: Options) -> str:
    """The key under which a chunk's result is stored: SHA-256 of all that it depends on, hex.

    audio: the fingerprint of the recording.
    """
    parts = {
        "audio": audio,
        "range": [chunk.start, chunk.end],
        "engine": [engine.name, engine.version, engine.model, engine.weights],
        "options": asdict(options),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _words(cues: tuple[Cue, ...]) -> list[Word]:
    """All words; those of a cue without word times share its time by their letters."""
    return [word for cue in cues for word in (cue.words or _spread(cue))]


def _spread(cue: Cue) -> list[Word]:
    texts = cue.text.split()
    letters = sum(map(len, texts))
    words, start = [], cue.start
    for text in texts:
        end = start + (cue.end - cue.start) * len(text) / letters
        words.append(Word(text, start, end))
        start = end
    return words


def _in_order(words: list[Word], offset: float, end: float) -> tuple[Word, ...]:
    """Times in the recording, inside the chunk, never running backwards; rounded to 10 ms."""
    placed, earliest = [], offset
    for word in words:
        begin = min(max(offset + word.start, earliest), end)
        finish = min(max(offset + word.end, begin), end)
        chance = None if word.probability is None else round(word.probability, 4)
        placed.append(Word(word.text, round(begin, 2), round(finish, 2), chance))
        earliest = begin
    return tuple(placed)
