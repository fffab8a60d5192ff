"""The sessions of an index as arrays: who may see them, filters, facets and order."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, func, select

from transcripts.search.bulk import is_one_of
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a session; see `Catalogue`. people: ids, in the order of the line-up.

    lead: who stands first in it, as `_lead` has it.
    """

    stamp: int
    visibility: str
    event_id: int
    kind: str
    language: str
    starts: float
    year: int
    reviewed: str
    people: tuple[int, ...]
    lead: tuple[bool, str, str]


@dataclass(frozen=True)
class Catalogue:
    """What is known of each session, in the order of ids; and the same by them.

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
    known: Mapping[int, Known]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, session_ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """The rows of sessions; KeyError where one of them is not in it, as it came just now."""
        rows = np.searchsorted(self.ids, session_ids)
        ends = np.append(self.ids, -1)
        if (ends[rows] != session_ids).any():
            raise KeyError("a session that is not in the catalogue")
        return rows

    def rows_as_in(self, before: "Catalogue | None") -> np.ndarray:
        """The row that each session had in another catalogue; -1 where it is new or has changed."""
        if before is None or not len(before):
            return np.full(len(self), -1)
        at = np.minimum(np.searchsorted(before.ids, self.ids), len(before) - 1)
        is_known = (before.ids[at] == self.ids) & (before.stamps[at] == self.stamps)
        return np.where(is_known, at, -1)

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


def read(connection: Connection, before: Catalogue | None = None) -> Catalogue:
    """The catalogue as it stands in the database; of sessions that are as they were nothing is read."""
    known = {} if before is None else before.known
    stamps = dict(connection.execute(select(documents.c.session_id, documents.c.stamp)).all())
    changed = {
        id_ for id_, stamp in stamps.items() if id_ not in known or known[id_].stamp != stamp
    }
    if before is not None and not changed and stamps.keys() == known.keys():
        return before
    new = _read(connection, changed)
    now = {
        id_: new[id_] if id_ in new else known[id_]
        for id_ in sorted(stamps)
        if id_ in new or id_ not in changed
    }
    ids, all_of = np.array(list(now), np.int64), list(now.values())
    starts = np.array([one.starts for one in all_of], float)
    leads = {name: place for place, name in enumerate(sorted({one.lead for one in all_of}))}
    return Catalogue(
        ids=ids,
        stamps=np.array([one.stamp for one in all_of], np.int64),
        visibilities=Values.of([one.visibility for one in all_of]),
        events=Values.of([one.event_id for one in all_of]),
        kinds=Values.of([one.kind for one in all_of]),
        languages=Values.of([one.language for one in all_of]),
        years=Values.of([one.year for one in all_of]),
        reviewed=Values.of([one.reviewed for one in all_of]),
        starts=starts,
        newest=np.lexsort((-ids, -starts)),
        leads=np.array([leads[one.lead] for one in all_of], np.int64),
        stages=np.repeat(np.arange(len(ids)), [len(one.people) for one in all_of]),
        people=Values.of([id_ for one in all_of for id_ in one.people]),
        known=now,
    )


def _read(connection: Connection, ids: Collection[int]) -> dict[int, Known]:
    """What is known of these sessions; nothing of those that have gone meanwhile."""
    if not ids:
        return {}
    # The stamps first: where the people change in between, they are read once more the next time.
    rows = connection.execute(
        select(
            documents.c.session_id,
            documents.c.stamp,
            documents.c.visibility,
            documents.c.event_id,
            documents.c.kind,
            documents.c.language,
            documents.c.starts_at,
            documents.c.reviewed,
        ).where(is_one_of(connection, documents.c.session_id, ids))
    ).all()
    on_stage: dict[int, list[tuple[int, str]]] = defaultdict(list)
    names = connection.execute(
        select(people.c.session_id, people.c.person_id, people.c.name)
        .where(is_one_of(connection, people.c.session_id, ids))
        .order_by(people.c.session_id, people.c.position)
    )
    for id_, person_id, name in names:
        on_stage[id_].append((person_id, name))
    return {
        row.session_id: Known(
            row.stamp,
            row.visibility,
            row.event_id,
            row.kind,
            row.language or "",
            _seconds(row.starts_at),
            row.starts_at.year if row.starts_at else 0,
            row.reviewed or "",
            tuple(person_id for person_id, _ in on_stage[row.session_id]),
            _lead([name for _, name in on_stage[row.session_id]]),
        )
        for row in rows
    }


def _lead(names: Sequence[str]) -> tuple[bool, str, str]:
    """Who stands first, to be put in order; last where nobody does."""
    return (False, fold(names[0]), names[0]) if names else (True, "", "")


def _seconds(moment: datetime | None) -> float:
    if moment is None:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
