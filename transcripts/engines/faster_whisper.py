"""faster-whisper (CTranslate2): the fast default, on CPU in int8 and on CUDA.

Loaded at the first call, because CTranslate2 must not be loaded before a process forks
(https://github.com/OpenNMT/CTranslate2/issues/539).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from transcripts.cues import Cue
from transcripts.engines.engine import (
    SAMPLE_RATE,
    EngineError,
    Heard,
    Options,
    as_float,
    cue_of,
    likeliest,
    prompt_of,
    rising,
    stop_if,
    whisper_language,
)
from transcripts.engines.weights import digest


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
        """path: the folder of a CTranslate2 model. threads: 0 for one a core."""
        self.version = version("faster-whisper")
        self.model = model
        self.weights = digest(path / "model.bin")
        self._path = path
        self._device = device
        self._compute_type = compute_type
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: Any = None

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
            model = self._load()
            samples = as_float(audio)
            seconds = len(samples) / SAMPLE_RATE
            tell = rising(progress, seconds)
            name, language, probability = self._language(model, samples, options)
            cues = []
            for segment in self._segments(model, samples, name, options):
                stop_if(cancelled)
                cues.append(_cue(segment, name, seconds))
                tell(float(segment.end))
            tell(seconds)
        return Heard(tuple(filter(None, cues)), language, probability)

    def close(self) -> None:
        with self._lock:
            self._loaded = None

    def _load(self) -> Any:
        if self._loaded is None:
            from faster_whisper import WhisperModel

            try:
                self._loaded = WhisperModel(
                    str(self._path),
                    device=self._device,
                    compute_type=self._precision(),
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
        with self._troubles():
            _, _, found = model.detect_language(samples)
        language, probability = likeliest(dict(found), options.candidates)
        return whisper_language(language, known), language, probability

    def _segments(
        self, model: Any, samples: np.ndarray, language: str, options: Options
    ) -> Iterator[Any]:
        with self._troubles():
            segments, _ = model.transcribe(
                samples,
                language=language,
                beam_size=options.beam_size,
                word_timestamps=True,
                condition_on_previous_text=False,
                hallucination_silence_threshold=2.0,
                hotwords=_hotwords(model, options),
            )
            yield from segments

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        """Names what CTranslate2 gives up on: memory, drivers, a file that was changed."""
        try:
            yield
        except (RuntimeError, ValueError) as error:
            raise EngineError(
                f"{self.name} could not transcribe with the model “{self.model}”: {error}"
            ) from error

    def _precision(self) -> str:
        if self._compute_type != "auto":
            return self._compute_type
        import ctranslate2

        on_gpu = self._device == "cuda" or (
            self._device == "auto" and ctranslate2.get_cuda_device_count() > 0
        )
        return "float16" if on_gpu else "int8"


def _hotwords(model: Any, options: Options) -> str | None:
    def count(text: str) -> int:
        return len(model.hf_tokenizer.encode(text, add_special_tokens=False).ids)

    return prompt_of(options.terms, count) or None


def _cue(segment: Any, language: str, seconds: float) -> Cue | None:
    words = ((w.word, w.start, w.end, w.probability) for w in segment.words or ())
    return cue_of(segment.text, segment.start, segment.end, words, language, seconds)
