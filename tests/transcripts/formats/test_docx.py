import io
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.formats.samples import HOSTILE, TALK
from tests.transcripts.strategies import any_text, cues, languages, said
from transcripts.cues import Cue
from transcripts.formats.docx import TIME_STYLE, to_docx
from transcripts.formats.lines import one_line


def opened(file: bytes):
    return Document(io.BytesIO(file))


def lines(document) -> list[tuple[str, str]]:
    return [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]


def test_docx_has_a_title_headings_and_paragraphs_with_times():
    document = opened(to_docx(TALK, title="Ein Haus"))

    assert lines(document) == [
        ("Title", "Ein Haus"),
        ("Heading 1", "Mara Lindqvist"),
        ("Normal", "0:01 Guten Morgen."),
        ("Heading 1", "Jon Ek"),
        ("Normal", "0:02 Danke & hallo!"),
        ("Normal", "0:07 Wir beginnen."),
    ]
    assert document.paragraphs[2].runs[0].style.name == TIME_STYLE


def test_docx_says_whose_it_is_and_in_which_language():
    moment = datetime(2026, 5, 2, 10, 30, tzinfo=UTC)

    written = to_docx(TALK, title="Ein Haus", author="Archiv", language="de-AT", created=moment)

    properties = opened(written).core_properties
    assert (properties.title, properties.author, properties.last_modified_by) == (
        "Ein Haus",
        "Archiv",
        "Archiv",
    )
    assert properties.language == "de-AT"
    assert (properties.created, properties.modified) == (moment, moment)
    assert properties.comments == ""


def codes(element) -> list[str | None]:
    return [lang.get(qn("w:val")) or lang.get(qn("w:bidi")) for lang in element.iter(qn("w:lang"))]


def test_docx_marks_the_language_of_the_whole_and_of_what_is_in_another():
    cues = [Cue(0, 1, "Hallo.", (), None, "de"), Cue(1, 2, "Welcome.", (), None, "en")]

    document = opened(to_docx(cues, language="de"))

    defaults = document.styles.element.find(qn("w:docDefaults"))
    (paragraph,) = document.paragraphs
    assert codes(defaults) == ["de"]
    assert [(run.text, codes(run._r)) for run in paragraph.runs] == [
        ("0:00", []),
        (" Hallo.", []),
        (" Welcome.", ["en"]),
    ]


def test_docx_names_no_language_that_is_none():
    document = opened(to_docx([Cue(0, 1, "x", (), None, "a b")], language="deutsch, ein wenig"))

    assert codes(document.styles.element.find(qn("w:docDefaults"))) == []
    assert codes(document.element) == []
    assert document.core_properties.language == ""


def test_docx_says_which_text_runs_from_right_to_left():
    document = opened(to_docx([Cue(0, 1, "שלום", (), None, "he"), Cue(9, 10, "Hallo")]))

    first, second = document.paragraphs
    assert first._p.pPr.find(qn("w:bidi")) is not None
    assert first.runs[1]._r.rPr.find(qn("w:rtl")) is not None
    assert codes(first._p) == ["he"]
    assert second._p.pPr is None


def test_docx_links_times_where_it_knows_their_address():
    document = opened(to_docx(TALK, url=lambda seconds: f"https://talks.example/?t={seconds:g}"))

    assert [link.address for p in document.paragraphs for link in p.hyperlinks] == [
        "https://talks.example/?t=1",
        "https://talks.example/?t=2.5",
        "https://talks.example/?t=7",
    ]
    assert [link.text for p in document.paragraphs for link in p.hyperlinks] == [
        "0:01",
        "0:02",
        "0:07",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_docx_keeps_hostile_text(text):
    document = opened(to_docx([Cue(0, 1, text, (), text)], title=text, author=text))

    plain = one_line(text)
    expected = [("Title", plain), ("Heading 1", plain), ("Normal", f"0:00 {plain}")]
    assert lines(document) == (expected if plain else [])
    assert document.core_properties.author == plain


def test_docx_takes_long_titles():
    document = opened(to_docx([], title="x" * 1000, author="y" * 1000))

    assert document.paragraphs[0].text == "x" * 1000
    assert len(document.core_properties.title) == 255


@given(st.lists(cues(language=st.none() | languages), max_size=3), any_text | said, languages)
def test_docx_says_everything_that_was_said_in_order(given, title, language):
    silent = [Cue(cue.start, cue.end, cue.text, (), None, cue.language) for cue in given]

    document = opened(to_docx(silent, title=title, language=language))

    bodies = [p.runs if p.style.name == "Title" else p.runs[1:] for p in document.paragraphs]
    written = " ".join(run.text for runs in bodies for run in runs)
    assert one_line(written) == one_line(" ".join([title, *(cue.text for cue in given)]))
