"""An event is added or changed, with its rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Event, Room
from archive.queries.slugs import free_slug


@dataclass(frozen=True)
class EventValues:
    """What is known of an event. rooms: names, in the order of the programme."""

    title: str
    subtitle: str
    description: str
    place: str
    starts_on: date
    ends_on: date
    timezone: str
    rooms: Sequence[str]


def save_event(db: DatabaseSession, values: EventValues, event: Event | None = None) -> Event:
    """Adds an event, or changes the one given; its slug stays, so that links keep working.

    A room that is no longer named goes; sessions in it stay, without a room.
    """
    if event is None:
        event = Event(slug=free_slug(db, Event, values.title))
        db.add(event)
    for name in ("title", "subtitle", "description", "place", "starts_on", "ends_on", "timezone"):
        setattr(event, name, getattr(values, name))
    known = {room.name: room for room in event.rooms}
    names = _lines(values.rooms)
    event.rooms = [known.get(name) or Room(name=name) for name in names]
    for position, room in enumerate(event.rooms):
        room.position = position
    db.flush()
    return event


def _lines(texts: Sequence[str]) -> list[str]:
    """Each once, without the blank ones."""
    return list(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
