"""SubRip, which every player reads; it has no standard, this is what players agree on.

It carries text and times to the millisecond, a speaker as part of the text. It has no escapes: what
looks like a tag of it (<i>, {\\an8}) is read as one.
"""

import re
from collections.abc import Collection, Sequence

from transcripts.cues import Cue
from transcripts.formats.blocks import blocks, captions
from transcripts.formats.lines import in_order, one_line, two_lines
from transcripts.formats.names import named, told
from transcripts.formats.reading import (
    LIMIT,
    Found,
    Reading,
    Repairs,
    checked,
    decoded,
    refuse_large,
)
from transcripts.formats.times import clock, is_arrow, milliseconds

FALLBACK = "windows-1252"  # what SubRip files from the West are in when they are not UTF-8

_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:\s[^<>]*)?>|\{\\an?\d{1,2}\}", re.IGNORECASE)


def to_srt(cues: Sequence[Cue]) -> str:
    """SubRip, in order of time; a speaker stands before the text where it changes."""
    bodies, speaker = [], None
    for number, cue in enumerate(in_order(cues), 1):
        start, end = milliseconds(cue.start), milliseconds(cue.end)
        text = "\n".join(map(_harmless, two_lines(told(cue, speaker))))
        bodies.append(f"{number}\n{clock(start, ',')} --> {clock(end, ',')}\n{text}\n")
        speaker = cue.speaker
    return "\n".join(bodies)


def _harmless(line: str) -> str:
    """A line of text that looks like one of times would begin a caption."""
    return line.replace("-->", "->") if is_arrow(line) else line


def from_srt(file: str | bytes, *, limit: int = LIMIT, names: Collection[str] = ()) -> Reading:
    """The cues of a SubRip file; raises FormatError.

    Bytes that are neither UTF-8 nor marked UTF-16 are read as windows-1252, which `repairs` tells:
    a machine cannot know, a person sees it at once. names: people who may stand before a colon in
    the text, each of whom speaks until the next is named. limit: bytes.
    """
    refuse_large(file, limit)
    repairs = Repairs()
    lines = decoded(file, repairs, fallback=FALLBACK).split("\n")
    read = captions(blocks(lines, first=1), repairs)
    cues = [Cue(block.start, block.end, one_line(_TAG.sub("", block.text))) for block in read]
    if names:
        cues = named(cues, names, goes_on=True)
    found = [Found(block.line, cue) for block, cue in zip(read, cues, strict=True)]
    return checked(found, repairs, language=None, title=None)
