"""What waits for a turn at the engine, and in which order."""

from datetime import UTC, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from archive.models.recording import Recording, State
from archive.models.transcript import ChunkRow, ChunkState

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def line(db: DatabaseSession) -> list[int]:
    """Ids of the recordings with chunks that wait, in the order in which they get a turn.

    First those put first; then events take turns: the one with the fewest chunks running, then the
    one whose last start is longest ago.
    """
    waiting = db.execute(
        select(Recording.id, Recording.priority, Session.event_id)
        .join(Session, Recording.session_id == Session.id)
        .join(ChunkRow, ChunkRow.recording_id == Recording.id)
        .where(
            ChunkRow.state == ChunkState.WAITING,
            ChunkRow.attempt == Recording.attempt,
            Recording.state.in_((State.QUEUED, State.WORKING)),
        )
        .distinct()
    ).all()
    if not waiting:
        return []
    running = case((ChunkRow.state == ChunkState.RUNNING, 1), else_=0)
    served = {
        event_id: (count, last or LONG_AGO)
        for event_id, count, last in db.execute(
            select(Session.event_id, func.sum(running), func.max(ChunkRow.started_at))
            .join(Recording, ChunkRow.recording_id == Recording.id)
            .join(Session, Recording.session_id == Session.id)
            .where(Session.event_id.in_({event_id for *_, event_id in waiting}))
            .group_by(Session.event_id)
        )
    }
    ordered = sorted(waiting, key=lambda row: (-row.priority, served[row.event_id], row.id))
    return [row.id for row in ordered]
