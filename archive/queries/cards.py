"""Sessions as lists show them: title, people, event, length, poster, and how far a recording is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Appearance, Person
from archive.models.programme import Event, Room, Session
from archive.models.recording import (
    SAMPLES_MODEL,
    Recording,
    Rendition,
    RenditionKind,
    State,
)

PLAYABLE = (RenditionKind.VIDEO, RenditionKind.AUDIO)


@dataclass(frozen=True)
class OnStage:
    """A person in the line-up of a session."""

    person_id: int
    slug: str
    name: str
    role: str
    affiliation: str


@dataclass(frozen=True)
class MediaFile:
    """A rendition and the name under which it is served."""

    id: int
    kind: str
    filename: str
    mime: str
    width: int | None
    height: int | None
    duration: float | None  # seconds
    size: int  # bytes


@dataclass(frozen=True)
class Sprites:
    """Sheets of small pictures of a video, one each `interval` seconds from the beginning on.

    Picture n stands on sheet n // (columns * rows), there row by row; each is `width` by `height`
    pixels. There are `count`; the last sheet may have room left.
    """

    id: int  # of the rendition
    interval: float  # seconds
    width: int
    height: int
    columns: int
    rows: int
    count: int
    files: tuple[str, ...]  # the names of the sheets, in order


@dataclass(frozen=True)
class RecordingView:
    """The recording a session shows: its state, and what can already be played."""

    id: int
    name: str
    state: str
    step: str | None
    progress: float  # 0 to 1
    failure: str | None
    failure_details: dict
    model: str
    duration: float | None  # seconds
    media: MediaFile | None
    poster: MediaFile | None
    hls: MediaFile | None = None  # the list of the sizes that a player picks from
    sprites: Sprites | None = None

    @property
    def by_samples_model(self) -> bool:
        """Whether the model writes it down that only knows the sample texts."""
        return self.model == SAMPLES_MODEL


@dataclass(frozen=True)
class SessionCard:
    """One session in a list."""

    id: int
    slug: str
    title: str
    subtitle: str
    kind: str
    language: str | None
    visibility: str
    starts_at: datetime | None  # in the time zone of the event
    room: str | None
    event_id: int
    event_slug: str
    event_title: str
    people: tuple[OnStage, ...]
    recording: RecordingView | None

    @property
    def poster(self) -> MediaFile | None:
        """The still to show, if there is one."""
        return self.recording.poster if self.recording else None

    @property
    def duration(self) -> float | None:
        """Seconds of the recording, as far as known."""
        return self.recording.duration if self.recording else None

    @property
    def recorded(self) -> bool:
        """Whether something can be watched or heard."""
        return self.recording is not None and self.recording.media is not None

    @property
    def in_progress(self) -> bool:
        """Whether a recording is there that can be played later, but not yet."""
        return (
            self.recording is not None
            and self.recording.media is None
            and self.recording.state != State.FAILED
        )


def session_cards(db: DatabaseSession, ids: Sequence[int]) -> tuple[SessionCard, ...]:
    """The cards of the sessions with these ids, in this order; four queries, however many."""
    if not ids:
        return ()
    people = line_ups(db, ids)
    recordings = shown_recordings(db, ids)
    cards = {
        session.id: SessionCard(
            id=session.id,
            slug=session.slug,
            title=session.title,
            subtitle=session.subtitle,
            kind=session.kind,
            language=session.language,
            visibility=session.visibility,
            starts_at=local_time(session.starts_at, event.timezone),
            room=room,
            event_id=event.id,
            event_slug=event.slug,
            event_title=event.title,
            people=people.get(session.id, ()),
            recording=recordings.get(session.id),
        )
        for session, event, room in db.execute(
            select(Session, Event, Room.name)
            .join(Event, Session.event_id == Event.id)
            .outerjoin(Room, Session.room_id == Room.id)
            .where(Session.id.in_(ids))
        )
    }
    return tuple(cards[id_] for id_ in ids if id_ in cards)


def line_ups(db: DatabaseSession, ids: Iterable[int]) -> dict[int, tuple[OnStage, ...]]:
    """The people of each session, in the order of the line-up."""
    found: dict[int, list[OnStage]] = {}
    rows = db.execute(
        select(
            Appearance.session_id,
            Person.id,
            Person.slug,
            Person.name,
            Appearance.role,
            Person.affiliation,
        )
        .join(Person, Appearance.person_id == Person.id)
        .where(Appearance.session_id.in_(list(ids)))
        .order_by(Appearance.position, Appearance.id)
    )
    for session_id, *person in rows:
        found.setdefault(session_id, []).append(OnStage(*person))
    return {session_id: tuple(people) for session_id, people in found.items()}


def shown_recordings(db: DatabaseSession, ids: Iterable[int]) -> dict[int, RecordingView]:
    """Of each session the recording that its page shows.

    The newest that is ready, so that a replacement takes over only when it is complete; before
    that the newest that can be played; before that the newest.
    """
    slugs: dict[int, str] = {}
    candidates: dict[int, list[Recording]] = {}
    for recording, slug in db.execute(
        select(Recording, Session.slug)
        .join(Session, Recording.session_id == Session.id)
        .where(Recording.session_id.in_(list(ids)))
    ):
        candidates.setdefault(recording.session_id, []).append(recording)
        slugs[recording.id] = slug
    renditions = _renditions(db, slugs)
    return {
        session_id: _view(max(recordings, key=lambda r: _rank(r, renditions)), renditions)
        for session_id, recordings in candidates.items()
    }


def local_time(moment: datetime | None, timezone: str) -> datetime | None:
    """`moment` as the clocks at the event show it."""
    if moment is None:
        return None
    try:
        return moment.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment


def file_name(slug: str, key: str) -> str:
    """The name under which a rendition is served: the session's slug with the file's ending."""
    return slug + PurePosixPath(key).suffix.lower()


def _renditions(
    db: DatabaseSession, slugs: dict[int, str]
) -> dict[int, dict[str, MediaFile | Sprites]]:
    found: dict[int, dict[str, MediaFile | Sprites]] = {}
    if not slugs:
        return found
    for row in db.scalars(select(Rendition).where(Rendition.recording_id.in_(slugs))):
        files = found.setdefault(row.recording_id, {})
        if row.kind == RenditionKind.SPRITES:
            files[row.kind] = _sprites(row)
            continue
        files[row.kind] = MediaFile(
            id=row.id,
            kind=row.kind,
            filename=_served_name(slugs[row.recording_id], row),
            mime=row.mime,
            width=row.width,
            height=row.height,
            duration=row.duration,
            size=row.size,
        )
    return found


def _served_name(slug: str, row: Rendition) -> str:
    """Files of a folder keep their names, by which they know each other."""
    return PurePosixPath(row.key).name if row.details else file_name(slug, row.key)


def _sprites(row: Rendition) -> Sprites:
    numbers = {name: row.details[name] for name in ("interval", "columns", "rows", "count")}
    files = tuple(row.details["files"])
    return Sprites(id=row.id, width=row.width, height=row.height, files=files, **numbers)


def _rank(
    recording: Recording, renditions: dict[int, dict[str, MediaFile | Sprites]]
) -> tuple[bool, bool, int]:
    playable = _media(renditions.get(recording.id, {})) is not None
    return (playable and recording.state == State.READY, playable, recording.id)


def _view(
    recording: Recording, renditions: dict[int, dict[str, MediaFile | Sprites]]
) -> RecordingView:
    files = renditions.get(recording.id, {})
    media = _media(files)
    return RecordingView(
        id=recording.id,
        name=recording.original_name,
        state=recording.state,
        step=recording.step,
        progress=min(1.0, max(0.0, recording.progress or 0.0)),
        failure=recording.failure,
        failure_details=dict(recording.failure_details or {}),
        model=recording.model,
        duration=recording.duration or (media.duration if media else None),
        media=media,
        poster=files.get(RenditionKind.POSTER),
        hls=files.get(RenditionKind.HLS),
        sprites=files.get(RenditionKind.SPRITES),
    )


def _media(files: dict[str, MediaFile | Sprites]) -> MediaFile | None:
    return next((files[kind] for kind in PLAYABLE if kind in files), None)
