"""Which entries of the vocabulary a clause asks for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from transcripts.search import vocabulary
from transcripts.search.analysing import BEGINNINGS
from transcripts.search.clauses import Clause, Kind
from transcripts.search.compounds import apart, compounds_of
from transcripts.search.tables import BEGINNINGS_IN, ONLY_TALLIED, Field
from transcripts.search.vocabulary import Entry

ByField = Mapping[Field, Sequence[Entry]]
NAMED = (Field.PEOPLE, Field.SPEAKER)  # fields in which only the words themselves count


@dataclass(frozen=True)
class Asked:
    """The entries that a clause asks for, by field.

    words: for each of its words, those that are the very word; of a beginning, those that begin so.
    forms: those that share a stem with it. also: those that answer less well. tallied: of a beginning
    that has tallies of its own, in place of its words. parts, apart: of the clause's, the same.
    """

    clause: Clause
    words: tuple[ByField, ...] = ()
    forms: ByField = field(default_factory=dict)
    also: ByField = field(default_factory=dict)
    tallied: ByField | None = None
    parts: tuple["Asked", ...] = ()
    apart: tuple["Asked", ...] = ()

    def very(self, field: Field) -> Sequence[Entry]:
        """The entries in a field that are the word itself; of a word or a beginning."""
        return self.words[0].get(field, ())

    def other(self, field: Field) -> Sequence[Entry]:
        """The entries in a field that are another form of it, and not the word itself."""
        own = set() if len(self.words) > 1 else {entry.id for entry in self.very(field)}
        return [entry for entry in self.forms.get(field, ()) if entry.id not in own]

    def less(self, field: Field) -> Sequence[Entry]:
        """The entries in a field that answer less well, and are no form of the word."""
        better = {entry.id for entry in (*self.very(field), *self.forms.get(field, ()))}
        return [entry for entry in self.also.get(field, ()) if entry.id not in better]

    def any(self, field: Field) -> Sequence[Entry]:
        """All entries in a field that answer a word or a beginning."""
        return [*self.very(field), *self.other(field), *self.less(field)]

    def leaves(self) -> Iterator["Asked"]:
        """What has entries of its own: itself, or what it is made of; and what answers apart."""
        if self.parts:
            for part in self.parts:
                yield from part.leaves()
        else:
            yield self
        for other in self.apart:
            yield from other.leaves()


def understood(connection: Connection, clause: Clause) -> Clause:
    """A wanted clause with what the vocabulary knows about its words: the compounds they are in."""
    if clause.kind is not Kind.WORD:
        return replace(clause, parts=tuple(understood(connection, p) for p in clause.parts))
    found = compounds_of(connection, clause)
    return replace(clause, also=(*clause.also, *found), apart=apart(connection, clause))


def asked_for(connection: Connection, clauses: Iterable[Clause]) -> dict[Clause, Asked]:
    """What each clause asks for; the vocabulary is asked once for all of them."""
    listed = list(dict.fromkeys(clauses))
    known = _Known(connection, [leaf for clause in listed for leaf in _leaves(clause)])
    return {clause: known.asked(clause) for clause in listed}


def speaking(connection: Connection, names: Iterable[Clause]) -> dict[Clause, Sequence[Entry]]:
    """The entries of each word of names, or beginning of one, among those of who says a cue."""
    listed = list(dict.fromkeys(names))
    whole = [clause.words[0] for clause in listed if clause.kind is not Kind.PREFIX]
    found = [e for e in vocabulary.of_words(connection, whole) if e.field is Field.SPEAKER]
    return {
        clause: vocabulary.beginning(connection, clause.words[0], [Field.SPEAKER])
        if clause.kind is Kind.PREFIX
        else [entry for entry in found if entry.word == clause.words[0]]
        for clause in listed
    }


def _leaves(clause: Clause) -> Iterator[Clause]:
    for leaf in clause.leaves():
        yield leaf
        for other in leaf.apart:
            yield from _leaves(other)


def _less(clause: Clause) -> Iterator[str]:
    """The words that answer less well; with joined hyphens too, as in twenty-five."""
    for word in clause.also:
        yield word
        yield vocabulary.WHOLE + word


class _Known:
    """What the vocabulary has of some clauses."""

    def __init__(self, connection: Connection, leaves: Sequence[Clause]) -> None:
        self.connection = connection
        words = {w for c in leaves if c.kind is not Kind.PREFIX for w in (*c.words, *_less(c))}
        stems = {stem for clause in leaves for stem in clause.stems}
        self._by_word: dict[str, list[Entry]] = defaultdict(list)
        self._by_stem: dict[str, list[Entry]] = defaultdict(list)
        for part in vocabulary.some(sorted(words)):
            for entry in vocabulary.of_words(connection, part):
                if entry.field not in ONLY_TALLIED:
                    self._by_word[entry.word].append(entry)
        for part in vocabulary.some(sorted(stems)):
            for stem, entry in vocabulary.of_stems(connection, part):
                self._by_stem[stem].append(entry)

    def asked(self, clause: Clause) -> Asked:
        if clause.parts:
            return Asked(clause, parts=tuple(self.asked(part) for part in clause.parts))
        if clause.kind is Kind.PREFIX:
            return self._beginning(clause)
        only = _in_title if clause.in_title else _everywhere
        return Asked(
            clause,
            words=tuple(only(_by_field(self._by_word[word])) for word in clause.words),
            forms=only(_by_field(self._of_stems(clause.stems))),
            also=only(_without_names(_by_field(self._of_words(_less(clause))))),
            apart=tuple(self.asked(other) for other in clause.apart),
        )

    def _of_stems(self, stems: Iterable[str]) -> Iterable[Entry]:
        return {e.id: e for stem in stems for e in self._by_stem[stem]}.values()

    def _of_words(self, words: Iterable[str]) -> Iterable[Entry]:
        return (entry for word in words for entry in self._by_word[word])

    def _beginning(self, clause: Clause) -> Asked:
        letters = clause.words[0]
        only = _in_title if clause.in_title else _everywhere
        if len(letters) not in BEGINNINGS:
            begun = vocabulary.beginning(self.connection, letters, BEGINNINGS_IN)
            return Asked(clause, (only(_by_field(begun)),))
        found = _by_field(vocabulary.of_words(self.connection, [letters]))
        tallied = {field: found[of_it] for field, of_it in BEGINNINGS_IN.items() if of_it in found}
        return Asked(clause, ({},), tallied=only(tallied))


def _by_field(entries: Iterable[Entry]) -> ByField:
    found: dict[Field, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.field].append(entry)
    return found


def _in_title(found: ByField) -> ByField:
    return {field: each for field, each in found.items() if field is Field.TITLE}


def _everywhere(found: ByField) -> ByField:
    return found


def _without_names(found: ByField) -> ByField:
    return {field: each for field, each in found.items() if field not in NAMED}
