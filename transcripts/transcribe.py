"""One chunk of a recording becomes text; its result depends on the chunk alone."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

import numpy as np

from transcripts.cues import Word
from transcripts.engines.engine import SAMPLE_RATE, Engine, Options
from transcripts.hallucinations.caught import CHECKS, Caught
from transcripts.hallucinations.repair import repaired
from transcripts.speech import FRAME, Chunk, speech_probabilities


@dataclass(frozen=True)
class ChunkTranscript:
    """What was heard in a chunk; all times in seconds of the recording.

    start, end: what the engine heard. own_start, own_end: what the chunk answers for. caught: what
    Whisper said that nobody did, and what was done about it. prompt: the terms it listened for.
    other_languages: (start, end, BCP 47 code) of stretches that are not in `language`.
    """

    start: float
    end: float
    own_start: float
    own_end: float
    language: str
    language_probability: float | None
    words: tuple[Word, ...]
    caught: tuple[Caught, ...] = ()
    prompt: str = ""
    other_languages: tuple[tuple[float, float, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For a JSON column."""
        lists = {
            "words": [list(astuple(word)) for word in self.words],
            "other_languages": [list(stretch) for stretch in self.other_languages],
        }
        return asdict(self) | {"caught": [asdict(one) for one in self.caught]} | lists

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ChunkTranscript":
        """The same again; what older rows lack is empty."""
        tuples = {
            "words": tuple(Word(*word) for word in stored["words"]),
            "caught": tuple(Caught(**one) for one in stored.get("caught", ())),
            "other_languages": tuple((*one,) for one in stored.get("other_languages", ())),
        }
        return cls(**(stored | tuples))


def transcribe_chunk(
    engine: Engine,
    samples: np.ndarray,
    chunk: Chunk,
    options: Options,
    *,
    voice: np.ndarray | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ChunkTranscript:
    """Lets `engine` hear the chunk's slice of `samples` (int16, 16 kHz mono, shape (n,)).

    What Whisper says that nobody said is caught; a window that went wrong is heard once more.
    voice: the probability of speech for each frame of all the samples, as `speech_probabilities`
    finds it; None finds that of the slice. progress: is told the seconds of the chunk done, by the
    first hearing. Raises EngineError.
    """
    slice_ = samples[chunk.start : chunk.end]
    heard = engine.transcribe(slice_, options, progress=progress, cancelled=cancelled)
    if voice is None:
        voice = speech_probabilities(slice_)
    else:
        first = chunk.start // FRAME
        voice = voice[first : first - (-len(slice_) // FRAME)]
    result = repaired(engine, slice_, options, heard, voice=voice, cancelled=cancelled)
    start, end = chunk.start / SAMPLE_RATE, chunk.end / SAMPLE_RATE
    return ChunkTranscript(
        start=start,
        end=end,
        own_start=chunk.own_start / SAMPLE_RATE,
        own_end=chunk.own_end / SAMPLE_RATE,
        language=heard.language,
        language_probability=heard.language_probability,
        words=_in_order(result.words, start, end),
        caught=tuple(_later(one, start) for one in result.caught),
        prompt=heard.prompt,
        other_languages=tuple(
            (round(start + begin, 2), round(start + finish, 2), language)
            for begin, finish, language in result.other_languages
        ),
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
        "checks": CHECKS,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _later(caught: Caught, offset: float) -> Caught:
    start, end = round(offset + caught.start, 2), round(offset + caught.end, 2)
    return replace(caught, start=start, end=end)


def _in_order(words: Iterable[Word], offset: float, end: float) -> tuple[Word, ...]:
    """Times in the recording, inside the chunk, never running backwards; rounded to 10 ms."""
    placed, earliest = [], offset
    for word in words:
        begin = min(max(offset + word.start, earliest), end)
        finish = min(max(offset + word.end, begin), end)
        chance = None if word.probability is None else round(word.probability, 4)
        placed.append(Word(word.text, round(begin, 2), round(finish, 2), chance))
        earliest = begin
    return tuple(placed)
