"""What a reader hands back: the cues, and what had to be repaired."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.cues import Cue
from transcripts.formats.errors import FormatError
from transcripts.formats.lines import in_order
from transcripts.formats.times import LONGEST

LIMIT = 32 * 2**20  # bytes: a day of talk with all its words
MOST_CUES = 200_000
LONGEST_TEXT = 10_000  # characters of one cue

REPAIRS = {
    "encoding": "The file is not UTF-8; its letters were read as windows-1252. Look at the umlauts.",
    "order": "The captions did not stand in the order of their times; now they do.",
    "blank_line": "There was an empty line inside a caption; what follows it belongs to the caption.",
    "no_blank_line": "There was no empty line between two captions; the times begin a new one.",
    "number": "A number without a caption was left out.",
    "word_times": "The times of some words do not run forward; their captions keep only their own.",
}


@dataclass(frozen=True, slots=True)
class Repair:
    """Something in a file that was put right.

    kind: a key of `REPAIRS`. line: where it came first, counted from 1, None where no line has it.
    times: how often.
    """

    kind: str
    line: int | None
    times: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds.

    cues: in the order of their start; start and end in seconds, 0 <= start <= end. language: BCP 47
    code of the whole, None where the file does not tell. title: None where there is none. repairs:
    empty where the file was as it should be.
    """

    cues: tuple[Cue, ...]
    language: str | None = None
    title: str | None = None
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A cue with the line it was found in."""

    line: int | None
    cue: Cue


class Repairs:
    """Counts what a reader puts right."""

    def __init__(self) -> None:
        self._found: dict[str, Repair] = {}

    def add(self, kind: str, line: int | None = None) -> None:
        """One more of a kind of `REPAIRS`."""
        known = self._found.get(kind, Repair(kind, line, 0))
        self._found[kind] = replace(known, times=known.times + 1)

    def all(self) -> tuple[Repair, ...]:
        """One for each kind, in the order they were met."""
        return tuple(self._found.values())


def checked(
    found: Sequence[Found], repairs: Repairs, *, language: str | None, title: str | None
) -> Reading:
    """The cues in order; raises FormatError where one runs backwards, is endless or far too long."""
    if len(found) > MOST_CUES:
        raise FormatError("too_many", limit=MOST_CUES)
    for one in found:
        check(one.line, one.cue)
    cues = [one.cue for one in found]
    for one, other in zip(found, found[1:], strict=False):
        if other.cue.start < one.cue.start:
            repairs.add("order", other.line)
    return Reading(tuple(in_order(cues)), language or None, title or None, repairs.all())


def check(line: int | None, cue: Cue) -> None:
    """Raises FormatError unless 0 <= start <= end; whatever is no number is refused too."""
    for time in (cue.start, cue.end):
        if not 0 <= time <= LONGEST:
            raise FormatError("out_of_range", line, found=f"{time:g} s")
    if cue.end < cue.start:
        raise FormatError("backwards", line, found=f"{cue.start:g} s, {cue.end:g} s")
    if len(cue.text) > LONGEST_TEXT:
        raise FormatError("long_text", line, limit=LONGEST_TEXT)


def refuse_large(file: str | bytes, limit: int) -> None:
    """Raises FormatError for what is longer than the limit, in bytes, or in characters of a text."""
    if len(file) > limit:
        raise FormatError("too_large", limit=limit)


def decoded(file: str | bytes, repairs: Repairs, *, fallback: str | None = None) -> str:
    """The text of a file in UTF-8, or in UTF-16 where its mark says so, with \\n as its line end.

    fallback: what the letters are read as where they are not UTF-8, which is a repair. A file with
    NUL in it is not text.
    """
    text = file if isinstance(file, str) else _decoded(file, repairs, fallback)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decoded(file: bytes, repairs: Repairs, fallback: str | None) -> str:
    wide = file.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "UTF-16" if wide else "UTF-8"
    if b"\0" in file and not wide:
        raise FormatError("encoding", _line_of(file, file.index(b"\0")), encoding=encoding)
    try:
        return file.decode(encoding)
    except UnicodeDecodeError as error:
        if wide:
            raise FormatError("encoding", encoding=encoding) from error
        line = _line_of(file, error.start)
        if fallback is None:
            raise FormatError("encoding", line, encoding=encoding) from error
    try:
        text = file.decode(fallback)
    except UnicodeDecodeError as error:
        names = f"{encoding} or {fallback}"
        raise FormatError("encoding", _line_of(file, error.start), encoding=names) from error
    repairs.add("encoding", line)
    return text


def _line_of(file: bytes, position: int) -> int:
    before = file[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1
