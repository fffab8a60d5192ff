"""Which workers live."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
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
