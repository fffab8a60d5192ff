"""What can be asked for: clauses, speakers, and what narrows a search down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a clause matches."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"
    EITHER = "either"  # of its parts
    NEAR = "near"  # its two parts, with few words between them


@dataclass(frozen=True)
class Clause:
    """One thing to find.

    words: folded forms, one for a word or a prefix, several for a phrase. stems: other forms that
    a single word may take. typed: as it stood in the query. parts, distance: of EITHER and NEAR, the
    latter in words. in_title: whether only titles count. also, apart: what answers too, but less well:
    words that have it as a part or say the same number, and the parts of a compound near each other.
    """

    kind: Kind
    words: tuple[str, ...]
    stems: tuple[str, ...]
    typed: str
    parts: tuple["Clause", ...] = ()
    distance: int = 0
    in_title: bool = False
    also: tuple[str, ...] = ()
    apart: tuple["Clause", ...] = ()

    def leaves(self) -> Iterator["Clause"]:
        """The clauses that have words of their own: itself, or those it is made of."""
        for part in self.parts:
            yield from part.leaves()
        if not self.parts:
            yield self


@dataclass(frozen=True)
class Speaker:
    """Somebody whose name has all of these words, in any order; each a word or a beginning."""

    words: tuple[Clause, ...]
    typed: str

    @property
    def names(self) -> frozenset[tuple[Kind, str]]:
        """The same for all that ask for the same."""
        return frozenset((word.kind, word.words[0]) for word in self.words)


@dataclass(frozen=True)
class Restriction:
    """Which sessions count: those with one of these values, or with none of them.

    field: event, year, kind or language; session where it is not typed. Of events, words of their
    titles; of kinds what was typed.
    """

    field: str
    values: tuple[str, ...]
    unwanted: bool = False


def alternatives(clause: Clause) -> tuple[Clause, ...]:
    """The clauses of which one is enough."""
    return clause.parts if clause.kind is Kind.EITHER else (clause,)


def distinct(clauses: Iterable[Clause]) -> list[Clause]:
    """Each of them once, however it was typed."""
    found: dict[tuple, Clause] = {}
    for clause in clauses:
        found.setdefault(_identity(clause), clause)
    return list(found.values())


def _identity(clause: Clause) -> tuple:
    parts = tuple(_identity(part) for part in clause.parts)
    return (clause.kind, clause.words, clause.in_title, clause.distance, parts)
