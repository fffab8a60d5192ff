"""One way to search and to rank, over the few questions that each database answers by itself.

A session's score is the sum over the wanted clauses of their rarity (the logarithm of how few
sessions have them) times where and how they occur: in the title, in a name, in what was said, in
subtitle and abstract; the exact word counts more than its stem; and more again where all clauses
meet in one cue. Equal scores, as where only a speaker is asked for: the newer session first. Scores
are rounded, so that both databases give equal hits in equal order.
"""

import itertools
import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from transcripts.search.hits import hit
from transcripts.search.index import Document, Facets, Filters, Passage, Results, SessionHit
from transcripts.search.query import Clause, Query
from transcripts.search.tables import (
    ABOUT,
    FIELDS,
    PEOPLE,
    TITLE,
    documents,
    passage_rows,
    passages,
    people,
)

WEIGHTS = {TITLE: 8.0, PEOPLE: 8.0, ABOUT: 2.0}
EXACT = 1.25  # times, where a field has the very word
MEETING = 3.0  # times the rarity, where all clauses meet in one cue
IN_ONE_QUERY = 500  # ids in one list of a statement


@dataclass(frozen=True)
class _About:
    """What filters and order need to know of a session."""

    event_id: int
    kind: str
    language: str | None
    starts_at: datetime | None
    people: tuple[int, ...]


class RankedIndex(ABC):
    """A search index whose database only counts and lists; ranking happens here."""

    @abstractmethod
    def create(self, connection: Connection) -> None: ...

    @abstractmethod
    def drop(self, connection: Connection) -> None: ...

    @abstractmethod
    def _empty_words(self, connection: Connection) -> None:
        """Makes the table of the words of passages anew."""

    @abstractmethod
    def _write_words(
        self, connection: Connection, ids: Sequence[int], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Writes the words of `passage_rows` for passages with these ids."""

    @abstractmethod
    def put(
        self, connection: Connection, document: Document, passages: Iterable[Passage]
    ) -> None: ...

    @abstractmethod
    def put_document(self, connection: Connection, document: Document) -> None: ...

    @abstractmethod
    def remove(self, connection: Connection, session_id: int) -> None: ...

    @abstractmethod
    def _spoken(
        self,
        connection: Connection,
        clauses: Sequence[Clause],
        query: Query,
        *,
        together: bool,
        exact: bool = False,
    ) -> dict[int, int]:
        """Cues by session in which all (`together`) or any of the clauses occur.

        Of those that `query` does not bar: said by its speakers, without what it does not want. No
        clauses: where a turn of its speakers begins.
        """

    @abstractmethod
    def _told(
        self, connection: Connection, clause: Clause, field: str, *, exact: bool = False
    ) -> set[int]:
        """Sessions with the clause in a field of their document."""

    @abstractmethod
    def _cues(
        self,
        connection: Connection,
        clauses: Sequence[Clause],
        query: Query,
        session_ids: Sequence[int],
        *,
        together: bool,
    ) -> list[int]:
        """Ids of the passages of these sessions that `_spoken` counts."""

    def renew(self, connection: Connection) -> None:
        """See `SearchIndex.renew`."""
        self._empty_words(connection)
        kept = select(passages).order_by(passages.c.session_id, passages.c.cue_index)
        rows = connection.execute(kept.execution_options(yield_per=IN_ONE_QUERY))
        for session_id, group in itertools.groupby(rows, key=lambda row: row.session_id):
            said = list(group)
            given = [
                Passage(row.start, row.end, row.text, row.language, row.cue_index, row.speaker)
                for row in said
            ]
            self._write_words(connection, [row.id for row in said], passage_rows(session_id, given))

    def search(
        self,
        connection: Connection,
        query: Query,
        filters: Filters,
        *,
        page: int = 1,
        per_page: int = 10,
        moments_per_session: int = 3,
    ) -> Results:
        """See `SearchIndex.search`."""
        page = max(1, page)
        if not query:
            return Results(0, 0, (), Facets(), page, 0)
        visible = _visible(connection, filters.visibilities)
        scores, moments = self._scored(connection, query, visible)
        about = _about(connection, list(scores))
        found = [id_ for id_ in about if _chosen(about[id_], filters)]
        found.sort(key=lambda id_: _order(id_, scores[id_], about[id_]))
        shown = found[(page - 1) * per_page : page * per_page]
        return Results(
            total_sessions=len(found),
            total_moments=sum(moments.get(id_, 0) for id_ in found),
            hits=self._hits(connection, query, shown, scores, moments, moments_per_session),
            facets=_facets(about, filters),
            page=page,
            pages=-(-len(found) // per_page),
        )

    def _scored(
        self, connection: Connection, query: Query, visible: frozenset[int]
    ) -> tuple[dict[int, float], dict[int, int]]:
        """Scores of the visible sessions that match, and their numbers of moments.

        What is rare is so among the visible ones: the others do not exist, not even in the order.
        """
        barred = {
            id_
            for clause in query.unwanted
            for field in FIELDS
            for id_ in self._told(connection, clause, field)
        }
        if not query.wanted:
            turns = self._spoken(connection, (), query, together=False)
            moments = {id_: n for id_, n in turns.items() if id_ in visible and id_ not in barred}
            return dict.fromkeys(moments, 0.0), moments
        sums: Counter[int] = Counter()
        candidates: set[int] | None = None
        rarities = 0.0
        for clause in query.wanted:
            points = self._points(connection, clause, query, visible)
            rarity = math.log(1.0 + len(visible) / max(1, len(points)))
            rarities += rarity
            for id_, point in points.items():
                sums[id_] += rarity * point
            candidates = points.keys() if candidates is None else candidates & points.keys()
        any_of = self._spoken(connection, query.wanted, query, together=False)
        all_of = (
            self._spoken(connection, query.wanted, query, together=True)
            if len(query.wanted) > 1
            else {}
        )
        kept = set(candidates or ()) - barred
        scores = {
            id_: round(sums[id_] + (MEETING * rarities if id_ in all_of else 0.0), 6)
            for id_ in kept
        }
        return scores, {id_: all_of.get(id_) or any_of.get(id_, 0) for id_ in kept}

    def _points(
        self,
        connection: Connection,
        clause: Clause,
        query: Query,
        visible: frozenset[int],
    ) -> dict[int, float]:
        """What a clause is worth in each visible session that has it, before its rarity."""
        points: Counter[int] = Counter()
        exact = self._spoken(connection, [clause], query, together=False, exact=True)
        for id_, count in self._spoken(connection, [clause], query, together=False).items():
            points[id_] += math.log2(1.0 + count) + math.log2(1.0 + exact.get(id_, 0))
        for field, weight in () if query.speakers else WEIGHTS.items():
            very = self._told(connection, clause, field, exact=True)
            for id_ in self._told(connection, clause, field):
                points[id_] += weight * (EXACT if id_ in very else 1.0)
        return {id_: point for id_, point in points.items() if id_ in visible}

    def _hits(
        self,
        connection: Connection,
        query: Query,
        session_ids: Sequence[int],
        scores: Mapping[int, float],
        counts: Mapping[int, int],
        most: int,
    ) -> tuple[SessionHit, ...]:
        if not session_ids:
            return ()
        ids = self._cues(connection, query.wanted, query, session_ids, together=False)
        meeting = set(self._cues(connection, query.wanted, query, session_ids, together=True))
        found = _passages(connection, ids)
        rows = {
            row.session_id: row
            for row in connection.execute(
                select(documents).where(documents.c.session_id.in_(session_ids))
            )
        }
        names = _names(connection, session_ids)
        hits = []
        for id_ in session_ids:
            own = [row for row in found if row.session_id == id_]
            own = [row for row in own if row.id in meeting] or own
            hits.append(
                hit(query, rows[id_], names.get(id_, ()), own, scores[id_], counts[id_], most)
            )
        return tuple(hits)


def _visible(connection: Connection, visibilities: frozenset[str] | None) -> frozenset[int]:
    """The sessions that may be seen; the others do not exist."""
    wanted = select(documents.c.session_id)
    if visibilities is not None:
        wanted = wanted.where(documents.c.visibility.in_(sorted(visibilities)))
    return frozenset(connection.scalars(wanted))


def _about(connection: Connection, session_ids: Sequence[int]) -> dict[int, _About]:
    found: dict[int, _About] = {}
    for first in range(0, len(session_ids), IN_ONE_QUERY):
        some = session_ids[first : first + IN_ONE_QUERY]
        names = _names(connection, some)
        for row in connection.execute(select(documents).where(documents.c.session_id.in_(some))):
            on_stage = tuple(id_ for id_, _ in names.get(row.session_id, ()))
            found[row.session_id] = _About(
                row.event_id, row.kind, row.language, row.starts_at, on_stage
            )
    return found


def _names(
    connection: Connection, session_ids: Sequence[int]
) -> dict[int, tuple[tuple[int, str], ...]]:
    names: dict[int, tuple[tuple[int, str], ...]] = {}
    rows = connection.execute(
        select(people)
        .where(people.c.session_id.in_(session_ids))
        .order_by(people.c.session_id, people.c.position)
    )
    for row in rows:
        names[row.session_id] = (*names.get(row.session_id, ()), (row.person_id, row.name))
    return names


def _passages(connection: Connection, ids: Sequence[int]) -> list[Row]:
    rows: list[Row] = []
    for first in range(0, len(ids), IN_ONE_QUERY):
        some = ids[first : first + IN_ONE_QUERY]
        rows += connection.execute(select(passages).where(passages.c.id.in_(some))).all()
    return sorted(rows, key=lambda row: (row.session_id, row.start, row.cue_index))


def _chosen(about: _About, filters: Filters, but: str = "") -> bool:
    """Whether a session is within the choice; `but` names a filter that is not asked."""
    return (
        (but == "event" or filters.event_id in (None, about.event_id))
        and (but == "kind" or filters.kind in (None, about.kind))
        and (but == "language" or filters.language in (None, about.language))
        and (but == "person" or filters.person_id is None or filters.person_id in about.people)
    )


def _order(session_id: int, score: float, about: _About) -> tuple[float, float, int]:
    starts_at = about.starts_at
    if starts_at is not None and starts_at.tzinfo is None:
        starts_at = starts_at.replace(tzinfo=UTC)
    return -score, -(starts_at.timestamp() if starts_at else 0.0), -session_id


def _facets(about: Mapping[int, _About], filters: Filters) -> Facets:
    seen = about.values()
    return Facets(
        events=Counter(a.event_id for a in seen if _chosen(a, filters, "event")),
        people=Counter(id_ for a in seen if _chosen(a, filters, "person") for id_ in a.people),
        languages=Counter(
            a.language for a in seen if a.language and _chosen(a, filters, "language")
        ),
        kinds=Counter(a.kind for a in seen if _chosen(a, filters, "kind")),
    )
