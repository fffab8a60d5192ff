"""Both engines, unchanged, really transcribe the samples with the tiny model."""

from pathlib import Path

import numpy as np
import pytest
import whisper

from samples.engines import Engine, faster_whisper_engine, openai_whisper_engine
from samples.measure import Score
from samples.programme import SAMPLES, truth


@pytest.fixture(
    scope="module",
    params=["faster-whisper", pytest.param("openai-whisper", marks=pytest.mark.thorough)],
)
def engine(request: pytest.FixtureRequest, expanded: Path) -> Engine:
    """At float32, with which every processor hears the same (docs/decisions/0008)."""
    if request.param == "faster-whisper":
        return faster_whisper_engine(expanded, compute_type="float32")
    return openai_whisper_engine(expanded)


@pytest.mark.parametrize("slug", truth())
def test_sample_is_transcribed_with_language_and_word_times(engine: Engine, slug: str) -> None:
    entry = truth()[slug]
    score = Score()
    score.add(
        entry["language"], entry["words"], engine(whisper.load_audio(str(SAMPLES / entry["file"])))
    )
    assert score.languages_right == 1
    assert score.word_error_rate <= 0.05, score.mistakes
    assert score.start_error(50) <= 0.15


def test_nothing_is_written_where_nobody_speaks(engine: Engine) -> None:
    assert engine(np.zeros(40 * 16_000, np.float32)).text == ""
