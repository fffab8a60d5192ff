"""Markdown, as CommonMark reads it (https://spec.commonmark.org), for notes and wikis."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from transcripts.cues import Cue
from transcripts.formats.lines import one_line, paragraphs
from transcripts.formats.times import short_clock

_ANYWHERE = re.compile(r"[\\`*_\[\]<>~|$]|&(?=#?\w+;)|#+$")
_AT_START = re.compile(r"(?:[-+=#]|\d{1,9}(?=[.)]))")
_NOT_IN_ADDRESS = re.compile(r"[\s<>()\\]")


def to_markdown(
    cues: Sequence[Cue],
    *,
    title: str | None = None,
    url: Callable[[float], str] | None = None,
) -> str:
    """A heading, then paragraphs, each new speaker in bold.

    url: the address of a moment, given in seconds; with it each paragraph begins with its time as a
    link there.
    """
    parts = [f"# {_escaped(one_line(title))}"] if one_line(title) else []
    speaker: str | None = None
    for paragraph in paragraphs(cues):
        first = paragraph[0]
        text = " ".join(filter(None, (one_line(cue.text) for cue in paragraph)))
        parts.append(_paragraph(first, text, named=first.speaker != speaker, url=url))
        speaker = first.speaker
    return "\n\n".join(filter(None, parts)) + "\n"


def _paragraph(first: Cue, text: str, *, named: bool, url: Callable[[float], str] | None) -> str:
    if not text:
        return ""
    name = one_line(first.speaker)
    said_by = f"**{_escaped(name)}:**" if name and named else ""
    link = f"[{short_clock(first.start)}]({_address(url(first.start))})" if url else ""
    body = _escaped(text, at_start=not (said_by or link))
    return " ".join(filter(None, [link, said_by, body]))


def _escaped(text: str, *, at_start: bool = True) -> str:
    """What would be markup gets a backslash; a number before a dot gets it behind itself."""
    escaped = _ANYWHERE.sub(lambda match: f"\\{match[0]}", text)
    if at_start and (match := _AT_START.match(escaped)):
        at = match.end() if match[0].isdecimal() else 0
        return f"{escaped[:at]}\\{escaped[at:]}"
    return escaped


def _address(url: str) -> str:
    return _NOT_IN_ADDRESS.sub(lambda match: quote(match[0], safe=""), url)
