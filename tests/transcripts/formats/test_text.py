from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.formats.samples import REPLY, TALK
from tests.transcripts.strategies import any_text, cues, said
from transcripts.cues import Cue
from transcripts.formats.lines import one_line
from transcripts.formats.text import to_text


def test_text_begins_a_paragraph_at_a_new_speaker_and_at_a_pause():
    assert to_text(TALK, title="Ein Haus") == dedent("""\
        Ein Haus

        Mara Lindqvist: Guten Morgen.

        Jon Ek: Danke & hallo!

        Wir beginnen.
        """)


def test_text_keeps_cues_together_that_one_speaker_says_without_a_pause():
    assert to_text([Cue(0, 1, "Das ist"), Cue(2.9, 4, "ein Satz.")]) == "Das ist ein Satz.\n"


def test_text_leaves_no_gap_where_nothing_is_said():
    assert to_text([Cue(0, 1, "a"), Cue(1, 2, " "), Cue(2, 3, "b"), Cue(9, 10, "")]) == "a b\n"
    assert to_text([REPLY, Cue(5, 6, "Gern.")]) == "Jon Ek: Danke & hallo!\n\nGern.\n"


@given(st.lists(cues(), max_size=6), any_text | said)
def test_text_says_everything_that_was_said_in_order(given, title):
    silent = [Cue(cue.start, cue.end, cue.text) for cue in given]

    words = one_line(to_text(silent, title=title)).split(" ")

    expected = one_line(" ".join([title, *(cue.text for cue in given)])).split(" ")
    assert words == expected
