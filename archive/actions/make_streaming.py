"""The sizes and previews of a recording are made, beside whatever else is done with it."""

from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording, Streaming, StreamingState
from archive.parts import Parts

UNDER_WAY = (StreamingState.QUEUED, StreamingState.WORKING)


def make_streaming(parts: Parts, recording_id: int) -> bool:
    """Queues the work; False where it is under way or done already."""
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id)
        row = db.get(Streaming, recording_id, with_for_update=True)
        if row is None:
            row = Streaming(recording_id=recording.id, run=0, state=StreamingState.CANCELLED)
            db.add(row)
        if row.state in (*UNDER_WAY, StreamingState.DONE):
            return False
        row.run += 1
        row.state = StreamingState.QUEUED
        row.progress = 0.0
        row.reason, row.details = None, {}
        db.flush()
        parts.jobs.stream(db, recording.id, row.run)
        return True


def stop_streaming(db: DatabaseSession, recording_id: int) -> None:
    """Ends the work where it is under way."""
    row = db.get(Streaming, recording_id, with_for_update=True)
    if row is not None and row.state in UNDER_WAY:
        row.run += 1  # whoever works on the old one finds that it is over
        row.state = StreamingState.CANCELLED
