"""A session's page: the recording, what was said, and who was on stage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import Act, allows, reachable
from archive.models.programme import Event, Session
from archive.models.recording import SAMPLES_MODEL, Recording, State
from archive.models.transcript import CueRow, Revision, Transcript
from archive.models.users import User
from archive.queries.cards import RecordingView, SessionCard, session_cards, shown_recordings
from archive.queries.transcript import cues_of
from transcripts.cues import Cue

PAUSE = 2.0  # seconds of silence that always begin a paragraph
SHORT_PAUSE = 0.7  # seconds that begin one after a sentence, where the paragraph is long
LONG = 320  # letters after which a short pause is enough
VERY_LONG = 700  # letters after which the end of a sentence is enough
SENTENCE_ENDS = (".", "!", "?", "…", "“", "”", '"', "»")


@dataclass(frozen=True)
class CueLine:
    """One cue as text to read."""

    index: int  # position in the transcript, from 0
    start: float  # seconds
    end: float  # seconds
    text: str
    language: str | None  # where it differs from the transcript's


@dataclass(frozen=True)
class Paragraph:
    """Cues that read on; `speaker` is given where it changes."""

    speaker: str | None
    start: float  # seconds
    cues: tuple[CueLine, ...]


@dataclass(frozen=True)
class TranscriptView:
    """The shown revision of a transcript."""

    revision_id: int
    language: str
    origin: str
    engine: str | None
    model: str | None
    created_at: datetime
    paragraphs: tuple[Paragraph, ...]

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
    for_staff: bool  # whether reasons and links for those who work here are shown
    editable: bool


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
    title: str
    slug: str
    draft: bool
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class WordTimes:
    """The words of the shown transcript: of each cue [text, start, end] in order, seconds."""

    revision_id: int
    draft: bool
    cues: tuple[tuple[tuple[str, float, float], ...], ...]


def session_page(db: DatabaseSession, user: User | None, slug: str) -> SessionPage | None:
    """The page of the session, or None where `user` cannot reach it."""
    session = _reachable(db, user, slug)
    if session is None:
        return None
    card = session_cards(db, [session.id])[0]
    place, timezone = db.execute(
        select(Event.place, Event.timezone).where(Event.id == session.event_id)
    ).one()
    return SessionPage(
        card=card,
        abstract=session.abstract,
        event_place=place,
        timezone=timezone,
        published_at=session.published_at,
        created_at=session.created_at,
        transcript=_transcript(db, card.recording.id) if card.recording else None,
        for_staff=allows(user, Act.SEE_DRAFTS),
        editable=allows(user, Act.EDIT_CATALOGUE),
    )


def session_progress(db: DatabaseSession, user: User | None, slug: str) -> Progress | None:
    """How far the session's recording is, or None where `user` cannot reach the session."""
    session = _reachable(db, user, slug)
    if session is None:
        return None
    recording = shown_recordings(db, [session.id]).get(session.id)
    revision = _revision(db, recording.id) if recording else None
    return _progress(recording, revision.id if revision else 0)


def progress_of(page: SessionPage) -> Progress:
    """How far the recording of a page is that was just read."""
    return _progress(page.card.recording, page.transcript.revision_id if page.transcript else 0)


def transcript_file(db: DatabaseSession, user: User | None, slug: str) -> TranscriptFile | None:
    """The cues and words of the shown transcript, or None where there is none to reach."""
    session = _reachable(db, user, slug)
    if session is None:
        return None
    recording = shown_recordings(db, [session.id]).get(session.id)
    revision = _revision(db, recording.id) if recording else None
    if revision is None:
        return None
    return TranscriptFile(
        revision_id=revision.id,
        language=revision.language,
        title=session.title,
        slug=session.slug,
        draft=not reachable(None, session),
        cues=cues_of(db, revision.id),
    )


def word_times(db: DatabaseSession, user: User | None, slug: str) -> WordTimes | None:
    """When each word was spoken, or None where there is no transcript to reach."""
    session = _reachable(db, user, slug)
    if session is None:
        return None
    recording = shown_recordings(db, [session.id]).get(session.id)
    revision = _revision(db, recording.id) if recording else None
    if revision is None:
        return None
    rows = db.scalars(
        select(CueRow.words).where(CueRow.revision_id == revision.id).order_by(CueRow.position)
    )
    return WordTimes(
        revision_id=revision.id,
        draft=not reachable(None, session),
        cues=tuple(
            tuple((text, round(start, 2), round(end, 2)) for text, start, end, *_ in words)
            for words in rows
        ),
    )


def paragraphs(cues: Iterable[CueLine], speakers: Iterable[str | None]) -> tuple[Paragraph, ...]:
    """Cues as paragraphs.

    A new one begins with every speaker, at long pauses, and at the end of a sentence once there is
    much to read.
    """
    made: list[Paragraph] = []
    open_cues: list[CueLine] = []
    speaker: str | None = None
    shown: str | None = None
    length = 0
    for cue, cue_speaker in zip(cues, speakers, strict=True):
        if open_cues and (cue_speaker != speaker or _breaks(open_cues[-1], cue, length)):
            made.append(_paragraph(open_cues, speaker, shown))
            shown, open_cues, length = speaker, [], 0
        speaker = cue_speaker
        open_cues.append(cue)
        length += len(cue.text)
    if open_cues:
        made.append(_paragraph(open_cues, speaker, shown))
    return tuple(made)


def _reachable(db: DatabaseSession, user: User | None, slug: str) -> Session | None:
    session = db.scalars(select(Session).where(Session.slug == slug)).first()
    return session if session is not None and reachable(user, session) else None


def _progress(recording: RecordingView | None, revision_id: int) -> Progress:
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
        version=f"{recording.id}-{media_id}-{revision_id}-{settled}",
    )


@dataclass(frozen=True)
class _ShownRevision:
    id: int
    language: str
    origin: str
    engine: str | None
    model: str | None
    created_at: datetime


def _revision(db: DatabaseSession, recording_id: int) -> _ShownRevision | None:
    row = db.execute(
        select(
            Revision.id,
            Transcript.language,
            Revision.origin,
            Revision.engine,
            Revision.model,
            Revision.created_at,
        )
        .join(Transcript, Revision.transcript_id == Transcript.id)
        .join(Recording, Transcript.recording_id == Recording.id)
        .where(Recording.id == recording_id)
        .order_by(Revision.id.desc())
        .limit(1)
    ).first()
    return _ShownRevision(*row) if row else None


def _transcript(db: DatabaseSession, recording_id: int) -> TranscriptView | None:
    revision = _revision(db, recording_id)
    if revision is None:
        return None
    rows = db.execute(
        select(
            CueRow.position, CueRow.start, CueRow.end, CueRow.text, CueRow.language, CueRow.speaker
        )
        .where(CueRow.revision_id == revision.id)
        .order_by(CueRow.position)
    ).all()
    lines = [
        CueLine(
            index=index,
            start=start,
            end=end,
            text=" ".join(text.split()),
            language=language if language != revision.language else None,
        )
        for index, (_, start, end, text, language, _) in enumerate(rows)
    ]
    return TranscriptView(
        revision_id=revision.id,
        language=revision.language,
        origin=revision.origin,
        engine=revision.engine,
        model=revision.model,
        created_at=revision.created_at,
        paragraphs=paragraphs(lines, [row.speaker for row in rows]),
    )


def _breaks(last: CueLine, cue: CueLine, length: int) -> bool:
    pause = cue.start - last.end
    sentence_over = last.text.endswith(SENTENCE_ENDS)
    return (
        pause >= PAUSE
        or (sentence_over and pause >= SHORT_PAUSE and length >= LONG)
        or (sentence_over and length >= VERY_LONG)
    )


def _paragraph(cues: list[CueLine], speaker: str | None, shown: str | None) -> Paragraph:
    return Paragraph(
        speaker=speaker if speaker != shown else None, start=cues[0].start, cues=tuple(cues)
    )
