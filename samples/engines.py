"""The two engines as Podium runs them, unchanged, on the sample model."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import faster_whisper
import numpy as np
import torch
import whisper
from numpy.typing import NDArray

from samples.expand import CHECKPOINT, FOLDER, alignment_heads_dump


@dataclass(frozen=True)
class Heard:
    """What an engine heard: language code, text, and (word, start, end) in seconds."""

    language: str
    text: str
    words: tuple[tuple[str, float, float], ...]


Engine = Callable[[NDArray[np.float32]], Heard]
"""Takes float32 samples at 16 kHz, shape (n,). The language is detected."""


def faster_whisper_engine(expanded: Path, threads: int = 0, compute_type: str = "int8") -> Engine:
    """CTranslate2, beam of 5, sequential decoding."""
    model = faster_whisper.WhisperModel(
        str(expanded / FOLDER), device="cpu", compute_type=compute_type, cpu_threads=threads
    )

    def hear(samples: NDArray[np.float32]) -> Heard:
        segments, info = model.transcribe(
            samples, beam_size=5, word_timestamps=True, condition_on_previous_text=False
        )
        found = list(segments)
        return Heard(
            info.language,
            _joined(segment.text for segment in found),
            tuple(
                (word.word.strip(), float(word.start), float(word.end))
                for segment in found
                for word in segment.words or ()
            ),
        )

    return hear


def openai_whisper_engine(expanded: Path, threads: int = 0) -> Engine:
    """PyTorch at float32, beam of 5, with the sample model's own alignment heads."""
    if threads:
        torch.set_num_threads(threads)
    model = whisper.load_model(str(expanded / CHECKPOINT), device="cpu")
    model.set_alignment_heads(alignment_heads_dump())

    def hear(samples: NDArray[np.float32]) -> Heard:
        result = model.transcribe(
            samples, beam_size=5, word_timestamps=True, fp16=False, condition_on_previous_text=False
        )
        segments = result["segments"]
        return Heard(
            result["language"],
            _joined(segment["text"] for segment in segments),
            tuple(
                (word["word"].strip(), float(word["start"]), float(word["end"]))
                for segment in segments
                for word in segment["words"]
            ),
        )

    return hear


ENGINES: dict[str, Callable[[Path], Engine]] = {
    "faster-whisper": faster_whisper_engine,
    "openai-whisper": openai_whisper_engine,
}


def _joined(texts: Iterable[str]) -> str:
    """The texts of all segments; a window without speech may be a segment without text."""
    return " ".join(text.strip() for text in texts if text.strip())
