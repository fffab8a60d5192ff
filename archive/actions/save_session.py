"""A session is added or changed, with its line-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.models.people import Appearance
from archive.models.programme import Session
from archive.queries.slugs import free_slug
from transcripts.search.index import SearchIndex


@dataclass(frozen=True)
class SessionValues:
    """What is known of a session.

    line_up: (person id, role), in the order on the page. other_languages: spoken beside `language`;
    none where that is to be detected. chapters: as `transcripts/chapters.py` reads them.
    """

    event_id: int
    room_id: int | None
    kind: str
    title: str
    subtitle: str
    abstract: str
    language: str | None
    starts_at: datetime | None
    line_up: Sequence[tuple[int, str]]
    other_languages: Sequence[str] = ()
    chapters: str = ""


def save_session(
    db: DatabaseSession, index: SearchIndex, values: SessionValues, session: Session | None = None
) -> Session:
    """Adds a session as a draft, or changes the one given; its slug stays."""
    if session is None:
        session = Session(slug=free_slug(db, Session, values.title))
        db.add(session)
    for name in (
        "event_id",
        "room_id",
        "kind",
        "title",
        "subtitle",
        "abstract",
        "language",
        "starts_at",
        "chapters",
    ):
        setattr(session, name, getattr(values, name))
    session.other_languages = others_beside(values.language, values.other_languages)
    known = {appearance.person_id: appearance for appearance in session.appearances}
    line_up = dict(values.line_up)  # a person stands in it once
    session.appearances = [known.get(id_) or Appearance(person_id=id_) for id_ in line_up]
    for position, appearance in enumerate(session.appearances):
        appearance.position = position
        appearance.role = line_up[appearance.person_id]
    db.flush()
    index_session(db, index, session.id)
    return session


def others_beside(language: str | None, others: Sequence[str]) -> list[str]:
    """The languages spoken beside the main one, each once; none where that is not known."""
    return [code for code in dict.fromkeys(others) if code != language] if language else []
