"""A person is added or changed."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_document, index_session
from archive.actions.rename_speaker import rename_speaker
from archive.models.people import Appearance, Person
from archive.queries.slugs import free_slug
from archive.queries.spoken import sessions_naming
from transcripts.search.index import SearchIndex


def save_person(
    db: DatabaseSession,
    index: SearchIndex,
    *,
    name: str,
    affiliation: str,
    biography: str,
    person: Person | None = None,
) -> Person:
    """Adds a person, or changes the one given; transcripts and search know the new name at once."""
    if person is None:
        person = Person(slug=free_slug(db, Person, name), name=name)
        db.add(person)
    person.affiliation, person.biography = affiliation, biography
    if person.name != name:
        _rename(db, index, person, name)
    db.flush()
    return person


def _rename(db: DatabaseSession, index: SearchIndex, person: Person, name: str) -> None:
    named, old = sessions_naming(db, person, name), person.name
    person.name = name
    db.flush()
    rename_speaker(db, person, old, name)
    on_stage = select(Appearance.session_id).where(Appearance.person_id == person.id)
    for session_id in db.scalars(on_stage).all():
        put = index_session if session_id in named else index_document
        put(db, index, session_id)
