"""Transcription of a recording rests for a while, and goes on."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from archive.parts import Parts

PAUSABLE = (State.QUEUED, State.WORKING)


def pause(parts: Parts, recording_id: int) -> bool:
    """No further chunk of the recording begins, and what runs is put back; False: nothing to pause.

    What is heard already stays. A video still being made is finished first: then it plays.
    """
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        if recording.state not in PAUSABLE:
            return False
        recording.state = State.PAUSED
        put_back(db, recording)
        return True


def resume(parts: Parts, recording_id: int) -> bool:
    """The recording takes its turn again; False where it was not paused."""
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        if recording.state != State.PAUSED:
            return False
        recording.state = State.WORKING if recording.step else State.QUEUED
        waiting = db.scalar(
            select(func.count())
            .select_from(ChunkRow)
            .where(
                ChunkRow.recording_id == recording_id,
                ChunkRow.attempt == recording.attempt,
                ChunkRow.state == ChunkState.WAITING,
            )
        )
        parts.jobs.hear(db, waiting or 0)
        return True


def put_back(db: DatabaseSession, recording: Recording) -> None:
    """What a worker has in hand waits again; the worker notices within a second and drops it."""
    db.execute(
        update(ChunkRow)
        .where(ChunkRow.recording_id == recording.id, ChunkRow.state == ChunkState.RUNNING)
        .values(state=ChunkState.WAITING, ticket=None, heard=0.0, deaths=0)
    )
