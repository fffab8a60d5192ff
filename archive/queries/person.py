"""A person, every session they stood in, and what they said there."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import Act, allows, listed
from archive.models.people import Appearance, Person
from archive.models.programme import Session, Visibility
from archive.models.users import User
from archive.queries.cards import SessionCard, session_cards
from archive.queries.spoken import Spoken, spoken


@dataclass(frozen=True)
class PersonPage:
    """Everything a person's page says; sessions newest first."""

    id: int
    slug: str
    name: str
    affiliation: str
    biography: str
    sessions: tuple[SessionCard, ...]
    spoken: Mapping[int, Spoken]  # by session id

    @property
    def seconds(self) -> float:
        """How long the person spoke in all of them."""
        return sum(one.seconds for one in self.spoken.values())


def person_page(
    db: DatabaseSession, user: User | None, slug: str, whole: str | None = None
) -> PersonPage | None:
    """The page of the person, or None where `user` can reach no session of theirs.

    whole: the slug of a session of which all is wanted that the person said.
    """
    person = db.scalars(select(Person).where(Person.slug == slug)).first()
    if person is None or not _has_reachable_session(db, user, person.id):
        return None
    sessions = session_cards(db, _sessions(db, user, person.id))
    return PersonPage(
        id=person.id,
        slug=person.slug,
        name=person.name,
        affiliation=person.affiliation,
        biography=person.biography,
        sessions=sessions,
        spoken=spoken(db, person.name, sessions, whole),
    )


def _has_reachable_session(db: DatabaseSession, user: User | None, person_id: int) -> bool:
    if allows(user, Act.SEE_DRAFTS):
        return True
    return (
        db.scalars(
            select(Session.id)
            .join(Appearance, Appearance.session_id == Session.id)
            .where(Appearance.person_id == person_id, Session.visibility != Visibility.DRAFT)
            .limit(1)
        ).first()
        is not None
    )


def _sessions(db: DatabaseSession, user: User | None, person_id: int) -> list[int]:
    newest_first = func.coalesce(Session.starts_at, Session.created_at).desc()
    return list(
        db.scalars(
            select(Session.id)
            .join(Appearance, Appearance.session_id == Session.id)
            .where(Appearance.person_id == person_id, listed(user))
            .order_by(newest_first, Session.id.desc())
        )
    )
