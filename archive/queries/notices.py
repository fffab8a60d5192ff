"""What a user is told: that work on a recording they uploaded has ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from archive.models.recording import Recording
from archive.models.users import Notice

MOST = 100  # shown at once


@dataclass(frozen=True)
class NoticeLine:
    """One notice. state: that in which the work ended."""

    id: int
    state: str
    name: str
    slug: str
    title: str
    created_at: datetime


def notices_of(db: DatabaseSession, user_id: int) -> tuple[NoticeLine, ...]:
    """The notices of a user that were not dismissed, the newest first."""
    rows = db.execute(
        select(
            *(Notice.id, Notice.state, Recording.original_name),
            *(Session.slug, Session.title, Notice.created_at),
        )
        .join(Recording, Notice.recording_id == Recording.id)
        .join(Session, Recording.session_id == Session.id)
        .where(Notice.user_id == user_id)
        .order_by(Notice.id.desc())
        .limit(MOST)
    )
    return tuple(NoticeLine(*row) for row in rows)
