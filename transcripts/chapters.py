"""Chapters of a recording as people write them down: a time and a title, one a line.

0:00 Welcome
12:30 Questions
1:02:03 Closing words
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.formats.times import clock, milliseconds, short_clock

LONGEST_TITLE = 200  # characters
MOST = 200  # chapters of a recording
SHOWN = 40  # characters of a line that a problem repeats

_LINE = re.compile(r"(\d{1,3}(?::\d{1,3}){1,2})(?:[ \t]+(.*))?")
_DASHES = re.compile(r"^(?:[-–—](?: |$))+")


@dataclass(frozen=True)
class Chapter:
    """A part of a recording, from `start`, seconds, until the next one."""

    start: int
    title: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line, counted from 1.

    kind: no_time, bad_time, no_title, long_title, order, beyond or too_many. found: what stands
    there; other: what it does not agree with, where there is something.
    """

    line: int
    kind: str
    found: str
    other: str = ""


@dataclass(frozen=True)
class Reading:
    """The chapters that could be read, ascending, and what is wrong with the other lines."""

    chapters: tuple[Chapter, ...]
    problems: tuple[Problem, ...]


def read_chapters(text: str, duration: float | None = None) -> Reading:
    """The chapters of a text. Empty lines are left out, and a dash after the time.

    duration: seconds of the recording, where they are known; a chapter begins before its end.
    """
    chapters: list[Chapter] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = _read(number, " ".join(line.split()), chapters, duration)
        if isinstance(read, Chapter):
            chapters.append(read)
        else:
            problems.append(read)
    return Reading(tuple(chapters), tuple(problems))


def written(chapters: Sequence[Chapter]) -> str:
    """Chapters as they are written down."""
    return "\n".join(f"{short_clock(chapter.start)} {chapter.title}" for chapter in chapters)


def ends(chapters: Sequence[Chapter], duration: float | None) -> tuple[float, ...]:
    """Where each chapter ends, seconds: at the next one, the last at the end of the recording."""
    starts = [float(chapter.start) for chapter in chapters]
    last = starts[-1] + 1 if starts else 0.0
    return (*starts[1:], max(duration or 0.0, last))[: len(starts)]


def chapters_to_vtt(chapters: Sequence[Chapter], duration: float | None) -> str:
    """A track of chapters as WebVTT has it: https://www.w3.org/TR/webvtt1/#introduction-chapters."""
    bodies = [
        f"{number}\n{clock(chapter.start * 1000)} --> {clock(milliseconds(end))}\n"
        + _escaped(chapter.title)
        for number, (chapter, end) in enumerate(
            zip(chapters, ends(chapters, duration), strict=True), 1
        )
    ]
    return "\n\n".join(["WEBVTT", *bodies]) + "\n"


def _read(
    number: int, line: str, before: Sequence[Chapter], duration: float | None
) -> Chapter | Problem:
    match = _LINE.fullmatch(line)
    if match is None:
        return Problem(number, "no_time", _short(line))
    time, title = match[1], _DASHES.sub("", match[2] or "")
    start = _seconds(time)
    if start is None:
        return Problem(number, "bad_time", time)
    if not title:
        return Problem(number, "no_title", time)
    if len(title) > LONGEST_TITLE:
        return Problem(number, "long_title", _short(title), str(LONGEST_TITLE))
    if before and start <= before[-1].start:
        return Problem(number, "order", time, short_clock(before[-1].start))
    if duration is not None and start >= duration:
        return Problem(number, "beyond", time, short_clock(duration))
    if len(before) == MOST:
        return Problem(number, "too_many", time, str(MOST))
    return Chapter(start, title)


def _seconds(time: str) -> int | None:
    """12:30 or 1:02:03; minutes may pass 59 where no hours stand before them."""
    *hours, minutes, seconds = time.split(":")
    if len(seconds) != 2 or int(seconds) > 59:
        return None
    if hours and (len(minutes) > 2 or int(minutes) > 59):
        return None
    return int(hours[0] if hours else 0) * 3600 + int(minutes) * 60 + int(seconds)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _escaped(text: str) -> str:
    """No arrow and no markup stands in a cue."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
