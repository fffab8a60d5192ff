"""How far the work on a recording is: state, step, share done, and the log that is kept."""

import time
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import sessionmaker

from archive.db import now
from archive.models.recording import LogEntry, Recording, State, Step

# Where each step begins and ends on the way from 0 to 1, by the time it usually takes.
SPANS: dict[Step, tuple[float, float]] = {
    Step.PROBE: (0.0, 0.02),
    Step.POSTER: (0.02, 0.04),
    Step.SPEECH: (0.04, 0.12),
    Step.RENDITION: (0.12, 0.40),
    Step.TRANSCRIPTION: (0.40, 0.98),
    Step.INDEX: (0.98, 1.0),
}


def report_progress(
    sessions: sessionmaker[DatabaseSession], recording_id: int, step: Step, share: float
) -> None:
    """Says that `share` (0 to 1) of `step` is done."""
    start, end = SPANS[step]
    done = start + (end - start) * min(max(share, 0.0), 1.0)
    _set(sessions, recording_id, step=step, progress=done)
    with sessions.begin() as db:  # one that was paused, or ended, in the meantime stays so
        db.execute(
            update(Recording)
            .where(Recording.id == recording_id, Recording.state == State.QUEUED)
            .values(state=State.WORKING)
        )


def reporter(
    sessions: sessionmaker[DatabaseSession], recording_id: int, step: Step, total: float
) -> Callable[[float], None]:
    """A function that takes the amount done of `total` and reports it, once a second at most."""
    last = 0.0

    def report(done: float) -> None:
        nonlocal last
        if time.monotonic() - last >= 1.0:
            last = time.monotonic()
            report_progress(sessions, recording_id, step, done / total if total else 1.0)

    return report


def report_waiting(sessions: sessionmaker[DatabaseSession], recording_id: int) -> None:
    """Says that the recording waits until its Whisper model is there."""
    _set(sessions, recording_id, state=State.WAITING_FOR_MODEL, step=Step.TRANSCRIPTION)


def report_failure(
    sessions: sessionmaker[DatabaseSession], recording_id: int, reason: str, details: dict
) -> None:
    """Says that the work stopped, why (a reason of `archive/errors.py`), and with what."""
    _set(sessions, recording_id, state=State.FAILED, failure=reason, failure_details=dict(details))


def log_line(
    sessions: sessionmaker[DatabaseSession],
    recording_id: int,
    attempt: int,
    step: Step | None,
    message: str,
) -> None:
    """Keeps one line about the work on the recording."""
    with sessions.begin() as db:
        db.add(log_entry(recording_id, attempt, step, message))


def log_entry(recording_id: int, attempt: int, step: Step | None, message: str) -> LogEntry:
    """The same line as a row, for a transaction that stores what it tells of."""
    return LogEntry(recording_id=recording_id, attempt=attempt, step=step, message=message[:8000])


def _set(sessions: sessionmaker[DatabaseSession], recording_id: int, **values: object) -> None:
    with sessions.begin() as db:
        db.execute(
            update(Recording).where(Recording.id == recording_id).values(updated_at=now(), **values)
        )
