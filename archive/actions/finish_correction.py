"""A correction becomes a revision: shown, searched and exported from the same moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_correction import own_correction, reviewed_of, stored
from archive.actions.store_revision import newest_revision, store_revision
from archive.db import now
from archive.models.transcript import Correction, CorrectionPatch, Revision, Transcript
from archive.parts import Parts
from archive.queries.transcript import cues_of
from transcripts.align import retimed
from transcripts.cues import Cue, Word
from transcripts.revisions import Patch, applied, rebased


@dataclass(frozen=True)
class Finished:
    """What came of it. revision: its number, None where rivals have to be settled first, or where
    there was nothing to do. rivals: places that somebody else has changed differently since."""

    revision: int | None
    rivals: int = 0


def finish_correction(
    parts: Parts, user_id: int, transcript_id: int, *, all_reviewed: bool = False
) -> Finished:
    """Makes a revision of a user's correction, on top of what others have finished meanwhile.

    all_reviewed: the user has checked every cue. Where somebody else has changed the same cue
    differently, nothing is lost: the correction stays, moved on to the newest revision, and says
    which of its patches have rivals.
    """
    with parts.sessions.begin() as db:
        db.get_one(Transcript, transcript_id, with_for_update=True)
        shown = newest_revision(db, transcript_id)
        correction = own_correction(db, user_id, transcript_id)
        if correction is not None:
            rivals = _move_on(db, correction, shown)
            if rivals:
                return Finished(None, rivals)
        patches = _patches(correction) if correction else ()
        before = cues_of(db, shown.id)
        reviewed = reviewed_of(db, shown.id)
        if not patches and not (all_reviewed and not all(reviewed)):
            if correction is not None:
                db.delete(correction)
            return Finished(None)
        after = applied(before, [_with_words(patch, before) for patch in patches])
        known = [all_reviewed or one for one in _reviewed_after(reviewed, patches)]
        if correction is not None:
            db.delete(correction)
        cues = zip(after, known, strict=True)
        details = {"patches": len(patches)}
        revision = store_revision(db, parts, user_id, shown, cues, details)
        return Finished(revision.number)


def _move_on(db: DatabaseSession, correction: Correction, shown: Revision) -> int:
    """Moves a correction on to the shown revision; how many of its patches have rivals."""
    if correction.base_id != shown.id:
        mine = _patches(correction)
        base, theirs = cues_of(db, correction.base_id), cues_of(db, shown.id)
        moved, conflicts = rebased(mine, base, theirs)
        for old in list(correction.patches):
            db.delete(old)
        db.flush()
        db.expire(correction, ["patches"])
        for patch, rival in _placed(
            [
                *((patch, False) for patch in moved),
                *((conflict.mine, True) for conflict in conflicts),
            ],
            theirs,
        ):
            db.add(
                CorrectionPatch(
                    correction_id=correction.id,
                    first=patch.first,
                    last=patch.last,
                    cues=[stored(cue) for cue in patch.cues],
                    rival=rival,
                )
            )
        correction.base_id = shown.id
        correction.updated_at = now()
        db.flush()
        db.expire(correction, ["patches"])
    return (
        db.scalar(
            select(func.count())
            .select_from(CorrectionPatch)
            .where(CorrectionPatch.correction_id == correction.id, CorrectionPatch.rival)
        )
        or 0
    )


def _patches(correction: Correction) -> tuple[Patch, ...]:
    return tuple(
        Patch(patch.first, patch.last, tuple(Cue(**cue) for cue in patch.cues))
        for patch in correction.patches
    )


def _placed(
    patches: Iterable[tuple[Patch, bool]], theirs: Sequence[Cue]
) -> list[tuple[Patch, bool]]:
    """The patches, those that only put cues in between joined to a neighbour that they leave as it is.

    Whoever decides about a place has to see one.
    """
    placed: list[tuple[Patch, bool]] = []
    for patch, rival in sorted(patches, key=lambda one: (one[0].last < one[0].first, one[0].first)):
        if patch.first <= patch.last or not theirs:
            placed.append((patch, rival))
            continue
        anchor = max(patch.first - 1, 0)
        there = next((one for one in placed if one[0].first <= anchor <= one[0].last), None)
        if there is None:
            there = (Patch(anchor, anchor, (theirs[anchor],)), False)
        else:
            placed.remove(there)
        old, was_rival = there
        cues = old.cues + patch.cues if patch.first > anchor else patch.cues + old.cues
        placed.append((Patch(old.first, old.last, cues), rival or was_rival))
    return placed


def _reviewed_after(reviewed: Sequence[bool], patches: Sequence[Patch]) -> list[bool]:
    """Of each cue after the patches, whether a person has seen to it: those of patches are."""
    after: list[bool] = []
    done = 0
    for patch in sorted(patches, key=lambda patch: patch.first):
        after += reviewed[done : patch.first]
        after += [True] * len(patch.cues)
        done = patch.last + 1
    return after + list(reviewed[done:])


def _with_words(patch: Patch, base: Sequence[Cue]) -> Patch:
    """The patch, its cues with times for each word: those that stay keep theirs."""
    before = [word for cue in base[patch.first : patch.last + 1] for word in cue.words]
    alone = len(patch.cues) == 1

    def words(cue: Cue) -> tuple[Word, ...]:
        near = [word for word in before if word.start < cue.end and cue.start < word.end]
        return retimed(cue.text, cue.start, cue.end, before if alone else near)

    return replace(patch, cues=tuple(replace(cue, words=words(cue)) for cue in patch.cues))
