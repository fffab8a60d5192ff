"""One recording is transcribed before all others."""

from sqlalchemy import func, select

from archive.models.recording import Recording, State
from archive.parts import Parts

IN_LINE = (State.QUEUED, State.WORKING, State.PAUSED, State.WAITING_FOR_MODEL)


def put_first(parts: Parts, recording_id: int) -> bool:
    """Its chunks come next, from the next free worker on; False where it is not in line.

    Of two that were put first, the later one is.
    """
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        if recording.state not in IN_LINE:
            return False
        highest = db.scalar(
            select(func.max(Recording.priority)).where(Recording.state.in_(IN_LINE))
        )
        recording.priority = (highest or 0) + 1
        return True
