"""Word error rate and errors of word starts against the true words."""

import re
from dataclasses import dataclass, field
from typing import Any

import jiwer
import numpy as np

from samples.engines import Heard


@dataclass
class Score:
    """Counts over any number of recordings; start errors in seconds, of words that are right."""

    errors: int = 0
    words: int = 0
    languages_right: int = 0
    recordings: int = 0
    start_errors: list[float] = field(default_factory=list)
    mistakes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def word_error_rate(self) -> float:
        """Substitutions, deletions and insertions per true word."""
        return self.errors / self.words if self.words else 0.0

    def start_error(self, percent: float) -> float:
        """A percentile of the absolute errors of word starts, in seconds."""
        return float(np.percentile(self.start_errors, percent)) if self.start_errors else 0.0

    def add(self, language: str, truth: list[dict[str, Any]], heard: Heard) -> None:
        """Count one recording; `truth` are words with ``text`` and ``start`` in seconds."""
        true, times = _normalised((word["text"], word["start"]) for word in truth)
        found, found_times = _normalised((word, start) for word, start, _ in heard.words)
        self.recordings += 1
        self.languages_right += heard.language == language
        self.words += len(true)
        if not found:
            self.errors += len(true)
            return
        outcome = jiwer.process_words(" ".join(true), " ".join(found))
        self.errors += outcome.substitutions + outcome.deletions + outcome.insertions
        for piece in outcome.alignments[0]:
            here = slice(piece.ref_start_idx, piece.ref_end_idx)
            there = slice(piece.hyp_start_idx, piece.hyp_end_idx)
            if piece.type == "equal":
                self.start_errors += [
                    abs(a - b) for a, b in zip(times[here], found_times[there], strict=True)
                ]
            else:
                self.mistakes.append((" ".join(true[here]), " ".join(found[there])))

    def summary(self) -> dict[str, float | int]:
        """The figures, rounded."""
        return {
            "word_error_rate": round(self.word_error_rate, 4),
            "words": self.words,
            "language_accuracy": round(self.languages_right / max(1, self.recordings), 4),
            "recordings": self.recordings,
            "word_start_error_median_s": round(self.start_error(50), 3),
            "word_start_error_p95_s": round(self.start_error(95), 3),
        }


def normalised_text(text: str) -> list[str]:
    """Lower case, hyphens as spaces, and letters, digits and spaces alone."""
    return re.sub(r"[^\w\s]", "", text.casefold().replace("-", " ")).split()


def _normalised(words: Any) -> tuple[list[str], list[float]]:
    """Normalised words and the start of each; parts of a hyphenated word share one start."""
    texts, times = [], []
    for text, start in words:
        for part in normalised_text(text):
            texts.append(part)
            times.append(float(start))
    return texts, times
