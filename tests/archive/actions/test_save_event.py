"""Events are added and changed; addresses and rooms survive it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_event import EventValues, save_event
from archive.models.programme import Event, Session
from tests import factories as make

VALUES = EventValues(
    title="Smart Region 2026",
    subtitle="Netze, Nähe, Nutzen",
    description="Zwei Tage.",
    place="Hamburg",
    starts_on=date(2026, 6, 12),
    ends_on=date(2026, 6, 13),
    timezone="Europe/Berlin",
    rooms=["Großer Saal", "Forum"],
)


def rooms(event: Event) -> list[tuple[str, int]]:
    return [(room.name, room.position) for room in event.rooms]


def saved_again(db: DatabaseSession, event: Event, values: EventValues) -> Event:
    """Saved as the next request does it, with rows freshly read."""
    db.commit()
    db.expire_all()
    save_event(db, values, event)
    db.commit()
    db.expire_all()
    return event


def test_new_event_holds_what_was_given(db: DatabaseSession):
    event = save_event(db, VALUES)

    fields = vars(VALUES).keys() - {"rooms"}
    assert {name: getattr(event, name) for name in fields} == {
        name: getattr(VALUES, name) for name in fields
    }
    assert event.slug == "smart-region-2026"
    assert rooms(event) == [("Großer Saal", 0), ("Forum", 1)]


def test_slug_stays_when_the_title_changes(db: DatabaseSession):
    event = save_event(db, VALUES)

    saved_again(db, event, replace(VALUES, title="Ein anderer Titel"))

    assert (event.title, event.slug) == ("Ein anderer Titel", "smart-region-2026")


def test_second_event_of_a_title_gets_a_slug_of_its_own(db: DatabaseSession):
    slugs = [save_event(db, VALUES).slug for _ in range(3)]

    assert slugs == ["smart-region-2026", "smart-region-2026-2", "smart-region-2026-3"]


def test_room_that_is_still_named_stays_the_same_room(db: DatabaseSession):
    event = save_event(db, VALUES)
    forum = event.rooms[1]
    session = make.a_session(db, event, room_id=forum.id)

    saved_again(db, event, replace(VALUES, rooms=["Forum", "Galerie", "Großer Saal"]))

    assert rooms(event) == [("Forum", 0), ("Galerie", 1), ("Großer Saal", 2)]
    assert (event.rooms[0].id, session.room_id) == (forum.id, forum.id)


def test_session_stays_when_its_room_goes(db: DatabaseSession):
    event = save_event(db, VALUES)
    session = make.a_session(db, event, room_id=event.rooms[0].id)

    saved_again(db, event, replace(VALUES, rooms=["Forum"]))

    assert rooms(event) == [("Forum", 0)]
    assert (db.get_one(Session, session.id).room_id, session.room) == (None, None)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([], []),
        (["", "  ", "\t"], []),
        ([" Forum ", "Forum", "Saal", "Forum"], ["Forum", "Saal"]),
    ],
)
def test_rooms_are_named_once_and_without_blanks(
    db: DatabaseSession, lines: list[str], kept: list[str]
):
    event = save_event(db, replace(VALUES, rooms=lines))

    assert [room.name for room in event.rooms] == kept


def test_glossary_stays_when_the_event_changes(db: DatabaseSession):
    event = save_event(db, VALUES)
    event.glossary = "OZG = ozett"

    saved_again(db, event, replace(VALUES, place="Köln"))

    assert (event.place, event.glossary) == ("Köln", "OZG = ozett")
