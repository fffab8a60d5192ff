"""An offered text is taken place by place: what was chosen comes in, all else stays as it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.finish_correction import newest_revision, still_missing
from archive.actions.index_session import index_session
from archive.actions.save_correction import reviewed_of
from archive.actions.store_transcript import cue_row, next_number
from archive.models.transcript import CueRow, Origin, Revision, Transcript
from archive.parts import Parts
from archive.queries.transcript import cues_of
from transcripts.cues import Cue
from transcripts.places import places
from transcripts.revisions import Patch, applied


class MovedOn(Exception):
    """The text has changed since the places were chosen, so they may be others now."""


@dataclass(frozen=True)
class Taken:
    """What came of it. revision: its number. places: how many were taken."""

    revision: int
    places: int


def take_in_part(
    parts: Parts, user_id: int, revision_id: int, base_id: int, chosen: Collection[int]
) -> Taken | None:
    """Adds a revision of a person with the chosen places of an offered one.

    base_id: the revision that was shown when they were chosen, from whose `places` they are counted,
    from 0. None where no place was chosen. Raises MovedOn, and then changes nothing.
    """
    with parts.sessions.begin() as db:
        source = db.get_one(Revision, revision_id)
        transcript = db.get_one(Transcript, source.transcript_id, with_for_update=True)
        shown = newest_revision(db, transcript.id)
        if shown.id != base_id:
            raise MovedOn
        before = cues_of(db, shown.id)
        there = places(before, cues_of(db, source.id))
        patches = [place for number, place in enumerate(there) if number in chosen]
        if not patches:
            return None
        after = applied(before, patches)
        revision = Revision(
            transcript_id=transcript.id,
            number=next_number(db, transcript.id),
            origin=Origin.PERSON,
            engine=shown.engine,
            model=shown.model,
            details={
                "base": shown.number,
                "taken": source.number,
                "patches": len(patches),
                "failed": still_missing(shown.details.get("failed") or (), after),
            },
            made_by_id=user_id,
            cues=_rows(db, shown.id, after, patches, transcript.language),
        )
        db.add(revision)
        db.flush()
        index_session(db, parts.index, transcript.recording.session_id)
        return Taken(revision.number, len(patches))


def _rows(
    db: DatabaseSession,
    shown_id: int,
    after: Sequence[Cue],
    patches: Sequence[Patch],
    language: str,
) -> list[CueRow]:
    """The cues as rows; those that nobody but the machine has seen to are not reviewed."""
    before = reviewed_of(db, shown_id)
    reviewed: list[bool] = []
    done = 0
    for patch in patches:
        reviewed += [*before[done : patch.first], *(False for _ in patch.cues)]
        done = patch.last + 1
    reviewed += before[done:]
    return [
        cue_row(position, cue, language, reviewed=known)
        for position, (cue, known) in enumerate(zip(after, reviewed, strict=True))
    ]
