"""A person is added or changed."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.actions.rename_speaker import rename_speaker
from archive.models.people import Appearance, Person
from archive.queries.slugs import free_slug
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
        person = Person(slug=free_slug(db, Person, name))
        db.add(person)
    old = person.name
    person.name, person.affiliation, person.biography = name, affiliation, biography
    db.flush()
    if old is None or old == name:
        return person
    rename_speaker(db, person, old, name)
    for session_id in db.scalars(
        select(Appearance.session_id).where(Appearance.person_id == person.id)
    ).all():
        index_session(db, index, session_id)
    return person
