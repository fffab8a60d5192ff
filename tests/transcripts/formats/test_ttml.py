import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.formats.ebu_tt_d import TT, TTM, TTS, XML, check_ebu_tt_d
from tests.transcripts.formats.samples import HOSTILE, LONG, TALK, WELCOME, in_time, plain
from tests.transcripts.strategies import any_text, cues, languages, said
from transcripts.cues import Cue
from transcripts.formats.errors import FormatError
from transcripts.formats.lines import one_line
from transcripts.formats.reading import Repair
from transcripts.formats.ttml import COLOURS, from_ttml, to_ttml

HEAD = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
HEAD += 'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '


def ttml(body: str, root: str = "", head: str = "") -> str:
    return f"{HEAD}{root}><head>{head}</head><body>{body}</body></tt>"


# --- out ---------------------------------------------------------------------------------------


def test_ttml_gives_each_speaker_an_agent_and_a_colour():
    root = check_ebu_tt_d(to_ttml(TALK, language="de", title="Ein Haus"))

    names = {
        agent.get(f"{XML}id"): agent.find(f"{TTM}name").text for agent in root.iter(f"{TTM}agent")
    }
    colours = {style.get(f"{XML}id"): style.get(f"{TTS}color") for style in root.iter(f"{TT}style")}
    spans = list(root.iter(f"{TT}span"))
    assert [names[span.get(f"{TTM}agent")] for span in spans] == [cue.speaker for cue in TALK]
    assert [colours[span.get("style")] for span in spans] == [
        COLOURS[0],
        COLOURS[1],
        COLOURS[1],
    ]
    assert root.get(f"{XML}lang") == "de"


def test_ttml_puts_a_long_cue_on_two_lines():
    root = check_ebu_tt_d(to_ttml([Cue(0, 5, LONG)]))

    (span,) = root.iter(f"{TT}span")
    assert [span.text, *(br.tail for br in span)] == [
        "Heute geht es um Häuser aus",
        "Glas und um Straßen ohne Namen.",
    ]


def test_ttml_says_which_text_runs_from_right_to_left():
    root = check_ebu_tt_d(to_ttml([Cue(0, 1, "שלום"), Cue(1, 2, "Hallo.")]))

    first, second = root.iter(f"{TT}p")
    styles = {style.get(f"{XML}id"): style for style in root.iter(f"{TT}style")}
    assert styles[first.get("style")].get(f"{TTS}direction") == "rtl"
    assert second.get("style") is None


def test_ttml_of_no_cues_has_no_body():
    assert check_ebu_tt_d(to_ttml([])).find(f"{TT}body") is None


@given(
    st.lists(cues(language=st.none() | languages | any_text), max_size=6),
    any_text | said,
    languages | any_text,
)
def test_ttml_is_what_the_standard_says(given, title, language):
    root = check_ebu_tt_d(to_ttml(given, language=language, title=title))

    assert len(list(root.iter(f"{TT}p"))) == len(given)
    assert all(len(list(p.iter(f"{TT}br"))) <= 1 for p in root.iter(f"{TT}p"))


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ('ttp:timeBase="media"', 'ttp:timeBase="smpte"'),
        (' xml:lang="de"', ""),
        ('xml:id="p2"', 'xml:id="p1"'),
        ('style="c1"', 'style="c9"'),
        ('tts:origin="10% 10%"', 'tts:origin="10px 10px"'),
        ('begin="00:00:01.000"', 'begin="1s"'),
        (' tts:extent="80% 80%"', ""),
        ("urn:ebu:tt:distribution:2018-04", "urn:x"),
        ("<tt:br/>", "<tt:metadata/>"),
    ],
)
def test_rules_of_ebu_tt_d_refuse_what_is_wrong(written, wrong):
    """The tests above could not fail if these let everything pass."""
    file = to_ttml([*TALK, Cue(10, 12, LONG)], language="de")
    assert written in file

    with pytest.raises(AssertionError):
        check_ebu_tt_d(file.replace(written, wrong, 1))


# --- there and back ----------------------------------------------------------------------------


@given(st.lists(cues(language=st.none() | languages), max_size=6), st.none() | languages, said)
def test_ttml_comes_back_as_it_went_in_order_of_time(given, language, title):
    reading = from_ttml(to_ttml(given, language=language, title=title).encode())

    assert reading.cues == tuple(of_ttml(cue, language) for cue in in_time(given))
    assert reading.language == language
    assert reading.title == (one_line(title) or None)
    assert reading.repairs == ()


def of_ttml(cue: Cue, language: str | None) -> Cue:
    other = None if cue.language == language else cue.language
    return plain(cue, language=other if one_line(cue.text) else None)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_between_its_neighbours(text):
    before, after = Cue(0.0, 1.0, "Davor."), Cue(2.0, 3.0, "Danach.")

    found = from_ttml(to_ttml([before, Cue(1.0, 2.0, text, (), text or None), after]))

    speaker = one_line(text) or None
    assert found.cues == (before, Cue(1.0, 2.0, one_line(text), (), speaker), after)


# --- in ----------------------------------------------------------------------------------------


def test_from_ttml_reads_what_others_write():
    file = ttml(
        '<div begin="10s"><p begin="1s" dur="1.5s">Guten<br/>\n  Morgen <span>allen</span>.</p>'
        '<p begin="00:00:03:15" end="00:00:04.5" xml:lang="en">Welcome</p></div>'
        '<div><p begin="90000t" end="93.5s"/><p> </p></div>',
        'xml:lang="de" ttp:frameRate="30" ttp:tickRate="1000"',
        "<metadata><ttm:title>Ein Haus</ttm:title></metadata>",
    )

    reading = from_ttml(file)

    assert reading.cues == (
        Cue(11.0, 12.5, "Guten Morgen allen."),
        Cue(13.5, 14.5, "Welcome", (), None, "en"),
        Cue(90.0, 93.5, ""),
    )
    assert (reading.language, reading.title) == ("de", "Ein Haus")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("00:00:01", 1.0),
        ("00:01:00.25", 60.25),
        ("01:00:00:12", 3600.5),
        ("00:00:00:12.1", 0.521),
        ("1.5h", 5400.0),
        ("2m", 120.0),
        ("1500ms", 1.5),
        ("48f", 2.0),
        ("96t", 2.0),
    ],
)
def test_from_ttml_knows_every_way_to_write_a_time(written, seconds):
    root = 'ttp:frameRate="24" ttp:subFrameRate="2"'

    (cue,) = from_ttml(ttml(f'<div><p begin="{written}" dur="1s">x</p></div>', root)).cues

    assert cue.start == seconds


def test_from_ttml_counts_frames_as_television_does():
    root = 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"'

    (cue,) = from_ttml(ttml('<div><p begin="30f" end="60f">x</p></div>', root)).cues

    assert (cue.start, cue.end) == (1.001, 2.002)


def test_from_ttml_makes_a_cue_for_each_agent_and_each_time():
    agents = "".join(
        f'<ttm:agent xml:id="{n}"><ttm:name>{name}</ttm:name></ttm:agent>'
        for n, name in (("a", "Mara"), ("b", "Jon"))
    )
    file = ttml(
        '<div><p begin="1s" end="2s"><span ttm:agent="a">Ja?</span> <span ttm:agent="a">Ja!</span>'
        '<br/><span ttm:agent="b">Nein.</span></p>'
        '<p><span begin="3s" end="4s">eins</span> <span begin="4s" end="5s">zwei</span></p></div>',
        head=f"<metadata>{agents}</metadata>",
    )

    assert from_ttml(file).cues == (
        Cue(1.0, 2.0, "Ja? Ja!", (), "Mara"),
        Cue(1.0, 2.0, "Nein.", (), "Jon"),
        Cue(3.0, 4.0, "eins"),
        Cue(4.0, 5.0, "zwei"),
    )


def test_from_ttml_takes_a_caption_that_is_shown_word_by_word_for_one():
    file = ttml('<div><p begin="1s" end="3s"><span>a </span><span begin="1s">b</span></p></div>')

    assert from_ttml(file).cues == (Cue(1.0, 3.0, "a b"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_from_ttml_reads_the_encoding_that_is_declared(encoding):
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>' + ttml('<p begin="1s" end="2s">Äh</p>')

    assert from_ttml(text.encode(encoding)).cues == (Cue(1.0, 2.0, "Äh"),)


def test_from_ttml_puts_cues_into_order_and_says_so():
    file = to_ttml(TALK)
    lines = file.split("\n")
    first = next(n for n, line in enumerate(lines) if 'xml:id="p1"' in line)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]

    reading = from_ttml("\n".join(lines))

    assert reading.cues == TALK
    assert reading.repairs == (Repair("order", first + 2, 1),)


P = '<p begin="1s" end="2s">x</p>'
BOMB = (
    '<!DOCTYPE tt [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    '<tt><body><p begin="1s" end="2s">&b;</p></body></tt>'
)
FILE = '<!DOCTYPE tt [<!ENTITY f SYSTEM "file:///etc/passwd">]><tt><body><p>&f;</p></body></tt>'


@pytest.mark.parametrize(
    ("file", "line", "kind"),
    [
        ("", 1, "not_xml"),
        ("\n<tt>", 2, "not_xml"),
        ("<tt>&nbsp;</tt>", 1, "not_xml"),
        pytest.param("<tt>" + "<a>" * 100, 1, "not_xml", id="not_xml 1"),
        (b'<?xml version="1.0" encoding="utf-7"?><tt/>', 1, "not_xml"),
        (b"<tt>\xff</tt>", 1, "not_xml"),
        (BOMB, 1, "forbidden_xml"),
        (FILE, 1, "forbidden_xml"),
        ('\n<!DOCTYPE tt SYSTEM "http://127.0.0.1:9/x.dtd">\n<tt/>', 2, "forbidden_xml"),
        (BOMB.encode("utf-16"), 1, "forbidden_xml"),
        ("<html/>", 1, "not_ttml"),
        (ttml(P, 'ttp:timeBase="smpte"'), 1, "other_clock"),
        (ttml(f'<div timeContainer="seq">{P}</div>'), 1, "one_by_one"),
        (ttml('<p begin="1s">x</p>'), 1, "no_end"),
        (ttml("<p>x</p>"), 1, "no_end"),
        (ttml('<p begin="2s" end="1s">x</p>'), 1, "backwards"),
        (ttml('<p begin="-1s" end="1s">x</p>'), 1, "bad_times"),
        (ttml('<p begin="NaN" end="1s">x</p>'), 1, "bad_times"),
        (ttml('<p begin="1:00" end="2:00">x</p>'), 1, "bad_times"),
        (ttml('<p begin="1s" end="999999999999h">x</p>'), 1, "out_of_range"),
        (ttml(P, 'ttp:frameRate="0"'), 1, "bad_times"),
        (ttml(P, 'ttp:frameRateMultiplier="1 0"'), 1, "bad_times"),
        pytest.param(
            ttml('<p begin="1s" end="2s">' + "x" * 10_001 + "</p>"),
            1,
            "long_text",
            id="long_text 2",
        ),
    ],
)
def test_from_ttml_says_what_is_wrong_and_where(file, line, kind):
    with pytest.raises(FormatError) as caught:
        from_ttml(file)

    assert (caught.value.kind, caught.value.line) == (kind, line)
    assert re.match(rf"Line {line}: ", str(caught.value))


def test_from_ttml_of_a_cue_of_ours():
    assert from_ttml(to_ttml([WELCOME])).cues == (WELCOME,)
