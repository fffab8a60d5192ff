"""An older revision, or one that is offered, becomes the shown one."""

from archive.actions.index_session import index_session
from archive.actions.store_transcript import next_number
from archive.models.transcript import CueRow, Revision, Transcript
from archive.parts import Parts

COLUMNS = ("position", "start", "end", "text", "speaker", "language", "words", "reviewed")


def restore_revision(parts: Parts, user_id: int, revision_id: int) -> int:
    """Adds a revision that says the same as the given one; its number.

    Nothing is taken away: the revisions in between stay in the history.
    """
    with parts.sessions.begin() as db:
        source = db.get_one(Revision, revision_id)
        db.get_one(Transcript, source.transcript_id, with_for_update=True)
        revision = Revision(
            transcript_id=source.transcript_id,
            number=next_number(db, source.transcript_id),
            origin=source.origin,
            engine=source.engine,
            model=source.model,
            details={**source.details, "restored": source.number},
            made_by_id=user_id,
            cues=[
                CueRow(**{column: getattr(row, column) for column in COLUMNS})
                for row in source.cues
            ],
        )
        db.add(revision)
        db.flush()
        index_session(db, parts.index, source.transcript.recording.session_id)
        return revision.number
