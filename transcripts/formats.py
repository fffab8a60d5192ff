"""Transcripts as files: WebVTT, SubRip, plain text and JSON, out and in.

WebVTT: https://www.w3.org/TR/webvtt1/. SubRip has no standard; this is what players agree on.
"""

import html
import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from transcripts.cues import Cue, Word

LINE = 42  # characters
PARAGRAPH_PAUSE = 2.0  # seconds
JSON_VERSION = 1

_TIME = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)[.,](\d{3})")
_TIMES = re.compile(rf"^({_TIME.pattern})[ \t]*-->[ \t]*({_TIME.pattern})(?:[ \t].*)?$")
_VOICE = re.compile(r"^<v(?:\.[^\s>]*)?\s+([^>]+)>")
_VTT_TAG = re.compile(r"</?[^>]*>")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:\s[^>]*)?>", re.IGNORECASE)


class FormatError(ValueError):
    """A file breaks its format; says in which line and how."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


def to_vtt(
    cues: Sequence[Cue],
    *,
    language: str | None = None,
    title: str | None = None,
    words: bool = False,
) -> str:
    """WebVTT; with `words` each word carries its time, as karaoke-style players use it."""
    head = ["WEBVTT" + (f" {_one_line(title)}" if title else "")]
    if language:
        head.append(f"Language: {_one_line(language)}")
    blocks = ["\n".join(head)]
    for number, cue in enumerate(cues, 1):
        text = _timed_words(cue) if words and cue.words else _lines(cue.text, _escaped, LINE)
        voice = f"<v {_escaped(_joined(cue.speaker))}>" if cue.speaker else ""
        times = f"{_vtt_time(cue.start)} --> {_vtt_time(cue.end)}"
        blocks.append(f"{number}\n{times}\n{voice}{text}")
    return "\n\n".join(blocks) + "\n"


def to_srt(cues: Sequence[Cue]) -> str:
    """SubRip; a speaker stands before the text where it changes."""
    blocks, speaker = [], None
    for number, cue in enumerate(cues, 1):
        text = cue.text
        if cue.speaker and cue.speaker != speaker:
            text = f"{cue.speaker}: {text}"
        speaker = cue.speaker
        times = f"{_srt_time(cue.start)} --> {_srt_time(cue.end)}"
        blocks.append(f"{number}\n{times}\n{_lines(text, str, LINE)}\n")
    return "\n".join(blocks)


def to_text(cues: Sequence[Cue], *, title: str | None = None) -> str:
    """Paragraphs of plain text, each new speaker named."""
    parts = [title] if title else []
    speaker: str | None = None
    for paragraph in paragraphs(cues):
        text = " ".join(cue.text for cue in paragraph)
        if paragraph[0].speaker and paragraph[0].speaker != speaker:
            text = f"{paragraph[0].speaker}: {text}"
        speaker = paragraph[0].speaker
        parts.append(text)
    return "\n\n".join(parts) + "\n"


def to_json(
    cues: Sequence[Cue], *, language: str | None = None, title: str | None = None, **more: Any
) -> str:
    """All that a transcript holds, times in seconds; `more` goes into the head."""
    head = {"version": JSON_VERSION, "title": title, "language": language} | more
    body = [
        {
            "start": cue.start,
            "end": cue.end,
            "text": cue.text,
            "speaker": cue.speaker,
            "language": cue.language,
            "words": [asdict(word) for word in cue.words],
        }
        for cue in cues
    ]
    return json.dumps(head | {"cues": body}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> tuple[Cue, ...]:
    """The cues of what `to_json` wrote; raises FormatError."""
    try:
        body = json.loads(text)
        version, stored = body["version"], list(body["cues"])
    except json.JSONDecodeError as error:
        raise FormatError(error.lineno, error.msg) from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise FormatError(1, f"not a transcript of Podium: {error}") from error
    if version != JSON_VERSION:
        raise FormatError(1, f"version {version} is not known here")
    return tuple(_stored_cue(number, cue) for number, cue in enumerate(stored, 1))


def from_vtt(text: str) -> tuple[Cue, ...]:
    """The cues of a WebVTT file, without styles and positions; raises FormatError."""
    lines = _split(text)
    if not lines or not re.match(r"WEBVTT([ \t]|$)", lines[0]):
        raise FormatError(1, "a WebVTT file begins with WEBVTT")
    cues = []
    for start, block in _blocks(lines[1:], first=2):
        aside = block[0].startswith(("NOTE", "STYLE", "REGION")) or start == 2
        if aside and not any("-->" in line for line in block):
            continue
        cues.append(_cue(start, block, vtt=True))
    return _checked(cues)


def from_srt(text: str) -> tuple[Cue, ...]:
    """The cues of a SubRip file; raises FormatError."""
    return _checked(
        [_cue(start, block, vtt=False) for start, block in _blocks(_split(text), first=1)]
    )


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


def _vtt_time(seconds: float) -> str:
    minutes, rest = divmod(_milliseconds(seconds), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def _milliseconds(seconds: float) -> int:
    return round(max(seconds, 0.0) * 1000)


def _srt_time(seconds: float) -> str:
    return _vtt_time(seconds).replace(".", ",")


def _lines(text: str, escape: Any, longest: int) -> str:
    """One line, or two of about the same length where one would be too long."""
    words = text.split()
    if len(text) <= longest or len(words) < 2:
        return escape(_joined(text))
    ways = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    upper, lower = min(ways, key=lambda way: (max(map(len, way)), -len(way[1])))
    return f"{escape(upper)}\n{escape(lower)}"


def _timed_words(cue: Cue) -> str:
    """Words with their start times between them; each time lies in the cue and after the last."""
    parts, last, end = [], _milliseconds(cue.start), _milliseconds(cue.end)
    for word in cue.words:
        time = _milliseconds(word.start)
        stamp = f"<{_vtt_time(word.start)}>" if last < time < end else ""
        parts.append(stamp + _escaped(_joined(word.text)))
        last = max(last, time)
    return " ".join(parts)


def _escaped(text: str) -> str:
    """No quotes: players such as ffmpeg know the three names that WebVTT needs, and no others."""
    return html.escape(text, quote=False)


def _one_line(text: str) -> str:
    return _joined(re.sub("-{2,}>", "->", text))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _stored_cue(number: int, stored: Any) -> Cue:
    try:
        cue = Cue(**(stored | {"words": tuple(Word(**word) for word in stored["words"])}))
    except (KeyError, TypeError) as error:
        raise FormatError(1, f"cue {number} is not one of Podium's: {error}") from error
    if not all(_is_timed_text(part) for part in (cue, *cue.words)):
        raise FormatError(1, f"cue {number} needs texts, and seconds that run forward")
    return cue


def _is_timed_text(part: Cue | Word) -> bool:
    times = (part.start, part.end)
    numbers = all(isinstance(t, int | float) and math.isfinite(t) for t in times)
    return numbers and part.start <= part.end and isinstance(part.text, str)


def _split(text: str) -> list[str]:
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return plain.split("\n")


def _blocks(lines: list[str], first: int) -> list[tuple[int, list[str]]]:
    """Lines between empty lines, each block with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    begun = True
    for number, line in enumerate(lines, first):
        if not line.strip():
            begun = True
        elif begun:
            found.append((number, [line]))
            begun = False
        else:
            found[-1][1].append(line)
    return found


def _cue(number: int, block: list[str], *, vtt: bool) -> Cue:
    times = next((n for n, line in enumerate(block[:2]) if "-->" in line), None)
    if times is None:
        raise FormatError(
            number, "a cue needs a line with its times: 00:00:01.000 --> 00:00:02.000"
        )
    match = _TIMES.match(block[times].strip())
    if match is None:
        raise FormatError(number + times, f"these are not times: {block[times].strip()}")
    start, end = _seconds(match.groups()[1:5]), _seconds(match.groups()[6:10])
    if end < start:
        raise FormatError(number + times, "the cue ends before it starts")
    text = "\n".join(block[times + 1 :])
    voice = _VOICE.match(text) if vtt else None
    plain = html.unescape(_VTT_TAG.sub("", text)) if vtt else _SRT_TAG.sub("", text)
    speaker = _joined(html.unescape(voice[1])) if voice else ""
    return Cue(start, end, _joined(plain), (), speaker or None)


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return round(hours * 3600 + minutes * 60 + seconds + thousandths / 1000, 3)


def _checked(cues: list[Cue]) -> tuple[Cue, ...]:
    return tuple(sorted(cues, key=lambda cue: (cue.start, cue.end)))
