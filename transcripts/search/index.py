"""What every search index takes and gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from transcripts.search.highlight import Fragment
from transcripts.search.query import Query


@dataclass(frozen=True)
class Document:
    """A session as search knows it. people: (person id, name), in the order of the line-up."""

    session_id: int
    event_id: int
    kind: str
    language: str | None
    visibility: str  # draft, unlisted or public
    starts_at: datetime | None
    title: str
    subtitle: str = ""
    abstract: str = ""
    people: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Passage:
    """A cue as search knows it. cue_index: its place in the transcript."""

    start: float  # seconds
    end: float
    text: str
    language: str | None
    cue_index: int
    speaker: str | None = None


@dataclass(frozen=True)
class Filters:
    """What may be found; None: everything. `visibilities` is who may see what, the rest is choice."""

    visibilities: frozenset[str] | None = None
    event_id: int | None = None
    person_id: int | None = None
    language: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Moment:
    """A hit in the speech of a session, its text marked."""

    start: float  # seconds
    end: float
    cue_index: int
    fragments: tuple[Fragment, ...]
    speaker: str | None


@dataclass(frozen=True)
class SessionHit:
    """A session that matches. people: marked names of those whose name matched, by person id."""

    session_id: int
    score: float
    title: tuple[Fragment, ...]
    subtitle: tuple[Fragment, ...]
    people: tuple[tuple[int, tuple[Fragment, ...]], ...]
    abstract: tuple[Fragment, ...] | None  # a snippet, only where it matched
    moments: tuple[Moment, ...]  # the best, in the order of the recording
    moment_count: int
    moment_starts: tuple[float, ...]  # of all moments, the first 500


@dataclass(frozen=True)
class Facets:
    """How many sessions each value of a filter would leave, all other filters kept."""

    events: Mapping[int, int] = field(default_factory=dict)
    people: Mapping[int, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """One page of hits. page: the one asked for, at least 1; pages: how many there are."""

    total_sessions: int
    total_moments: int
    hits: tuple[SessionHit, ...]
    facets: Facets
    page: int
    pages: int


class SearchIndex(Protocol):
    """An index in the database of the given connection; every call is part of its transaction."""

    def create(self, connection: Connection) -> None:
        """Makes the tables; harmless where they exist."""
        ...

    def drop(self, connection: Connection) -> None:
        """Removes the tables."""
        ...

    def renew(self, connection: Connection) -> None:
        """Writes all words anew, from the texts that the index keeps."""
        ...

    def put(self, connection: Connection, document: Document, passages: Iterable[Passage]) -> None:
        """Puts a session and all its passages, in place of what was there."""
        ...

    def put_document(self, connection: Connection, document: Document) -> None:
        """Puts what is known about a session; its passages stay."""
        ...

    def remove(self, connection: Connection, session_id: int) -> None:
        """Takes a session out; harmless where it is not in."""
        ...

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
        """The sessions in which all wanted clauses occur, best first.

        A clause may occur in what was said or in title, people and abstract. A passage that holds
        an unwanted clause does not count, and a session that holds one in title, people or
        abstract is not found. Where speakers are asked for, only what one of them said counts, and
        without a wanted clause the beginnings of their turns are found, the newest session first.
        """
        ...
