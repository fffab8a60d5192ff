"""Whoever uploaded a recording is told that the work on it has ended."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording
from archive.models.users import Notice


def notify(db: DatabaseSession, recording: Recording, state: str) -> None:
    """Adds a notice for the uploader, once for an attempt."""
    if recording.uploaded_by_id is None:
        return
    known = db.scalars(
        select(Notice).where(
            Notice.user_id == recording.uploaded_by_id,
            Notice.recording_id == recording.id,
            Notice.attempt == recording.attempt,
        )
    ).first()
    if known is None:
        db.add(
            Notice(
                user_id=recording.uploaded_by_id,
                recording_id=recording.id,
                attempt=recording.attempt,
                state=state,
            )
        )
