"""Text in captions: one line, two lines, paragraphs, and what no text may hold."""

import re
import unicodedata
from collections.abc import Sequence

from transcripts.cues import Cue

LINE = 42  # characters
PARAGRAPH_PAUSE = 2.0  # seconds

# Where a line may be broken; spaces that forbid it, as in "z. B.", are letters here.
_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x20\x85\u2028\u2029]+")
# What XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets), NUL among it, which no database stores.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0e-\x1b\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,7}")


def one_line(text: str | None) -> str:
    """Words with single spaces between them, without control characters."""
    return _SPACES.sub(" ", _FORBIDDEN.sub("", text or "")).strip(" ")


def spaced(text: str) -> list[str]:
    """The words of a text, in order."""
    return one_line(text).split(" ") if one_line(text) else []


def two_lines(text: str) -> list[str]:
    """One line of at most 42 characters, or two of about the same length, the lower one longer."""
    line = one_line(text)
    breaks = [match.start() for match in re.finditer(" ", line)]
    if len(line) <= LINE or not breaks:
        return [line]
    at = min(breaks, key=lambda n: (max(n, len(line) - n - 1), n))
    return [line[:at], line[at + 1 :]]


def paragraphs(cues: Sequence[Cue]) -> list[list[Cue]]:
    """Cues that belong together: the same speaker, and no pause of two seconds between them."""
    groups: list[list[Cue]] = []
    for cue in cues:
        last = groups[-1][-1] if groups else None
        if last and cue.speaker == last.speaker and cue.start - last.end < PARAGRAPH_PAUSE:
            groups[-1].append(cue)
        else:
            groups.append([cue])
    return groups


def in_order(cues: Sequence[Cue]) -> list[Cue]:
    """By their start; cues that start together stay as they came."""
    return sorted(cues, key=lambda cue: cue.start)


def language_tag(code: str | None) -> str | None:
    """A BCP 47 code as files may name it; None for what is no code."""
    return code if code and _TAG.fullmatch(code) else None


def other_language(cue: Cue, language: str | None) -> str | None:
    """The language of a cue where it is not that of the transcript."""
    own = language_tag(cue.language)
    return None if own == language else own


def is_rtl(text: str) -> bool:
    """Whether a text begins with a script that is written from right to left."""
    for letter in text:
        if (direction := unicodedata.bidirectional(letter)) in ("L", "R", "AL"):
            return direction != "L"
    return False
