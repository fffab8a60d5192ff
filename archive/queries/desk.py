"""What the desk shows: sessions with the state of their recordings, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import joinedload, selectinload

from archive.models.people import Appearance, Person
from archive.models.programme import Event, Session
from archive.models.recording import SAMPLES_MODEL, Recording, State
from archive.models.transcript import Origin, Revision, Transcript
from archive.queries.making import Making, making
from archive.queries.queue import Standing, standings
from archive.queries.streaming import StreamingLine, streaming_lines

PER_PAGE = 50
NO_RECORDING = "none"
BUSY = (State.QUEUED, State.WORKING)


@dataclass(frozen=True)
class Work:
    """How far a recording is."""

    id: int
    name: str
    state: str
    step: str | None
    progress: float  # 0 to 1
    failure: str | None
    failure_details: dict
    model: str
    duration: float | None  # seconds
    size: int  # bytes
    created_at: datetime
    wordless: bool
    planned: bool  # where people talk is known
    standing: Standing | None = None  # in line, where something is to be heard
    making: Making | None = None  # how its newest machine revision came to be
    streaming: StreamingLine | None = None  # where it is a video that plays

    @property
    def by_samples_model(self) -> bool:
        """Whether the model writes it down that only knows the sample texts."""
        return self.model == SAMPLES_MODEL

    @property
    def busy(self) -> bool:
        """Whether the state will change by itself soon."""
        return self.state in BUSY

    @property
    def under_way(self) -> bool:
        """Whether the work has begun and not ended, even where it rests."""
        return self.state in (*BUSY, State.PAUSED, State.WAITING_FOR_MODEL)


@dataclass(frozen=True)
class Row:
    """A session on the desk, with its newest recording."""

    id: int
    slug: str
    title: str
    kind: str
    event_title: str
    event_slug: str
    visibility: str
    starts_at: datetime | None
    people: tuple[str, ...]
    work: Work | None


@dataclass(frozen=True)
class Board:
    """One page of the desk. counts: sessions by state of their newest recording."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Choice:
    """What the desk is narrowed to; empty: everything."""

    event: str = ""  # slug
    state: str = ""
    title: str = ""


def board(db: DatabaseSession, choice: Choice, page: int) -> Board:
    """The sessions of the desk: those in work first, then the newest."""
    newest = _newest_recordings()
    state = func.coalesce(Recording.state, NO_RECORDING)
    wanted = (
        select(Session.id)
        .join(Session.event)
        .outerjoin(newest, newest.c.session_id == Session.id)
        .outerjoin(Recording, Recording.id == newest.c.id)
    )
    if choice.event:
        wanted = wanted.where(Event.slug == choice.event)
    if choice.title:
        sought = f"%{_escaped(choice.title)}%"
        wanted = wanted.where(
            or_(
                Session.title.ilike(sought, escape="\\"),
                Recording.original_name.ilike(sought, escape="\\"),
            )
        )
    by_state = wanted.with_only_columns(state, func.count()).group_by(state)
    counts = dict(db.execute(by_state).all())
    if choice.state:
        wanted = wanted.where(state == choice.state)
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    order = (state.in_([*BUSY, State.FAILED, State.WAITING_FOR_MODEL]).desc(), Session.id.desc())
    ids = db.scalars(wanted.order_by(*order).limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return Board(_rows(db, ids), total, page, pages, counts)


def works(db: DatabaseSession, session_id: int) -> tuple[Work, ...]:
    """The recordings of a session, the newest first."""
    rows = db.scalars(
        select(Recording).where(Recording.session_id == session_id).order_by(Recording.id.desc())
    )
    return _works(db, rows.all())


def works_by_id(db: DatabaseSession, ids: Sequence[int]) -> tuple[Work, ...]:
    """The recordings with these ids."""
    return _works(db, db.scalars(select(Recording).where(Recording.id.in_(ids))).all())


def _newest_recordings():  # a subquery: session_id, id
    return (
        select(Recording.session_id, func.max(Recording.id).label("id"))
        .group_by(Recording.session_id)
        .subquery()
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _rows(db: DatabaseSession, ids: Sequence[int]) -> tuple[Row, ...]:
    sessions = {
        session.id: session
        for session in db.scalars(
            select(Session)
            .where(Session.id.in_(ids))
            .options(
                joinedload(Session.event),
                selectinload(Session.appearances).joinedload(Appearance.person),
            )
        )
    }
    newest = {
        recording.session_id: recording
        for recording in db.scalars(
            select(Recording).where(Recording.session_id.in_(ids)).order_by(Recording.id)
        )
    }
    works_ = {work.id: work for work in _works(db, list(newest.values()))}
    return tuple(
        _row(sessions[id_], works_[newest[id_].id] if id_ in newest else None) for id_ in ids
    )


def _row(session: Session, work: Work | None) -> Row:
    return Row(
        id=session.id,
        slug=session.slug,
        title=session.title,
        kind=session.kind,
        event_title=session.event.title,
        event_slug=session.event.slug,
        visibility=session.visibility,
        starts_at=session.starts_at,
        people=tuple(a.person.name for a in session.appearances),
        work=work,
    )


def _works(db: DatabaseSession, recordings: Sequence[Recording]) -> tuple[Work, ...]:
    busy = any(recording.state in (*BUSY, State.PAUSED) for recording in recordings)
    standing = standings(db) if busy else {}
    ids = [recording.id for recording in recordings]
    made, lines = _makings(db, ids), streaming_lines(db, ids)
    return tuple(
        _work(recording, standing.get(recording.id), made.get(recording.id), lines)
        for recording in recordings
    )


def _makings(db: DatabaseSession, ids: Sequence[int]) -> dict[int, Making]:
    """How the newest machine revision of each recording came to be."""
    newest = (
        select(func.max(Revision.id))
        .join(Revision.transcript)
        .where(
            Transcript.recording_id.in_(ids),
            Transcript.translation.is_(False),
            Revision.origin == Origin.MACHINE,
        )
        .group_by(Transcript.recording_id)
    )
    rows = db.execute(
        select(Transcript.recording_id, Revision.details)
        .join(Revision.transcript)
        .where(Revision.id.in_(newest))
    )
    return {recording_id: making(details or {}) for recording_id, details in rows}


def _work(
    recording: Recording,
    standing: Standing | None,
    made: Making | None,
    lines: dict[int, StreamingLine],
) -> Work:
    return Work(
        id=recording.id,
        name=recording.original_name,
        state=recording.state,
        step=recording.step,
        progress=recording.progress,
        failure=recording.failure,
        failure_details=recording.failure_details or {},
        model=recording.model,
        duration=recording.duration,
        size=recording.size,
        created_at=recording.created_at,
        wordless=recording.wordless,
        planned=bool(recording.plan),
        standing=standing,
        making=made,
        streaming=lines.get(recording.id),
    )


def events_with_counts(db: DatabaseSession) -> list[tuple[Event, int]]:
    """All events, the newest first, with their number of sessions."""
    rows = db.execute(
        select(Event, func.count(Session.id))
        .outerjoin(Session)
        .group_by(Event.id)
        .order_by(Event.starts_on.desc(), Event.id.desc())
    )
    return list(rows)


def persons_with_counts(db: DatabaseSession) -> list[tuple[Person, int]]:
    """All people by name, with their number of sessions."""
    rows = db.execute(
        select(Person, func.count(Appearance.id))
        .outerjoin(Appearance)
        .group_by(Person.id)
        .order_by(Person.name)
    )
    return list(rows)
