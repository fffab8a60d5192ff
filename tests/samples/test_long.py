"""Long recordings are what their truth says, and the same each time."""

import wave
from pathlib import Path

import numpy as np
import pytest

from samples.long import GAP_KINDS, Shape, long_recording, write_long_recording
from samples.speech import SAMPLE_RATE
from transcripts.speech import speech_probabilities

SHAPE = Shape(languages=("de", "en"), gap_every=15.0)


@pytest.fixture(scope="module")
def recording():
    return long_recording(200, 3, SHAPE)


def test_length_is_as_asked_for(recording) -> None:
    samples, truth = recording
    assert (samples.dtype, len(samples)) == (np.int16, 200 * SAMPLE_RATE)
    assert truth.seconds == 200


def test_same_seed_gives_the_same_and_another_seed_does_not(recording) -> None:
    samples, truth = recording
    again, same_truth = long_recording(200, 3, SHAPE)
    assert np.array_equal(again, samples)
    assert same_truth == truth
    assert not np.array_equal(long_recording(200, 4, SHAPE)[0], samples)


def test_file_holds_the_same_samples(recording, tmp_path: Path) -> None:
    samples, truth = recording
    assert write_long_recording(tmp_path / "long.wav", 200, 3, SHAPE) == truth
    with wave.open(str(tmp_path / "long.wav")) as file:
        assert np.array_equal(np.frombuffer(file.readframes(-1), "<i2"), samples)


def test_words_are_in_order_and_none_is_in_a_gap(recording) -> None:
    _, truth = recording
    starts = [word.start for word in truth.words]
    assert starts == sorted(starts)
    assert all(word.start < word.end <= truth.seconds for word in truth.words)
    assert {gap.kind for gap in truth.gaps} == set(GAP_KINDS)
    assert all(6 <= gap.end - gap.start <= 20.1 for gap in truth.gaps)
    assert not [
        word
        for word in truth.words
        for gap in truth.gaps
        if word.start < gap.end and word.end > gap.start
    ]


def test_speech_is_where_the_words_are(recording) -> None:
    """Voice activity agrees with the truth about talk without noise, and about silence."""
    samples, truth = recording
    speech = speech_probabilities(samples) > 0.5
    quiet = [gap for gap in truth.gaps if gap.kind == "silence"]
    clear = [stretch for stretch in truth.stretches if stretch.level is None]
    assert max(_share(speech, gap.start + 0.3, gap.end - 0.3) for gap in quiet) == 0.0
    assert min(_share(speech, stretch.start, stretch.end) for stretch in clear) > 0.6


def test_noise_is_as_loud_as_it_says(recording) -> None:
    samples, truth = recording
    talk = {
        stretch.level: _quietest(samples, stretch.start, stretch.end) for stretch in truth.stretches
    }
    assert talk[10.0] / talk[20.0] == pytest.approx(10**0.5, rel=0.1)
    assert talk[None] < talk[20.0] / 5


def test_stretches_take_turns_in_language(recording) -> None:
    _, truth = recording
    assert [stretch.language for stretch in truth.stretches][:4] == ["de", "en", "de", "en"]


def _share(speech: np.ndarray, start: float, end: float) -> float:
    return float(speech[round(start * SAMPLE_RATE / 512) : round(end * SAMPLE_RATE / 512)].mean())


def _quietest(samples: np.ndarray, start: float, end: float) -> float:
    """The loudness of the quietest tenth of a second."""
    part = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)].astype(float)
    frames = part[: len(part) // 1600 * 1600].reshape(-1, 1600)
    return float(np.sqrt((frames**2).mean(1)).min())
