"""A person's corrected name is corrected in the transcripts too, so that no moment is lost."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Person
from archive.models.transcript import Correction, CorrectionPatch, CueRow, Revision, Transcript
from archive.queries.spoken import own_transcripts


def rename_speaker(db: DatabaseSession, person: Person, old: str, new: str) -> None:
    """Gives what a person said under the name `old` the name `new`.

    In every revision of the sessions with the person on stage, and in corrections that are not
    finished. A session where somebody else on stage has one of the two names stays as it is: who
    is meant could not be told, now or later.
    """
    ids = db.scalars(
        select(Transcript.id)
        .where(Transcript.id.in_(own_transcripts(person.id, (old, new))))
        .with_for_update()
    ).all()
    db.execute(
        update(CueRow)
        .where(
            CueRow.speaker == old,
            CueRow.revision_id.in_(select(Revision.id).where(Revision.transcript_id.in_(ids))),
        )
        .values(speaker=new)
        .execution_options(synchronize_session=False)
    )
    for revision in db.scalars(select(Revision).where(Revision.transcript_id.in_(ids))):
        voices = revision.details.get("voices") or {}  # who was given which name on the desk
        if old in voices.values():
            renamed = {voice: new if name == old else name for voice, name in voices.items()}
            revision.details = revision.details | {"voices": renamed}
    patches = select(CorrectionPatch).join(CorrectionPatch.correction)
    for patch in db.scalars(patches.where(Correction.transcript_id.in_(ids))):
        patch.cues = [
            cue | {"speaker": new} if cue.get("speaker") == old else cue for cue in patch.cues
        ]
