"""faster-whisper (CTranslate2): the fast default, on CPU in int8 and on CUDA.

Loaded at the first call, because CTranslate2 must not be loaded before a process forks
(https://github.com/OpenNMT/CTranslate2/issues/539).
"""

import threading
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from transcripts.cues import Cue, Word
from transcripts.engines.engine import (
    SAMPLE_RATE,
    Cancelled,
    EngineError,
    Heard,
    Options,
    as_float,
    prompt_of,
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
            model = self._load()
            samples = as_float(audio)
            language, probability = _language(model, samples, options)
            segments, _ = model.transcribe(
                samples,
                language=language,
                beam_size=options.beam_size,
                word_timestamps=True,
                condition_on_previous_text=False,
                hallucination_silence_threshold=2.0,
                hotwords=_hotwords(model, options),
            )
            cues = []
            for segment in segments:
                if cancelled is not None and cancelled():
                    raise Cancelled("The transcription was cancelled.")
                cues.append(_cue(segment))
                if progress is not None:
                    progress(float(segment.end))
        if progress is not None:
            progress(len(samples) / SAMPLE_RATE)
        return Heard(tuple(cues), language, probability)

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
            except (RuntimeError, ValueError) as error:
                raise EngineError(
                    f"The model “{self.model}” could not be loaded from {self._path}: {error}"
                ) from error
        return self._loaded

    def _precision(self) -> str:
        if self._compute_type != "auto":
            return self._compute_type
        import ctranslate2

        on_gpu = self._device == "cuda" or (
            self._device == "auto" and ctranslate2.get_cuda_device_count() > 0
        )
        return "float16" if on_gpu else "int8"


def _language(model: Any, samples: np.ndarray, options: Options) -> tuple[str, float | None]:
    if options.language is not None:
        return options.language, None
    _, _, found = model.detect_language(samples)
    chances = dict(found) or {"en": 1.0}
    if options.candidates:
        chances = {code: chances.get(code, 0.0) for code in options.candidates}
    best = max(chances, key=lambda code: chances[code])
    return best, float(chances[best] / (sum(chances.values()) or 1.0))


def _hotwords(model: Any, options: Options) -> str | None:
    def count(text: str) -> int:
        return len(model.hf_tokenizer.encode(text, add_special_tokens=False).ids)

    return prompt_of(options.terms, count) or None


def _cue(segment: Any) -> Cue:
    words = tuple(
        Word(word.word.strip(), float(word.start), float(word.end), float(word.probability))
        for word in segment.words or ()
        if word.word.strip()
    )
    return Cue(float(segment.start), float(segment.end), segment.text.strip(), words)
