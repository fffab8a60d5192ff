"""What the search index takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from transcripts.search.clauses import Restriction
from transcripts.search.highlight import Fragment


class Order(StrEnum):
    """In which order sessions are given."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    SPEAKER = "speaker"  # by name of who stands first in the line-up


class Reviewed(StrEnum):
    """How much of a transcript a person has looked through."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True)
class Document:
    """A session as search knows it. people: (person id, name), in the order of the line-up.

    reviewed: of its transcript; None where it has none.
    """

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
    reviewed: Reviewed | None = None


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
    """What may be found; None: everything. `visibilities` is who may see what, the rest is choice.

    restrictions: of the query itself; those of events name ids.
    """

    visibilities: frozenset[str] | None = None
    event_id: int | None = None
    person_id: int | None = None
    language: str | None = None
    kind: str | None = None
    year: int | None = None
    reviewed: Reviewed | None = None
    restrictions: tuple[Restriction, ...] = ()


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
    years: Mapping[int, int] = field(default_factory=dict)
    reviewed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """One page of hits. page: the one asked for, at least 1; pages: how many there are.

    more: whether there are more sessions or moments than were counted. meant: the query as it was
    probably meant, where a word of it is nowhere.
    """

    total_sessions: int
    total_moments: int
    hits: tuple[SessionHit, ...]
    facets: Facets
    page: int
    pages: int
    more: bool = False
    meant: str | None = None
