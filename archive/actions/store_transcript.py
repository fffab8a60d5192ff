"""A machine's transcript becomes a revision, findable in the same moment."""

from collections.abc import Mapping, Sequence
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
    offered: bool = False,
) -> Revision:
    """Adds the revision of one attempt; the same attempt twice is one revision.

    language: BCP 47 code of the transcript; a cue in it carries no code of its own. details: what
    else is kept about how the revision came to be. offered: it is not shown before somebody takes
    it.
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
        number=next_number(db, transcript.id),
        origin=Origin.MACHINE,
        engine=engine,
        model=model,
        details={"attempt": attempt, **(details or {})},
        cues=[cue_row(position, cue, language) for position, cue in enumerate(cues)],
        offered=offered,
    )
    db.add(revision)
    db.flush()
    return revision


def next_number(db: DatabaseSession, transcript_id: int) -> int:
    """The number of a transcript's next revision, from 1."""
    newest = db.scalar(
        select(func.max(Revision.number)).where(Revision.transcript_id == transcript_id)
    )
    return (newest or 0) + 1


def cue_row(position: int, cue: Cue, language: str, *, reviewed: bool = False) -> CueRow:
    """A cue as a row of a revision; language: of the transcript."""
    return CueRow(
        position=position,
        start=cue.start,
        end=cue.end,
        text=cue.text,
        speaker=cue.speaker,
        language=None if cue.language == language else cue.language,
        words=[[word.text, word.start, word.end, word.probability] for word in cue.words],
        reviewed=reviewed,
    )
