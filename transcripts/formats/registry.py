"""The formats by name, for pages that offer them and for those who bring a file."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from transcripts.cues import Cue
from transcripts.formats.docx import to_docx
from transcripts.formats.errors import FormatError
from transcripts.formats.markdown import to_markdown
from transcripts.formats.podium_json import from_json, to_json
from transcripts.formats.reading import LIMIT, Reading
from transcripts.formats.srt import from_srt, to_srt
from transcripts.formats.text import to_text
from transcripts.formats.ttml import from_ttml, to_ttml
from transcripts.formats.vtt import from_vtt, to_vtt


@dataclass(frozen=True, slots=True)
class About:
    """What a file may say of a transcript.

    language: BCP 47 code. author: who answers for it, such as the archive. url: the address of a
    moment, given in seconds. words: each word with its time, where a format can have that as an
    option.
    """

    language: str | None = None
    title: str | None = None
    author: str | None = None
    url: Callable[[float], str] | None = None
    words: bool = False


class Reader(Protocol):
    """Reads a file of at most `limit` bytes; `names` are people who may stand before a colon."""

    def __call__(self, file: bytes, *, limit: int, names: Collection[str]) -> Reading:
        """Raises FormatError."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files.

    name: for addresses and forms. suffix: with its dot. title: for people. others: suffixes that
    files of it have too. write, read: None where that is not possible.
    """

    name: str
    suffix: str
    mime: str
    title: str
    write: Callable[[Sequence[Cue], About], bytes] | None
    read: Reader | None
    others: tuple[str, ...] = ()


def write(name: str, cues: Sequence[Cue], about: About) -> bytes:
    """A transcript as a file, text in UTF-8; raises KeyError for a name that is not in `FORMATS`."""
    return FORMATS[name].write(cues, about)


def read(name: str, file: bytes, *, limit: int = LIMIT, names: Collection[str] = ()) -> Reading:
    """The cues of a file; raises FormatError, and KeyError for a name that is not in `FORMATS`."""
    format_ = FORMATS[name]
    if format_.read is None:
        raise FormatError("no_reader", format=format_.title, formats=READABLE)
    reading = format_.read(file, limit=limit, names=names)
    if not reading.cues:
        raise FormatError("empty")
    return reading


def format_of(filename: str, file: bytes = b"") -> Format:
    """The format of a file that somebody brings: what it begins with, else its suffix.

    Raises FormatError for suffixes that nobody knows.
    """
    if file.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return FORMATS["vtt"]
    suffix = PurePath(filename.lower()).suffix
    for format_ in FORMATS.values():
        if suffix in (format_.suffix, *format_.others):
            return format_
    raise FormatError("unknown", found=filename, formats=READABLE)


def _vtt(cues: Sequence[Cue], about: About) -> bytes:
    return _utf8(to_vtt(cues, language=about.language, title=about.title, words=about.words))


def _srt(cues: Sequence[Cue], _: About) -> bytes:
    return _utf8(to_srt(cues))


def _ttml(cues: Sequence[Cue], about: About) -> bytes:
    return _utf8(to_ttml(cues, language=about.language, title=about.title))


def _read_ttml(file: bytes, *, limit: int, names: Collection[str]) -> Reading:
    return from_ttml(file, limit=limit)


def _text(cues: Sequence[Cue], about: About) -> bytes:
    return _utf8(to_text(cues, title=about.title))


def _markdown(cues: Sequence[Cue], about: About) -> bytes:
    return _utf8(to_markdown(cues, title=about.title, url=about.url))


def _docx(cues: Sequence[Cue], about: About) -> bytes:
    return to_docx(
        cues,
        language=about.language,
        title=about.title,
        author=about.author,
        url=about.url,
    )


def _json(cues: Sequence[Cue], about: About) -> bytes:
    return _utf8(to_json(cues, language=about.language, title=about.title))


def _read_json(file: bytes, *, limit: int, names: Collection[str]) -> Reading:
    return from_json(file, limit=limit)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FORMATS = {
    format_.name: format_
    for format_ in (
        Format("vtt", ".vtt", "text/vtt", "WebVTT", _vtt, from_vtt, (".webvtt",)),
        Format("srt", ".srt", "application/x-subrip", "SubRip", _srt, from_srt),
        Format(
            "ttml",
            ".ttml",
            "application/ttml+xml",
            "TTML (EBU-TT-D)",
            _ttml,
            _read_ttml,
            (".xml", ".dfxp", ".itt"),
        ),
        Format("txt", ".txt", "text/plain", "Plain text", _text, None),
        Format("md", ".md", "text/markdown", "Markdown", _markdown, None, (".markdown",)),
        Format("docx", ".docx", _WORD, "Word", _docx, None),
        Format("json", ".json", "application/json", "JSON", _json, _read_json),
    )
}
READABLE = ", ".join(format_.title for format_ in FORMATS.values() if format_.read)
