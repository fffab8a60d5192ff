"""The search index: one, in the tables of whichever database it is given."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC
from threading import BoundedSemaphore, Lock
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection, Row, inspect, select

from transcripts.search import catalogue, writing
from transcripts.search.analysing import analysed
from transcripts.search.catalogue import Catalogue
from transcripts.search.clauses import Clause
from transcripts.search.cues import KeptCues
from transcripts.search.hits import names_of, session_hits
from transcripts.search.loading import load
from transcripts.search.lookup import understood
from transcripts.search.passages import read
from transcripts.search.query import Query
from transcripts.search.ranking import Search
from transcripts.search.reading import Reader
from transcripts.search.results import Document, Facets, Filters, Order, Passage, Results, Reviewed
from transcripts.search.spelling import meant
from transcripts.search.suggesting import Suggestions, suggested
from transcripts.search.tables import documents, metadata, texts

MOST_UNDERSTOOD = 2_000  # clauses that are kept
# In one process. For every row that is read Python changes between threads, and one that does so waits
# until another one lets go: of many at once each would wait thousands of times.
AT_ONCE = 2  # searches
MOST_TRIES = 3  # of a search in whose middle sessions change

T = TypeVar("T")


class SearchIndex:
    """An index in the database of the given connection; every call is part of its transaction."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: tuple[tuple, Catalogue, dict[Clause, Clause]] | None = None
        self._cues = KeptCues()
        self._turns = BoundedSemaphore(AT_ONCE)

    def create(self, connection: Connection) -> None:
        """Makes the tables; harmless where they exist."""
        metadata.create_all(connection)

    def drop(self, connection: Connection) -> None:
        """Removes the tables."""
        metadata.drop_all(connection)

    def is_there(self, connection: Connection) -> bool:
        """Whether all tables are there."""
        return set(metadata.tables) <= set(inspect(connection).get_table_names())

    def sessions(self, connection: Connection) -> list[int]:
        """The ids of all sessions that are in it."""
        wanted = select(documents.c.session_id).order_by(documents.c.session_id)
        return list(connection.scalars(wanted))

    def kept(
        self, connection: Connection, session_id: int
    ) -> tuple[Document, list[Passage]] | None:
        """What it was given of a session; None where that is not in."""
        row = connection.execute(
            select(documents).where(documents.c.session_id == session_id)
        ).first()
        if row is None:
            return None
        parts = connection.scalars(
            select(texts.c.cues).where(texts.c.session_id == session_id).order_by(texts.c.part)
        )
        names = names_of(connection, [session_id]).get(session_id, ())
        return _document(row, tuple(names)), [p for part in parts for p in read(part)]

    def take_turn(self, connection: Connection) -> None:
        """Keeps other writers waiting; who reads what to put first takes a turn before."""
        writing.take_turn(connection)

    def put(self, connection: Connection, document: Document, passages: Iterable[Passage]) -> None:
        """Puts a session and all its passages, in place of what was there."""
        self.put_all(connection, [(document, list(passages))])

    def put_all(
        self, connection: Connection, given: Iterable[tuple[Document, list[Passage]]]
    ) -> None:
        """Puts several sessions at once."""
        writing.put(connection, [analysed(*one) for one in given])

    def load(self, connection: Connection, given: Iterable[tuple[Document, list[Passage]]]) -> None:
        """Puts many sessions, each once, as an update of the whole archive does."""
        for _ in load(lambda: nullcontext(connection), given):
            pass

    def put_document(self, connection: Connection, document: Document) -> None:
        """Puts what is known about a session; its passages stay."""
        writing.put(connection, [analysed(document, None)])

    def remove(self, connection: Connection, session_id: int) -> None:
        """Takes a session out; harmless where it is not in."""
        writing.remove(connection, session_id)

    def search(
        self,
        connection: Connection,
        query: Query,
        filters: Filters,
        *,
        page: int = 1,
        per_page: int = 10,
        moments_per_session: int = 3,
        order: Order = Order.RELEVANCE,
    ) -> Results:
        """The sessions in which all wanted clauses occur, best first or in another order.

        A clause may occur in what was said or in title, people and abstract. A passage that holds
        an unwanted clause does not count, and a session that holds one in title, people or
        abstract is not found. Where speakers are asked for, only what one of them said counts, and
        without a wanted clause the beginnings of their turns are found, the newest session first.
        """
        page = max(1, page)
        if not query:
            return Results(0, 0, (), Facets(), page, 0)

        def searched() -> Results:
            known, chosen, search = self._begun(connection, query, filters)
            ranking = search.ranking(chosen, page * per_page, order)
            rows = known.ordered(ranking.found & chosen, ranking.scores, order)
            shown = rows[(page - 1) * per_page : page * per_page]
            return Results(
                total_sessions=len(rows),
                total_moments=ranking.moments,
                hits=session_hits(connection, search, shown, ranking.scores, moments_per_session),
                facets=known.facets(ranking.found, filters),
                page=page,
                pages=-(-len(rows) // per_page),
                more=not ranking.whole,
                meant=meant(search),
            )

        with self._turns:
            return _steadily(searched)

    def found(self, connection: Connection, query: Query, filters: Filters) -> list[int]:
        """The ids of all sessions that `search` finds, on whichever page, the best first."""
        if not query:
            return []

        def found() -> list[int]:
            known, chosen, search = self._begun(connection, query, filters)
            ranking = search.ranking(chosen, len(known))
            return known.ids[known.ordered(ranking.found & chosen, ranking.scores)].tolist()

        with self._turns:
            return _steadily(found)

    def _begun(
        self, connection: Connection, query: Query, filters: Filters
    ) -> tuple[Catalogue, np.ndarray, Search]:
        """What is known, which of it is within the choice, and a search in what may be found."""
        known, understood_before = self._read(connection)
        within = known.visible(filters.visibilities) & known.restricted(filters.restrictions)
        asked = _understood(connection, query, understood_before)
        return known, known.chosen(filters), Search(connection, known, self._cues, asked, within)

    def suggested(
        self, connection: Connection, typed: str, visibilities: frozenset[str] | None
    ) -> Suggestions:
        """What may be meant by what is typed so far, among what may be seen."""

        def looked_up() -> Suggestions:
            known, _ = self._read(connection)
            reader = Reader(connection, known, self._cues)
            return suggested(reader, typed, known.visible(visibilities))

        with self._turns:
            return _steadily(looked_up)

    def understood(self, connection: Connection, query: Query) -> Query:
        """The query with what the index knows about its words, for marking them in a text too."""
        _, before = self._read(connection)
        return _understood(connection, query, before)

    def _read(self, connection: Connection) -> tuple[Catalogue, dict[Clause, Clause]]:
        """The catalogue, and what was understood so far; anew where a session has changed."""
        edition = (str(connection.engine.url), *catalogue.edition(connection))
        before = None
        with self._lock:
            if self._known is not None:
                before = self._known[1]
                if self._known[0] == edition:
                    return self._known[1:]
        read = catalogue.read(connection, before)
        with self._lock:
            self._known = (edition, read, {})
            return self._known[1:]


def _steadily(ask: Callable[[], T]) -> T:
    """Asks anew where sessions came or went in the middle of it, as each question sees what is there."""
    for _ in range(MOST_TRIES - 1):
        try:
            return ask()
        except LookupError:
            continue
    return ask()


def _understood(connection: Connection, query: Query, before: dict[Clause, Clause]) -> Query:
    """before: what was understood in the index as it stands; it grows."""
    if len(before) > MOST_UNDERSTOOD:
        before.clear()
    wanted = []
    for clause in query.wanted:
        wanted.append(before.get(clause) or understood(connection, clause))
        before[clause] = wanted[-1]
    return replace(query, wanted=tuple(wanted))


def _document(row: Row, names: tuple[tuple[int, str], ...]) -> Document:
    starts_at = row.starts_at
    if starts_at is not None:  # SQLite forgets that it is in UTC
        starts_at = starts_at.astimezone(UTC) if starts_at.tzinfo else starts_at.replace(tzinfo=UTC)
    return Document(
        row.session_id,
        row.event_id,
        row.kind,
        row.language,
        row.visibility,
        starts_at,
        row.title,
        row.subtitle,
        row.abstract,
        names,
        row.reviewed and Reviewed(row.reviewed),
    )
