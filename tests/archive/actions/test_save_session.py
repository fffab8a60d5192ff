"""Sessions are added and changed; addresses stay, the line-up keeps its order, search follows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_session import SessionValues, save_session
from archive.models.people import Appearance
from archive.models.programme import Event, Session
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.finding import VISITORS, found


@pytest.fixture
def event(db: DatabaseSession) -> Event:
    return make.an_event(db)


@pytest.fixture
def values(event: Event) -> SessionValues:
    return SessionValues(
        event_id=event.id,
        room_id=None,
        kind="talk",
        title="Straßen ohne Namen",
        subtitle="",
        abstract="Ein Vortrag über Vermessung.",
        language="de",
        starts_at=datetime(2026, 6, 12, 8, 0, tzinfo=UTC),
        line_up=(),
    )


def line_up(session: Session) -> list[tuple[int, str, int]]:
    return [(a.person_id, a.role, a.position) for a in session.appearances]


def saved_again(parts: Parts, db: DatabaseSession, session: Session, values: SessionValues) -> None:
    """Saved as the next request does it, with rows freshly read."""
    db.commit()
    db.expire_all()
    save_session(db, parts.index, values, session)
    db.commit()
    db.expire_all()


def test_new_session_holds_what_was_given_and_is_a_draft(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    session = save_session(db, parts.index, values)

    fields = vars(values).keys() - {"line_up", "other_languages"}
    assert {name: getattr(session, name) for name in fields} == {
        name: getattr(values, name) for name in fields
    }
    assert (session.slug, session.visibility) == ("strassen-ohne-namen", "draft")
    assert session.published_at is None


def test_new_session_is_found_by_staff_alone(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    session = save_session(db, parts.index, values)

    assert found(parts, db, "Vermessung") == [session.slug]
    assert found(parts, db, "Vermessung", VISITORS) == []


def test_slug_stays_when_the_title_changes(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    session = save_session(db, parts.index, values)

    saved_again(parts, db, session, replace(values, title="Häuser aus Glas"))

    assert session.slug == "strassen-ohne-namen"
    assert found(parts, db, "Haus Glas") == ["strassen-ohne-namen"]
    assert found(parts, db, "Straße") == []


def test_change_keeps_visibility_and_transcript(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    session = make.a_talk(db, parts)

    saved_again(parts, db, session, replace(values, event_id=session.event_id))

    assert session.visibility == "public"
    assert found(parts, db, "herzlich willkommen", VISITORS) == [session.slug]


def test_line_up_stands_in_the_order_given(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    ada, eve, kim = (make.a_person(db) for _ in range(3))
    given = [(kim.id, "moderator"), (ada.id, "panelist"), (eve.id, "panelist")]

    session = save_session(db, parts.index, replace(values, line_up=given))
    db.expire_all()

    assert line_up(session) == [(id_, role, n) for n, (id_, role) in enumerate(given)]


def test_changed_line_up_keeps_who_stays_and_lets_go_who_left(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    ada, eve, kim = (make.a_person(db) for _ in range(3))
    before = replace(values, line_up=[(ada.id, "speaker"), (eve.id, "speaker")])
    session = save_session(db, parts.index, before)
    eves = session.appearances[1].id

    after = replace(values, line_up=[(eve.id, "host"), (kim.id, "speaker")])
    saved_again(parts, db, session, after)

    assert line_up(session) == [(eve.id, "host", 0), (kim.id, "speaker", 1)]
    assert session.appearances[0].id == eves
    assert len(db.scalars(select(Appearance)).all()) == 2


def test_person_named_twice_stands_in_the_line_up_once(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    ada, eve = make.a_person(db), make.a_person(db)
    given = [(ada.id, "speaker"), (eve.id, "host"), (ada.id, "moderator")]

    session = save_session(db, parts.index, replace(values, line_up=given))

    assert line_up(session) == [(ada.id, "moderator", 0), (eve.id, "host", 1)]


def test_people_of_the_line_up_are_found_as_long_as_they_are_in_it(
    parts: Parts, db: DatabaseSession, values: SessionValues
):
    ada = make.a_person(db, name="Ada Byron")
    session = save_session(db, parts.index, replace(values, line_up=[(ada.id, "speaker")]))
    assert found(parts, db, "Byron") == [session.slug]

    saved_again(parts, db, session, values)

    assert found(parts, db, "Byron") == []


@pytest.mark.parametrize(
    ("language", "others", "kept"),
    [("de", ["en", "fr"], ["en", "fr"]), ("de", ["de", "en", "en"], ["en"]), (None, ["en"], [])],
)
def test_other_languages_are_those_beside_the_main_one(
    parts: Parts,
    db: DatabaseSession,
    values: SessionValues,
    language: str | None,
    others: list[str],
    kept: list[str],
):
    wanted = replace(values, language=language, other_languages=others)

    assert save_session(db, parts.index, wanted).other_languages == kept
