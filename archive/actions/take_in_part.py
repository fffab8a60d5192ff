"""An offered text is taken place by place: what was chosen comes in, all else stays as it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from archive.actions.save_correction import reviewed_of
from archive.actions.store_revision import newest_revision, store_revision
from archive.models.transcript import Revision, Transcript
from archive.parts import Parts
from archive.queries.transcript import cues_of
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
        db.get_one(Transcript, source.transcript_id, with_for_update=True)
        shown = newest_revision(db, source.transcript_id)
        if shown.id != base_id:
            raise MovedOn
        before = cues_of(db, shown.id)
        there = places(before, cues_of(db, source.id))
        patches = [place for number, place in enumerate(there) if number in chosen]
        if not patches:
            return None
        reviewed = _reviewed_after(reviewed_of(db, shown.id), patches)
        cues = zip(applied(before, patches), reviewed, strict=True)
        details = {"taken": source.number, "patches": len(patches)}
        revision = store_revision(db, parts, user_id, shown, cues, details)
        return Taken(revision.number, len(patches))


def _reviewed_after(before: Sequence[bool], patches: Sequence[Patch]) -> list[bool]:
    """Of each cue after the patches, whether a person has seen to it: of what is taken, none has."""
    reviewed: list[bool] = []
    done = 0
    for patch in patches:
        reviewed += [*before[done : patch.first], *(False for _ in patch.cues)]
        done = patch.last + 1
    return [*reviewed, *before[done:]]
