"""Both engines, unchanged, really transcribe the samples with the tiny model."""

from pathlib import Path

import numpy as np
import pytest
import whisper

from samples.engines import ENGINES, Engine
from samples.measure import Score
from samples.programme import SAMPLES, truth


@pytest.fixture(scope="module", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, expanded: Path) -> Engine:
    return ENGINES[request.param](expanded)


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
