"""Phrases that Whisper knows by heart: credits of films, thanks that nobody gave, its own prompt."""

import re
from collections.abc import Iterator

import numpy as np

from transcripts.hallucinations.said import Said, plain, span
from transcripts.hallucinations.times import FASTEST
from transcripts.hallucinations.voiced import TOLERANCE, voiced_seconds

LOWEST_LOG_PROBABILITY = -1.0  # Whisper's own threshold
HIGHEST_NO_SPEECH = 0.6  # likewise

STATIONS = r"zdf|ard|ndr|wdr|swr|mdr|br|hr|rbb|orf|srf|arte|3sat|phoenix|funk|bbc"
STATION_CREDIT = rf"(?: (?:und|für|im auftrag|des|von|mediagroup|{STATIONS}|(?:19|20)\d\d))*"
CREDITS = tuple(  # closing titles of films: whole sentences that are written, never spoken
    re.compile(pattern)
    for pattern in (
        r"(?:untertitel(?:ung)?|subtitles?|captions?)(?: \w+){0,3} amara(?: org)? "
        r"(?:community|gemeinschaft)",
        r"untertitel(?:ung)?(?: im auftrag)? (?:des|der|von|vom|durch|für)(?: das| den)?"
        rf" (?:{STATIONS}){STATION_CREDIT}",
        rf"copyright (?:{STATIONS}){STATION_CREDIT}|(?:{STATIONS})(?: mediagroup)? (?:19|20)\d\d",
    )
)
NAMED_CREDIT = re.compile(  # goes on with a name
    r"(?:(?:subtitles?|captions?|subtitling|captioning|transcription) (?:created |provided )?by"
    r"|(?:translated|transcribed|subtitled|captioned) by|untertitel(?:ung)? von)\b"
)
POLITE = tuple(  # what a speaker may say, too
    re.compile(pattern)
    for pattern in (
        r"(?:(?:vielen |herzlichen |besten )?dank|danke)(?: schön| sehr)?"
        r"(?: (?:fürs|für das) (?:zuschauen|zusehen|zuhören))?",
        r"(?:und )?bis (?:zum nächsten mal|bald|dann)",
        r"tschüss?",
        r"(?:.* )?(?:abonniert?|abonnieren)(?: .*)? kanal(?: .*)?",
        r"(?:thank you|thanks)(?: (?:so|very) much)?(?: for (?:watching|listening|viewing).*)?",
        r"(?:i'll |i will )?see you (?:in the )?next (?:time|video|week|one)",
        r"(?:please )?(?:don't forget to )?(?:like and )?subscribe(?: to .*)?",
        r"(?:good)?bye(?: bye)?",
    )
)


def phrases(said: Said, voice: np.ndarray) -> Iterator[tuple[int, int]]:
    """Credits, and what is polite where other signals say that nobody said it."""
    for first, last in said.each_sentence():
        text = said.text(first, last)
        if _is_credit(text) or (_is_polite(text) and _is_doubtful(said, first, last, voice)):
            yield first, last


def echoes(said: Said, prompt: str) -> Iterator[tuple[int, int]]:
    """Several of the terms in their order, parted by commas, and nothing else."""
    terms = [plain(term) for term in prompt.split(",")]
    for first, last in said.each_sentence():
        parts = [plain(part) for part in said.text(first, last).split(",")]
        parts = [part for part in parts if part]
        if len(parts) > 1 and _is_in_order(parts, terms):
            yield first, last


def _is_credit(text: str) -> bool:
    words = plain(text)
    if any(pattern.fullmatch(words) for pattern in CREDITS):
        return True
    begun = NAMED_CREDIT.match(words)
    if begun is None:
        return False
    name = text.split()[len(begun.group().split()) :]
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in name)
    return (
        2 <= capitals == sum(word.casefold() not in ("the", "der", "die", "and") for word in name)
    )


def _is_polite(text: str) -> bool:
    return any(pattern.fullmatch(plain(text)) for pattern in POLITE)


def _is_doubtful(said: Said, first: int, last: int, voice: np.ndarray) -> bool:
    """Whether the other signals, too, say that nobody said it; two weak ones agree, or one is strong."""
    start, end = span(said.words[first:last])
    near = voiced_seconds(voice, start - TOLERANCE, end + TOLERANCE)
    spoken = near / max(end - start, 0.01)
    signals = said.signals[said.cues[first]]
    weak = [spoken < 0.6]
    if signals is not None:
        weak.append(signals.no_speech > HIGHEST_NO_SPEECH)
        weak.append(signals.log_probability < LOWEST_LOG_PROBABILITY)
    impossible = last - first > 2 and (last - first) / max(end - start, 0.01) > 1.5 * FASTEST
    return spoken < 0.25 or impossible or sum(weak) > 1


def _is_in_order(parts: list[str], terms: list[str]) -> bool:
    rest = iter(terms)
    return all(part in rest for part in parts)
