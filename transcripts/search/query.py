"""What somebody typed into the search field, understood as far as it goes.

    words that all must occur      "a phrase"      begin*      -without      -"not this"

Nothing that can be typed is an error; what is ignored is said in `notes`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from transcripts.search.terms import SOFT_HYPHEN, analyse, fold, joined_hyphens

MOST_CLAUSES = 12
LONGEST = 1000  # characters

_QUOTES = '"„“”«»‟‹›'
_TOKEN = re.compile(
    rf"(?P<minus>(?<!\S)[-−–])?(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]?|(?P<word>[^\s{_QUOTES}]+))"
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
class Query:
    """wanted: all must match. unwanted: none may. notes: what was ignored, see `Note`."""

    text: str
    wanted: tuple[Clause, ...]
    unwanted: tuple[Clause, ...]
    notes: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted)


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
    for match in _TOKEN.finditer(typed):
        clause = _clause(match)
        side = unwanted if match["minus"] else wanted
        if clause is not None and all(not _are_same(clause, known) for known in side):
            side.append(clause)
    if len(wanted) + len(unwanted) > MOST_CLAUSES:
        wanted, unwanted = wanted[:MOST_CLAUSES], unwanted[: max(0, MOST_CLAUSES - len(wanted))]
        notes.append(Note.TOO_MANY)
    if unwanted and not wanted:
        notes.append(Note.ONLY_EXCLUDED)
    elif typed and not wanted:
        notes.append(Note.NOTHING_TO_SEARCH)
    return Query(typed, tuple(wanted), tuple(unwanted), tuple(notes))


def _are_same(one: Clause, other: Clause) -> bool:
    return (one.kind, one.words) == (other.kind, other.words)


def _clause(match: re.Match[str]) -> Clause | None:
    if match["phrase"] is not None:
        return _of_words(match["phrase"])
    word = match["word"]
    if word.endswith("*") and len(fold(word)) >= 2 and len(analyse(word, None)) == 1:
        return Clause(Kind.PREFIX, (fold(word),), (), word)
    return _of_words(word)


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
