"""JSON: Podium's own, which holds all that a transcript has, and what Whisper's programs write.

Only NUL and halves of letters are lost on the way in, for no database stores them.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from transcripts.cues import Cue, Word
from transcripts.formats.errors import FormatError
from transcripts.formats.lines import language_tag, one_line
from transcripts.formats.reading import (
    LIMIT,
    Found,
    Reading,
    Repairs,
    checked,
    decoded,
    refuse_large,
)
from transcripts.formats.times import LONGEST

VERSION = 1

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def to_json(
    cues: Sequence[Cue], *, language: str | None = None, title: str | None = None, **more: Any
) -> str:
    """All that a transcript holds, in the order given, times in seconds; `more` goes into the head.

    Raises ValueError for a time that is no number.
    """
    head = {"version": VERSION, "title": title, "language": language} | more
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
    whole = head | {"cues": body}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def from_json(file: str | bytes, *, limit: int = LIMIT) -> Reading:
    """The cues of what `to_json`, Whisper or faster-whisper wrote; raises FormatError.

    Of Whisper's programs: an object with `segments`, or their list alone; `words` may be missing.
    Words whose times do not run forward are left out, with those of their whole cue; Podium's own
    are refused then. limit: bytes.
    """
    refuse_large(file, limit)
    repairs = Repairs()
    body = _loaded(decoded(file, repairs))
    if isinstance(body, dict) and "cues" in body:
        return _own(body, repairs)
    if isinstance(body, dict) and "segments" in body:
        return _whispered(body["segments"], repairs, _tag(body.get("language")))
    if isinstance(body, list):
        return _whispered(body, repairs, None)
    raise FormatError("not_captions", found="it has neither “cues” nor “segments”")


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError("not_json", error.lineno, found=error.msg) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or too deep
        raise FormatError("not_json", found="it is too deep, or a number in it too long") from error


def _own(body: dict[str, Any], repairs: Repairs) -> Reading:
    if body.get("version") != VERSION:
        raise FormatError("version", found=body.get("version"), known=VERSION)
    cues = [_own_cue(number, told) for number, told in enumerate(_list(body["cues"]), 1)]
    title = body.get("title")
    return checked(
        [Found(None, cue) for cue in cues],
        repairs,
        language=_text(body.get("language")),
        title=_text(title) if isinstance(title, str) else None,
    )


def _own_cue(number: int, told: Any) -> Cue:
    if not isinstance(told, dict) or not isinstance(told.get("words", []), list):
        raise FormatError("bad_cue", number=number, found="it has no start, end and text")
    start, end, text = _timed(number, told, "text")
    words = tuple(_own_word(number, word) for word in told.get("words", []))
    return Cue(start, end, text, words, _text(told.get("speaker")), _text(told.get("language")))


def _own_word(number: int, told: Any) -> Word:
    if not isinstance(told, dict):
        raise FormatError("bad_cue", number=number, found="one of its words is none")
    start, end, text = _timed(number, told, "text")
    return Word(text, start, end, _probability(told.get("probability")))


def _timed(number: int, told: dict[str, Any], key: str) -> tuple[float, float, str]:
    start, end, text = told.get("start"), told.get("end"), _text(told.get(key))
    if text is None:
        raise FormatError("bad_cue", number=number, found="a text is missing")
    if not (_is_time(start) and _is_time(end)):
        raise FormatError("bad_cue", number=number, found="a time is missing or is no second of it")
    if end < start:
        raise FormatError("bad_cue", number=number, found="it ends before it starts")
    return start, end, text


def _is_time(value: Any) -> bool:
    """Refuses NaN and infinity too, and whole numbers that no float can hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST


def _probability(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return value if known else None


def _text(value: Any) -> str | None:
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else None


def _tag(value: Any) -> str | None:
    return language_tag(value) if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise FormatError("not_captions", found="its captions are no list")
    return value


def _whispered(segments: Any, repairs: Repairs, language: str | None) -> Reading:
    found = []
    for number, told in enumerate(_list(segments), 1):
        if not isinstance(told, dict):
            raise FormatError("not_captions", found=f"segment {number} is none")
        start, end, text = _timed(number, told, "text")
        own = _tag(told.get("language"))
        cue = Cue(
            start,
            end,
            one_line(text),
            _whispered_words(told.get("words"), repairs),
            one_line(_text(told.get("speaker"))) or None,
            None if own == language else own,
        )
        found.append(Found(None, cue))
    return checked(found, repairs, language=language, title=None)


def _whispered_words(told: Any, repairs: Repairs) -> tuple[Word, ...]:
    """All, or none where one has no time or goes back: half a caption lit up would mislead."""
    words: list[Word] = []
    for word in told if isinstance(told, list) else ():
        start, end, text = _of_word(word)
        if not (_is_time(start) and _is_time(end)) or end < start or text is None:
            repairs.add("word_times")
            return ()
        if words and start < words[-1].start:
            repairs.add("word_times")
            return ()
        if one_line(text):
            words.append(Word(one_line(text), start, end, _probability(word.get("probability"))))
    return tuple(words)


def _of_word(word: Any) -> tuple[Any, Any, str | None]:
    if not isinstance(word, dict):
        return None, None, None
    return word.get("start"), word.get("end"), _text(word.get("word", word.get("text")))
