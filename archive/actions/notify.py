"""Whoever uploaded a recording is told that the work on it has ended."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording
from archive.models.users import Notice


def notify(db: DatabaseSession, recording: Recording, state: str) -> None:
    """Adds a notice for the uploader, once for an attempt; what it told of earlier ones is over."""
    if recording.uploaded_by_id is None:
        return
    of_recording = (
        Notice.user_id == recording.uploaded_by_id,
        Notice.recording_id == recording.id,
    )
    known = db.scalars(
        select(Notice).where(*of_recording, Notice.attempt == recording.attempt)
    ).first()
    if known is not None:
        return
    db.execute(delete(Notice).where(*of_recording))
    db.add(
        Notice(
            user_id=recording.uploaded_by_id,
            recording_id=recording.id,
            attempt=recording.attempt,
            state=state,
        )
    )
