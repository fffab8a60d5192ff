"""The transcripts of a recording: what was said, and what that is called in other languages.

Everyone sees the newest revision of what was said. Of several transcripts of it, in one language
each, that is the newest of all; translations are read beside it and never take its place.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording
from archive.models.transcript import CueRow, Revision, Transcript
from transcripts.cues import Cue, Word


@dataclass(frozen=True)
class ShownRevision:
    """The newest revision of a transcript that there is to read."""

    id: int
    transcript_id: int
    language: str  # BCP 47
    translation: bool
    origin: str
    engine: str | None
    model: str | None
    created_at: datetime


def said() -> ColumnElement[bool]:
    """The condition on revisions, joined with their transcripts: of what was said, and not offered."""
    return and_(Revision.offered.is_(False), Transcript.translation.is_(False))


def shown_revisions(db: DatabaseSession, recording_id: int) -> tuple[ShownRevision, ...]:
    """What there is to read of a recording: what was said first, then its translations by language.

    Empty where nothing is transcribed yet.
    """
    newest = (
        select(func.max(Revision.id))
        .join(Revision.transcript)
        .where(Transcript.recording_id == recording_id, Revision.offered.is_(False))
        .group_by(Transcript.id)
    )
    rows = db.execute(
        select(
            *(Revision.id, Revision.transcript_id, Transcript.language, Transcript.translation),
            *(Revision.origin, Revision.engine, Revision.model, Revision.created_at),
        )
        .join(Revision.transcript)
        .where(Revision.id.in_(newest))
    )
    found = [ShownRevision(*row) for row in rows]
    originals = [one for one in found if not one.translation]
    if not originals:
        return ()
    translations = sorted((one for one in found if one.translation), key=lambda one: one.language)
    return max(originals, key=lambda one: one.id), *translations


def shown_revision(db: DatabaseSession, recording_id: int) -> ShownRevision | None:
    """The newest revision of what was said, or None where nothing is transcribed yet."""
    return next(iter(shown_revisions(db, recording_id)), None)


def current_revision(db: DatabaseSession, session_id: int) -> Revision | None:
    """The revision shown for a session, or None where nothing is transcribed yet."""
    return db.scalars(
        select(Revision)
        .join(Revision.transcript)
        .join(Transcript.recording)
        .where(Recording.session_id == session_id, said())
        .order_by(Recording.id.desc(), Revision.id.desc())
        .limit(1)
    ).first()


def cues_of(db: DatabaseSession, revision_id: int) -> tuple[Cue, ...]:
    """The cues of a revision, in order, with their words."""
    columns = (
        CueRow.start,
        CueRow.end,
        CueRow.text,
        CueRow.words,
        CueRow.speaker,
        CueRow.language,
    )
    rows = db.execute(
        select(*columns).where(CueRow.revision_id == revision_id).order_by(CueRow.position)
    )
    return tuple(
        Cue(start, end, text, tuple(Word(*word) for word in words), speaker, language)
        for start, end, text, words, speaker, language in rows
    )
