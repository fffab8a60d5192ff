"""A rendition as someone may fetch it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import reachable
from archive.models.programme import Session
from archive.models.recording import Recording, Rendition
from archive.models.users import User
from archive.queries.cards import file_name


@dataclass(frozen=True)
class ServedFile:
    """Where a rendition lies in the store, and how it is sent."""

    key: str
    filename: str
    mime: str
    tag: str  # changes with the bytes
    draft: bool


def served_file(db: DatabaseSession, user: User | None, rendition_id: int) -> ServedFile | None:
    """The rendition, or None where there is none or `user` cannot reach its session."""
    row = db.execute(
        select(Rendition, Session)
        .join(Recording, Rendition.recording_id == Recording.id)
        .join(Session, Recording.session_id == Session.id)
        .where(Rendition.id == rendition_id)
    ).first()
    if row is None:
        return None
    rendition, session = row
    if not reachable(user, session):
        return None
    return ServedFile(
        key=rendition.key,
        filename=file_name(session.slug, rendition.key),
        mime=rendition.mime,
        tag=f"{rendition.id}-{rendition.size}-{int(rendition.created_at.timestamp())}",
        draft=not reachable(None, session),
    )
