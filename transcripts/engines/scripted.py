"""An engine that says given words: for tests of what stands around an engine."""

from collections.abc import Callable, Sequence

import numpy as np

from transcripts.cues import Cue, Word
from transcripts.engines.engine import SAMPLE_RATE, Heard, Options, rising, stop_if


class ScriptedEngine:
    """Hears `words` spread evenly over any slice it is given."""

    name = "scripted"
    version = "1"
    model = "scripted"
    weights = "none"

    def __init__(self, words: Sequence[str], language: str = "de") -> None:
        self._words = tuple(words)
        self._language = language

    def transcribe(
        self,
        audio: np.ndarray,
        options: Options,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Heard:
        seconds = len(audio) / SAMPLE_RATE
        stop_if(cancelled)
        rising(progress, seconds)(seconds)
        each = seconds / max(len(self._words), 1)
        words = tuple(
            Word(text, n * each, (n + 1) * each, 1.0) for n, text in enumerate(self._words)
        )
        cues = (Cue(0.0, seconds, " ".join(self._words), words),) if words else ()
        declared = options.language is not None
        return Heard(cues, options.language or self._language, None if declared else 1.0)

    def close(self) -> None:
        """Has nothing to free."""
