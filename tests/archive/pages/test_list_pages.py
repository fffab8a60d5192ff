"""Front page, events and people."""

import re
from datetime import UTC, date, datetime, timedelta

from archive.models.programme import Visibility
from archive.queries.home import example_queries
from tests import factories as make


def titles(html: str, kind: str) -> list[str]:
    return re.findall(rf'class="{kind}__title"[^>]*><a [^>]*>(.*?)</a>', html)


def text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_empty_archive_says_so(client):
    html = text(client, "/")
    assert "The archive is still empty" in html
    assert 'class="examples"' not in html


def test_home_shows_newest_recordings_first(client, db, parts):
    for number, days in enumerate((1, 3, 2)):
        make.a_talk(
            db,
            parts,
            title=f"Talk {number}",
            published_at=datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=days),
        )
    make.a_session(db, title="Not recorded")
    db.commit()
    assert titles(text(client, "/"), "teaser") == ["Talk 1", "Talk 2", "Talk 0"]


def test_home_lists_events_newest_first(client, db):
    for title, year in (("Old", 2024), ("New", 2026)):
        day = date(year, 5, 1)
        make.a_session(db, make.an_event(db, title=title, starts_on=day, ends_on=day))
    make.an_event(db, title="Nothing in it")
    db.commit()
    assert titles(text(client, "/"), "events") == ["New", "Old"]


def test_examples_were_really_said_in_public(client, db, parts):
    make.a_talk(db, parts)
    hidden = [make.timed_cue("Geheimwort Geheimwort Geheimwort", 0, 3)]
    make.a_talk(db, parts, cues=hidden, visibility=Visibility.DRAFT)
    make.a_talk(db, parts, cues=hidden, visibility=Visibility.UNLISTED)
    db.commit()
    examples = example_queries(db)
    spoken = " ".join(line for _, line, _, _ in make.TALK)
    assert len(examples) == 3
    assert [example for example in examples if example not in spoken] == []


def test_event_shows_days_and_rooms_in_its_own_time(client, db):
    event = make.an_event(db, slug="event", timezone="America/New_York")
    second, first = (
        make.a_room(db, event, name="B", position=2),
        make.a_room(db, event, name="A", position=1),
    )
    late = datetime(2026, 6, 13, 2, 0, tzinfo=UTC)  # the evening of the 12th in New York
    make.a_session(db, event, title="Evening", room_id=second.id, starts_at=late)
    make.a_session(db, event, title="Noon", room_id=first.id)
    make.a_session(db, event, title="Some time", starts_at=None)
    db.commit()
    html = text(client, "/events/event")
    assert re.findall(r'section__title"[^>]*>(.*?)<', html) == [
        "Friday, June 12, 2026",
        "Time not known",
    ]
    assert re.findall(r'room__name">(.*?)<', html) == ["A", "B"]
    assert titles(html, "entry") == ["Noon", "Evening", "Some time"]
    assert "10:00\N{NARROW NO-BREAK SPACE}PM" in html


def test_event_tells_what_is_recorded_and_what_is_not(client, db, parts):
    event = make.an_event(db, slug="event")
    make.a_talk(db, parts, event)
    make.a_session(db, event)
    db.commit()
    html = text(client, "/events/event")
    assert "2 sessions, 1 with a recording" in html
    assert html.count("Not recorded") == 1


def test_person_shows_sessions_newest_first(client, db):
    person = make.a_person(db, slug="mara", name="Mara", biography="One.\n\nTwo.")
    for title, year in (("Old", 2020), ("New", 2026), ("Middle", 2023)):
        make.a_session(db, title=title, people=[person], starts_at=datetime(year, 1, 1, tzinfo=UTC))
    db.commit()
    html = text(client, "/people/mara")
    assert titles(html, "entry") == ["New", "Middle", "Old"]
    assert '<p class="page-head__text">Two.</p>' in html


def test_unknown_addresses_are_not_found(client, db):
    for address in ("/events/none", "/people/none", "/sessions/none", "/sessions/%00"):
        assert client.get(address).status_code == 404, address


def test_pages_speak_german_to_who_prefers_it(client, db):
    make.a_session(db, make.an_event(db, slug="event"))
    db.commit()
    html = client.get("/events/event", headers={"Accept-Language": "de"}).get_data(as_text=True)
    assert '<html lang="de">' in html
    assert "Freitag, 12.\N{NO-BREAK SPACE}Juni 2026" in html
