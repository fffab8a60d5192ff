"""The sessions of an index as arrays: who may see them, filters, facets and order."""

from collections import Counter
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
class Catalogue:
    """What is known of each session. All arrays have one value for each, in the order of ids.

    on_stage: pairs of a session's row and a person's id, in the order of rows.
    """

    ids: np.ndarray
    stamps: np.ndarray  # others with every change
    visibilities: np.ndarray
    events: np.ndarray
    kinds: np.ndarray
    languages: np.ndarray
    starts: np.ndarray  # seconds since 1970; 0 where nobody knows
    years: np.ndarray  # 0 where nobody knows
    reviewed: np.ndarray
    leads: np.ndarray  # places of who stands first in the line-up, in the order of all their names
    on_stage: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, session_ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """The rows of sessions that are in it."""
        return np.searchsorted(self.ids, session_ids)

    def visible(self, visibilities: frozenset[str] | None) -> np.ndarray:
        """Whether each session may be seen."""
        if visibilities is None:
            return np.ones(len(self), bool)
        return np.isin(self.visibilities, sorted(visibilities))

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
                within &= values == value
        if filters.person_id is not None and but != "person":
            with_them = np.zeros(len(self), bool)
            with_them[self.on_stage[0][self.on_stage[1] == filters.person_id]] = True
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
            plain = np.array(
                [language.split("-")[0].lower() for language in self.languages], object
            )
            return np.isin(plain, values) | np.isin(self.languages, values)
        if restriction.field == "kind":
            return np.isin(self.kinds, values)
        numbers = {"year": self.years, "event": self.events, "session": self.ids}
        return np.isin(numbers[restriction.field], [int(value) for value in values])

    def facets(self, found: np.ndarray, filters: Filters) -> Facets:
        """How many of the found sessions each value of a filter would leave."""
        row, person = self.on_stage
        there = (found & self.chosen(filters, "person"))[row]
        languages = self.languages[found & self.chosen(filters, "language")]
        reviewed = self.reviewed[found & self.chosen(filters, "reviewed")]
        return Facets(
            events=_counted(self.events[found & self.chosen(filters, "event")]),
            people=_counted(person[there]),
            languages=_counted(languages[languages != ""]),
            kinds=_counted(self.kinds[found & self.chosen(filters, "kind")]),
            years=_counted(self.years[found & self.chosen(filters, "year") & (self.years > 0)]),
            reviewed=_counted(reviewed[reviewed != ""]),
        )

    def ordered(
        self, found: np.ndarray, scores: np.ndarray, by: Order = Order.RELEVANCE
    ) -> np.ndarray:
        """The rows of the found sessions; where they are equal, the newest, then the last one put."""
        rows = np.flatnonzero(found)
        newest = (-self.ids[rows], -self.starts[rows])
        best = -scores[rows]
        if by is Order.NEWEST:
            return rows[np.lexsort((-self.ids[rows], best, -self.starts[rows]))]
        if by is Order.SPEAKER:
            return rows[np.lexsort((*newest, best, self.leads[rows]))]
        return rows[np.lexsort((*newest, best))]


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
    pairs = connection.execute(
        select(people.c.session_id, people.c.person_id).order_by(
            people.c.session_id, people.c.position
        )
    ).all()
    on_stage = np.array(pairs, np.int64).reshape(-1, 2).T
    return Catalogue(
        ids=ids,
        stamps=np.array([row[7] for row in rows], np.int64),
        visibilities=np.array([row[1] for row in rows], object),
        events=np.array([row[2] for row in rows], np.int64),
        kinds=np.array([row[3] for row in rows], object),
        languages=np.array([row[4] or "" for row in rows], object),
        starts=np.array([_seconds(row[5]) for row in rows], float),
        years=np.array([row[5].year if row[5] else 0 for row in rows], np.int64),
        reviewed=np.array([row[6] or "" for row in rows], object),
        leads=_leads(connection, ids),
        on_stage=np.array([np.searchsorted(ids, on_stage[0]), on_stage[1]]),
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


def _counted(values: np.ndarray) -> dict:
    return dict(Counter(values.tolist()))
