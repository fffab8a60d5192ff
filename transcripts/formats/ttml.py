"""TTML: written as EBU-TT-D (EBU Tech 3380), which broadcasters exchange; read as it comes.

TTML: https://www.w3.org/TR/ttml1/. It carries text in at most two lines, speaker, language and times
to the millisecond, of words nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from transcripts.cues import Cue
from transcripts.formats.errors import FormatError
from transcripts.formats.lines import (
    in_order,
    is_rtl,
    language_tag,
    one_line,
    other_language,
    two_lines,
)
from transcripts.formats.reading import LIMIT, Found, Reading, Repairs, checked, refuse_large
from transcripts.formats.times import LONGEST, clock, milliseconds
from transcripts.formats.xml_tree import Node, parsed

CONFORMS = "urn:ebu:tt:distribution:2018-04"
UNKNOWN = "und"  # the code for a language that nobody told
COLOURS = ("#ffffff", "#ffff00", "#00ffff", "#00ff00")  # of speakers, as broadcasters use them

_ROOT = """\
<?xml version="1.0" encoding="UTF-8"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
 xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
 xmlns:ebuttm="urn:ebu:tt:metadata" xmlns:ebutts="urn:ebu:tt:style"
 ttp:timeBase="media" ttp:cellResolution="50 30" xml:lang={language}>
"""
_STYLES = """\
<tt:style xml:id="plain" tts:fontFamily="proportionalSansSerif" tts:fontSize="160%"
 tts:lineHeight="125%" tts:textAlign="center" ebutts:linePadding="0.5c"/>
<tt:style xml:id="rtl" tts:direction="rtl" tts:unicodeBidi="embed"/>
"""
_REGION = """\
<tt:region xml:id="bottom" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
"""

# Times: 00:00:01.5, 00:00:01:12 (frames, perhaps with their parts), 90s, 1500ms, 36f, 10000t.
_CLOCK = re.compile(
    r"(\d{2,4}):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,9}))?(?::(\d{2,3})(?:\.(\d{1,3}))?)?"
)
_OFFSET = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(h|m|s|ms|f|t)")


def to_ttml(cues: Sequence[Cue], *, language: str | None = None, title: str | None = None) -> str:
    """EBU-TT-D in UTF-8, in order of time; every speaker is an agent with a colour of their own."""
    names = [name for name in dict.fromkeys(map(_speaker, cues)) if name]
    agents = {name: f"s{number}" for number, name in enumerate(names, 1)}
    return "".join(
        [
            _ROOT.format(language=quoteattr(language_tag(language) or UNKNOWN)),
            "<tt:head>\n",
            _metadata(agents, title),
            f"<tt:styling>\n{_STYLES}{_colours(agents)}</tt:styling>\n",
            f"<tt:layout>\n{_REGION}</tt:layout>\n</tt:head>\n",
            _body(in_order(cues), agents, language),
            "</tt:tt>\n",
        ]
    )


def _speaker(cue: Cue) -> str:
    return one_line(cue.speaker)


def _metadata(agents: Mapping[str, str], title: str | None) -> str:
    parts = [f"<ttm:title>{escape(one_line(title))}</ttm:title>\n"] if one_line(title) else []
    parts += [
        f'<ttm:agent xml:id="{number}" type="person">'
        f'<ttm:name type="full">{escape(name)}</ttm:name></ttm:agent>\n'
        for name, number in agents.items()
    ]
    standard = f"<ebuttm:conformsToStandard>{CONFORMS}</ebuttm:conformsToStandard>"
    parts.append(f"<ebuttm:documentMetadata>{standard}</ebuttm:documentMetadata>\n")
    return f"<tt:metadata>\n{''.join(parts)}</tt:metadata>\n"


def _colours(agents: Mapping[str, str]) -> str:
    return "".join(
        f'<tt:style xml:id="c{n}" tts:color="{colour}" tts:backgroundColor="#000000"/>\n'
        for n, colour in enumerate(COLOURS[: max(len(agents), 1)])
    )


def _body(cues: Sequence[Cue], agents: Mapping[str, str], language: str | None) -> str:
    """Nothing where there are no cues, for a body must not be empty."""
    if not cues:
        return ""
    lines = [_paragraph(n, cue, agents, language) for n, cue in enumerate(cues, 1)]
    body = "".join(lines)
    return f'<tt:body>\n<tt:div region="bottom" style="plain">\n{body}</tt:div>\n</tt:body>\n'


def _paragraph(number: int, cue: Cue, agents: Mapping[str, str], language: str | None) -> str:
    agent = agents.get(_speaker(cue))
    other = other_language(cue, language)
    colour = (int(agent[1:]) - 1) % len(COLOURS) if agent else 0
    marks = "".join(
        [
            f' xml:id="p{number}"',
            f' begin="{clock(milliseconds(cue.start))}" end="{clock(milliseconds(cue.end))}"',
            f' xml:lang="{other}"' if other else "",
            ' style="rtl"' if is_rtl(cue.text) else "",
        ]
    )
    text = "<tt:br/>".join(map(escape, two_lines(cue.text)))
    said_by = f' ttm:agent="{agent}"' if agent else ""
    return f'<tt:p{marks}><tt:span style="c{colour}"{said_by}>{text}</tt:span></tt:p>\n'


def from_ttml(file: str | bytes, *, limit: int = LIMIT) -> Reading:
    """The cues of a TTML file of any profile with times of the media; raises FormatError.

    A paragraph is a cue; one that has no times of its own is a cue for each time in it, and one in
    which several agents speak is a cue for each. Styles and regions are left out. limit: bytes.
    """
    refuse_large(file, limit)
    root = parsed(file)
    if root.name != "tt":
        raise FormatError("not_ttml", root.line, found=root.name)
    clock_ = _clock(root)
    language = _language(root.attributes.get("lang"))
    agents, title = _head(root)
    start = _Place(0.0, None, (), None)
    found = [
        one
        for body in root.children("body")
        for paragraph, place in _paragraphs(body, start, clock_)
        for one in _cues(paragraph, place, clock_, agents)
    ]
    found = [
        Found(one.line, replace(one.cue, language=None)) if one.cue.language == language else one
        for one in found
    ]
    return checked(found, Repairs(), language=language, title=title)


def _language(code: str | None) -> str | None:
    tag = language_tag(code)
    return None if tag == UNKNOWN else tag


@dataclass(frozen=True, slots=True)
class _Clock:
    """What frames and ticks of a file last, in a second."""

    frames: float
    sub_frames: float
    ticks: float


def _clock(root: Node) -> _Clock:
    base = root.attributes.get("timeBase", "media")
    if base != "media":
        raise FormatError("other_clock", root.line, found=f"a clock of kind “{base}”")
    rate = _number(root, "frameRate")
    over, under = [*root.attributes.get("frameRateMultiplier", "1 1").split(), "1"][:2]
    if not (over.isdecimal() and under.isdecimal() and int(over[:9]) and int(under[:9])):
        raise FormatError("bad_times", root.line, found=f"frameRateMultiplier {over} {under}")
    frames = (rate or 30) * int(over[:9]) / int(under[:9])
    sub_frames = _number(root, "subFrameRate") or 1
    ticks = _number(root, "tickRate") or (frames * sub_frames if rate else 1)
    return _Clock(frames, sub_frames, ticks)


def _number(root: Node, name: str) -> int | None:
    written = root.attributes.get(name)
    if written is None:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", written) or int(written) == 0:
        raise FormatError("bad_times", root.line, found=f"{name} {written}")
    return int(written)


def _head(root: Node) -> tuple[dict[str, str], str | None]:
    """Names by their agents, and the title."""
    agents: dict[str, str] = {}
    titles: list[str] = []
    for node in _told(root):
        if node.name == "agent":
            names = [one_line(name.text()) for name in node.children("name")]
            agents[node.attributes.get("id", "")] = next(filter(None, names), "")
        elif node.name == "title":
            titles.append(one_line(node.text()))
    return agents, next(filter(None, titles), None)


def _told(node: Node) -> Iterator[Node]:
    for child in node.children("head", "metadata", "agent", "title"):
        yield child
        yield from _told(child)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree a text stands. start, end: seconds, end None while nothing ends it."""

    start: float
    end: float | None
    agents: tuple[str, ...]
    language: str | None


def _paragraphs(node: Node, outer: _Place, clock_: _Clock) -> Iterator[tuple[Node, _Place]]:
    place = _place(node, outer, clock_)
    if node.name == "p":
        yield node, place
        return
    for child in node.children("div", "p"):
        yield from _paragraphs(child, place, clock_)


def _place(node: Node, outer: _Place, clock_: _Clock) -> _Place:
    """Times of an element count from the start of the one around it, and end with it."""
    if node.attributes.get("timeContainer", "par") != "par":
        raise FormatError("one_by_one", node.line)
    begin, end, lasting = (_time(node, name, clock_) for name in ("begin", "end", "dur"))
    start = outer.start + (begin or 0.0)
    ends = [outer.start + end] if end is not None else []
    ends += [start + lasting] if lasting is not None else []
    ends += [outer.end] if outer.end is not None else []
    agents = tuple(node.attributes.get("agent", "").split()) or outer.agents
    told = node.attributes.get("lang")
    language = outer.language if told is None else _language(told)
    return _Place(start, min(ends, default=None), agents, language)


def _time(node: Node, name: str, clock_: _Clock) -> float | None:
    written = node.attributes.get(name)
    if written is None:
        return None
    time = _seconds(written.strip(), clock_)
    if time is None:
        raise FormatError("bad_times", node.line, found=written)
    if time > LONGEST:
        raise FormatError("out_of_range", node.line, found=written)
    return time


def _seconds(written: str, clock_: _Clock) -> float | None:
    if match := _CLOCK.fullmatch(written):
        hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3])
        fraction = float(f"0.{match[4] or 0}")
        frames = (int(match[5] or 0) + int(match[6] or 0) / clock_.sub_frames) / clock_.frames
        return round(hours * 3600 + minutes * 60 + seconds + fraction + frames, 3)
    if match := _OFFSET.fullmatch(written):
        of = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
        of |= {"f": 1 / clock_.frames, "t": 1 / clock_.ticks}
        return round(float(match[1]) * of[match[2]], 3)
    return None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text with where it stands."""

    text: str
    place: _Place
    line: int

    @property
    def blank(self) -> bool:
        return not one_line(self.text)


def _cues(
    paragraph: Node, place: _Place, clock_: _Clock, agents: Mapping[str, str]
) -> Iterator[Found]:
    """One for each time and speaker of a paragraph; an empty one only where it has a time itself."""
    timed = any(name in paragraph.attributes for name in ("begin", "end", "dur"))
    pieces = list(_pieces(paragraph, place, clock_, fixed=timed))
    if not timed and all(piece.blank for piece in pieces):
        return
    for (start, end, who), group in groupby(_joined(pieces), _time_and_speaker):
        said = list(group)
        if end is None:
            raise FormatError("no_end", said[0].line)
        speaker = next((agents[agent] for agent in who if agents.get(agent)), None)
        languages = {piece.place.language for piece in said if not piece.blank}
        language = languages.pop() if len(languages) == 1 else None
        text = one_line("".join(piece.text for piece in said))
        cue = Cue(round(start, 3), round(end, 3), text, (), speaker, language)
        yield Found(said[0].line, cue)


def _pieces(node: Node, place: _Place, clock_: _Clock, *, fixed: bool) -> Iterator[_Piece]:
    """Texts in order; fixed: the times of spans only show more of a caption that is there already."""
    yield _Piece("", place, node.line)
    for part in node.parts:
        if isinstance(part, str):
            yield _Piece(part, place, node.line)
        elif part.name == "br":
            yield _Piece(" ", place, node.line)
        elif part.name == "span":
            inner = _place(part, place, clock_)
            if fixed:
                inner = replace(inner, start=place.start, end=place.end)
            yield from _pieces(part, inner, clock_, fixed=fixed)


def _joined(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Spaces between the texts of one speaker are said by nobody else."""
    kept: list[_Piece] = []
    for piece in pieces:
        if not piece.blank:
            kept.append(piece)
        elif kept:
            kept.append(replace(piece, place=kept[-1].place))
    return kept or list(pieces[-1:])


def _time_and_speaker(piece: _Piece) -> tuple[float, float | None, tuple[str, ...]]:
    return piece.place.start, piece.place.end, piece.place.agents
