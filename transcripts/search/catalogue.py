"""The sessions of an index as arrays: who may see them, filters, facets and order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, func, select

from transcripts.search.clauses import Restriction
from transcripts.search.results import Facets, Filters, Order
from transcripts.search.tables import documents, people
from transcripts.search.terms import fold


@dataclass(frozen=True)
class Values:
    """What each of many has of a few different values. known: these, ascending; codes: places in it."""

    known: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, values: Sequence) -> "Values":
        """The same as arrays."""
        return cls(*np.unique(np.array(values), return_inverse=True))

    def are(self, *wanted: object) -> np.ndarray:
        """Which have one of these values."""
        return np.array([value in wanted for value in self.known.tolist()], bool)[self.codes]

    def counted(self, which: np.ndarray) -> dict:
        """How many of these have each value; none of what is empty or 0, which nobody knows."""
        counts = np.bincount(self.codes[which], minlength=len(self.known))
        there = zip(self.known.tolist(), counts.tolist(), strict=True)
        return {value: count for value, count in there if count and value}


@dataclass(frozen=True)
class Catalogue:
    """What is known of each session, in the order of ids.

    newest: the rows in the order of time, the newest first, then the last one put. stages, people: of
    each who stands on a stage the row of the session, ascending, and the id of the person.
    """

    ids: np.ndarray
    stamps: np.ndarray  # others with every change
    visibilities: Values
    events: Values
    kinds: Values
    languages: Values  # empty where nobody knows
    years: Values  # 0 where nobody knows
    reviewed: Values  # empty where nothing is said
    starts: np.ndarray  # seconds since 1970; 0 where nobody knows
    newest: np.ndarray
    leads: np.ndarray  # places of who stands first in the line-up, in the order of all their names
    stages: np.ndarray
    people: Values

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, session_ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """The rows of sessions that are in it."""
        return np.searchsorted(self.ids, session_ids)

    def visible(self, visibilities: frozenset[str] | None) -> np.ndarray:
        """Whether each session may be seen."""
        if visibilities is None:
            return np.ones(len(self), bool)
        return self.visibilities.are(*visibilities)

    def chosen(self, filters: Filters, but: str = "") -> np.ndarray:
        """Whether each session is within the choice; `but` names a filter that is not asked."""
        within = np.ones(len(self), bool)
        wanted = {
            "event": (self.events, filters.event_id),
            "kind": (self.kinds, filters.kind),
            "language": (self.languages, filters.language),
            "year": (self.years, filters.year),
            "reviewed": (self.reviewed, filters.reviewed),
        }
        for name, (values, value) in wanted.items():
            if value is not None and but != name:
                within &= values.are(value)
        if filters.person_id is not None and but != "person":
            with_them = np.zeros(len(self), bool)
            with_them[self.stages[self.people.are(filters.person_id)]] = True
            within &= with_them
        return within

    def restricted(self, restrictions: Iterable[Restriction]) -> np.ndarray:
        """Whether each session is within what a query itself restricts."""
        within = np.ones(len(self), bool)
        for restriction in restrictions:
            within &= self._has(restriction) ^ restriction.unwanted
        return within

    def _has(self, restriction: Restriction) -> np.ndarray:
        values = sorted(restriction.values)
        if restriction.field == "language":
            known = self.languages.known.tolist()
            codes = (code for code in known if {code, code.split("-")[0].lower()} & set(values))
            return self.languages.are(*codes)
        if restriction.field == "kind":
            return self.kinds.are(*values)
        if restriction.field == "session":
            return np.isin(self.ids, [int(value) for value in values])
        numbers = {"year": self.years, "event": self.events}
        return numbers[restriction.field].are(*(int(value) for value in values))

    def facets(self, found: np.ndarray, filters: Filters) -> Facets:
        """How many of the found sessions each value of a filter would leave."""
        return Facets(
            events=self.events.counted(found & self.chosen(filters, "event")),
            people=self.people.counted((found & self.chosen(filters, "person"))[self.stages]),
            languages=self.languages.counted(found & self.chosen(filters, "language")),
            kinds=self.kinds.counted(found & self.chosen(filters, "kind")),
            years=self.years.counted(found & self.chosen(filters, "year")),
            reviewed=self.reviewed.counted(found & self.chosen(filters, "reviewed")),
        )

    def ordered(
        self, found: np.ndarray, scores: np.ndarray, by: Order = Order.RELEVANCE
    ) -> np.ndarray:
        """The rows of the found sessions; where they are equal, the newest, then the last one put."""
        rows = self.newest[found[self.newest]]
        best = rows[np.argsort(-scores[rows], kind="stable")]
        if by is Order.NEWEST:
            return best[np.argsort(-self.starts[best], kind="stable")]
        if by is Order.SPEAKER:
            return best[np.argsort(self.leads[best], kind="stable")]
        return best


def edition(connection: Connection) -> tuple[int, int]:
    """Another one whenever a session of the catalogue has changed, within the transaction too."""
    count, stamps = connection.execute(
        select(func.count(), func.coalesce(func.sum(documents.c.stamp), 0)).select_from(documents)
    ).one()
    return int(count), int(stamps)


def read(connection: Connection) -> Catalogue:
    """The catalogue as it stands in the database."""
    rows = connection.execute(
        select(
            documents.c.session_id,
            documents.c.visibility,
            documents.c.event_id,
            documents.c.kind,
            documents.c.language,
            documents.c.starts_at,
            documents.c.reviewed,
            documents.c.stamp,
        ).order_by(documents.c.session_id)
    ).all()
    ids = np.array([row[0] for row in rows], np.int64)
    starts = np.array([_seconds(row[5]) for row in rows], float)
    pairs = connection.execute(
        select(people.c.session_id, people.c.person_id).order_by(
            people.c.session_id, people.c.position
        )
    ).all()
    on_stage = np.array(pairs, np.int64).reshape(-1, 2).T
    return Catalogue(
        ids=ids,
        stamps=np.array([row[7] for row in rows], np.int64),
        visibilities=Values.of([row[1] for row in rows]),
        events=Values.of([row[2] for row in rows]),
        kinds=Values.of([row[3] for row in rows]),
        languages=Values.of([row[4] or "" for row in rows]),
        years=Values.of([row[5].year if row[5] else 0 for row in rows]),
        reviewed=Values.of([row[6] or "" for row in rows]),
        starts=starts,
        newest=np.lexsort((-ids, -starts)),
        leads=_leads(connection, ids),
        stages=np.searchsorted(ids, on_stage[0]),
        people=Values.of(on_stage[1]),
    )


def _leads(connection: Connection, ids: np.ndarray) -> np.ndarray:
    first = select(people.c.session_id, people.c.name).where(people.c.position == 0)
    names = {id_: (fold(name), name) for id_, name in connection.execute(first).all()}
    places = {name: place for place, name in enumerate(sorted(set(names.values())))}
    return np.array([places[names[i]] if i in names else len(places) for i in ids.tolist()], int)


def _seconds(moment: datetime | None) -> float:
    if moment is None:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
