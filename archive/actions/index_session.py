"""The search index follows the catalogue and the transcript, in the same transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import selectinload

from archive.models.people import Appearance
from archive.models.programme import Session
from archive.models.transcript import CueRow
from archive.queries.transcript import current_revision
from transcripts.search.index import SearchIndex
from transcripts.search.results import Document, Passage, Reviewed


def index_session(db: DatabaseSession, index: SearchIndex, session_id: int) -> None:
    """Puts a session, as it stands in `db`, into the index; one that is gone leaves it."""
    session = _fresh(db, session_id)
    if session is None:
        index.remove(db.connection(), session_id)
        return
    index.put(db.connection(), _document(db, session), _passages(db, session))


def index_document(db: DatabaseSession, index: SearchIndex, session_id: int) -> None:
    """Puts what is known about a session into the index, where what was said is the same."""
    session = _fresh(db, session_id)
    if session is not None:
        index.put_document(db.connection(), _document(db, session))


def _fresh(db: DatabaseSession, session_id: int) -> Session | None:
    db.flush()
    return db.scalars(
        select(Session)
        .where(Session.id == session_id)
        .options(selectinload(Session.appearances).joinedload(Appearance.person))
        .execution_options(populate_existing=True)
    ).first()


def _document(db: DatabaseSession, session: Session) -> Document:
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


def _passages(db: DatabaseSession, session: Session) -> list[Passage]:
    revision = current_revision(db, session.id)
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
