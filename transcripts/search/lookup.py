"""Which entries of the vocabulary a clause asks for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transcripts.search import vocabulary
from transcripts.search.query import Clause, Kind
from transcripts.search.tables import Field
from transcripts.search.vocabulary import Entry
from transcripts.search.writing import BEGINNINGS

ByField = Mapping[Field, Sequence[Entry]]


@dataclass(frozen=True)
class Asked:
    """The entries that a clause asks for, by field.

    words: for each of its words, those that are the very word; of a beginning, those that begin so.
    forms: those that share a stem with it. tallied: where a beginning has tallies of its own.
    """

    clause: Clause
    words: tuple[ByField, ...]
    forms: ByField
    tallied: tuple[Entry, ...] = ()

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    def very(self, field: Field) -> Sequence[Entry]:
        """The entries in a field that are the word itself; of a word or a beginning."""
        return self.words[0].get(field, ())

    def other(self, field: Field) -> Sequence[Entry]:
        """The entries in a field that are another form of it, and not the word itself."""
        own = () if self.is_phrase else {entry.id for entry in self.very(field)}
        return [entry for entry in self.forms.get(field, ()) if entry.id not in own]

    def any(self, field: Field) -> Sequence[Entry]:
        """All entries in a field that answer a word or a beginning."""
        return [*self.very(field), *self.other(field)]


def asked_for(connection: Connection, clauses: Iterable[Clause]) -> dict[Clause, Asked]:
    """What each clause asks for; the vocabulary is asked once for all of them."""
    listed = list(dict.fromkeys(clauses))
    words = sorted({w for c in listed if c.kind is not Kind.PREFIX for w in c.words})
    stems = sorted({stem for clause in listed for stem in clause.stems})
    by_word: dict[str, list[Entry]] = defaultdict(list)
    by_stem: dict[str, list[Entry]] = defaultdict(list)
    for entry in vocabulary.of_words(connection, words) if words else ():
        if entry.field is not Field.BEGINNING:
            by_word[entry.word].append(entry)
    for stem, entry in vocabulary.of_stems(connection, stems) if stems else ():
        by_stem[stem].append(entry)
    return {
        clause: _beginning(connection, clause)
        if clause.kind is Kind.PREFIX
        else Asked(
            clause,
            tuple(_by_field(by_word[word]) for word in clause.words),
            _by_field({e.id: e for stem in clause.stems for e in by_stem[stem]}.values()),
        )
        for clause in listed
    }


def _beginning(connection: Connection, clause: Clause) -> Asked:
    letters = clause.words[0]
    tallied = ()
    if len(letters) in BEGINNINGS:
        entries = vocabulary.of_words(connection, [letters])
        tallied = tuple(entry for entry in entries if entry.field is Field.BEGINNING)
    return Asked(clause, (_by_field(vocabulary.beginning(connection, letters)),), {}, tallied)


def _by_field(entries: Iterable[Entry]) -> ByField:
    found: dict[Field, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.field].append(entry)
    return found
