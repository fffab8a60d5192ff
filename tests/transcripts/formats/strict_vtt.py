"""A WebVTT parser that forgives nothing: the syntax of https://www.w3.org/TR/webvtt1/#file-structure.

One thing is allowed that the syntax leaves out and every parser skips: lines such as `Language: de`
right below the first, which the players of video sites read.
"""

import re
from dataclasses import dataclass

MAGIC = re.compile(r"WEBVTT(?:[ \t].*)?")
METADATA = re.compile(r"[A-Z][A-Za-z-]*: \S.*")
TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMINGS = re.compile(rf"({TIME})[ \t]+-->[ \t]+({TIME})((?:[ \t]+\S+)*)")
PERCENTAGE = r"(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%"
SETTINGS = {
    "vertical": r"rl|lr",
    "line": rf"(?:{PERCENTAGE}|-?\d+)(?:,(?:start|center|end))?",
    "position": rf"{PERCENTAGE}(?:,(?:line-left|center|line-right))?",
    "size": PERCENTAGE,
    "align": r"start|center|end|left|right",
    "region": r"(?!.*-->)\S+",
}
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
TOKEN = re.compile(r"<([^>]*)>|([^<]+)|<")
REFERENCE = re.compile(r"&(?:amp|lt|gt|lrm|rlm|nbsp|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
START = re.compile(r"(v|lang|c|i|b|u|ruby|rt)((?:\.[^\s.<>&]+)*)(?:[ \t](.*))?", re.DOTALL)
STAMP = re.compile(TIME)
ANNOTATED = {"v", "lang"}


class NotWebVTT(AssertionError):
    """Where a file leaves the syntax."""


@dataclass
class StrictCue:
    id: str
    start: int
    end: int
    settings: dict[str, str]
    payload: str


def parse_strictly(text: str) -> list[StrictCue]:
    """The cues of a file, times in milliseconds; raises NotWebVTT."""
    _require("\0" not in text, "NUL")
    text.encode("utf-8")
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    _require(MAGIC.fullmatch(lines[0]), "the first line is not WEBVTT", lines[0])
    body = 1
    while body < len(lines) and METADATA.fullmatch(lines[body]) and "-->" not in lines[body]:
        body += 1
    _require(body >= len(lines) - 1 or lines[body] == "", "no empty line after the header")
    cues: list[StrictCue] = []
    for block in _blocks(lines[body:]):
        if re.match(r"NOTE(?:[ \t]|$)", block[0]):
            _require(not any("-->" in line for line in block), "an arrow in a comment")
        elif block[0].rstrip(" \t") in ("STYLE", "REGION"):
            _require(not cues, "a style or region after a cue")
            _require(not any("-->" in line for line in block), "an arrow in a style")
        else:
            cues.append(_cue(block, cues))
    return cues


def _require(true: object, problem: str, *facts: object) -> None:
    if not true:
        raise NotWebVTT(problem, *facts)


def _blocks(lines: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [block for block in found if block]


def _cue(block: list[str], before: list[StrictCue]) -> StrictCue:
    name = block.pop(0) if "-->" not in block[0] else ""
    _require(block, "a cue without times", name)
    _require(all(name != cue.id for cue in before if name), "an id that is there already", name)
    match = TIMINGS.fullmatch(block[0])
    _require(match, "these are no times", block[0])
    start, end = _milliseconds(match.groups()[1:5]), _milliseconds(match.groups()[6:10])
    _require(start < end, "a cue ends before it starts", block[0])
    _require(all(start >= cue.start for cue in before[-1:]), "a cue starts before the last one")
    payload = "\n".join(block[1:])
    _require("-->" not in payload, "an arrow in the text")
    _check_text(payload, start, end)
    return StrictCue(name, start, end, _settings(match[11]), payload)


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _settings(written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in written.split():
        name, colon, value = part.partition(":")
        _require(colon and name in SETTINGS and name not in found, "an unknown setting", part)
        _require(re.fullmatch(SETTINGS[name], value), "a wrong setting", part)
        found[name] = value
    return found


def _check_text(payload: str, start: int, end: int) -> None:
    open_: list[str] = []
    last = start
    for match in TOKEN.finditer(payload):
        tag, text = match[1], match[2]
        if text is not None:
            _check_letters(text)
        elif tag is None:
            _require(False, "a tag without an end", payload)
        elif time := STAMP.fullmatch(tag):
            at = _milliseconds(time.groups())
            _require(last < at < end, "a time outside the cue, or not after the last", tag)
            last = at
        elif tag.startswith("/"):
            _require(open_ and open_.pop() == tag[1:], "an end tag without its start", tag)
        else:
            open_.append(_started(tag, open_))
    _require(set(open_) <= {"v"} and len(open_) <= 1, "a tag that stays open", open_)


def _started(tag: str, open_: list[str]) -> str:
    match = START.fullmatch(tag)
    _require(match, "an unknown tag", tag)
    name, annotation = match[1], match[3]
    _require((annotation is not None) == (name in ANNOTATED), "an annotation too many or few", tag)
    if annotation is not None:
        _require(annotation.strip(), "an empty annotation", tag)
        _require("\n" not in annotation, "a line break in an annotation", tag)
        _check_letters(annotation)
    if name == "lang":
        _require(LANGUAGE.fullmatch(annotation), "no language", tag)
    _require(name != "rt" or "ruby" in open_, "rt outside ruby", tag)
    return name


def _check_letters(text: str) -> None:
    _require("<" not in text and ">" not in text, "a bare < or >", text)
    _require("&" not in REFERENCE.sub("", text), "a bare &", text)
