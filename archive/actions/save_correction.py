"""Corrections are kept as they are typed, until they are finished or dropped."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.transcript import Correction, CorrectionPatch, CueRow, Revision
from archive.parts import Parts
from transcripts.cues import Cue

LONGEST_TEXT = 2000  # letters of one cue
MOST = 200  # cues that one patch may hold


class CorrectionRefused(Exception):
    """A correction cannot be kept: reason is moved_on, overlap, range, text or times."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Said:
    """What is to stand in the place of the cues `first` to `last` of the base, counted from 0."""

    first: int
    last: int
    cues: tuple[Cue, ...]  # without words


def save_correction(
    parts: Parts,
    user_id: int,
    transcript_id: int,
    base_id: int,
    said: Sequence[Said] = (),
    undone: Iterable[int] = (),
) -> int:
    """Keeps patches, and drops those that begin at `undone`; how many the correction has now.

    base_id: the revision of the transcript that the places are counted in; a correction that is
    begun may stand on an older one than is shown. A patch takes the place of those inside it, and
    one that changes nothing is dropped. Raises CorrectionRefused, and then keeps nothing.
    """
    with parts.sessions.begin() as db:
        correction = _correction(db, user_id, transcript_id, base_id)
        for first in undone:
            db.execute(
                delete(CorrectionPatch).where(
                    CorrectionPatch.correction_id == correction.id, CorrectionPatch.first == first
                )
            )
        for patch in said:
            _keep(db, correction, patch)
        correction.updated_at = now()
        db.flush()
        count = db.scalar(
            select(func.count())
            .select_from(CorrectionPatch)
            .where(CorrectionPatch.correction_id == correction.id)
        )
        if not count:
            db.delete(correction)
        return count or 0


def drop_correction(parts: Parts, user_id: int, transcript_id: int) -> None:
    """Drops all that a user has not finished in a transcript."""
    with parts.sessions.begin() as db:
        correction = own_correction(db, user_id, transcript_id)
        if correction is not None:
            db.delete(correction)


def own_correction(db: DatabaseSession, user_id: int, transcript_id: int) -> Correction | None:
    """The unfinished correction of a user, locked until the transaction ends."""
    return db.scalars(
        select(Correction)
        .where(Correction.user_id == user_id, Correction.transcript_id == transcript_id)
        .with_for_update()
    ).first()


def _correction(db: DatabaseSession, user_id: int, transcript_id: int, base_id: int) -> Correction:
    base = db.get(Revision, base_id)
    if base is None or base.transcript_id != transcript_id:
        raise CorrectionRefused("moved_on")
    correction = own_correction(db, user_id, transcript_id)
    if correction is None:
        correction = Correction(
            transcript_id=transcript_id, user_id=user_id, base_id=base_id, updated_at=now()
        )
        db.add(correction)
        db.flush()
    elif correction.base_id != base_id:
        raise CorrectionRefused("moved_on")
    return correction


def _keep(db: DatabaseSession, correction: Correction, patch: Said) -> None:
    base = _around(db, correction.base_id, patch)
    _check(patch, base)
    for old in db.scalars(
        select(CorrectionPatch).where(
            CorrectionPatch.correction_id == correction.id,
            CorrectionPatch.first <= patch.last,
            CorrectionPatch.last >= patch.first,
        )
    ).all():
        if old.first < patch.first or old.last > patch.last:
            raise CorrectionRefused("overlap")
        db.delete(old)
    db.flush()
    if tuple(base[place] for place in range(patch.first, patch.last + 1)) == patch.cues:
        return
    db.add(
        CorrectionPatch(
            correction_id=correction.id,
            first=patch.first,
            last=patch.last,
            cues=[stored(cue) for cue in patch.cues],
        )
    )


def _around(db: DatabaseSession, base_id: int, patch: Said) -> dict[int, Cue]:
    """The cues that a patch replaces and their neighbours, by place, without words."""
    rows = db.execute(
        select(
            *(CueRow.position, CueRow.start, CueRow.end),
            *(CueRow.text, CueRow.speaker, CueRow.language),
        ).where(
            CueRow.revision_id == base_id,
            CueRow.position.between(patch.first - 1, patch.last + 1),
        )
    )
    return {
        place: Cue(start, end, text, (), speaker, language)
        for place, start, end, text, speaker, language in rows
    }


def _check(patch: Said, base: Mapping[int, Cue]) -> None:
    inside = 0 <= patch.first <= patch.last and patch.first in base and patch.last in base
    if not inside or patch.last - patch.first >= MOST or len(patch.cues) > MOST:
        raise CorrectionRefused("range")
    last_end = base[patch.first - 1].start if patch.first else 0.0
    for cue in patch.cues:
        if not cue.text.strip() or len(cue.text) > LONGEST_TEXT:
            raise CorrectionRefused("text")
        if not (math.isfinite(cue.start) and math.isfinite(cue.end)):
            raise CorrectionRefused("times")
        if not last_end <= cue.start < cue.end:
            raise CorrectionRefused("times")
        last_end = cue.start
    following = base[patch.last + 1].end if patch.last + 1 in base else math.inf
    if patch.cues and patch.cues[-1].start >= following:
        raise CorrectionRefused("times")


def stored(cue: Cue) -> dict[str, object]:
    """A corrected cue as its patch keeps it."""
    return {
        "start": cue.start,
        "end": cue.end,
        "text": cue.text,
        "speaker": cue.speaker,
        "language": cue.language,
    }


def reviewed_of(db: DatabaseSession, revision_id: int) -> list[bool]:
    """Of each cue of a revision, whether a person has changed or confirmed it."""
    return list(
        db.scalars(
            select(CueRow.reviewed)
            .where(CueRow.revision_id == revision_id)
            .order_by(CueRow.position)
        )
    )
