import json
import subprocess
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.strategies import any_text, cues, worded_cues
from transcripts.cues import Cue, Word
from transcripts.formats import (
    FormatError,
    from_json,
    from_srt,
    from_vtt,
    to_json,
    to_srt,
    to_text,
    to_vtt,
)

WELCOME = Cue(1.0, 2.5, "Guten Morgen.", (), "Mara Lindqvist")
REPLY = Cue(2.5, 4.0, "Danke & hallo!", (), "Jon Ek")
MORE = Cue(7.0, 9.25, "Wir beginnen.", (), "Jon Ek")
TALK = (WELCOME, REPLY, MORE)

HOSTILE = (
    "<script>alert(1)</script>",
    "</v><v Somebody else>",
    "00:00:01.000 --> 00:00:02.000",
    "NOTE",
    "WEBVTT",
    "a\n\nb\r\n\r\nc",
    "7",
    "&amp;lt; &#60; &notin; &",
    "5 < 7 and 9 > 8",
    "{\\an8}",
    "\u2028 \u0085 \u00a0",
    "",
)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


# --- out ---------------------------------------------------------------------------------------


def test_vtt_names_title_language_and_speakers():
    assert to_vtt(TALK, language="de", title="Ein Haus") == dedent("""\
        WEBVTT Ein Haus
        Language: de

        1
        00:00:01.000 --> 00:00:02.500
        <v Mara Lindqvist>Guten Morgen.

        2
        00:00:02.500 --> 00:00:04.000
        <v Jon Ek>Danke &amp; hallo!

        3
        00:00:07.000 --> 00:00:09.250
        <v Jon Ek>Wir beginnen.
        """)


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


def test_text_begins_a_paragraph_at_a_new_speaker_and_at_a_pause():
    assert to_text(TALK, title="Ein Haus") == dedent("""\
        Ein Haus

        Mara Lindqvist: Guten Morgen.

        Jon Ek: Danke & hallo!

        Wir beginnen.
        """)


def test_text_keeps_cues_together_that_one_speaker_says_without_a_pause():
    assert to_text([Cue(0, 1, "Das ist"), Cue(2.9, 4, "ein Satz.")]) == "Das ist ein Satz.\n"


def test_json_holds_everything_a_transcript_has():
    cue = Cue(0.5, 1, "Ja.", (Word("Ja.", 0.5, 0.9, 0.75),), "Jon Ek", "en")

    written = json.loads(to_json([cue], language="de", title="Ein Haus", model="small"))

    assert written == {
        "version": 1,
        "title": "Ein Haus",
        "language": "de",
        "model": "small",
        "cues": [
            {
                "start": 0.5,
                "end": 1,
                "text": "Ja.",
                "speaker": "Jon Ek",
                "language": "en",
                "words": [{"text": "Ja.", "start": 0.5, "end": 0.9, "probability": 0.75}],
            }
        ],
    }


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "00:00:00.000"),
        (-0.2, "00:00:00.000"),
        (59.9996, "00:01:00.000"),
        (3599.9994, "00:59:59.999"),
        (360_000, "100:00:00.000"),
    ],
)
def test_vtt_time_is_rounded_to_milliseconds(seconds, written):
    assert to_vtt([Cue(seconds, seconds, "x")]).split("\n")[3] == f"{written} --> {written}"


@pytest.mark.parametrize("write", [to_vtt, to_srt])
def test_long_cue_becomes_two_lines_of_about_the_same_length(write):
    cue = Cue(0, 5, "Heute geht es um Häuser aus Glas und um Straßen ohne Namen.")

    assert write([cue]).rstrip("\n").split("\n")[-2:] == [
        "Heute geht es um Häuser aus",
        "Glas und um Straßen ohne Namen.",
    ]


def test_vtt_with_words_gives_each_its_time_inside_the_cue():
    words = (Word("Guten", 1.0, 1.4), Word("<Morgen>", 1.5, 2.0), Word("allen.", 2.1, 2.4))
    cue = Cue(1.0, 2.5, "Guten <Morgen> allen.", words)

    assert to_vtt([cue], words=True).split("\n")[-2] == (
        "Guten <00:00:01.500>&lt;Morgen&gt; <00:00:02.100>allen."
    )


def test_vtt_with_words_gives_no_time_twice_and_none_outside_the_cue():
    times = (0.9, 1.0004, 1.5, 1.5004, 1.2, 2.0, 3.0)
    words = tuple(Word(letter, t, t) for letter, t in zip("abcdefg", times, strict=True))
    cue = Cue(1.0, 2.0, "a b c d e f g", words)

    assert to_vtt([cue], words=True).split("\n")[-2] == "a b <00:00:01.500>c d e f g"


@pytest.mark.parametrize("title", ["a\n\n00:00.000 --> 00:01.000\nx", "--->", "<--->", "--\n>"])
def test_vtt_header_stays_a_header_whatever_the_title_and_language_are(title):
    written = to_vtt([WELCOME], title=title, language=f"de\n\n{title}")

    header = written[: written.index("\n\n")]
    assert len(header.split("\n")) == 2
    assert "-->" not in header
    assert from_vtt(written) == (WELCOME,)


@pytest.mark.parametrize(
    "text", ["It's “fine” & 'quoted'", '5 < 7 & "x" &quot;', "<script>alert('x')</script>"]
)
def test_vtt_says_to_a_player_what_was_said(text, tmp_path):
    path = tmp_path / "talk.vtt"
    path.write_text(to_vtt([Cue(1.0, 2.0, text)]), "utf-8")

    played = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "srt", "-"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert played.stdout == f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n\n"


# --- there and back ----------------------------------------------------------------------------


@given(st.lists(cues(), max_size=6))
def test_vtt_comes_back_as_it_went_in_order_of_time(given):
    expected = sorted(
        (
            replace(cue, text=in_one_line(cue.text), speaker=in_one_line(cue.speaker or "") or None)
            for cue in given
        ),
        key=lambda cue: (cue.start, cue.end),
    )

    assert from_vtt(to_vtt(given)) == tuple(expected)


@given(st.lists(worded_cues(), max_size=6), any_text, any_text)
def test_json_comes_back_as_it_went(given, title, language):
    assert from_json(to_json(given, title=title, language=language)) == tuple(given)


@given(st.lists(cues(any_text.filter(lambda text: "<" not in text)), max_size=6))
def test_srt_comes_back_as_it_went_in_order_of_time(given):
    silent = [replace(cue, speaker=None) for cue in given]
    expected = [replace(cue, text=in_one_line(cue.text)) for cue in silent]

    found = from_srt(to_srt(silent))

    assert found == tuple(sorted(expected, key=lambda cue: (cue.start, cue.end)))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(("write", "read"), [(to_vtt, from_vtt), (to_srt, from_srt)])
def test_hostile_text_stays_text_between_its_neighbours(write, read, text):
    before, after = Cue(0.0, 1.0, "Davor."), Cue(2.0, 3.0, "Danach.")

    found = read(write([before, Cue(1.0, 2.0, text), after]))

    assert found == (before, Cue(1.0, 2.0, in_one_line(text)), after)


@pytest.mark.parametrize("name", ["A > B", "a --> b", "x</v>", "Zoë & Söhne", "A\n\nB"])
def test_vtt_keeps_a_hostile_name(name):
    cue = replace(WELCOME, speaker=name)

    assert from_vtt(to_vtt([cue])) == (replace(cue, speaker=in_one_line(name)),)


# --- in ----------------------------------------------------------------------------------------


def test_from_vtt_reads_what_others_write():
    text = (
        "\ufeffWEBVTT - Ein Haus\r\nKind: captions\r\n\r\n"
        "STYLE\r\n::cue { color: red }\r\n\r\n"
        "REGION\r\nid:fred\r\n\r\n"
        "NOTE a comment\r\nof two lines\r\n\r\n"
        "chapter-1\r\n00:01.000-->00:02.000 align:start position:10%\r\n"
        "<v.loud Mara Lindqvist>Guten <i.x>Morgen</i>,</v>\r\n<00:01.500>liebe&nbsp;Leute &amp; alle\r\n"
        "\r\n\r\n01:00:00.000 --> 01:00:01.250\r\nEnde"
    )

    assert from_vtt(text) == (
        Cue(1.0, 2.0, "Guten Morgen, liebe Leute & alle", (), "Mara Lindqvist"),
        Cue(3600.0, 3601.25, "Ende"),
    )


def test_from_srt_reads_what_others_write():
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,000 X1:10 X2:20\r\n"
        '<i>Guten</i> <font color="#fff">Morgen</font>\r\n\r\n\r\n'
        "00:00:03.000 --> 00:00:04.000\r\nif a < b and c > d\r\n"
    )

    assert from_srt(text) == (
        Cue(1.0, 2.0, "Guten Morgen"),
        Cue(3.0, 4.0, "if a < b and c > d"),
    )


def test_from_vtt_of_no_cues_is_empty():
    assert from_vtt("WEBVTT") == ()


@pytest.mark.parametrize(
    ("read", "text", "line", "problem"),
    [
        (from_vtt, "", 1, "begins with WEBVTT"),
        (from_vtt, "WEBVTTX\n", 1, "begins with WEBVTT"),
        (from_vtt, "WEBVTT\n\n1\nText ohne Zeit\n", 3, "needs a line with its times"),
        (from_vtt, "WEBVTT\n\n1\n00:61.000 --> 00:62.000\nx\n", 4, "these are not times: 00:61"),
        (from_vtt, "WEBVTT\n\n00:01 --> 00:02\nx\n", 3, "these are not times: 00:01"),
        (from_vtt, "WEBVTT\n\n\n00:02.000 --> 00:01.999\nx\n", 4, "ends before it starts"),
        (from_srt, "1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\ny\n", 5, "needs a line with its"),
        (from_srt, "1\n00:00:01,000 -> 00:00:02,000\nx", 1, "needs a line with its times"),
        (from_json, '{"version": 1,\n "cues": [}', 2, "Expecting value"),
        (from_json, "[]", 1, "not a transcript of Podium"),
        (from_json, "[" * 100_000, 1, "not a transcript of Podium"),
        (from_json, "9" * 5000, 1, "not a transcript of Podium"),
        (from_json, '{"version": 2, "cues": []}', 1, "version 2 is not known here"),
        (from_json, '{"version": 1}', 1, "not a transcript of Podium"),
        (from_json, '{"version": 1, "cues": 5}', 1, "not a transcript of Podium"),
        (from_json, '{"version": 1, "cues": ["x"]}', 1, "cue 1 is not one of Podium's"),
        (from_json, '{"version": 1, "cues": [{"words": []}]}', 1, "cue 1 is not one of Podium's"),
    ],
)
def test_format_error_names_the_line_and_the_problem(read, text, line, problem):
    with pytest.raises(FormatError) as caught:
        read(text)

    assert caught.value.line == line
    assert problem in caught.value.problem
    assert str(caught.value) == f"line {line}: {caught.value.problem}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "1"},
        {"start": None},
        {"start": float("nan")},
        {"end": float("inf")},
        {"end": 0.5},
        {"text": None},
        {"words": [{"text": "x", "start": 2, "end": 1}]},
        {"words": [{"text": 5, "start": 1, "end": 2}]},
    ],
    ids=str,
)
def test_from_json_refuses_cues_without_text_and_time(wrong):
    good = {"start": 1.0, "end": 2.0, "text": "x", "speaker": None, "language": None, "words": []}
    stored = {"version": 1, "cues": [good, good | wrong]}

    with pytest.raises(FormatError, match="cue 2 needs texts"):
        from_json(json.dumps(stored))


@given(text=any_text)
@pytest.mark.parametrize("read", [from_vtt, from_srt, from_json])
def test_reading_anything_gives_cues_or_a_format_error(read, text):
    for body in (text, f"WEBVTT\n\n{text}"):
        lines = body.count("\n") + body.count("\r") + 1
        assert outcome(read, body) in range(lines + 1)


def outcome(read, body: str) -> int:
    """The line of the error, 0 where there is none."""
    try:
        read(body)
    except FormatError as error:
        return error.line
    return 0
