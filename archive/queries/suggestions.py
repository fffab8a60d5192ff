"""What may be meant while somebody types into the search field."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import listed_visibilities
from archive.models.people import Person
from archive.models.programme import Session
from archive.models.users import User
from transcripts.search.index import SearchIndex


@dataclass(frozen=True)
class Suggestions:
    """words: what was typed, its last word completed. sessions, people: slug and title or name."""

    words: tuple[str, ...]
    sessions: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]


def suggestions_for(
    db: DatabaseSession, index: SearchIndex, user: User | None, typed: str
) -> Suggestions:
    """The words, sessions and people that go with what `user` typed so far, and may see."""
    found = index.suggested(db.connection(), typed, listed_visibilities(user))
    sessions = _slugs(db, Session, [id_ for id_, _ in found.sessions])
    people = _slugs(db, Person, [id_ for id_, _ in found.people])
    before = typed.rstrip()[: len(typed.rstrip()) - len(_last_word(typed))]
    return Suggestions(
        words=tuple(before + word for word in found.words),
        sessions=tuple((sessions[id_], title) for id_, title in found.sessions if id_ in sessions),
        people=tuple((people[id_], name) for id_, name in found.people if id_ in people),
    )


def _slugs(
    db: DatabaseSession, table: type[Session] | type[Person], ids: list[int]
) -> dict[int, str]:
    return dict(db.execute(select(table.id, table.slug).where(table.id.in_(ids))).all())


def _last_word(typed: str) -> str:
    letters = typed.rstrip()
    at = len(letters)
    while at and letters[at - 1].isalnum():
        at -= 1
    return letters[at:]
