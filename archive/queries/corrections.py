"""What is being corrected in a session's transcript: by whoever asks, and by others."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.people import Appearance, Person
from archive.models.programme import Session
from archive.models.transcript import Correction, CorrectionPatch, CueRow, Revision
from archive.models.users import User
from archive.queries.text import DOUBTFUL, measured
from archive.queries.transcript import current_revision

RECENT = timedelta(minutes=10)  # in which somebody counts as being at work


@dataclass(frozen=True)
class CueToCorrect:
    """A cue of the base, with what its editor needs."""

    start: float  # seconds
    end: float  # seconds
    text: str
    speaker: str | None
    language: str | None
    reviewed: bool
    doubtful: tuple[str, ...]  # its uncertain words, in order


@dataclass(frozen=True)
class OtherCorrection:
    """What somebody else has not finished yet. at_work: within the last minutes."""

    name: str
    places: int
    at_work: bool


@dataclass(frozen=True)
class CorrectionView:
    """The transcript as its editor needs it."""

    transcript_id: int
    base_id: int
    base_number: int
    language: str
    moved_on: bool  # somebody has finished a revision since this correction was begun
    cues: tuple[CueToCorrect, ...]
    patches: tuple[dict[str, Any], ...]  # first, last, cues, rival
    people: tuple[str, ...]  # the line-up
    others: tuple[OtherCorrection, ...]


def correction_view(db: DatabaseSession, user: User, slug: str) -> CorrectionView | None:
    """The base of the user's correction and what it changes; None where there is no transcript."""
    session = db.scalars(select(Session).where(Session.slug == slug)).first()
    shown = current_revision(db, session.id) if session else None
    if session is None or shown is None:
        return None
    own = db.scalars(
        select(Correction).where(
            Correction.transcript_id == shown.transcript_id, Correction.user_id == user.id
        )
    ).first()
    base_id = own.base_id if own else shown.id
    rows = db.execute(
        select(
            *(CueRow.start, CueRow.end, CueRow.text, CueRow.speaker, CueRow.language),
            *(CueRow.reviewed, CueRow.words),
        )
        .where(CueRow.revision_id == base_id)
        .order_by(CueRow.position)
    )
    return CorrectionView(
        transcript_id=shown.transcript_id,
        base_id=base_id,
        base_number=db.get_one(Revision, base_id).number,
        language=shown.transcript.language,
        moved_on=base_id != shown.id,
        cues=tuple(
            CueToCorrect(
                *(row.start, row.end, row.text, row.speaker, row.language, row.reviewed),
                doubtful=tuple(
                    text for text, probability in measured(row.words) if probability < DOUBTFUL
                ),
            )
            for row in rows
        ),
        patches=tuple(
            {"first": one.first, "last": one.last, "cues": one.cues, "rival": one.rival}
            for one in (own.patches if own else ())
        ),
        people=tuple(
            db.scalars(
                select(Person.name)
                .join(Appearance)
                .where(Appearance.session_id == session.id)
                .order_by(Appearance.position, Appearance.id)
            )
        ),
        others=others_at_work(db, user.id, shown.transcript_id),
    )


def corrected(db: DatabaseSession, slug: str) -> int | None:
    """The id of the transcript that is corrected: the shown one of the session."""
    session = db.scalars(select(Session).where(Session.slug == slug)).first()
    shown = current_revision(db, session.id) if session else None
    return shown.transcript_id if shown else None


def others_at_work(
    db: DatabaseSession, user_id: int, transcript_id: int
) -> tuple[OtherCorrection, ...]:
    """What others have not finished in the transcript, newest first."""
    rows = db.execute(
        select(User.name, Correction.updated_at, func.count(CorrectionPatch.id))
        .join(Correction, Correction.user_id == User.id)
        .outerjoin(CorrectionPatch, CorrectionPatch.correction_id == Correction.id)
        .where(Correction.transcript_id == transcript_id, Correction.user_id != user_id)
        .group_by(User.name, Correction.updated_at)
        .order_by(Correction.updated_at.desc())
    )
    limit = now() - RECENT
    return tuple(
        OtherCorrection(name, places, updated_at > limit) for name, updated_at, places in rows
    )
