"""An event's programme as the visitor remembers it: by day and room."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import Act, allows, listed
from archive.models.programme import Event, Room, Session, Visibility
from archive.models.users import User
from archive.queries.cards import SessionCard, session_cards


@dataclass(frozen=True)
class RoomProgramme:
    """What happened in one room on one day, in order; None: no room was named."""

    room: str | None
    sessions: tuple[SessionCard, ...]


@dataclass(frozen=True)
class Day:
    """One day of an event; None: sessions whose time is not known."""

    day: date | None
    rooms: tuple[RoomProgramme, ...]


@dataclass(frozen=True)
class EventPage:
    """Everything an event's page says."""

    slug: str
    title: str
    subtitle: str
    description: str
    place: str
    starts_on: date
    ends_on: date
    timezone: str
    days: tuple[Day, ...]
    sessions: int
    recorded: int


def event_page(db: DatabaseSession, user: User | None, slug: str) -> EventPage | None:
    """The page of the event, or None where `user` can reach no session of it."""
    event = db.scalars(select(Event).where(Event.slug == slug)).first()
    if event is None or not _has_reachable_session(db, user, event.id):
        return None
    cards = session_cards(db, _programme(db, user, event.id))
    return EventPage(
        slug=event.slug,
        title=event.title,
        subtitle=event.subtitle,
        description=event.description,
        place=event.place,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        timezone=event.timezone,
        days=_days(cards, _room_order(db, event.id)),
        sessions=len(cards),
        recorded=sum(card.recorded for card in cards),
    )


def _has_reachable_session(db: DatabaseSession, user: User | None, event_id: int) -> bool:
    if allows(user, Act.SEE_DRAFTS):
        return True
    return (
        db.scalars(
            select(Session.id)
            .where(Session.event_id == event_id, Session.visibility != Visibility.DRAFT)
            .limit(1)
        ).first()
        is not None
    )


def _programme(db: DatabaseSession, user: User | None, event_id: int) -> list[int]:
    return list(
        db.scalars(
            select(Session.id)
            .where(Session.event_id == event_id, listed(user))
            .order_by(Session.starts_at, Session.title, Session.id)
        )
    )


def _room_order(db: DatabaseSession, event_id: int) -> dict[str | None, int]:
    names = db.scalars(
        select(Room.name).where(Room.event_id == event_id).order_by(Room.position, Room.id)
    )
    return {name: position for position, name in enumerate(names)}


def _days(cards: Iterable[SessionCard], order: dict[str | None, int]) -> tuple[Day, ...]:
    """Days in order, the unknown one last; in each the rooms in the event's order, no room last."""
    days = []
    ordered = sorted(cards, key=lambda card: _place(card, order))
    for day, of_day in groupby(ordered, key=_day):
        rooms = tuple(
            RoomProgramme(room, tuple(of_room))
            for room, of_room in groupby(of_day, key=lambda c: c.room)
        )
        days.append(Day(day, rooms))
    return tuple(days)


def _day(card: SessionCard) -> date | None:
    return card.starts_at.date() if card.starts_at else None


def _place(card: SessionCard, order: dict[str | None, int]) -> tuple[date, int, float, int]:
    start = card.starts_at.timestamp() if card.starts_at else 0.0
    return (_day(card) or date.max, order.get(card.room, len(order)), start, card.id)
