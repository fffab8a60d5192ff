"""Which workers live, and how much waits for them."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.recording import Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from archive.models.workers import Worker

DEAD_AFTER = timedelta(seconds=45)  # without a sign of life


def live_worker_count(db: DatabaseSession) -> int:
    """How many workers have given a sign of life lately."""
    return (
        db.scalar(
            select(func.count()).select_from(Worker).where(Worker.seen_at >= now() - DEAD_AFTER)
        )
        or 0
    )


def waiting_chunks(db: DatabaseSession) -> int:
    """How many chunks wait for a turn at the engine; those of paused recordings do not."""
    return (
        db.scalar(
            select(func.count())
            .select_from(ChunkRow)
            .join(ChunkRow.recording)
            .where(
                ChunkRow.state == ChunkState.WAITING,
                ChunkRow.attempt == Recording.attempt,
                Recording.state.in_((State.QUEUED, State.WORKING)),
            )
        )
        or 0
    )
