"""DOCX, to correct, print and quote in a word processor; written with python-docx."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from transcripts.cues import Cue
from transcripts.formats.lines import (
    is_rtl,
    language_tag,
    one_line,
    other_language,
    paragraphs,
)
from transcripts.formats.times import short_clock

TIME_STYLE = "Transcript Time"
GREY = RGBColor(0x59, 0x59, 0x59)  # 7:1 on white

_A4 = (Mm(210), Mm(297))
_LONGEST_PROPERTY = 255  # characters; what Office takes


def to_docx(
    cues: Sequence[Cue],
    *,
    language: str | None = None,
    title: str | None = None,
    author: str | None = None,
    created: datetime | None = None,
    url: Callable[[float], str] | None = None,
) -> bytes:
    """A title, a heading for each new speaker, and paragraphs that begin with their time.

    language: BCP 47 code, of the document and of all that is not in another one. created: when the
    transcript was made, now where nobody tells. url: the address of a moment, given in seconds; with
    it times are links.
    """
    document = Document()
    _set_page(document)
    _set_language(document, language_tag(language))
    _set_properties(document, language, title, author, created)
    if one_line(title):
        document.add_heading(one_line(title), level=0)
    heading = document.styles["Heading 1"].style_id
    speaker: str | None = None
    for paragraph in paragraphs(cues):
        first = paragraph[0]
        if one_line(first.speaker) and first.speaker != speaker:
            _add_heading(document, one_line(first.speaker), heading)
        speaker = first.speaker
        _add_paragraph(document, paragraph, language_tag(language), url)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = _A4
    style = document.styles.add_style(TIME_STYLE, WD_STYLE_TYPE.CHARACTER)
    style.font.size = Pt(9)
    style.font.color.rgb = GREY


def _set_language(document: Any, language: str | None) -> None:
    """The language that spell-checkers and screen readers take where a run names no other."""
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    if language:
        defaults.append(_lang(language))


def _lang(language: str, *, rtl: bool = False) -> Any:
    element = OxmlElement("w:lang")
    element.set(qn("w:bidi" if rtl else "w:val"), language)
    return element


def _set_properties(
    document: Any,
    language: str | None,
    title: str | None,
    author: str | None,
    created: datetime | None,
) -> None:
    properties = document.core_properties
    properties.title = one_line(title)[:_LONGEST_PROPERTY]
    properties.author = one_line(author)[:_LONGEST_PROPERTY]
    properties.last_modified_by = properties.author
    properties.language = language_tag(language) or ""
    properties.comments = ""
    moment = (created or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    properties.created = properties.modified = moment


def _add_heading(document: Any, text: str, style: str) -> None:
    """By the style's id, for python-docx would look through all styles for each name."""
    paragraph = document.add_paragraph(text)
    paragraph._p.style = style


def _add_paragraph(
    document: Any,
    cues: Sequence[Cue],
    language: str | None,
    url: Callable[[float], str] | None,
) -> None:
    spoken = [cue for cue in cues if one_line(cue.text)]
    if not spoken:
        return
    paragraph = document.add_paragraph()
    rtl = is_rtl(one_line(spoken[0].text))
    if rtl:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    time = paragraph.add_run(short_clock(cues[0].start))
    time._r.style = TIME_STYLE.replace(" ", "")
    if url:
        _link(paragraph, time, url(cues[0].start))
    for cue in spoken:
        run = paragraph.add_run(f" {one_line(cue.text)}")
        _mark(run, cue, language)


def _mark(run: Run, cue: Cue, language: str | None) -> None:
    """Direction and language, in the order that the schema of Word asks for."""
    rtl = is_rtl(one_line(cue.text))
    if rtl:
        run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
    if code := other_language(cue, language) or (language if rtl else None):
        run._r.get_or_add_rPr().append(_lang(code, rtl=rtl))


def _link(paragraph: Paragraph, run: Run, address: str) -> None:
    """Puts a run into a link."""
    target = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), target)
    run._r.addprevious(link)
    link.append(run._r)
