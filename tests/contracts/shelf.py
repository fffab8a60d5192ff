"""An index to put sessions into: a test says of them only what matters to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from transcripts.search.highlight import Fragment
from transcripts.search.index import SearchIndex
from transcripts.search.query import parse
from transcripts.search.results import Document, Filters, Passage, Results
from transcripts.search.suggesting import Suggestions

PUBLIC = Filters(visibilities=frozenset({"public"}))
ADA, JON = "Dr. Ada Örtel-Nagy", "Jon Ek"


@dataclass(frozen=True)
class Backend:
    """An index and its database, with empty tables."""

    engine: Engine
    index: SearchIndex


@dataclass(frozen=True)
class Shelf:
    """An index within a transaction that is never committed."""

    connection: Connection
    index: SearchIndex

    def put(self, document: Document, passages: list[Passage]) -> None:
        self.index.put(self.connection, document, passages)

    def add(self, session_id: int, *cues: str, passage_language="de", **values) -> None:
        """A session, public and German if not said otherwise, with these cues, 5 s each."""
        passages = [
            Passage(n * 5.0, n * 5.0 + 4, text, passage_language, n) for n, text in enumerate(cues)
        ]
        self.put(document(session_id, **values), passages)

    def talk(self, session_id: int, *cues: tuple[str | None, str], **values) -> None:
        """A session with these cues, each a speaker and what they said, 5 s each."""
        passages = [
            Passage(n * 5.0, n * 5.0 + 4, text, "de", n, speaker)
            for n, (speaker, text) in enumerate(cues)
        ]
        self.put(document(session_id, **values), passages)

    def search(self, query: str, filters: Filters = PUBLIC, **paging: Any) -> Results:
        return self.index.search(self.connection, parse(query), filters, **paging)

    def suggested(self, typed: str, filters: Filters = PUBLIC) -> Suggestions:
        return self.index.suggested(self.connection, typed, filters.visibilities)

    def found(self, query: str, filters: Filters = PUBLIC) -> list[int]:
        """The sessions found, best first."""
        return [hit.session_id for hit in self.search(query, filters).hits]

    def moments(self, query: str) -> dict[int, list[int]]:
        """Cue indexes by session."""
        hits = self.search(query, moments_per_session=1000).hits
        return {hit.session_id: [moment.cue_index for moment in hit.moments] for hit in hits}


def document(session_id: int, **values) -> Document:
    given = {
        "event_id": 1,
        "kind": "talk",
        "language": "de",
        "visibility": "public",
        "starts_at": datetime(2026, 6, 12, 8, tzinfo=UTC),
        "title": "",
    }
    return Document(session_id=session_id, **(given | values))


def plain(fragments: tuple[Fragment, ...] | None) -> str:
    """The text with what is marked in brackets."""
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in fragments or ())


@contextmanager
def empty_shelf(backend: Backend) -> Iterator[Shelf]:
    with backend.engine.connect() as connection, connection.begin() as transaction:
        yield Shelf(connection, backend.index)
        transaction.rollback()
