"""Chosen places are corrected as the event's glossary says: one revision for each transcript."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_correction import reviewed_of
from archive.actions.save_glossary import GlossaryChanged
from archive.actions.store_revision import newest_revision, store_revision
from archive.models.programme import Event, Session
from archive.models.recording import Recording
from archive.models.transcript import Revision, Transcript
from archive.parts import Parts
from archive.queries.glossary import edition_of, shown_texts
from archive.queries.transcript import cues_of
from transcripts.glossary import Glossary, corrected, parse

Chosen = Collection[tuple[int, int]]  # (place of the cue, character in its text), both from 0


@dataclass(frozen=True)
class ByGlossary:
    """What came of it. moved_on: titles of the sessions whose text has changed since."""

    places: int = 0
    transcripts: int = 0
    moved_on: tuple[str, ...] = ()


def correct_by_glossary(
    parts: Parts,
    user_id: int,
    event_id: int,
    edition: str,
    chosen: Mapping[int, Chosen] | None = None,
) -> ByGlossary:
    """Adds a revision to each transcript with chosen places; reviewed is what was before.

    edition: of the glossary by which they were chosen. chosen: by id of the revision that they are
    counted in; without it, every place of the event. Each transcript is a transaction of its own,
    its search index included. What others have not finished is moved on when they finish it. Raises
    GlossaryChanged, and changes nothing then.
    """
    with parts.sessions() as db:
        event = db.get_one(Event, event_id)
        if edition_of(event.glossary) != edition:
            raise GlossaryChanged
        glossary = parse(event.glossary)
        wanted: dict[int, Chosen | None] = (
            {text.revision_id: None for text in shown_texts(db, event_id)}
            if chosen is None
            else {id_: places for id_, places in chosen.items() if places}
        )
    places, transcripts, moved_on = 0, 0, []
    for revision_id, only in wanted.items():
        with parts.sessions.begin() as db:
            revision = _of_event(db, event_id, revision_id)
            if revision is None:
                continue
            db.get_one(Transcript, revision.transcript_id, with_for_update=True)
            shown = newest_revision(db, revision.transcript_id)
            if only is not None and shown.id != revision_id:
                moved_on.append(revision.transcript.recording.session.title)
                continue
            count = _correct(db, parts, user_id, shown, glossary, only)
            places += count
            transcripts += count > 0
    return ByGlossary(places, transcripts, tuple(moved_on))


def _of_event(db: DatabaseSession, event_id: int, revision_id: int) -> Revision | None:
    return db.scalars(
        select(Revision)
        .join(Revision.transcript)
        .join(Transcript.recording)
        .join(Recording.session)
        .where(Revision.id == revision_id, Session.event_id == event_id)
    ).first()


def _correct(
    db: DatabaseSession,
    parts: Parts,
    user_id: int,
    shown: Revision,
    glossary: Glossary,
    only: Chosen | None,
) -> int:
    """How many places were corrected."""
    after, changes = corrected(cues_of(db, shown.id), glossary.entries, only)
    if not changes:
        return 0
    cues = zip(after, reviewed_of(db, shown.id), strict=True)
    details = {"glossary": [asdict(change) for change in changes]}
    store_revision(db, parts, user_id, shown, cues, details)
    return len(changes)
