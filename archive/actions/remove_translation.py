"""A translation leaves the archive; what was said stays as it is."""

from sqlalchemy import select

from archive.models.transcript import Transcript
from archive.parts import Parts


def remove_translation(parts: Parts, recording_id: int, language: str) -> bool:
    """Removes all revisions of a recording's translation; False where there is none."""
    with parts.sessions.begin() as db:
        transcript = db.scalars(
            select(Transcript).where(
                Transcript.recording_id == recording_id,
                Transcript.language == language,
                Transcript.translation,
            )
        ).first()
        if transcript is None:
            return False
        db.delete(transcript)
        return True
