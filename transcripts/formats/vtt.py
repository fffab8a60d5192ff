"""WebVTT (https://www.w3.org/TR/webvtt1/), what the players of the web read.

It carries text, speaker, language and times to the millisecond; of words, where they are wanted, the
starts, but of one that stands alone in its caption. A caption in it ends at least 1 ms after it starts,
as the standard asks.
"""

import html
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from transcripts.cues import Cue, Word
from transcripts.formats.blocks import Block, blocks, captions
from transcripts.formats.errors import FormatError
from transcripts.formats.lines import (
    in_order,
    language_tag,
    one_line,
    other_language,
    spaced,
    two_lines,
)
from transcripts.formats.names import named
from transcripts.formats.reading import (
    LIMIT,
    Found,
    Reading,
    Repairs,
    checked,
    decoded,
    refuse_large,
)
from transcripts.formats.times import CLOCK, clock, milliseconds, seconds

_ASIDE = ("NOTE", "STYLE", "REGION")
_HEADER = re.compile(r"WEBVTT(?:[ \t](.*))?")
_LANGUAGE = re.compile(r"Language[ \t]*:[ \t]*(\S+)", re.IGNORECASE)
_TAG = re.compile(rf"(</?[A-Za-z][^<>]*>|</>|<(?:{CLOCK})>)")
_ANNOTATED = re.compile(r"<(v|lang)(?:\.[^\s>]*)?(?:\s+([^>]*))?>")


def to_vtt(
    cues: Sequence[Cue],
    *,
    language: str | None = None,
    title: str | None = None,
    words: bool = False,
) -> str:
    """WebVTT, in order of time.

    language: BCP 47 code of the whole, named in the header as players and video sites expect it;
    cues in another one are marked. words: each word carries its start, as karaoke-style players use
    it, in cues whose words make up their text.
    """
    head = ["WEBVTT" + (f" {_header(title)}" if one_line(title) else "")]
    if language_tag(language):
        head.append(f"Language: {language}")
    bodies = [_cue(number, cue, language, words) for number, cue in enumerate(in_order(cues), 1)]
    return "\n\n".join(["\n".join(head), *bodies]) + "\n"


def _header(title: str | None) -> str:
    return re.sub("-{2,}>", "->", one_line(title))


def _cue(number: int, cue: Cue, language: str | None, words: bool) -> str:
    start = milliseconds(cue.start)
    end = max(milliseconds(cue.end), start + 1)
    text = _timed_words(cue, start, end) if words else None
    text = text or "\n".join(map(_escaped, two_lines(cue.text)))
    if other := other_language(cue, language):
        text = f"<lang {other}>{text}</lang>"
    if name := one_line(cue.speaker):
        text = f"<v {_escaped(name)}>{text}"
    return f"{number}\n{clock(start)} --> {clock(end)}\n{text}"


def _timed_words(cue: Cue, start: int, end: int) -> str | None:
    """Words with their starts between them; each lies in the cue and after the last.

    None where the words are not those of the text, which says what was meant.
    """
    if [word for known in cue.words for word in spaced(known.text)] != spaced(cue.text):
        return None
    parts, last = [], start
    for word in cue.words:
        time = milliseconds(word.start)
        stamp = f"<{clock(time)}>" if last < time < end else ""
        if text := one_line(word.text):
            parts.append(stamp + _escaped(text))
            last = max(last, time)
    return " ".join(parts)


def _escaped(text: str) -> str:
    """No quotes: players such as ffmpeg know the three names that WebVTT needs, and no others."""
    return html.escape(text, quote=False)


def from_vtt(file: str | bytes, *, limit: int = LIMIT, names: Collection[str] = ()) -> Reading:
    """The cues of a WebVTT file; raises FormatError.

    Styles, regions, comments and positions are left out, other tags too. A caption with several
    voices becomes a cue for each, at the same time. Times inside a caption become those of words,
    which end where the next begins; words that share a time keep it. names: people who may stand
    before a colon in the text. limit: bytes.
    """
    refuse_large(file, limit)
    repairs = Repairs()
    lines = decoded(file, repairs).split("\n")
    header = _HEADER.fullmatch(lines[0])
    if header is None:
        raise FormatError("no_header", 1)
    bodies = blocks(lines[1:], first=2)
    head = []
    if bodies and bodies[0][0] == 2 and not _holds_times(bodies[0][1]):
        head = bodies.pop(0)[1]
    read = captions((b for b in bodies if not _is_aside(b[1])), repairs)
    found = [Found(block.line, cue) for block in read for cue in _cues(block)]
    language = next((m[1] for line in head if (m := _LANGUAGE.fullmatch(line.strip()))), None)
    found = _spoken(found, language_tag(language), names)
    title = one_line(header[1]).removeprefix("- ")
    return checked(found, repairs, language=language_tag(language), title=title)


def _holds_times(block: list[str]) -> bool:
    return any("-->" in line for line in block)


def _is_aside(block: list[str]) -> bool:
    word = block[0].split()[0] if block[0].split() else ""
    return word in _ASIDE and not _holds_times(block)


def _spoken(found: list[Found], language: str | None, names: Collection[str]) -> list[Found]:
    cues = [
        replace(one.cue, language=None) if one.cue.language == language else one.cue
        for one in found
    ]
    given = named(cues, names, goes_on=False) if names else cues
    return [Found(one.line, cue) for one, cue in zip(found, given, strict=True)]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text between two tags. time: seconds, None before the first time."""

    text: str
    speaker: str | None
    language: str | None
    time: float | None


def _cues(block: Block) -> list[Cue]:
    """One for each voice, in order."""
    said = groupby(_pieces(block), lambda piece: piece.speaker)
    return [_cue_of(block, speaker, list(pieces)) for speaker, pieces in said]


def _pieces(block: Block) -> list[_Piece]:
    speaker = language = None
    time: float | None = None
    pieces = []
    for n, part in enumerate(_TAG.split(block.text)):
        if n % 2 == 0:
            pieces.append(_Piece(html.unescape(part), speaker, language, time))
        elif match := _ANNOTATED.fullmatch(part):
            told = one_line(html.unescape(match[2] or "")) or None
            if match[1] == "v":
                speaker = told
            else:
                language = language_tag(told)
        elif part in ("</v>", "</lang>"):
            speaker = None if part == "</v>" else speaker
            language = None if part == "</lang>" else language
        elif part[1].isdecimal():
            time = _later(block, time, seconds(part[1:-1]))
    return _joined(pieces)


def _later(block: Block, last: float | None, time: float | None) -> float | None:
    """A time counts where it lies in the caption, and not before the last."""
    if time is None or not (block.start if last is None else last) <= time <= block.end:
        return last
    return time


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Spaces between the texts of one voice are said by nobody else."""
    kept: list[_Piece] = []
    for piece in pieces:
        if one_line(piece.text):
            kept.append(piece)
        elif kept:
            kept.append(replace(piece, speaker=kept[-1].speaker))
    return kept or pieces[-1:]


def _cue_of(block: Block, speaker: str | None, pieces: list[_Piece]) -> Cue:
    text = one_line("".join(piece.text for piece in pieces))
    languages = {piece.language for piece in pieces if one_line(piece.text)}
    language = languages.pop() if len(languages) == 1 else None
    timed = any(piece.time is not None for piece in pieces)
    words = _words(block, pieces) if timed else ()
    return Cue(block.start, block.end, text, words, speaker, language)


def _words(block: Block, pieces: list[_Piece]) -> tuple[Word, ...]:
    """Words of pieces that belong together; a tag inside a word does not part it."""
    begun: list[tuple[str, float]] = []
    open_ = False
    for piece in pieces:
        time = block.start if piece.time is None else piece.time
        letters = f"|{piece.text}|"  # so that spaces at the ends are seen
        parts = one_line(letters).split(" ")
        for n, part in enumerate(parts):
            text = part[n == 0 : len(part) - (n == len(parts) - 1)]
            if n > 0:
                open_ = False
            if text and open_:
                begun[-1] = (begun[-1][0] + text, begun[-1][1])
            elif text:
                begun.append((text, time))
                open_ = True
    return _ended(begun, block.end)


def _ended(begun: list[tuple[str, float]], end: float) -> tuple[Word, ...]:
    """Each ends where the next time is; words of one time share their end."""
    words: list[Word] = []
    after = end
    for n in range(len(begun) - 1, -1, -1):
        text, start = begun[n]
        if n + 1 < len(begun) and begun[n + 1][1] > start:
            after = begun[n + 1][1]
        words.append(Word(text, start, after))
    return tuple(reversed(words))
