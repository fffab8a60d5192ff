"""Work on a recording begins anew, after an update of Podium changed the way it is done."""

from archive.actions.cancel import withdraw
from archive.models.recording import Recording, State
from archive.parts import Parts


def begin_again(parts: Parts, recording_id: int) -> None:
    """Queues another attempt for a recording that was waiting or in work; what is done stays.

    One that is paused stays so, with its work laid out for when it goes on.
    """
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        if recording.state not in (State.QUEUED, State.WORKING, State.PAUSED):
            return
        withdraw(db, recording)
        recording.attempt += 1
        if recording.state == State.WORKING:
            recording.state = State.QUEUED
        parts.jobs.process(db, recording.id, recording.attempt)
