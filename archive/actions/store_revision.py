"""What a person makes of a text becomes its newest revision: shown, searched, exported at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.actions.store_transcript import cue_row, next_number
from archive.models.transcript import Origin, Revision
from archive.parts import Parts
from transcripts.cues import Cue


def newest_revision(db: DatabaseSession, transcript_id: int) -> Revision:
    """The newest revision of a transcript that is not only offered."""
    return db.scalars(
        select(Revision)
        .where(Revision.transcript_id == transcript_id, Revision.offered.is_(False))
        .order_by(Revision.id.desc())
        .limit(1)
    ).one()


def store_revision(
    db: DatabaseSession,
    parts: Parts,
    user_id: int,
    base: Revision,
    cues: Iterable[tuple[Cue, bool]],
    details: Mapping[str, Any],
) -> Revision:
    """Adds a revision of a person on top of `base`, and puts it into the search index.

    cues: each with whether a person has seen to it. details: how it came to be, beside its base and
    what is still missing. The caller holds the lock of the transcript.
    """
    given = list(cues)
    transcript = base.transcript
    failed = base.details.get("failed") or ()
    revision = Revision(
        transcript_id=transcript.id,
        number=next_number(db, transcript.id),
        origin=Origin.PERSON,
        engine=base.engine,
        model=base.model,
        details={
            "base": base.number,
            "failed": _still_missing(failed, [cue for cue, _ in given]),
            **details,
        },
        made_by_id=user_id,
        cues=[
            cue_row(position, cue, transcript.language, reviewed=reviewed)
            for position, (cue, reviewed) in enumerate(given)
        ],
    )
    db.add(revision)
    db.flush()
    index_session(db, parts.index, transcript.recording.session_id)
    return revision


def _still_missing(failed: Sequence[dict], cues: Sequence[Cue]) -> list[dict]:
    """The stretches that could not be written down, without those that somebody has filled in."""
    return [
        gap
        for gap in failed
        if not any(gap["start"] <= (cue.start + cue.end) / 2 < gap["end"] for cue in cues)
    ]
