"""Another attempt at a recording; what earlier attempts finished is not done again."""

from archive.models.recording import Recording, State
from archive.parts import Parts


def retry(parts: Parts, recording_id: int, *, wordless: bool | None = None) -> None:
    """Queues the pipeline again for a recording that failed, waits or was cancelled.

    Harmless on one in work.

    wordless: whether to publish it although nobody speaks in it; None leaves that as it is.
    """
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        if recording.state not in (State.FAILED, State.WAITING_FOR_MODEL, State.CANCELLED):
            return
        if wordless is not None:
            recording.wordless = wordless
        waited = recording.state == State.WAITING_FOR_MODEL
        recording.attempt += 1
        recording.state = State.QUEUED
        recording.failure = None
        recording.failure_details = {}
        queue = parts.jobs.transcribe if waited else parts.jobs.process
        queue(db, recording.id, recording.attempt)
