"""What somebody typed into the search field, understood as far as it goes.

    words that all must occur      "a phrase"      begin*      -without      -"not this"
    speaker:Name                   speaker:"Both Names"        -speaker:Name

A speaker may be asked for in German too: sprecher:Name, sprecherin:Name. Nothing that can be typed
is an error; what is ignored is said in `notes`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from transcripts.search.terms import SOFT_HYPHEN, analyse, fold, joined_hyphens

MOST_CLAUSES = 12
LONGEST = 1000  # characters

_QUOTES = '"„“”«»‟‹›'
_QUOTED = rf"[{_QUOTES}](?P<{{}}>[^{_QUOTES}]*)[{_QUOTES}]?"
_PLAIN = rf"(?P<{{}}>[^\s{_QUOTES}]+)"
# At the beginning of a word; “Sprecher:in” and “Sprecher:innen” are words and name nobody.
_SPEAKER = r"(?<![^\s\-−–])(?:speaker|sprecher|sprecherin):(?!(?:in|innen)\b) ?"
_TOKEN = re.compile(
    r"(?P<minus>(?<!\S)[-−–])?(?:"
    rf"{_SPEAKER}(?:{_QUOTED.format('names')}|{_PLAIN.format('name')})"
    rf"|{_QUOTED.format('phrase')}|{_PLAIN.format('word')})",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """How a clause matches."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"


class Note(StrEnum):
    """What was ignored in a query."""

    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    ONLY_EXCLUDED = "only_excluded"
    NOTHING_TO_SEARCH = "nothing_to_search"


@dataclass(frozen=True)
class Clause:
    """One thing to find.

    words: folded forms, one for a word or a prefix, several for a phrase. stems: other forms that
    a single word may take. typed: as it stood in the query.
    """

    kind: Kind
    words: tuple[str, ...]
    stems: tuple[str, ...]
    typed: str


@dataclass(frozen=True)
class Speaker:
    """Somebody whose name has all of these words, in any order; each a word or a beginning."""

    words: tuple[Clause, ...]
    typed: str


@dataclass(frozen=True)
class Query:
    """wanted: all must match. unwanted: none may. notes: what was ignored, see `Note`.

    speakers: where there are any, one of them must have said it. unwanted_speakers: none of them may.
    """

    text: str
    wanted: tuple[Clause, ...]
    unwanted: tuple[Clause, ...]
    notes: tuple[Note, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    unwanted_speakers: tuple[Speaker, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.speakers)


def parse(text: str) -> Query:
    """Reads what was typed; never raises."""
    notes = []
    visible = (c if c.isprintable() else " " for c in text.replace(SOFT_HYPHEN, ""))
    typed = " ".join("".join(visible).split())
    if len(typed) > LONGEST:
        typed = typed[:LONGEST]
        notes.append(Note.TOO_LONG)
    wanted: list[Clause] = []
    unwanted: list[Clause] = []
    speakers: list[Speaker] = []
    unwanted_speakers: list[Speaker] = []
    for match in _TOKEN.finditer(typed):
        if _is_speaker(match):
            _add_speaker(unwanted_speakers if match["minus"] else speakers, match)
            continue
        clause = _clause(match)
        side = unwanted if match["minus"] else wanted
        if clause is not None and all(not _are_same(clause, known) for known in side):
            side.append(clause)
    if (
        len(wanted) + len(unwanted) > MOST_CLAUSES
        or len(speakers) + len(unwanted_speakers) > MOST_CLAUSES
    ):
        wanted, unwanted = _first(wanted, unwanted)
        speakers, unwanted_speakers = _first(speakers, unwanted_speakers)
        notes.append(Note.TOO_MANY)
    if not wanted and not speakers:
        if unwanted or unwanted_speakers:
            notes.append(Note.ONLY_EXCLUDED)
        elif typed:
            notes.append(Note.NOTHING_TO_SEARCH)
    return Query(
        typed,
        tuple(wanted),
        tuple(unwanted),
        tuple(notes),
        tuple(speakers),
        tuple(unwanted_speakers),
    )


def by_speaker(name: str, text: str = "", operator: str = "speaker:") -> str:
    """The query that asks for `text` as said by somebody of this name."""
    plain = re.sub(rf"[{_QUOTES}]", " ", name)
    return f'{operator}"{" ".join(plain.split())}" {text}'.strip()


def without(query: Query, speakers: Iterable[Speaker]) -> str:
    """The text of `query` without these of its speakers, wanted or not."""
    gone = {_names(speaker) for speaker in speakers}
    kept, at = [], 0
    for match in _TOKEN.finditer(query.text):
        if _is_speaker(match) and _names(_speaker(match)) in gone:
            kept.append(query.text[at : match.start()])
            at = match.end()
    return " ".join(" ".join([*kept, query.text[at:]]).split())


def _first(wanted: list, unwanted: list) -> tuple[list, list]:
    """As many as are searched for, the wanted before the others."""
    return wanted[:MOST_CLAUSES], unwanted[: max(0, MOST_CLAUSES - len(wanted))]


def _is_speaker(match: re.Match[str]) -> bool:
    return match["names"] is not None or match["name"] is not None


def _add_speaker(side: list[Speaker], match: re.Match[str]) -> None:
    speaker = _speaker(match)
    if speaker.words and all(_names(speaker) != _names(known) for known in side):
        side.append(speaker)


def _speaker(match: re.Match[str]) -> Speaker:
    typed = match["name"] if match["names"] is None else match["names"]
    words: dict[tuple[Kind, str], Clause] = {}
    for part in typed.split():
        beginning = _prefix(part)
        for word in [beginning] if beginning else _plain_words(part):
            words.setdefault((word.kind, word.words[0]), word)
    return Speaker(tuple(words.values())[:MOST_CLAUSES], typed.strip())


def _plain_words(text: str) -> list[Clause]:
    return [Clause(Kind.WORD, (t.exact,), (), t.exact) for t in analyse(text, None)]


def _names(speaker: Speaker) -> frozenset[tuple[Kind, str]]:
    return frozenset((word.kind, word.words[0]) for word in speaker.words)


def _are_same(one: Clause, other: Clause) -> bool:
    return (one.kind, one.words) == (other.kind, other.words)


def _clause(match: re.Match[str]) -> Clause | None:
    if match["phrase"] is not None:
        return _of_words(match["phrase"])
    word = match["word"]
    return _prefix(word) or _of_words(word)


def _prefix(word: str) -> Clause | None:
    if word.endswith("*") and len(fold(word)) >= 2 and len(analyse(word, None)) == 1:
        return Clause(Kind.PREFIX, (fold(word),), (), word)
    return None


def _of_words(text: str) -> Clause | None:
    """A single word with its stems, or a phrase: also of a word with hyphens."""
    terms = analyse(text, None)
    words = tuple(term.exact for term in terms)
    if not words:
        return None
    if len(words) == 1:
        return Clause(Kind.WORD, words, terms[0].stems, text)
    whole = {stem for term in joined_hyphens(text, None) for stem in term.stems}
    return Clause(Kind.PHRASE, words, tuple(sorted(whole)) if " " not in text else (), text)
