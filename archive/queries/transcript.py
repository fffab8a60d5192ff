"""The transcript everyone sees: the newest revision of a session's newest transcribed recording."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording
from archive.models.transcript import CueRow, Revision, Transcript
from transcripts.cues import Cue, Word


def current_revision(db: DatabaseSession, session_id: int) -> Revision | None:
    """The revision shown for a session, or None where nothing is transcribed yet."""
    return db.scalars(
        select(Revision)
        .join(Revision.transcript)
        .join(Transcript.recording)
        .where(Recording.session_id == session_id, Revision.offered.is_(False))
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
