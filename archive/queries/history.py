"""The revisions of a session's transcript, and what differs between two of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from archive.models.recording import Recording
from archive.models.transcript import CueRow, Revision, Transcript
from archive.models.users import User
from archive.queries.transcript import cues_of, current_revision
from transcripts.revisions import Change, word_changes


@dataclass(frozen=True)
class RevisionLine:
    """One revision in the history."""

    id: int
    number: int
    origin: str
    engine: str | None
    model: str | None
    made_by: str | None  # name of the user
    created_at: datetime
    language: str
    patches: int | None  # places that a person changed
    restored: int | None  # number of the revision that it says the same as
    offered: bool
    shown: bool
    reviewed: float  # share of its cues that a person has changed or confirmed, 0 to 1


@dataclass(frozen=True)
class History:
    """A session's transcript, newest revision first."""

    title: str
    slug: str
    revisions: tuple[RevisionLine, ...]


@dataclass(frozen=True)
class Difference:
    """What changed from one revision to a later one, place by place."""

    title: str
    slug: str
    before: RevisionLine
    after: RevisionLine
    places: tuple[tuple[Change, ...], ...]


def history(db: DatabaseSession, slug: str) -> History | None:
    """Every revision of the shown recording's transcript; None where there is none."""
    session = db.scalars(select(Session).where(Session.slug == slug)).first()
    shown = current_revision(db, session.id) if session else None
    if session is None or shown is None:
        return None
    recording_id = shown.transcript.recording_id
    share = func.avg(case((CueRow.reviewed, 1.0), else_=0.0))
    rows = db.execute(
        select(Revision, Transcript.language, User.name, func.coalesce(share, 0.0))
        .join(Transcript, Revision.transcript_id == Transcript.id)
        .join(Recording, Transcript.recording_id == Recording.id)
        .outerjoin(User, Revision.made_by_id == User.id)
        .outerjoin(CueRow, CueRow.revision_id == Revision.id)
        .where(Recording.id == recording_id)
        .group_by(Revision.id, Transcript.language, User.name)
        .order_by(Revision.id.desc())
    )
    return History(
        title=session.title,
        slug=slug,
        revisions=tuple(
            RevisionLine(
                id=revision.id,
                number=revision.number,
                origin=revision.origin,
                engine=revision.engine,
                model=revision.model,
                made_by=name,
                created_at=revision.created_at,
                language=language,
                patches=revision.details.get("patches"),
                restored=revision.details.get("restored"),
                offered=revision.offered,
                shown=revision.id == shown.id,
                reviewed=float(reviewed),
            )
            for revision, language, name, reviewed in rows
        ),
    )


def difference(
    db: DatabaseSession, slug: str, revision_id: int, against_id: int | None = None
) -> Difference | None:
    """What a revision changed from the one before it, or from `against_id`.

    An offered one is compared with the shown one. None where there is no such revision.
    """
    found = history(db, slug)
    lines = {line.id: line for line in found.revisions} if found else {}
    after = lines.get(revision_id)
    if found is None or after is None:
        return None
    if against_id is None:
        older = [line for line in found.revisions if line.id < revision_id and not line.offered]
        shown = next(line for line in found.revisions if line.shown)
        before = shown if after.offered else (older[0] if older else None)
    else:
        before = lines.get(against_id)
    if before is None:
        return None
    return Difference(
        title=found.title,
        slug=slug,
        before=before,
        after=after,
        places=word_changes(cues_of(db, before.id), cues_of(db, after.id)),
    )
