"""The words that a session's recording should be listened to with."""

from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from transcripts.glossary import parse
from transcripts.names import terms_of


def session_terms(db: DatabaseSession, session_id: int) -> tuple[str, ...]:
    """Names, glossary, organisations and telling words of the session, most useful first."""
    session = db.get_one(Session, session_id)
    people = [appearance.person for appearance in session.appearances]
    return terms_of(
        people=[person.name for person in people],
        organisations=[person.affiliation for person in people if person.affiliation],
        title=f"{session.title} {session.subtitle}".strip(),
        abstract=session.abstract,
        glossary=parse(session.event.glossary).terms,
    )
