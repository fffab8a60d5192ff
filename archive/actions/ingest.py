"""A received file becomes a recording of a session, with its work queued."""

import secrets
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_session import others_beside
from archive.models.programme import Session
from archive.models.recording import Recording
from archive.parts import Parts
from media.uploads import Received


class DuplicateRecording(Exception):
    """This very file is in the archive already."""

    def __init__(self, recording_id: int, slug: str, title: str) -> None:
        super().__init__(f"the same file already belongs to the session “{title}” ({slug})")
        self.recording_id = recording_id
        self.slug = slug
        self.title = title


def ingest(
    parts: Parts,
    *,
    session_id: int,
    received: Received,
    original_name: str,
    language: str | None = None,
    other_languages: Sequence[str] = (),
    model: str | None = None,
    user_id: int | None = None,
) -> int:
    """Takes the received file into the store and queues its processing; returns the recording's id.

    language: declared BCP 47 code of what is spoken mainly; other_languages: those of what is spoken
    too. Where language is None both are the session's, and it is detected where the session has
    none. model: a Whisper model's name; None takes the configured one.

    Raises DuplicateRecording, MediaError no_space, and whatever the database raises; nothing is
    then left of the received file.
    """
    with parts.sessions() as db:
        twin = _twin(db, received.sha256)
    if twin is not None:
        received.path.unlink(missing_ok=True)
        raise twin
    key = f"recordings/{secrets.token_hex(8)}/{_safe_name(original_name)}"
    try:
        parts.store.put(received.path, key)
        with parts.sessions.begin() as db:
            if language is None:
                session = db.get_one(Session, session_id)
                language, other_languages = session.language, session.other_languages
            recording = Recording(
                session_id=session_id,
                original_name=original_name,
                key=key,
                size=received.size,
                fingerprint=received.sha256,
                model=model or parts.model,
                language=language,
                other_languages=others_beside(language, other_languages),
                uploaded_by_id=user_id,
            )
            db.add(recording)
            db.flush()
            parts.jobs.process(db, recording.id, recording.attempt)
            return recording.id
    except IntegrityError:
        parts.store.delete(key)
        with parts.sessions() as db:
            twin = _twin(db, received.sha256)
        if twin is None:
            raise
        raise twin from None
    except BaseException:
        parts.store.delete(key)
        received.path.unlink(missing_ok=True)
        raise


def _twin(db: DatabaseSession, fingerprint: str) -> DuplicateRecording | None:
    row = db.execute(
        select(Recording.id, Session.slug, Session.title)
        .join(Recording.session)
        .where(Recording.fingerprint == fingerprint)
    ).first()
    return DuplicateRecording(*row) if row else None


def _safe_name(name: str) -> str:
    """A file name for the store: the last part of `name`, in plain letters, its extension kept."""
    plain = unicodedata.normalize("NFKD", PurePosixPath(name.replace("\\", "/")).name)
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in plain)
    return kept[-100:].strip(".-") or "recording"
