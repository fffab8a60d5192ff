"""From what was heard in the chunks of an attempt to a revision; all of it is a function of rows."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.store_transcript import store_transcript
from archive.hearing import stored_chunks
from archive.models.recording import Recording
from archive.models.transcript import (
    ChunkRow,
    ChunkState,
    Origin,
    Revision,
    TranscribedChunk,
    Transcript,
)
from archive.queries.transcript import cues_of, shown_revision
from transcripts.cues import Cue
from transcripts.glossary import Change, corrected, parse
from transcripts.stitch import stitch
from transcripts.transcribe import ChunkTranscript

SAMPLE_RATE = 16_000


def assemble(db: DatabaseSession, recording: Recording) -> bool:
    """Stores the revision of the recording's attempt; False where no chunk could be heard.

    What the event's glossary calls wrong is corrected in what was heard. What people have corrected
    is never replaced: there the revision is offered to them.
    """
    rows = db.scalars(
        select(ChunkRow)
        .where(ChunkRow.recording_id == recording.id, ChunkRow.attempt == recording.attempt)
        .order_by(ChunkRow.number)
    ).all()
    stored = stored_chunks(db, recording.id, [row.key for row in rows if row.key])
    if not stored:
        return False
    heard = [ChunkTranscript.from_json(chunk.result) for chunk in stored]
    before = _shown(db, recording.id)
    cues, changes = corrected(stitch(heard), parse(recording.session.event.glossary).entries)
    language = _main_language(heard)
    if before is not None and _is_translation(db, recording.id, language):
        language = before.transcript.language  # its cues say that they are in another one
    shown = before if recording.stretch else None
    failed = _failed(rows)
    if shown is not None:
        language = shown.transcript.language
        again = _ranges(rows)
        cues = _inserted(cues_of(db, shown.id), cues, again)
        failed = _still_failed(shown.details.get("failed") or (), again, failed)
    store_transcript(
        db,
        recording.id,
        cues,
        language=language,
        engine=stored[0].engine,
        model=recording.model,
        attempt=recording.attempt,
        details=_details(recording, heard, stored, failed, changes),
        offered=before is not None and before.origin != Origin.MACHINE,
    )
    return True


def _shown(db: DatabaseSession, recording_id: int) -> Revision | None:
    """The newest revision of what was said in the recording."""
    shown = shown_revision(db, recording_id)
    return db.get(Revision, shown.id) if shown else None


def _is_translation(db: DatabaseSession, recording_id: int, language: str) -> bool:
    """Whether a translation stands where a transcript in this language would be stored."""
    return (
        db.scalars(
            select(Transcript.id).where(
                Transcript.recording_id == recording_id,
                Transcript.language == language,
                Transcript.translation,
            )
        ).first()
        is not None
    )


def _inserted(
    shown: Sequence[Cue], fresh: Sequence[Cue], again: Sequence[tuple[float, float]]
) -> tuple[Cue, ...]:
    """The shown cues, with fresh ones where chunks were heard again."""
    kept = [
        cue
        for cue in shown
        if not any(start <= (cue.start + cue.end) / 2 < end for start, end in again)
    ]
    return tuple(sorted([*kept, *fresh], key=lambda cue: (cue.start, cue.end)))


def _ranges(rows: Sequence[ChunkRow]) -> list[tuple[float, float]]:
    """Where it was heard, in seconds."""
    return [
        (row.start / SAMPLE_RATE, row.end / SAMPLE_RATE)
        for row in rows
        if row.state == ChunkState.DONE
    ]


def _failed(rows: Sequence[ChunkRow]) -> list[dict]:
    """What was set aside, and why."""
    return [
        {
            "start": row.start / SAMPLE_RATE,
            "end": row.end / SAMPLE_RATE,
            "reason": row.failure or "",
        }
        for row in rows
        if row.state == ChunkState.FAILED
    ]


def _still_failed(
    before: Sequence[dict], again: Sequence[tuple[float, float]], fresh: Sequence[dict]
) -> list[dict]:
    """What was set aside before and was not heard since, and what is set aside now."""
    tried = [*again, *((one["start"], one["end"]) for one in fresh)]
    kept = [
        one
        for one in before
        if not any(start <= (one["start"] + one["end"]) / 2 < end for start, end in tried)
    ]
    return sorted([*kept, *fresh], key=lambda one: one["start"])


def _details(
    recording: Recording,
    heard: Sequence[ChunkTranscript],
    stored: Sequence[TranscribedChunk],
    failed: Sequence[dict],
    changes: Sequence[Change],
) -> dict:
    """What is kept with the revision about how it came to be; times in seconds."""
    return {
        "terms": next((chunk.prompt for chunk in heard if chunk.prompt), ""),
        "languages": sorted({chunk.language for chunk in heard}),
        "draft": recording.draft,
        "stretch": recording.stretch,
        "caught": [asdict(caught) for chunk in heard for caught in chunk.caught],
        "failed": list(failed),
        "glossary": [asdict(change) for change in changes],
        "audio": round(sum(chunk.end - chunk.start for chunk in stored) / SAMPLE_RATE, 1),
        "seconds": round(sum(chunk.seconds for chunk in stored), 1),
    }


def _main_language(heard: list[ChunkTranscript]) -> str:
    """The language that most of the speech is in."""
    seconds: dict[str, float] = {}
    for chunk in heard:
        seconds[chunk.language] = seconds.get(chunk.language, 0.0) + chunk.end - chunk.start
    return max(seconds, key=lambda language: seconds[language])
