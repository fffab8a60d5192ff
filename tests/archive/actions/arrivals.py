"""Files that arrived, and what became of them."""

import hashlib
import re
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session as DatabaseSession

from archive.parts import Parts
from media.uploads import Received
from tests.factories import a_session, an_event


def received(parts: Parts, content: bytes = b"sound", name: str = "upload-1") -> Received:
    """A file that was received whole and waits to be taken in."""
    folder = parts.work / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return Received(path, len(content), hashlib.sha256(content).hexdigest())


def a_session_id(db: DatabaseSession, **values: object) -> int:
    """The id of a committed session."""
    session = a_session(db, an_event(db), **values)
    db.commit()
    return session.id


def queued(db: DatabaseSession) -> list[str]:
    """All work on the queues: what, for which recording, at which attempt."""
    schema = "" if db.get_bind().dialect.name == "sqlite" else "dbos."
    ids = db.scalars(text(f"select workflow_uuid from {schema}workflow_status order by 1"))
    return [without_folder(id_) for id_ in ids]


def without_folder(id_: str) -> str:
    """The id of work on a recording without the folder of its file, which is random."""
    return re.sub(r"^((?:make_playable|transcribe)-\d+-\d+)-.+", r"\1", id_)


def stored(folder: Path) -> list[str]:
    """The names of the files in the store of the parts that were made in `folder`."""
    return sorted(path.name for path in (folder / "media").rglob("*") if path.is_file())


def waiting(parts: Parts) -> list[str]:
    """The names of received files that nobody took in or removed."""
    return sorted(path.name for path in (parts.work / "uploads").iterdir())
