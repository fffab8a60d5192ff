"""faster-whisper (CTranslate2): the fast default, on CPU in int8 and on CUDA.

Loaded at the first call, because CTranslate2 must not be loaded before a process forks
(https://github.com/OpenNMT/CTranslate2/issues/539).
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from transcripts.cues import Cue
from transcripts.engines.engine import (
    SAMPLE_RATE,
    SEED,
    EngineError,
    Heard,
    Options,
    Signals,
    as_float,
    cue_of,
    heard_of,
    likeliest,
    prompt_of,
    rising,
    signals_of,
    stop_if,
    temperatures_of,
    terms_of,
    troubles,
    whisper_language,
)
from transcripts.engines.weights import digest

BATCH = 8  # clips of a draft that are decoded at a time
LONGEST_CLIP = 25.0  # seconds; a clip of more than 30 breaks memory, and fast talk needs its tokens
LONGEST_PAUSE = 5.0  # seconds inside a clip
# What makes another decoding another one at once. Longer runs of tokens do return in speech.
AGAIN = {"no_repeat_ngram_size": 5, "repetition_penalty": 1.1}


class FasterWhisper:
    """One model on one device; calls wait for each other."""

    name = "faster-whisper"

    def __init__(
        self,
        path: Path,
        *,
        model: str,
        device: str = "auto",
        compute_type: str = "auto",
        threads: int = 0,
    ) -> None:
        """path: the folder of a CTranslate2 model. device: cpu, cuda, or auto for a GPU where there
        is one. compute_type: auto is float16 on CUDA and int8 elsewhere. threads: 0 for one a core."""
        self.version = version("faster-whisper")
        self.model = model
        self.weights = digest(path / "model.bin")
        self._path = path
        self._device = device
        self._compute_type = compute_type
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._sampled = False  # since it was loaded

    def transcribe(
        self,
        audio: np.ndarray,
        options: Options,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Heard:
        with self._lock:
            stop_if(cancelled)
            if options.again and self._sampled:
                self._loaded = None  # its threads take the seed once, when they first sample
            model = self._load()
            samples = as_float(audio)
            seconds = len(samples) / SAMPLE_RATE
            tell = rising(progress, seconds)
            name, language, probability = self._language(model, samples, options)
            prompt = _prompt(model, options)
            found = []
            for segment in self._segments(model, samples, name, prompt, options):
                self._sampled = self._sampled or segment.temperature > 0
                stop_if(cancelled)
                found.append((_cue(segment, name), _signals(segment)))
                tell(float(segment.end))
            tell(seconds)
        return heard_of(found, language, probability, prompt)

    def close(self) -> None:
        with self._lock:
            self._loaded = None

    def _load(self) -> Any:
        if self._loaded is None:
            import ctranslate2
            from faster_whisper import WhisperModel

            ctranslate2.set_random_seed(SEED)
            self._sampled = False
            device = _device(self._device)
            try:
                self._loaded = WhisperModel(
                    str(self._path),
                    device=device,
                    compute_type=_precision(self._compute_type, device),
                    cpu_threads=self._threads,
                    local_files_only=True,
                )
            except Exception as error:  # of a library's own, plain ones among them
                raise EngineError(
                    f"The model “{self.model}” could not be loaded from {self._path}: {error}. Look"
                    " at its files, or fetch it again."
                ) from error
        return self._loaded

    def _language(
        self, model: Any, samples: np.ndarray, options: Options
    ) -> tuple[str, str, float | None]:
        """The language by Whisper's name and by ours, and its probability."""
        known = model.supported_languages
        if options.language is not None:
            return whisper_language(options.language, known), options.language, None
        with troubles(self):
            _, _, found = model.detect_language(samples)
        language, probability = likeliest(dict(found), options.candidates)
        return whisper_language(language, known), language, probability

    def _segments(
        self, model: Any, samples: np.ndarray, language: str, prompt: str, options: Options
    ) -> Iterator[Any]:
        decode = _draft if options.draft and not options.again else _in_sequence
        with troubles(self):
            yield from decode(
                model,
                samples,
                options,
                language=language,
                temperature=temperatures_of(options, penalised=True),
                word_timestamps=True,
                hotwords=prompt or None,
            )


def saturates(cpuinfo: str) -> bool:
    """Whether int8 is less exact on this processor: an x86 one without VNNI instructions, as
    /proc/cpuinfo lists them, adds products up in 16 bits, which overflow
    (https://github.com/uxlfoundation/oneDNN/issues/717)."""
    flags = next((line for line in cpuinfo.splitlines() if line.startswith("flags")), "")
    return bool(flags) and "vnni" not in flags


def _device(wanted: str) -> str:
    if wanted == "mps":
        raise EngineError(
            "faster-whisper cannot work on the device “mps”: CTranslate2 knows no Metal. Set"
            " PODIUM_ENGINE to openai-whisper for an Apple GPU, or PODIUM_DEVICE to cpu."
        )
    if wanted != "auto":
        return wanted
    import ctranslate2

    return "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"


def _precision(wanted: str, device: str) -> str:
    if wanted != "auto":
        return wanted
    return "float16" if device == "cuda" else "int8"


def _in_sequence(model: Any, samples: np.ndarray, options: Options, **given: Any) -> Iterable[Any]:
    """Window after window, each begun where the one before ended, and tried again if it failed."""
    segments, _ = model.transcribe(
        samples,
        beam_size=options.beam_size,
        condition_on_previous_text=False,
        hallucination_silence_threshold=2.0,
        **(AGAIN if options.again else {}),
        **given,
    )
    return segments


def _draft(model: Any, samples: np.ndarray, options: Options, **given: Any) -> Iterable[Any]:
    """Clips of speech, several at a time, each once.

    Pauses inside a clip stay: faster-whisper's own filter splices them out, which makes times wrong.
    A pipeline keeps the time of the last speech, so every call has its own.
    """
    from faster_whisper import BatchedInferencePipeline

    clips = _clips(samples)
    if not clips:
        return ()
    segments, _ = BatchedInferencePipeline(model).transcribe(
        samples,
        beam_size=1,
        batch_size=BATCH,
        clip_timestamps=clips,
        without_timestamps=False,
        **given,
    )
    return segments


def _clips(samples: np.ndarray) -> list[dict[str, float]]:
    """Where people talk, in seconds, in pieces that Whisper hears whole, cut at short silences."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        max_speech_duration_s=LONGEST_CLIP, min_silence_duration_ms=int(LONGEST_PAUSE * 1000)
    )
    return [
        {edge: sample / SAMPLE_RATE for edge, sample in clip.items()}
        for clip in get_speech_timestamps(samples, options)
    ]


def _prompt(model: Any, options: Options) -> str:
    def count(text: str) -> int:
        return len(model.hf_tokenizer.encode(text, add_special_tokens=False).ids)

    return prompt_of(terms_of(options), count)


def _cue(segment: Any, language: str) -> Cue | None:
    words = ((w.word, w.start, w.end, w.probability) for w in segment.words or ())
    return cue_of(segment.text, segment.start, segment.end, words, language)


def _signals(segment: Any) -> Signals:
    return signals_of(
        segment.compression_ratio,
        segment.avg_logprob,
        segment.no_speech_prob,
        segment.temperature,
    )
