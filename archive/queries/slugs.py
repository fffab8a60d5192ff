"""Slugs: the readable last part of an address."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Person
from archive.models.programme import Event, Session

GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"}
)
LONGEST = 100  # letters, so that a number fits behind
RESERVED = frozenset({"new"})  # /desk/events/new is the form for a new event


def slug_of(title: str) -> str:
    """`title` in lower-case ASCII letters, digits and hyphens; umlauts as Germans write them out."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(GERMAN))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-")


def free_slug(
    db: DatabaseSession, model: type[Event] | type[Session] | type[Person], title: str
) -> str:
    """A slug for `title` that no row of `model` has; a number is added where it is taken."""
    wanted = slug_of(title) or model.__name__.lower()
    taken = RESERVED | set(db.scalars(select(model.slug).where(model.slug.startswith(wanted))))
    if wanted not in taken:
        return wanted
    return next(f"{wanted}-{n}" for n in range(2, len(taken) + 3) if f"{wanted}-{n}" not in taken)
