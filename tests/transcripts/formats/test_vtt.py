import subprocess
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.formats.samples import HOSTILE, LONG, TALK, WELCOME, in_time, plain
from tests.transcripts.formats.strict_vtt import NotWebVTT, parse_strictly
from tests.transcripts.strategies import any_text, cues, languages, said, word_timed_cues
from transcripts.cues import Cue, Word
from transcripts.formats.errors import FormatError
from transcripts.formats.lines import one_line
from transcripts.formats.reading import Repair
from transcripts.formats.vtt import from_vtt, to_vtt

MILLISECOND = 0.001

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


def test_vtt_marks_a_cue_in_another_language_and_no_other():
    given = [replace(WELCOME, language="de"), replace(WELCOME, text="Welcome.", language="en")]

    lines = to_vtt(given, language="de").split("\n")

    assert lines[5] == "<v Mara Lindqvist>Guten Morgen."
    assert lines[9] == "<v Mara Lindqvist><lang en>Welcome.</lang>"


@pytest.mark.parametrize("code", ["", "deutsch, ein wenig", "de\n\nNOTE", "x>"])
def test_vtt_names_no_language_that_is_none(code):
    assert to_vtt([replace(WELCOME, language=code)], language=code) == to_vtt([WELCOME])


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        (0, 1, "00:00:00.000 --> 00:00:01.000"),
        (-0.2, 1, "00:00:00.000 --> 00:00:01.000"),
        (59.9996, 61, "00:01:00.000 --> 00:01:01.000"),
        (3599.9994, 3600, "00:59:59.999 --> 01:00:00.000"),
        (360_000, 360_001, "100:00:00.000 --> 100:00:01.000"),
        (5, 5, "00:00:05.000 --> 00:00:05.001"),
    ],
)
def test_vtt_time_is_rounded_to_milliseconds_and_no_cue_is_empty(start, end, written):
    assert to_vtt([Cue(start, end, "x")]).split("\n")[3] == written


def test_vtt_stands_in_order_of_time():
    assert to_vtt(TALK[::-1]) == to_vtt(TALK)


def test_long_cue_becomes_two_lines_of_about_the_same_length():
    assert to_vtt([Cue(0, 5, LONG)]).rstrip("\n").split("\n")[-2:] == [
        "Heute geht es um Häuser aus",
        "Glas und um Straßen ohne Namen.",
    ]


def test_vtt_breaks_no_line_at_a_space_that_forbids_it():
    text = "Vieles kostet heute mehr,\u00a0z.\u00a0B.\u00a0Brot\u00a0und Milch."

    assert to_vtt([Cue(0, 5, text)]).rstrip("\n").split("\n")[-2:] == [
        "Vieles kostet heute",
        "mehr,\u00a0z.\u00a0B.\u00a0Brot\u00a0und Milch.",
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


def test_vtt_with_words_that_are_not_those_of_the_text_keeps_the_text():
    cue = Cue(1.0, 2.0, "Das ist verbessert.", (Word("Das", 1.0, 1.2), Word("isst", 1.3, 1.4)))

    assert to_vtt([cue], words=True) == to_vtt([cue])


@pytest.mark.parametrize("title", ["a\n\n00:00.000 --> 00:01.000\nx", "--->", "<--->", "--\n>"])
def test_vtt_header_stays_a_header_whatever_the_title_is(title):
    written = to_vtt([WELCOME], title=title, language="de")

    header = written[: written.index("\n\n")]
    assert len(header.split("\n")) == 2
    assert "-->" not in header
    assert from_vtt(written).cues == (WELCOME,)


@given(
    st.lists(cues(language=st.none() | languages) | word_timed_cues(), max_size=6),
    any_text | said,
    languages | any_text,
    st.booleans(),
)
def test_vtt_is_what_the_standard_says(given, title, language, words):
    parsed = parse_strictly(to_vtt(given, title=title, language=language, words=words))

    assert [cue.start for cue in parsed] == [round(cue.start * 1000) for cue in in_time(given)]
    assert all(cue.payload.count("\n") <= 1 for cue in parsed)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "WEBVTTX\n\n",
        "WEBVTT\n00:01.000 --> 00:02.000\nx",
        "WEBVTT\n\n00:01,000 --> 00:02.000\nx",
        "WEBVTT\n\n00:01.000-->00:02.000\nx",
        "WEBVTT\n\n00:02.000 --> 00:02.000\nx",
        "WEBVTT\n\n00:02.000 --> 00:03.000\nx\n\n00:01.000 --> 00:02.000\nx",
        "WEBVTT\n\n00:01.000 --> 00:02.000 position:150%\nx",
        "WEBVTT\n\n00:01.000 --> 00:02.000\na & b",
        "WEBVTT\n\n00:01.000 --> 00:02.000\na > b",
        "WEBVTT\n\n00:01.000 --> 00:02.000\na < b",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<font>a</font>",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<lang en>a",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v>a",
        "WEBVTT\n\n00:01.000 --> 00:02.000\na<00:02.500>b",
        "WEBVTT\n\n00:01.000 --> 00:02.000\na --> b",
        "WEBVTT\n\nNOTE a\n-->",
        "WEBVTT\n\n1\n2\n00:01.000 --> 00:02.000\na",
    ],
)
def test_strict_parser_refuses_what_is_wrong(wrong):
    """The test above could not fail if this one let everything pass."""
    with pytest.raises(NotWebVTT):
        parse_strictly(wrong)


def test_strict_parser_accepts_what_the_standard_allows():
    text = (
        "\ufeffWEBVTT - a title\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE a comment\r\n\r\n"
        "a name\r\n00:01.000 --> 01:00:02.000 line:90%,end align:start region:fred\r\n"
        "<v.loud Mara Lindqvist>a &amp; <i>b</i> <00:00:01.500>c &nbsp;d\r\n"
    )

    (cue,) = parse_strictly(text)

    assert (cue.id, cue.start, cue.end) == ("a name", 1000, 3_602_000)
    assert cue.settings == {"line": "90%,end", "align": "start", "region": "fred"}


@pytest.mark.parametrize(
    "text", ["It's “fine” & 'quoted'", '5 < 7 & "x" &quot;', "<script>alert('x')</script>"]
)
def test_vtt_says_to_a_player_what_was_said(text, tmp_path):
    path = tmp_path / "talk.vtt"
    path.write_text(to_vtt([Cue(1.0, 2.0, text, (), None, "en")], language="de"), "utf-8")

    played = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "srt", "-"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert played.stdout == f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n\n"


# --- there and back ----------------------------------------------------------------------------


def of_vtt(cue: Cue, language: str | None = None) -> Cue:
    """What WebVTT can hold of a cue without words."""
    other = None if cue.language == language else cue.language
    kept = plain(cue, language=other if one_line(cue.text) else None)
    return replace(kept, end=round(max(cue.end, cue.start + MILLISECOND), 3))


@given(st.lists(cues(language=st.none() | languages), max_size=6), st.none() | languages, said)
def test_vtt_comes_back_as_it_went_in_order_of_time(given, language, title):
    reading = from_vtt(to_vtt(given, language=language, title=title).encode())

    assert reading.cues == tuple(of_vtt(cue, language) for cue in in_time(given))
    assert reading.language == language
    assert reading.title == (one_line(title).replace("-->", "->") or None)
    assert reading.repairs == ()


@given(st.lists(word_timed_cues(), max_size=4))
def test_vtt_with_words_brings_their_starts_back(given):
    assert from_vtt(to_vtt(given, words=True)).cues == in_time(given)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_between_its_neighbours(text):
    before, after = Cue(0.0, 1.0, "Davor."), Cue(2.0, 3.0, "Danach.")

    found = from_vtt(to_vtt([before, Cue(1.0, 2.0, text), after]))

    assert found.cues == (before, Cue(1.0, 2.0, one_line(text)), after)


@pytest.mark.parametrize("name", ["A > B", "a --> b", "x</v>", "Zoë & Söhne", "A\n\nB", "<v>"])
def test_vtt_keeps_a_hostile_name(name):
    cue = replace(WELCOME, speaker=name)

    assert from_vtt(to_vtt([cue])).cues == (replace(cue, speaker=one_line(name)),)


# --- in ----------------------------------------------------------------------------------------


def test_from_vtt_reads_what_others_write():
    text = (
        "\ufeffWEBVTT - Ein Haus\r\nKind: captions\r\nLanguage: de\r\n\r\n"
        "STYLE\r\n::cue { color: red }\r\n\r\n"
        "REGION\r\nid:fred\r\n\r\n"
        "NOTE a comment\r\nof two lines\r\n\r\n"
        "chapter-1\r\n00:01.000-->00:02.000 align:start position:10%\r\n"
        "<v.loud Mara Lindqvist>Guten <i.x>Morgen</i>,</v>\r\nliebe&nbsp;Leute &amp; alle\r\n"
        "\r\n\r\n1:00:00,5 --> 01:00:01\r\nEnde"
    )

    reading = from_vtt(text.encode())

    assert reading.cues == (
        Cue(1.0, 2.0, "Guten Morgen,", (), "Mara Lindqvist"),
        Cue(1.0, 2.0, "liebe\u00a0Leute & alle"),
        Cue(3600.5, 3601.0, "Ende"),
    )
    assert (reading.title, reading.language, reading.repairs) == ("Ein Haus", "de", ())


def test_from_vtt_makes_a_cue_for_each_voice():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Mara>Ja?</v>\n<v Jon>Nein.</v> <v Jon><i>Nie.</i></v>"

    assert from_vtt(text).cues == (
        Cue(1.0, 2.0, "Ja?", (), "Mara"),
        Cue(1.0, 2.0, "Nein. Nie.", (), "Jon"),
    )


def test_from_vtt_takes_times_inside_a_cue_for_those_of_words():
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\nDas <c>ist</c><00:01.500> ein<00:02.000><c> Haus</c>"

    (cue,) = from_vtt(text).cues

    assert cue.text == "Das ist ein Haus"
    assert cue.words == (
        Word("Das", 1.0, 1.5),
        Word("ist", 1.0, 1.5),
        Word("ein", 1.5, 2.0),
        Word("Haus", 2.0, 3.0),
    )


def test_from_vtt_leaves_out_times_of_words_that_go_back_or_outside():
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\na <00:02.000>b <00:01.500>c <00:09.000>d"

    (cue,) = from_vtt(text).cues

    assert [(word.text, word.start) for word in cue.words] == [
        ("a", 1.0),
        ("b", 2.0),
        ("c", 2.0),
        ("d", 2.0),
    ]


def test_from_vtt_keeps_text_that_only_looks_like_a_tag():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n5 < 7 und 9 > 8, a <> b <5> <i>c</i>"

    assert from_vtt(text).cues == (Cue(1.0, 2.0, "5 < 7 und 9 > 8, a <> b <5> c"),)


def test_from_vtt_takes_known_names_for_speakers():
    text = (
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nJon Ek: Also: nein.\n\n"
        "2\n00:02.000 --> 00:03.000\nAlso: doch."
    )

    assert from_vtt(text, names=["Jon Ek"]).cues == (
        Cue(1.0, 2.0, "Also: nein.", (), "Jon Ek"),
        Cue(2.0, 3.0, "Also: doch."),
    )


def test_from_vtt_of_no_cues_is_empty():
    assert from_vtt("WEBVTT").cues == ()


def test_from_vtt_puts_cues_into_order_and_says_so():
    text = "WEBVTT\n\n00:05.000 --> 00:06.000\nb\n\n00:01.000 --> 00:02.000\na"

    reading = from_vtt(text)

    assert [cue.text for cue in reading.cues] == ["a", "b"]
    assert reading.repairs == (Repair("order", 6, 1),)


def test_from_vtt_reads_utf16_by_its_mark():
    assert from_vtt(to_vtt([WELCOME]).encode("utf-16")).cues == (WELCOME,)


@pytest.mark.parametrize(
    ("file", "line", "kind"),
    [
        ("", 1, "no_header"),
        ("WEBVTTX\n", 1, "no_header"),
        ("WEBVTT\n\n1\nText ohne Zeit\n", 3, "no_times"),
        ("WEBVTT\n\n1\n00:61.000 --> 00:62.000\nx\n", 4, "bad_times"),
        ("WEBVTT\n\n00:01 --> 00:02\nx\n", 3, "bad_times"),
        ("WEBVTT\n\n-00:01.000 --> 00:02.000\nx\n", 3, "bad_times"),
        ("WEBVTT\n\n00:NaN.000 --> 00:02.000\nx\n", 3, "bad_times"),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nx\n", 3, "bad_times"),
        ("WEBVTT\n\n\n00:02.000 --> 00:01.999\nx\n", 4, "backwards"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xe4\n", 4, "encoding"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\r\n\0\n", 4, "encoding"),
        pytest.param(
            "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "x" * 10_001, 3, "long_text", id="long_text 1"
        ),
    ],
)
def test_from_vtt_says_what_is_wrong_and_where(file, line, kind):
    with pytest.raises(FormatError) as caught:
        from_vtt(file)

    assert (caught.value.kind, caught.value.line) == (kind, line)
    assert str(caught.value).startswith(f"Line {line}: ")
