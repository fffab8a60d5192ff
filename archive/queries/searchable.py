"""What search is told of a session: the catalogue, and the words as they are shown."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import selectinload

from archive.models.people import Appearance
from archive.models.programme import Session
from archive.models.transcript import CueRow
from archive.queries.transcript import current_revision
from transcripts.search.results import Document, Passage, Reviewed


def searchable(db: DatabaseSession, session_id: int) -> tuple[Document, list[Passage]] | None:
    """A session as it stands in the database; None where it is gone."""
    document = searchable_document(db, session_id)
    return None if document is None else (document, _passages(db, session_id))


def searchable_document(db: DatabaseSession, session_id: int) -> Document | None:
    """What is known about a session, without its passages; None where it is gone."""
    session = db.scalars(
        select(Session)
        .where(Session.id == session_id)
        .options(selectinload(Session.appearances).joinedload(Appearance.person))
        .execution_options(populate_existing=True)
    ).first()
    if session is None:
        return None
    return Document(
        session_id=session.id,
        event_id=session.event_id,
        kind=session.kind,
        language=session.language,
        visibility=session.visibility,
        starts_at=session.starts_at,
        title=session.title,
        subtitle=session.subtitle,
        abstract=session.abstract,
        people=tuple((a.person.id, a.person.name) for a in session.appearances),
        reviewed=_reviewed(db, session),
    )


def _reviewed(db: DatabaseSession, session: Session) -> Reviewed | None:
    revision = current_revision(db, session.id)
    if revision is None:
        return None
    seen = set(
        db.scalars(select(CueRow.reviewed).where(CueRow.revision_id == revision.id).distinct())
    )
    if seen == {True}:
        return Reviewed.ALL
    return Reviewed.SOME if True in seen else Reviewed.NONE


def _passages(db: DatabaseSession, session_id: int) -> list[Passage]:
    revision = current_revision(db, session_id)
    if revision is None:
        return []
    language = revision.transcript.language
    rows = db.execute(
        select(CueRow.start, CueRow.end, CueRow.text, CueRow.language, CueRow.speaker)
        .where(CueRow.revision_id == revision.id)
        .order_by(CueRow.position)
    )
    return [
        Passage(start, end, text, own or language, position, speaker)
        for position, (start, end, text, own, speaker) in enumerate(rows)
    ]
