"""A session's page: the recording, what was said, and who was on stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import Act, allows, reachable
from archive.models.programme import Event, Session
from archive.models.recording import SAMPLES_MODEL, State
from archive.models.transcript import (
    CueRow,
    Origin,
    Revision,
    Transcript,
)
from archive.models.users import User
from archive.queries.cards import RecordingView, SessionCard, session_cards, shown_recordings
from archive.queries.making import Making, making, set_aside
from archive.queries.partial import PartialTranscript, partial_transcript, settled_chunks
from archive.queries.text import Block, Missing, Paragraph, Why, cue_line, paragraphs, word_steps
from archive.queries.transcript import ShownRevision, cues_of, shown_revisions
from transcripts.chapters import Chapter, read_chapters
from transcripts.cues import Cue


@dataclass(frozen=True)
class TranscriptView:
    """The shown revision of a transcript."""

    revision_id: int
    language: str
    translation: bool
    origin: str
    engine: str | None
    model: str | None
    created_at: datetime
    reviewed: float  # share of its cues that a person has changed or confirmed, 0 to 1
    offered: bool  # for those who work here: a newer machine text waits to be taken over
    draft: bool  # a machine's fast one, of lower quality
    blocks: tuple[Block, ...]
    making: Making | None  # for those who work here, of what a machine wrote

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The text, without the stretches that have none."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @property
    def by_samples_model(self) -> bool:
        """Whether the model wrote it that only knows the sample texts."""
        return self.model == SAMPLES_MODEL


@dataclass(frozen=True)
class SessionPage:
    """Everything a session's page says."""

    card: SessionCard
    abstract: str
    event_place: str
    timezone: str
    published_at: datetime | None
    created_at: datetime
    transcript: TranscriptView | None
    revisions: tuple[ShownRevision, ...]  # what there is to read: what was said, then translations
    partial: PartialTranscript | None
    chapters: tuple[Chapter, ...]  # where there is a recording to go through
    for_staff: bool  # whether reasons and links for those who work here are shown
    editable: bool

    @property
    def text(self) -> TranscriptView | PartialTranscript | None:
        """What there is to read: the transcript, or as much of it as is written down."""
        return self.transcript or (
            self.partial if self.partial and self.partial.paragraphs else None
        )


@dataclass(frozen=True)
class Progress:
    """How far the recording of a session is; `version` changes when the page has more to show."""

    state: str  # of the recording, or "none"
    step: str | None
    progress: float  # 0 to 1
    playable: bool
    transcribed: bool
    version: str


@dataclass(frozen=True)
class TranscriptFile:
    """What the files of a transcript are made from."""

    revision_id: int
    language: str
    translation: bool
    title: str
    slug: str
    draft: bool
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class ChaptersFile:
    """What the track of chapters is made from."""

    draft: bool
    chapters: tuple[Chapter, ...]
    duration: float | None  # seconds


@dataclass(frozen=True)
class WordTimes:
    """When the words of the shown transcript begin, the texts of which are in the page already.

    cues: of each cue, for each word of its text as spaces part them, hundredths of a second since
    the word before; of the first since the cue began.
    """

    revision_id: int
    draft: bool
    cues: tuple[tuple[int, ...], ...]


def session_page(
    db: DatabaseSession, user: User | None, slug: str, language: str = ""
) -> SessionPage | None:
    """The page of the session, or None where `user` cannot reach it.

    language: of the translation to read; what was said, where there is none in it.
    """
    session = _reachable(db, user, slug)
    if session is None:
        return None
    card = session_cards(db, [session.id])[0]
    place, timezone = db.execute(
        select(Event.place, Event.timezone).where(Event.id == session.event_id)
    ).one()
    recording, for_staff = card.recording, allows(user, Act.SEE_DRAFTS)
    revisions = shown_revisions(db, recording.id) if recording else ()
    shown = _in_language(revisions, language) or next(iter(revisions), None)
    transcript = _transcript(db, recording.id, shown, for_staff) if recording and shown else None
    return SessionPage(
        card=card,
        abstract=session.abstract,
        event_place=place,
        timezone=timezone,
        published_at=session.published_at,
        created_at=session.created_at,
        transcript=transcript,
        revisions=revisions,
        partial=partial_transcript(db, recording) if recording and not transcript else None,
        chapters=_chapters(session, recording),
        for_staff=for_staff,
        editable=allows(user, Act.EDIT_CATALOGUE),
    )


def session_progress(db: DatabaseSession, user: User | None, slug: str) -> Progress | None:
    """How far the session's recording is, or None where `user` cannot reach the session."""
    session = _reachable(db, user, slug)
    if session is None:
        return None
    recording = shown_recordings(db, [session.id]).get(session.id)
    revision = _shown(db, recording)
    settled = settled_chunks(db, recording) if recording and not revision else 0
    return _progress(recording, revision.id if revision else 0, settled)


def progress_of(page: SessionPage) -> Progress:
    """How far the recording of a page is that was just read."""
    return _progress(
        page.card.recording,
        page.revisions[0].id if page.revisions else 0,
        page.partial.settled if page.partial else 0,
    )


def transcript_file(
    db: DatabaseSession, user: User | None, slug: str, language: str = ""
) -> TranscriptFile | None:
    """The cues and words of the shown transcript, or None where there is none to reach.

    language: of the one asked for; empty: what was said.
    """
    session = _reachable(db, user, slug)
    if session is None:
        return None
    revision = _shown(db, shown_recordings(db, [session.id]).get(session.id), language)
    if revision is None:
        return None
    return TranscriptFile(
        revision_id=revision.id,
        language=revision.language,
        translation=revision.translation,
        title=session.title,
        slug=session.slug,
        draft=not reachable(None, session),
        cues=cues_of(db, revision.id),
    )


def chapters_file(db: DatabaseSession, user: User | None, slug: str) -> ChaptersFile | None:
    """The chapters of the shown recording, or None where there are none to reach."""
    session = _reachable(db, user, slug)
    if session is None or not session.chapters:
        return None
    recording = shown_recordings(db, [session.id]).get(session.id)
    chapters = _chapters(session, recording)
    if not chapters:
        return None
    return ChaptersFile(not reachable(None, session), chapters, recording.duration)


def word_times(
    db: DatabaseSession, user: User | None, slug: str, language: str = ""
) -> WordTimes | None:
    """When each word was spoken, or None where there is no transcript to reach.

    language: of the transcript asked for; empty: what was said.
    """
    session = _reachable(db, user, slug)
    if session is None:
        return None
    revision = _shown(db, shown_recordings(db, [session.id]).get(session.id), language)
    if revision is None:
        return None
    rows = db.execute(
        select(CueRow.text, CueRow.start, CueRow.words)
        .where(CueRow.revision_id == revision.id)
        .order_by(CueRow.position)
    )
    return WordTimes(
        revision_id=revision.id,
        draft=not reachable(None, session),
        cues=tuple(
            word_steps(text, start, [(word[0], word[1]) for word in words])
            for text, start, words in rows
        ),
    )


def _chapters(session: Session, recording: RecordingView | None) -> tuple[Chapter, ...]:
    """Those that lie within the shown recording; another one may have been shorter."""
    if recording is None or recording.media is None:
        return ()
    return read_chapters(session.chapters, recording.duration).chapters


def _reachable(db: DatabaseSession, user: User | None, slug: str) -> Session | None:
    session = db.scalars(select(Session).where(Session.slug == slug)).first()
    return session if session is not None and reachable(user, session) else None


def _progress(recording: RecordingView | None, revision_id: int, settled_chunks: int) -> Progress:
    if recording is None:
        return Progress("none", None, 0.0, False, False, "none")
    media_id = recording.media.id if recording.media else 0
    settled = "busy" if recording.state in (State.QUEUED, State.WORKING) else recording.state
    return Progress(
        state=recording.state,
        step=recording.step,
        progress=recording.progress,
        playable=recording.media is not None,
        transcribed=revision_id > 0,
        version=f"{recording.id}-{media_id}-{revision_id}-{settled_chunks}-{settled}",
    )


def _shown(
    db: DatabaseSession, recording: RecordingView | None, language: str = ""
) -> ShownRevision | None:
    """What there is to read in a language; empty: what was said."""
    revisions = shown_revisions(db, recording.id) if recording else ()
    return _in_language(revisions, language) if language else next(iter(revisions), None)


def _in_language(revisions: Sequence[ShownRevision], language: str) -> ShownRevision | None:
    return next((one for one in revisions if one.language == language), None)


def _transcript(
    db: DatabaseSession, recording_id: int, revision: ShownRevision, for_staff: bool
) -> TranscriptView:
    by_machine = revision.origin == Origin.MACHINE
    details = db.scalar(select(Revision.details).where(Revision.id == revision.id)) or {}
    columns: list[Any] = [CueRow.start, CueRow.end, CueRow.text, CueRow.language, CueRow.speaker]
    columns.append(CueRow.reviewed)
    if for_staff:
        columns.append(CueRow.words)
    rows = db.execute(
        select(*columns).where(CueRow.revision_id == revision.id).order_by(CueRow.position)
    ).all()
    lines = [
        cue_line(
            index,
            row.start,
            row.end,
            row.text,
            row.language if row.language != revision.language else None,
            row.words if for_staff and not row.reviewed else (),
        )
        for index, row in enumerate(rows)
    ]
    missing = [Missing(one.start, one.end, Why.FAILED) for one in set_aside(details)]
    read = paragraphs(lines, [row.speaker for row in rows])
    return TranscriptView(
        revision_id=revision.id,
        language=revision.language,
        translation=revision.translation,
        origin=revision.origin,
        engine=revision.engine,
        model=revision.model,
        created_at=revision.created_at,
        reviewed=sum(row.reviewed for row in rows) / len(rows) if rows else 0.0,
        offered=for_staff
        and not revision.translation
        and _is_offered(db, recording_id, revision.id),
        draft=by_machine and bool(details.get("draft")),
        blocks=tuple(sorted([*read, *missing], key=lambda block: block.start)),
        making=making(details, (row.words for row in rows)) if for_staff and by_machine else None,
    )


def _is_offered(db: DatabaseSession, recording_id: int, revision_id: int) -> bool:
    """Whether a machine's revision newer than this one is offered."""
    offered = (
        select(Revision.id)
        .join(Revision.transcript)
        .where(
            Transcript.recording_id == recording_id,
            Transcript.translation.is_(False),
            Revision.offered,
            Revision.id > revision_id,
        )
    )
    return db.scalar(offered.limit(1)) is not None
