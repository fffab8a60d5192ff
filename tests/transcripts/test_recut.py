"""Captions from files become cues to read, with a time for every word."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.strategies import cues as some_cues
from tests.transcripts.strategies import word_timed_cues
from transcripts.cues import Cue, Word
from transcripts.formats.podium_json import from_json
from transcripts.recut import recut
from transcripts.stitch import LINES, LONGEST, lines_needed

SPEECH = (
    "Guten Morgen und herzlich willkommen zu unserem Vortrag über Rathäuser. Heute geht es um Häuser aus"
    " Glas, um Straßen ohne Namen und um die Frage, wer das alles bezahlen soll. Danach reden wir."
)


def test_captions_that_are_short_enough_stay_and_get_times_for_their_words():
    captions = (
        Cue(0.0, 2.0, "Guten Morgen."),
        Cue(2.0, 8.9, "Bis gleich."),  # a short text that stays for long
        Cue(9.0, 9.0, "Zack."),  # no time at all
    )

    found = recut(captions)

    assert [(c.start, c.end, c.text) for c in found] == [(c.start, c.end, c.text) for c in captions]
    assert found[0].words == (Word("Guten", 0.0, 0.909), Word("Morgen.", 0.909, 2.0))


def test_segment_of_half_a_minute_is_cut_at_sentences_and_keeps_speaker_and_language():
    found = recut([Cue(10.0, 40.0, SPEECH, (), "Ada", "de")])

    assert " ".join(cue.text for cue in found) == SPEECH
    assert (found[0].start, found[-1].end) == (10.0, 40.0)
    assert {(cue.speaker, cue.language) for cue in found} == {("Ada", "de")}
    assert found[0].text == "Guten Morgen und herzlich willkommen"
    assert any(cue.text.endswith("Rathäuser.") for cue in found)
    assert all(lines_needed(cue.words) <= LINES for cue in found)
    assert all(cue.end - cue.start <= LONGEST for cue in found)


def test_words_that_the_file_has_times_for_keep_them():
    told = [
        {"word": f" {text}", "start": 1.0 + n, "end": 1.5 + n, "probability": 0.5}
        for n, text in enumerate("eins zwei drei vier fünf sechs sieben acht".split())
    ]
    segment = {"start": 1.0, "end": 9.0, "text": " ".join(t["word"].strip() for t in told)}
    reading = from_json(json.dumps({"segments": [segment | {"words": told}]}))

    found = recut(reading.cues)

    assert len(found) > 1
    assert [w for cue in found for w in cue.words] == [
        Word(t["word"].strip(), t["start"], t["end"], 0.5) for t in told
    ]


def test_caption_without_a_word_is_left_out():
    assert recut([Cue(0.0, 1.0, " \n "), Cue(1.0, 2.0, "")]) == ()


def test_word_that_no_line_can_hold_stays_whole():
    (cue,) = recut([Cue(0.0, 20.0, "x" * 90)])

    assert (cue.text, cue.start, cue.end) == ("x" * 90, 0.0, 20.0)


@pytest.mark.parametrize("captions", [some_cues(), word_timed_cues()], ids=["plain", "timed"])
def test_no_word_is_lost_and_every_time_lies_within_its_caption(captions):
    @given(st.lists(captions, max_size=4))
    def check(given_captions: list[Cue]) -> None:
        for caption in given_captions:
            found = recut([caption])
            assert " ".join(cue.text for cue in found).split() == caption.text.split()
            for cue in found:
                assert [word.text for word in cue.words] == cue.text.split()
                times = [t for word in cue.words for t in (word.start, word.end)]
                assert times == sorted(times)
                assert caption.start <= cue.start <= cue.end <= caption.end
                assert cue.speaker == caption.speaker

    check()
