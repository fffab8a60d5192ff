"""Work on a recording ends before it is done."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.make_streaming import stop_streaming
from archive.models.recording import Recording, RenditionKind, State
from archive.models.transcript import ChunkRow, ChunkState, Transcript
from archive.parts import Parts

CANCELLABLE = (State.QUEUED, State.WORKING, State.PAUSED, State.WAITING_FOR_MODEL)


def cancel(parts: Parts, recording_id: int) -> bool:
    """Stops the work; what was finished stays, so that another attempt is shorter.

    A recording that plays and has a transcript already is ready again, with that one. False where
    there was nothing to stop.
    """
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        if recording.state not in CANCELLABLE:
            return False
        withdraw(db, recording)
        known = db.scalars(
            select(Transcript.id).where(Transcript.recording_id == recording_id)
        ).first()
        plays = any(made.kind != RenditionKind.POSTER for made in recording.renditions)
        recording.state = State.READY if known and plays else State.CANCELLED
        if recording.state == State.CANCELLED:
            stop_streaming(db, recording_id)
        recording.step = None
        recording.attempt += 1  # whoever works on the old one finds that it is over
        recording.priority = 0
        return True


def withdraw(db: DatabaseSession, recording: Recording) -> None:
    """Takes from the workers what is not done."""
    db.execute(
        delete(ChunkRow).where(
            ChunkRow.recording_id == recording.id,
            ChunkRow.state.in_((ChunkState.WAITING, ChunkState.RUNNING)),
        )
    )
