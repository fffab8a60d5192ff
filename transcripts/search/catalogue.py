"""The sessions of an index as arrays: who may see them, filters, facets and order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, func, select

from transcripts.search.results import Facets, Filters
from transcripts.search.tables import documents, people


@dataclass(frozen=True)
class Catalogue:
    """What is known of each session. All arrays have one value for each, in the order of ids.

    on_stage: pairs of a session's row and a person's id, in the order of rows.
    """

    ids: np.ndarray
    visibilities: np.ndarray
    events: np.ndarray
    kinds: np.ndarray
    languages: np.ndarray
    starts: np.ndarray  # seconds since 1970; 0 where nobody knows
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
        if filters.event_id is not None and but != "event":
            within &= self.events == filters.event_id
        if filters.kind is not None and but != "kind":
            within &= self.kinds == filters.kind
        if filters.language is not None and but != "language":
            within &= self.languages == filters.language
        if filters.person_id is not None and but != "person":
            with_them = np.zeros(len(self), bool)
            with_them[self.on_stage[0][self.on_stage[1] == filters.person_id]] = True
            within &= with_them
        return within

    def facets(self, found: np.ndarray, filters: Filters) -> Facets:
        """How many of the found sessions each value of a filter would leave."""
        row, person = self.on_stage
        there = (found & self.chosen(filters, "person"))[row]
        languages = self.languages[found & self.chosen(filters, "language")]
        return Facets(
            events=_counted(self.events[found & self.chosen(filters, "event")]),
            people=_counted(person[there]),
            languages=_counted(languages[languages != ""]),
            kinds=_counted(self.kinds[found & self.chosen(filters, "kind")]),
        )

    def ordered(self, found: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """The rows of the found sessions: the best first, then the newest, then the last one put."""
        rows = np.flatnonzero(found)
        order = np.lexsort((-self.ids[rows], -self.starts[rows], -scores[rows]))
        return rows[order]


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
        visibilities=np.array([row[1] for row in rows], object),
        events=np.array([row[2] for row in rows], np.int64),
        kinds=np.array([row[3] for row in rows], object),
        languages=np.array([row[4] or "" for row in rows], object),
        starts=np.array([_seconds(row[5]) for row in rows], float),
        on_stage=np.array([np.searchsorted(ids, on_stage[0]), on_stage[1]]),
    )


def _seconds(moment: datetime | None) -> float:
    if moment is None:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _counted(values: np.ndarray) -> dict:
    return dict(Counter(values.tolist()))
