"""What every engine takes and gives."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from transcripts.cues import Cue, Word

SAMPLE_RATE = 16_000  # Hz
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # of the sampling; the next where one went wrong
SEED = 1  # of the sampling: the same sound gives the same text every time
# Languages that Whisper calls by another name than BCP 47 does.
WHISPER_NAMES = {"nb": "no", "jv": "jw", "fil": "tl", "cmn": "zh"}
UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})  # written without spaces


class EngineError(Exception):
    """An engine cannot do its work; the message says why, and what to do next."""


class ModelMissing(EngineError):
    """The weights of a model are not on this machine."""

    def __init__(self, name: str, engine: str, hint: str) -> None:
        super().__init__(f"The Whisper model “{name}” is not here for {engine}. {hint}")
        self.name = name
        self.engine = engine
        self.hint = hint

    def __reduce__(self) -> tuple[type["ModelMissing"], tuple[str, str, str]]:
        return type(self), (self.name, self.engine, self.hint)


class EngineDied(EngineError):
    """The engine's process ended in the middle of its work, for want of memory perhaps.

    The next call starts another process.
    """


class Cancelled(EngineError):
    """Somebody stopped the work."""


@dataclass(frozen=True)
class Options:
    """How to transcribe.

    language: BCP 47 code, None to detect it. candidates: the only languages detection may find;
    empty for all. terms: names and words to listen for, most useful first. beam_size: of the decoder.
    draft: fast, and of lower quality: no beam, and no second try of a window that went wrong. again:
    another decoding of what went wrong before: without terms, with penalties for repeating or else
    sampled from the start; it comes before draft.
    """

    language: str | None = None
    candidates: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    beam_size: int = 5
    draft: bool = False
    again: bool = False


@dataclass(frozen=True)
class Signals:
    """What tells a decoding that went wrong from one that did not, as Whisper measures it.

    compression_ratio: of the text by zlib; loops are above 2.4. log_probability: mean of the
    tokens, at most 0. no_speech: probability that nobody speaks. temperature: of the sampling.
    """

    compression_ratio: float
    log_probability: float
    no_speech: float
    temperature: float


@dataclass(frozen=True)
class Heard:
    """What an engine heard in a slice.

    cues: times in seconds from the start of the slice, as the engine gives them: they may lie
    outside the slice, and run backwards. language_probability: None if declared. signals: one for
    each cue, or none at all. prompt: the terms that the decoder was given, as it was given them.
    """

    cues: tuple[Cue, ...]
    language: str
    language_probability: float | None = None
    signals: tuple[Signals, ...] = ()
    prompt: str = ""


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

        progress: is told the seconds done; they rise up to the length of the slice. cancelled: is
        asked before the work and once a window (30 s of sound). Raises EngineError, and Cancelled.
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


def rising(progress: Callable[[float], None] | None, seconds: float) -> Callable[[float], None]:
    """Tells `progress` what was not told yet: Whisper's windows end after the sound does."""
    told = 0.0

    def tell(done: float) -> None:
        nonlocal told
        done = min(done, seconds)
        if progress is not None and done > told:
            told = done
            progress(done)

    return tell


def stop_if(cancelled: Callable[[], bool] | None) -> None:
    """Raises Cancelled where somebody stopped the work."""
    if cancelled is not None and cancelled():
        raise Cancelled("The transcription was cancelled.")


@contextmanager
def troubles(engine: "Engine") -> Iterator[None]:
    """Names what a library gives up on (memory, drivers, a changed file) as an EngineError."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise EngineError(
            f"{engine.name} could not transcribe with the model “{engine.model}”: {error}"
        ) from error


def temperatures_of(options: Options, *, penalised: bool = False) -> tuple[float, ...]:
    """The temperatures that are tried one after the other.

    penalised: another decoding differs by its penalties, and need not be sampled from the start.
    """
    if options.again and not penalised:
        return TEMPERATURES[1:]
    return TEMPERATURES[:1] if options.draft and not options.again else TEMPERATURES


def terms_of(options: Options) -> tuple[str, ...]:
    """The terms that the decoder may be given: terms are what loops often come from."""
    return () if options.again else options.terms


def whisper_language(code: str, known: Collection[str]) -> str:
    """Whisper's name for a BCP 47 language; raises EngineError where it is not among `known`."""
    name = _whisper_name(code)
    if name not in known:
        raise EngineError(
            f"Whisper knows no language “{code}”. Declare another one, or none to have it detected."
        )
    return name


def likeliest(chances: Mapping[str, float], candidates: tuple[str, ...]) -> tuple[str, float]:
    """The language heard, and its probability among the candidates, of which empty means all."""
    if candidates:
        chances = {code: chances.get(_whisper_name(code), 0.0) for code in candidates}
    best = max(chances, key=lambda code: chances[code])
    return best, float(chances[best] / (sum(chances.values()) or 1.0))


def cue_of(
    text: str,
    start: float,
    end: float,
    words: Iterable[tuple[str, float, float, float]],
    language: str,
) -> Cue | None:
    """The cue of one of Whisper's segments; None where it says nothing.

    words: text, start, end and probability as Whisper gives them. There a word begins with a space;
    what does not, such as the “-Mail” of “E-Mail”, belongs to the word before it. language: by
    Whisper's name. Times stay as they are given: they may lie outside the slice or run backwards.
    """
    glued: list[Word] = []
    for raw, begun, ended, probability in words:
        part = raw.strip()
        if part and glued and not raw[0].isspace() and language not in UNSPACED:
            first = glued.pop()
            chance = min(first.probability or 0.0, float(probability))
            glued.append(Word(first.text + part, first.start, float(ended), chance))
        elif part:
            glued.append(Word(part, float(begun), float(ended), float(probability)))
    plain = " ".join(text.split())
    if not plain:
        return None
    begins = min([start, *(word.start for word in glued[:1])])
    ends = max([end, *(word.end for word in glued[-1:])])
    return Cue(float(begins), float(ends), plain, tuple(glued))


def signals_of(
    compression_ratio: float, log_probability: float, no_speech: float, temperature: float
) -> Signals:
    """The signals to four decimals: what lies behind differs from one run to the next."""
    measured = (compression_ratio, log_probability, no_speech, temperature)
    return Signals(*(round(float(value), 4) for value in measured))


def heard_of(
    found: Iterable[tuple[Cue | None, Signals]],
    language: str,
    language_probability: float | None,
    prompt: str,
) -> Heard:
    """What was heard, without the segments that say nothing."""
    kept = [(cue, signals) for cue, signals in found if cue is not None]
    return Heard(
        cues=tuple(cue for cue, _ in kept),
        language=language,
        language_probability=language_probability,
        signals=tuple(signals for _, signals in kept),
        prompt=prompt,
    )


def _whisper_name(code: str) -> str:
    primary = code.split("-")[0].lower()
    return WHISPER_NAMES.get(primary, primary)


def prompt_of(terms: tuple[str, ...], count_tokens: Callable[[str], int], most: int = 100) -> str:
    """As many of the terms, in order, as fit into `most` tokens, joined by commas."""
    kept: list[str] = []
    for term in terms:
        if count_tokens(", ".join([*kept, term])) > most:
            break
        kept.append(term)
    return ", ".join(kept)
