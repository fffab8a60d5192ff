import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import timed_cue
from transcripts.cues import Cue, Word
from transcripts.voices.lines import Line, spoken_lines
from transcripts.voices.turns import Turn

A, B = "A", "B"


def cue(text: str, start: float, end: float) -> Cue:
    return timed_cue(text, start, end, "Wer auch immer")


def said(cues: list[Cue], turns: list[Turn]) -> list[tuple[str, str]]:
    return [(line.voice, line.cue.text) for line in spoken_lines(cues, turns)]


TURNS = [Turn(0.0, 10.0, A), Turn(12.0, 20.0, B), Turn(20.0, 30.0, A)]


@pytest.mark.parametrize(
    ("start", "end", "voice"),
    [
        (1.0, 3.0, A),
        (13.0, 15.0, B),
        (10.2, 10.6, A),  # in a gap: the nearer one
        (11.2, 11.6, B),
        (8.0, 12.5, A),  # mostly
        (50.0, 52.0, A),  # after the last turn
    ],
)
def test_line_belongs_to_the_voice_of_most_of_it(start: float, end: float, voice: str):
    assert said([cue("Ja", start, end)], TURNS) == [(voice, "Ja")]


def test_line_of_two_voices_is_cut_between_their_words():
    both = cue("eins zwei drei vier fünf sechs sieben acht", 16.0, 24.0)

    first, second = spoken_lines([both], TURNS)

    assert (first.voice, first.cue.text) == (B, "eins zwei drei vier")
    assert (second.voice, second.cue.text) == (A, "fünf sechs sieben acht")
    assert (first.cue.start, first.cue.end) == (16.0, 20.0)
    assert (second.cue.start, second.cue.end) == (20.0, 24.0)
    assert first.cue.words + second.cue.words == both.words
    assert {first.cue.speaker, second.cue.speaker} == {"Wer auch immer"}
    assert (first.place, second.place) == (0, 0)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("eins zwei drei vier fünf sechs sieben acht neun zehn", 19.3, 21.9),  # 0.7 s of B
        ("eins zwei drei", 18.2, 24.2),  # one word of B
    ],
)
def test_little_of_another_voice_does_not_cut_a_line(text: str, start: float, end: float):
    assert said([cue(text, start, end)], TURNS) == [(A, text)]


def test_line_whose_words_are_not_its_text_is_not_cut():
    other = Cue(16.0, 24.0, "eins zwei drei vier", (Word("eins", 16.0, 18.0),))

    assert len(spoken_lines([other], TURNS)) == 1


def test_line_without_words_has_the_voice_of_its_time():
    assert said([Cue(18.0, 21.0, "Ja genau")], TURNS) == [(B, "Ja genau")]


def test_without_turns_nobody_is_told():
    assert spoken_lines([cue("Ja", 0.0, 1.0)], []) == ()


@st.composite
def recordings(draw):
    """Cues and turns that follow each other, of any lengths."""
    cues, turns, at = [], [], 0.0
    for _ in range(draw(st.integers(1, 6))):
        start = at + draw(st.sampled_from([0.0, 0.5, 3.0]))
        at = start + draw(st.sampled_from([0.4, 2.0, 8.0]))
        cues.append(cue(" ".join(["Wort"] * draw(st.integers(1, 9))), start, at))
    at = 0.0
    for _ in range(draw(st.integers(1, 8))):
        start = at + draw(st.sampled_from([0.0, 0.3, 2.0]))
        at = start + draw(st.sampled_from([0.5, 1.5, 6.0]))
        turns.append(Turn(start, at, draw(st.sampled_from("ABC"))))
    return cues, turns


@given(recordings())
def test_nothing_that_was_said_is_lost_or_moved(recording: tuple[list[Cue], list[Turn]]):
    cues, turns = recording

    lines: tuple[Line, ...] = spoken_lines(cues, turns)

    for place, whole in enumerate(cues):
        parts = [line.cue for line in lines if line.place == place]
        assert " ".join(part.text for part in parts) == whole.text
        assert tuple(word for part in parts for word in part.words) == whole.words
        assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
        assert all(part.start <= part.end for part in parts)
        assert all(one.end <= other.start for one, other in zip(parts, parts[1:], strict=False))
