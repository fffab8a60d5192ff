"""A rendition as someone may fetch it."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import reachable
from archive.models.programme import Session
from archive.models.recording import Recording, Rendition, RenditionKind
from archive.models.users import User
from archive.queries.cards import file_name
from media.hls import MIME

FOLDERS = (RenditionKind.HLS, RenditionKind.SPRITES)
PARTS = {
    ".m3u8": MIME,
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".jpg": "image/jpeg",
}


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
    rendition, session = _reached(db, user, rendition_id)
    if rendition is None or rendition.kind in FOLDERS:
        return None
    filename = file_name(session.slug, rendition.key)
    return _served(rendition, session, rendition.key, filename, rendition.mime)


def served_part(
    db: DatabaseSession, user: User | None, rendition_id: int, kind: str, name: str
) -> ServedFile | None:
    """The file called `name` of a rendition that is a folder of that kind; None as above."""
    rendition, session = _reached(db, user, rendition_id)
    if rendition is None or rendition.kind != kind or name not in rendition.details["files"]:
        return None
    key = PurePosixPath(rendition.key).with_name(name)
    return _served(rendition, session, str(key), name, PARTS[key.suffix])


def _reached(
    db: DatabaseSession, user: User | None, rendition_id: int
) -> tuple[Rendition, Session] | tuple[None, None]:
    row = db.execute(
        select(Rendition, Session)
        .join(Recording, Rendition.recording_id == Recording.id)
        .join(Session, Recording.session_id == Session.id)
        .where(Rendition.id == rendition_id)
    ).first()
    if row is None or not reachable(user, row[1]):
        return None, None
    return row[0], row[1]


def _served(
    rendition: Rendition, session: Session, key: str, filename: str, mime: str
) -> ServedFile:
    return ServedFile(
        key=key,
        filename=filename,
        mime=mime,
        tag=f"{rendition.id}-{rendition.size}-{int(rendition.created_at.timestamp())}",
        draft=not reachable(None, session),
    )
