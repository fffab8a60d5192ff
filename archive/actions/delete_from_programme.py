"""Events, sessions and people leave the archive, with all that hangs on them."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.actions.remove_recording import remove_recording
from archive.models.people import Appearance, Person
from archive.models.programme import Event, Session
from archive.models.recording import Recording
from archive.parts import Parts
from transcripts.search.index import SearchIndex


def delete_event(parts: Parts, event_id: int) -> None:
    """Removes an event with its sessions and their recordings."""
    with parts.sessions() as db:
        ids = db.scalars(select(Session.id).where(Session.event_id == event_id)).all()
    for session_id in ids:
        delete_session(parts, session_id)
    with parts.sessions.begin() as db:
        db.delete(db.get_one(Event, event_id))


def delete_session(parts: Parts, session_id: int) -> None:
    """Removes a session with its recordings, their files and transcripts."""
    with parts.sessions() as db:
        ids = db.scalars(select(Recording.id).where(Recording.session_id == session_id)).all()
    for recording_id in ids:
        remove_recording(parts, recording_id)
    with parts.sessions.begin() as db:
        db.delete(db.get_one(Session, session_id))
        db.flush()
        index_session(db, parts.index, session_id)


def delete_person(db: DatabaseSession, index: SearchIndex, person: Person) -> None:
    """Removes a person from the archive and from every line-up; the sessions stay."""
    ids = db.scalars(select(Appearance.session_id).where(Appearance.person_id == person.id)).all()
    db.delete(person)
    db.flush()
    for session_id in ids:
        index_session(db, index, session_id)
