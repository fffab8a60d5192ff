"""A machine's transcript becomes a revision, findable in the same moment."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.transcript import CueRow, Origin, Revision, Transcript
from transcripts.cues import Cue


def store_transcript(
    db: DatabaseSession,
    recording_id: int,
    cues: Sequence[Cue],
    *,
    language: str,
    engine: str,
    model: str,
    attempt: int,
    details: Mapping[str, Any] | None = None,
) -> Revision:
    """Adds the revision of one attempt; the same attempt twice is one revision.

    language: BCP 47 code of the transcript; a cue in it carries no code of its own. details: what
    else is kept about how the revision came to be.
    """
    transcript = db.scalars(
        select(Transcript).where(
            Transcript.recording_id == recording_id, Transcript.language == language
        )
    ).first()
    if transcript is None:
        transcript = Transcript(recording_id=recording_id, language=language)
        db.add(transcript)
        db.flush()
    for revision in transcript.revisions:
        if revision.origin == Origin.MACHINE and revision.details.get("attempt") == attempt:
            return revision
    revision = Revision(
        transcript_id=transcript.id,
        number=_next_number(db, transcript.id),
        origin=Origin.MACHINE,
        engine=engine,
        model=model,
        details={"attempt": attempt, **(details or {})},
        cues=[_row(position, cue, language) for position, cue in enumerate(cues)],
    )
    db.add(revision)
    db.flush()
    return revision


def _next_number(db: DatabaseSession, transcript_id: int) -> int:
    newest = db.scalar(
        select(func.max(Revision.number)).where(Revision.transcript_id == transcript_id)
    )
    return (newest or 0) + 1


def _row(position: int, cue: Cue, language: str) -> CueRow:
    return CueRow(
        position=position,
        start=cue.start,
        end=cue.end,
        text=cue.text,
        speaker=cue.speaker,
        language=None if cue.language == language else cue.language,
        words=[list(astuple(word)) for word in cue.words],
    )
