"""Captions in blocks of lines, as WebVTT and SubRip have them, from files as people bring them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from transcripts.formats.errors import FormatError
from transcripts.formats.reading import LONGEST_TEXT, MOST_CUES, Repairs
from transcripts.formats.times import arrow, is_arrow

MOST_LINES = 5 * MOST_CUES
WITH_TAGS = 10 * LONGEST_TEXT  # characters of a caption with all its tags

_CLOCK_FIRST = re.compile(r"\s*-?\d{1,4}:\d")


@dataclass(frozen=True, slots=True)
class Block:
    """A caption with its times, in seconds, and its text as it stands, tags and all."""

    line: int
    start: float
    end: float
    text: str


def blocks(lines: list[str], first: int) -> list[tuple[int, list[str]]]:
    """Lines between empty lines, each block with the number of its first line.

    Raises FormatError for more lines than any transcript has.
    """
    if len(lines) > MOST_LINES:
        raise FormatError("too_many", limit=MOST_CUES)
    found: list[tuple[int, list[str]]] = []
    begun = True
    for number, line in enumerate(lines, first):
        if not line.strip(" \t"):
            begun = True
        elif begun:
            found.append((number, [line]))
            begun = False
        else:
            found[-1][1].append(line)
    return found


def captions(found: Iterable[tuple[int, list[str]]], repairs: Repairs) -> list[Block]:
    """Each line of times begins a caption; a lone number or name above it is no text of the last.

    Text below an empty line belongs to the caption above. Raises FormatError.
    """
    read: list[Block] = []
    for line, block in found:
        starts = [n for n, text in enumerate(block) if n < 2 and "-->" in text][:1]
        starts += [n for n, text in enumerate(block) if starts and n > starts[0] and is_arrow(text)]
        if not starts:
            _without_times(line, block, read, repairs)
        for n, at in enumerate(starts):
            last = n + 1 == len(starts)
            end = len(block) if last else _above(block, starts[n + 1], at)
            if n > 0:
                repairs.add("no_blank_line", line + at)
            read.append(_caption(line + at, block[at], block[at + 1 : end]))
        if len(read) > MOST_CUES:
            raise FormatError("too_many", line, limit=MOST_CUES)
    return read


def _above(block: list[str], at: int, last: int) -> int:
    """Where the text above a line of times ends: the number of the caption is no text."""
    return at - 1 if at - 1 > last and block[at - 1].strip().isdecimal() else at


def _without_times(line: int, block: list[str], read: list[Block], repairs: Repairs) -> None:
    numbered = block[0].strip().isdecimal()
    clock = next((n for n, text in enumerate(block[:2]) if _CLOCK_FIRST.match(text)), None)
    if clock is not None:
        raise FormatError("bad_times", line + clock, found=block[clock])
    if numbered and len(block) == 1:
        repairs.add("number", line)
    elif numbered or not read:
        raise FormatError("no_times", line)
    else:
        repairs.add("blank_line", line)
        last = read[-1]
        if len(last.text) > LONGEST_TEXT:
            raise FormatError("long_text", last.line, limit=LONGEST_TEXT)
        read[-1] = Block(last.line, last.start, last.end, "\n".join([last.text, *block]))


def _caption(line: int, times: str, text: list[str]) -> Block:
    found = arrow(times)
    if found is None:
        raise FormatError("bad_times", line, found=times)
    if found[1] < found[0]:
        raise FormatError("backwards", line, found=times)
    if sum(map(len, text)) > WITH_TAGS:
        raise FormatError("long_text", line, limit=LONGEST_TEXT)
    return Block(line, *found, "\n".join(text))
