"""What speaks for a clause: in how many cues of each session it is, and where.

Three levels: `said` is all that answers, `well` without what answers less well (the word as a part of a
compound, the same number in another spelling), `very` the word itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from transcripts.search import vocabulary
from transcripts.search.catalogue import Catalogue
from transcripts.search.clauses import Clause, Kind, Speaker
from transcripts.search.cues import NOWHERE, SHIFT, Cues
from transcripts.search.lookup import Asked, ByField
from transcripts.search.reading import Reader
from transcripts.search.sets import common, distinct, union
from transcripts.search.tables import Field
from transcripts.search.vocabulary import Entry

TOLD = (Field.TITLE, Field.PEOPLE, Field.ABOUT)


@dataclass(frozen=True)
class Levels:
    """One value of each session at each level; or places, or the cues in which these are."""

    said: np.ndarray
    well: np.ndarray
    very: np.ndarray

    def only(self, within: Callable[[np.ndarray], np.ndarray]) -> "Levels":
        """Of cues, those that are within limits."""
        return Levels(within(self.said), within(self.well), within(self.very))

    def in_cues(self, cues: Cues) -> "Levels":
        """Of places, the cues; those of the very word once for each time."""
        there = cues.of_places(self.said)  # the places of the others are among these
        well, very = (
            there if places is self.said else there[np.searchsorted(self.said, places)]
            for places in (self.well, self.very)
        )
        said = distinct(there)
        return Levels(said, said if well is there else distinct(well), very)

    def plus(self, other: "Levels") -> "Levels":
        """Both together, session by session."""
        return Levels(self.said + other.said, self.well + other.well, self.very + other.very)


class Evidence:
    """Looks up, by counts and by places, what a search asks for."""

    def __init__(self, reader: Reader, catalogue: Catalogue, visible: np.ndarray) -> None:
        self.reader = reader
        self.catalogue = catalogue
        self.visible = visible
        self._told: dict[tuple[Clause, Field], Levels] = {}

    def prepare(self, asked: Asked) -> list[Entry]:
        """The entries whose counts will be needed."""
        found: list[Entry] = []
        for leaf in asked.leaves():
            for by_field in (*leaf.words, leaf.forms, leaf.also, leaf.tallied or {}):
                for field in (Field.SPEECH, *TOLD):
                    found += by_field.get(field, ())
        return found

    # By counts

    def spoken(self, asked: Asked) -> Levels:
        """In how many cues of each session a clause is, at most; words that answer twice count once."""
        if asked.clause.kind is Kind.NEAR:
            one, other = (self.spoken(part) for part in asked.parts)
            return Levels(
                np.minimum(one.said, other.said),
                np.minimum(one.well, other.well),
                np.minimum(one.very, other.very),
            )
        if asked.clause.kind is Kind.PHRASE:
            words = [self.reader.counts(word.get(Field.SPEECH, ())) for word in asked.words]
            very = np.minimum.reduce(words)
            well = very + self.reader.counts(asked.other(Field.SPEECH))
            return Levels(
                very=very, well=well, said=well + self.reader.counts(asked.less(Field.SPEECH))
            )
        either = asked.parts or (asked,)
        alone = [part for part in either if part.clause.kind in (Kind.WORD, Kind.PREFIX)]
        found = _distinct(entry for part in alone for entry in _counted(part, Field.SPEECH))
        very = self.reader.counts(found)
        found = _distinct([*found, *(e for part in alone for e in part.other(Field.SPEECH))])
        well = self.reader.counts(found)
        found = _distinct([*found, *(e for part in alone for e in part.less(Field.SPEECH))])
        levels = Levels(self.reader.counts(found), well, very)
        for part in either:
            if part.clause.kind not in (Kind.WORD, Kind.PREFIX):
                levels = levels.plus(self.spoken(part))
            for other in part.apart:
                levels = replace(levels, said=levels.said + self.spoken(other).said)
        return levels

    def alone(self, asked: Asked) -> np.ndarray:
        """Whether counts tell in just how many cues of a session a clause is: it has one entry of it."""
        return self.reader.different(_all_counted(asked)) < 2

    def least(self, asked: Asked) -> np.ndarray:
        """In at least how many cues of each session a clause is, so far as counts tell."""
        return self.reader.most(_all_counted(asked))

    def told(self, asked: Asked, field: Field) -> Levels:
        """Whether each visible session has a clause in a field that is told."""
        key = (asked.clause, field)
        if key not in self._told:
            self._told[key] = self._told_anew(asked, field)
        return self._told[key]

    def _told_anew(self, asked: Asked, field: Field) -> Levels:
        kind = asked.clause.kind
        if kind is Kind.EITHER:
            parts = [self.told(part, field) for part in asked.parts]
            return Levels(
                np.logical_or.reduce([part.said for part in parts]),
                np.logical_or.reduce([part.well for part in parts]),
                np.logical_or.reduce([part.very for part in parts]),
            )
        if kind in (Kind.NEAR, Kind.PHRASE):
            very = self._told_at(asked, field)
            if kind is Kind.NEAR:
                return Levels(very, very, very)
        else:
            very = (self.reader.counts(_counted(asked, field)) > 0) & self.visible
        well = very | (self.reader.counts(asked.other(field)) > 0) & self.visible
        said = well | (self.reader.counts(asked.less(field)) > 0) & self.visible
        for other in asked.apart if field is not Field.PEOPLE else ():
            said = said | self.told(other, field).said
        return Levels(said, well, very)

    def _told_at(self, asked: Asked, field: Field) -> np.ndarray:
        """Where only places tell."""
        rows = np.flatnonzero(self.visible & self._may_be_told(asked, field))
        self.look([asked], rows, field)
        found = np.zeros(len(self.catalogue), bool)
        found[self.places(asked, field, rows) >> SHIFT] = True
        return found

    def _may_be_told(self, asked: Asked, field: Field) -> np.ndarray:
        has = np.ones(len(self.catalogue), bool)
        if asked.clause.kind is Kind.PHRASE:
            for word in asked.words:
                has &= self.reader.counts(word.get(field, ())) > 0
            return has
        for part in asked.parts:
            has &= self.told(part, field).said
        return has

    # By places

    def look(self, wanted: Iterable[Asked], rows: np.ndarray, field: Field = Field.SPEECH) -> None:
        """Reads at once where words are that will be asked for in the sessions of these rows."""
        leaves = [leaf for asked in wanted for leaf in asked.leaves()]
        by_field = [each for leaf in leaves for each in (*leaf.words, leaf.forms, leaf.also)]
        self.reader.look((entry for each in by_field for entry in each.get(field, ())), rows)

    def places(self, asked: Asked, field: Field, rows: np.ndarray) -> np.ndarray:
        """Where a clause is in the sessions of these rows, at any level: row << SHIFT | place."""
        kind = asked.clause.kind
        if kind is Kind.PHRASE:
            return self._phrase(asked, field, rows)
        if kind is Kind.EITHER:
            return distinct(np.concatenate([self.places(p, field, rows) for p in asked.parts]))
        if kind is Kind.NEAR:
            one, other = (self.places(part, field, rows) for part in asked.parts)
            return _near(one, other, asked.clause.distance)
        if asked.tallied is not None:
            return self._very(asked, field, rows)
        return self.reader.places(asked.any(field), rows)

    def stands(self, asked: Asked, rows: np.ndarray) -> Levels:
        """Where a clause is said in the sessions of these rows: row << SHIFT | place."""
        if asked.clause.kind is Kind.EITHER:
            parts = [self.stands(part, rows) for part in asked.parts]
            return Levels(
                distinct(np.concatenate([part.said for part in parts])),
                distinct(np.concatenate([part.well for part in parts])),
                np.concatenate([part.very for part in parts]),
            )
        if asked.clause.kind is Kind.NEAR:
            very = self.places(asked, Field.SPEECH, rows)
            return Levels(very, very, very)
        if asked.clause.kind is Kind.PHRASE:
            very = self._phrase(asked, Field.SPEECH, rows)
        else:
            very = self._very(asked, Field.SPEECH, rows)
        others = self.reader.places(asked.other(Field.SPEECH), rows)
        well = union(very, others) if len(others) else very
        less = [self.reader.places(asked.less(Field.SPEECH), rows)]
        less += [self.places(other, Field.SPEECH, rows) for other in asked.apart]
        said = union(well, np.concatenate(less)) if any(map(len, less)) else well
        return Levels(said, well, very)

    def said_by(
        self, speaker: Speaker, names: Mapping[Clause, Sequence[Entry]], rows: np.ndarray
    ) -> np.ndarray:
        """The cues that a speaker says in the sessions of these rows; names: the entries of words."""
        both: np.ndarray | None = None
        for word in speaker.words:
            numbers = self.reader.places(names[word], rows)
            found = self.reader.cues.numbered(numbers)
            both = found if both is None else common(both, found)
        return NOWHERE if both is None else both

    def _phrase(self, asked: Asked, field: Field, rows: np.ndarray) -> np.ndarray:
        """Where a phrase begins."""
        first, *others = (self._word_places(word, field, rows) for word in asked.words)
        for distance, places in enumerate(others, 1):
            first = common(first + distance, places) - distance
        return first

    def _word_places(self, word: ByField, field: Field, rows: np.ndarray) -> np.ndarray:
        return self.reader.places(word.get(field, ()), rows)

    def _very(self, asked: Asked, field: Field, rows: np.ndarray) -> np.ndarray:
        """Where a word itself is in the sessions of these rows, or a beginning."""
        if asked.tallied is None:
            return self.reader.places(asked.very(field), rows)
        if field not in asked.tallied:
            return NOWHERE
        letters, connection = asked.clause.words[0], self.reader.connection
        if field is not Field.SPEECH:
            return self.reader.places(vocabulary.beginning(connection, letters, [field]), rows)
        begun = vocabulary.ids_beginning(connection, letters, field)
        there = self.reader.entries(rows).items()
        return self.reader.places_of({row: common(entries, begun) for row, entries in there})


def _counted(asked: Asked, field: Field) -> Sequence[Entry]:
    """The entries that say in how many cues of a field a word or a beginning is."""
    return asked.very(field) if asked.tallied is None else asked.tallied.get(field, ())


def _all_counted(asked: Asked) -> Sequence[Entry]:
    """The entries of a clause that is said where one of them is, each once."""
    return _distinct(
        entry
        for leaf in asked.leaves()
        for entry in (
            *_counted(leaf, Field.SPEECH),
            *leaf.other(Field.SPEECH),
            *leaf.less(Field.SPEECH),
        )
    )


def _distinct(entries: Iterable[Entry]) -> Sequence[Entry]:
    return list({entry.id: entry for entry in entries}.values())


def _near(one: np.ndarray, other: np.ndarray, distance: int) -> np.ndarray:
    """Where, of two ascending runs of places, one is at most so many from another: the earlier."""
    found = []
    for first, second in ((one, other), (other, one)):
        if len(first) and len(second):
            at = np.searchsorted(second, first, side="right")
            is_followed = at < len(second)
            near = np.zeros(len(first), bool)
            near[is_followed] = second[at[is_followed]] - first[is_followed] <= distance
            found.append(first[near])
    return distinct(np.concatenate(found)) if found else NOWHERE
