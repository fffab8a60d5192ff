"""A recording leaves the archive, with everything made from it."""

import shutil

from archive.actions.index_session import index_session
from archive.models.recording import Recording
from archive.parts import Parts


def remove_recording(parts: Parts, recording_id: int) -> None:
    """Removes the recording, its renditions, transcripts and files; its session stays.

    The rows go first: should the files fail to go, nothing points to them any more, and `doctor`
    lists them.
    """
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id)
        keys = [
            recording.key,
            *(key for rendition in recording.renditions for key in rendition.keys),
        ]
        session_id = recording.session_id
        db.delete(recording)
        db.flush()
        index_session(db, parts.index, session_id)
    for key in keys:
        parts.store.delete(key)
    shutil.rmtree(parts.work / f"recording-{recording_id}", ignore_errors=True)
