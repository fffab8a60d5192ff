"""openai-whisper: the reference, and the engine for AMD and Apple GPUs.

It is not safe for threads: it hangs hooks on the model and flips a switch of the class, so one call
runs at a time in a process.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
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

FRAMES = 100  # frames of the spectrogram a second
_one_at_a_time = threading.Lock()


class OpenAIWhisper:
    """One model on one device."""

    name = "openai-whisper"

    def __init__(
        self,
        path: Path,
        *,
        model: str,
        device: str = "auto",
        compute_type: str = "auto",
        threads: int = 0,
    ) -> None:
        """path: a checkpoint. device: cpu, cuda, mps, or auto for a GPU where there is one.
        compute_type: auto is float16 on CUDA and float32 elsewhere. threads: 0 for one a core."""
        self.version = version("openai-whisper")
        self.model = model
        self.weights = digest(path)
        self._path = path
        self._device = device
        self._compute_type = compute_type
        self._threads = threads
        self._loaded: Any = None

    def transcribe(
        self,
        audio: np.ndarray,
        options: Options,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Heard:
        import torch
        import whisper

        with _one_at_a_time:
            stop_if(cancelled)
            model = self._load()
            samples = as_float(audio)
            seconds = len(samples) / SAMPLE_RATE
            tell = rising(progress, seconds)
            with troubles(self):
                name, language, probability = _language(whisper, model, samples, options)
                prompt = _prompt(whisper, name, options)
                torch.manual_seed(SEED)
                with _watched(tell, cancelled), _aligned_here(whisper, model):
                    result = whisper.transcribe(
                        model,
                        samples,
                        language=name,
                        temperature=temperatures_of(options),
                        beam_size=None if options.draft else options.beam_size,
                        best_of=5,
                        word_timestamps=True,
                        condition_on_previous_text=False,
                        hallucination_silence_threshold=2.0,
                        initial_prompt=prompt or None,
                        carry_initial_prompt=bool(prompt),
                        fp16=self._half(model),
                        verbose=None,
                    )
            tell(seconds)
        found = ((_cue(segment, name), _signals(segment)) for segment in result["segments"])
        return heard_of(found, language, probability, prompt)

    def close(self) -> None:
        with _one_at_a_time:
            self._loaded = None

    def _load(self) -> Any:
        if self._loaded is None:
            import torch
            import whisper

            if self._threads:
                torch.set_num_threads(self._threads)
            try:
                model = whisper.load_model(str(self._path), device="cpu")
                _set_alignment_heads(whisper, model, self._path)
                _move(model, _device(self._device))
            except Exception as error:  # a file that is no checkpoint fails in many ways
                raise EngineError(
                    f"The model “{self.model}” could not be loaded from {self._path}: {error}. Look"
                    " at its file, or fetch it again."
                ) from error
            self._loaded = model
        return self._loaded

    def _half(self, model: Any) -> bool:
        return self._compute_type in ("auto", "float16") and model.device.type == "cuda"


def _device(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _move(model: Any, device: str) -> None:
    """Puts the model on its device, but the table of alignment heads: it is sparse, which Metal is
    not made for (https://github.com/pytorch/pytorch/issues/87886), and only ever read here."""
    heads = model.alignment_heads
    del model.alignment_heads
    model.to(device)
    model.register_buffer("alignment_heads", heads, persistent=False)


@contextmanager
def _aligned_here(whisper: Any, model: Any) -> Iterator[None]:
    """Times of words are found in float64, which Metal has not: there they are found on the CPU.

    As in https://github.com/openai/whisper/pull/2825.
    """
    original = whisper.timing.dtw
    if model.device.type == "mps":
        whisper.timing.dtw = lambda costs: original(costs.cpu())
    try:
        yield
    finally:
        whisper.timing.dtw = original


def _set_alignment_heads(whisper: Any, model: Any, path: Path) -> None:
    """A checkpoint loaded by path has the wrong ones: they stand beside it, or in Whisper's table."""
    import torch

    beside = path.with_suffix(".json")
    if beside.exists():
        mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        for layer, head in json.loads(beside.read_text())["alignment_heads"]:
            mask[layer, head] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    elif path.stem in whisper._ALIGNMENT_HEADS:
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[path.stem])


def _language(
    whisper: Any, model: Any, samples: np.ndarray, options: Options
) -> tuple[str, str, float | None]:
    """The language by Whisper's name and by ours, and its probability."""
    known = whisper.tokenizer.LANGUAGES
    if options.language is not None:
        return whisper_language(options.language, known), options.language, None
    first = whisper.pad_or_trim(samples)
    mel = whisper.log_mel_spectrogram(first, model.dims.n_mels).to(model.device)
    _, chances = model.detect_language(mel)
    language, probability = likeliest(chances, options.candidates)
    return whisper_language(language, known), language, probability


def _prompt(whisper: Any, language: str, options: Options) -> str:
    tokenizer = whisper.tokenizer.get_tokenizer(True, language=language)
    return prompt_of(terms_of(options), lambda text: len(tokenizer.encode(text)))


@contextmanager
def _watched(tell: Callable[[float], None], cancelled: Callable[[], bool] | None) -> Iterator[None]:
    """Listens to Whisper's progress bar, the only sign of life it gives between two windows."""
    module = sys.modules["whisper.transcribe"]
    original = module.tqdm

    class Bar:
        """Stands in for the bar; counts frames."""

        def __init__(self, *_: Any, **__: Any) -> None:
            self.done = 0

        def __enter__(self) -> "Bar":
            return self

        def __exit__(self, *_: Any) -> None:
            return None

        def update(self, frames: int) -> None:
            self.done += frames
            stop_if(cancelled)
            tell(self.done / FRAMES)

    module.tqdm = SimpleNamespace(tqdm=Bar)
    try:
        yield
    finally:
        module.tqdm = original


def _cue(segment: dict[str, Any], language: str) -> Cue | None:
    words = ((w["word"], w["start"], w["end"], w["probability"]) for w in segment.get("words", ()))
    return cue_of(segment["text"], segment["start"], segment["end"], words, language)


def _signals(segment: dict[str, Any]) -> Signals:
    return signals_of(
        segment["compression_ratio"],
        segment["avg_logprob"],
        segment["no_speech_prob"],
        segment["temperature"],
    )
