from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.formats.samples import HOSTILE, LONG, MORE, REPLY, TALK, in_time, plain
from tests.transcripts.strategies import any_text, cues, said
from transcripts.cues import Cue
from transcripts.formats.errors import FormatError
from transcripts.formats.lines import one_line
from transcripts.formats.reading import MOST_CUES, Repair
from transcripts.formats.srt import from_srt, to_srt
from transcripts.formats.times import is_arrow

NAMES = ("Mara Lindqvist", "Jon Ek")

# --- out ---------------------------------------------------------------------------------------


def test_srt_names_a_speaker_where_it_changes():
    assert to_srt(TALK) == dedent("""\
        1
        00:00:01,000 --> 00:00:02,500
        Mara Lindqvist: Guten Morgen.

        2
        00:00:02,500 --> 00:00:04,000
        Jon Ek: Danke & hallo!

        3
        00:00:07,000 --> 00:00:09,250
        Wir beginnen.
        """)


def test_long_cue_becomes_two_lines_of_about_the_same_length():
    assert to_srt([Cue(0, 5, LONG)]).rstrip("\n").split("\n")[-2:] == [
        "Heute geht es um Häuser aus",
        "Glas und um Straßen ohne Namen.",
    ]


def test_srt_writes_no_text_that_would_begin_a_caption():
    (cue,) = from_srt(to_srt([Cue(1, 2, "00:00:05,000 --> 00:00:06,000")])).cues

    assert cue == Cue(1, 2, "00:00:05,000 -> 00:00:06,000")


# --- there and back ----------------------------------------------------------------------------


def can_be_srt(text: str) -> bool:
    """SubRip has no escapes: these would be taken for parts of the file."""
    return "<" not in text and "{" not in text and not is_arrow(one_line(text))


sayable = (any_text | said).filter(can_be_srt)


@given(st.lists(cues(sayable), max_size=6))
def test_srt_comes_back_as_it_went_in_order_of_time(given):
    silent = [replace(cue, speaker=None) for cue in given]

    reading = from_srt(to_srt(silent).encode())

    assert reading.cues == tuple(plain(cue) for cue in in_time(silent))
    assert reading.repairs == ()


@given(st.lists(cues(sayable, speaker=st.sampled_from(NAMES)), max_size=6))
def test_srt_with_known_names_brings_the_speakers_back(given):
    named = [replace(cue, speaker=cue.speaker or NAMES[0]) for cue in given]
    clear = [cue for cue in named if not one_line(cue.text).startswith("Mara:")]

    assert from_srt(to_srt(clear), names=NAMES).cues == tuple(map(plain, in_time(clear)))


@pytest.mark.parametrize("text", [text for text in HOSTILE if can_be_srt(text)])
def test_hostile_text_stays_text_between_its_neighbours(text):
    before, after = Cue(0.0, 1.0, "Davor."), Cue(2.0, 3.0, "Danach.")

    found = from_srt(to_srt([before, Cue(1.0, 2.0, text), after]))

    assert found.cues == (before, Cue(1.0, 2.0, one_line(text)), after)


# --- in ----------------------------------------------------------------------------------------


def test_from_srt_reads_what_others_write():
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,000 X1:10 X2:20\r\n"
        '{\\an8}<i>Guten</i> <font color="#fff">Morgen</font>\r\n\r\n\r\n'
        "00:00:03.000 --> 00:00:04.000\r\nif a < b and c > d\r\n\r\n"
        "3\r\n00:05,5-->0:00:06\r\nEnde"
    )

    reading = from_srt(text.encode())

    assert reading.cues == (
        Cue(1.0, 2.0, "Guten Morgen"),
        Cue(3.0, 4.0, "if a < b and c > d"),
        Cue(5.5, 6.0, "Ende"),
    )
    assert reading.repairs == ()


def test_from_srt_keeps_text_below_an_empty_line():
    text = "1\n00:01,000 --> 00:02,000\neins\n\nzwei\n\ndrei\n\n2\n00:03,000 --> 00:04,000\nx"

    reading = from_srt(text)

    assert reading.cues == (Cue(1.0, 2.0, "eins zwei drei"), Cue(3.0, 4.0, "x"))
    assert reading.repairs == (Repair("blank_line", 5, 2),)


def test_from_srt_parts_captions_without_an_empty_line_between_them():
    text = "1\n00:00:01,000 --> 00:00:02,000\neins\n2\n00:00:03,000 --> 00:00:04,000\nzwei"

    reading = from_srt(text)

    assert reading.cues == (Cue(1.0, 2.0, "eins"), Cue(3.0, 4.0, "zwei"))
    assert reading.repairs == (Repair("no_blank_line", 5, 1),)


def test_from_srt_leaves_out_a_number_without_a_caption():
    text = "1\n\n00:00:01,000 --> 00:00:02,000\neins\n\n2\n"

    reading = from_srt(text)

    assert reading.cues == (Cue(1.0, 2.0, "eins"),)
    assert reading.repairs == (Repair("number", 1, 2),)


def test_from_srt_reads_windows_1252_and_says_so():
    text = "1\n00:00:01,000 --> 00:00:02,000\n„Äpfel“ – 5 €"

    reading = from_srt(text.encode("windows-1252"))

    assert reading.cues == (Cue(1.0, 2.0, "„Äpfel“ – 5 €"),)
    assert reading.repairs == (Repair("encoding", 3, 1),)


def test_from_srt_reads_utf16_by_its_mark():
    assert from_srt(to_srt([MORE]).encode("utf-16")).cues == (
        replace(MORE, speaker=None, text="Jon Ek: Wir beginnen."),
    )


def test_from_srt_gives_a_known_name_what_follows_until_the_next():
    assert from_srt(to_srt(TALK), names=[*NAMES, "Jon"]).cues == TALK
    assert from_srt(to_srt([REPLY]), names=["Jon"]).cues[0].speaker is None


def test_from_srt_counts_captions():
    file = "00:00:01,000 --> 00:00:02,000\nx\n\n" * (MOST_CUES + 1)

    with pytest.raises(FormatError, match="more than 200000 captions"):
        from_srt(file)


@pytest.mark.parametrize(
    ("file", "line", "kind"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\ny\n", 5, "no_times"),
        ("1\n00:00:01,000 -> 00:00:02,000\nx", 2, "bad_times"),
        ("1\n00:00:01,000 --> 00:00:02,000\nx\n\n00:00:03,000 - 00:00:04,000\ny", 5, "bad_times"),
        ("1\n00:00:01,000 --> -00:00:02,000\nx", 2, "bad_times"),
        ("1\n00:60:01,000 --> 00:60:02,000\nx", 2, "bad_times"),
        ("1\n00:00:03,000 --> 00:00:02,000\nx", 2, "backwards"),
        ("Nur Text.", 1, "no_times"),
        (b"1\n00:00:01,000 --> 00:00:02,000\n\x81\n", 3, "encoding"),
        pytest.param(
            "1\n00:00:01,000 --> 00:00:02,000\n" + "<b>" * 40_000, 2, "long_text", id="long_text 1"
        ),
        pytest.param(
            "1\n00:00:01,000 --> 00:00:02,000\n" + "x\n\n" * 10_000,
            2,
            "long_text",
            id="long_text 2",
        ),
        pytest.param("\n" * 1_000_001, None, "too_many", id="too_many 3"),
        (b"\xff\xfe1\x00\n", None, "encoding"),
        (b"1\n\0\n", 2, "encoding"),
    ],
)
def test_from_srt_says_what_is_wrong_and_where(file, line, kind):
    with pytest.raises(FormatError) as caught:
        from_srt(file)

    assert (caught.value.kind, caught.value.line) == (kind, line)
