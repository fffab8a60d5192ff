"""Notices stand at the top of the desk until they are dismissed."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import State
from archive.models.users import Notice, User, UserRole
from tests import factories as make
from tests.forms import submit


@pytest.fixture
def user(organiser: FlaskClient, db: DatabaseSession) -> User:
    return db.scalars(select(User).where(User.name == "organiser")).one()


def a_notice(db: DatabaseSession, user: User, name: str, state: str = State.READY) -> Notice:
    session = make.a_session(db, title=f"Sitzung {name}", slug=name)
    recording = make.a_recording(db, session, original_name=f"{name}.mp4")
    notice = Notice(user_id=user.id, recording_id=recording.id, attempt=1, state=state)
    db.add(notice)
    db.commit()
    return notice


def shown(client: FlaskClient, address: str = "/desk/queue") -> str:
    return client.get(address).get_data(as_text=True)


@pytest.mark.parametrize("address", ["/desk", "/desk/queue", "/desk/events", "/desk/account"])
def test_pages_of_the_desk_show_ones_own(
    organiser: FlaskClient, db: DatabaseSession, user: User, address: str
):
    other = make.a_user(db, UserRole.ADMIN)
    a_notice(db, user, "fertig")
    a_notice(db, user, "kaputt", State.FAILED)
    a_notice(db, other, "fremd")

    page = shown(organiser, address)

    assert "“fertig.mp4” is ready:" in page and 'href="/desk/sessions/fertig"' in page
    assert "“kaputt.mp4” could not be finished:" in page
    assert "“fremd.mp4” is ready" not in page


def test_no_notices_are_no_space(organiser: FlaskClient, user: User):
    assert 'class="notices"' not in shown(organiser)


def test_many_are_folded_away(organiser: FlaskClient, db: DatabaseSession, user: User):
    for number in range(5):
        a_notice(db, user, f"vortrag-{number}")

    page = shown(organiser)

    assert "2 more" in page
    assert page.index("vortrag-4") < page.index("<summary>2 more") < page.index("vortrag-0")


def test_one_is_dismissed_where_one_stands(organiser: FlaskClient, db: DatabaseSession, user: User):
    gone, kept = a_notice(db, user, "gelesen"), a_notice(db, user, "neu")

    answer = submit(
        organiser,
        "/desk/events",
        to=f"/desk/notices/{gone.id}/dismissal",
        next="/desk/people?page=1",
    )

    assert answer.location == "/desk/people?page=1"
    assert db.scalars(select(Notice.id)).all() == [kept.id]


def test_all_of_ones_own_are_dismissed(organiser: FlaskClient, db: DatabaseSession, user: User):
    other = a_notice(db, make.a_user(db, UserRole.ADMIN), "fremd")
    a_notice(db, user, "eins")
    a_notice(db, user, "zwei")

    answer = submit(organiser, "/desk", to="/desk/notices/dismissal", next="https://evil.example")

    assert answer.location == "/desk"
    assert db.scalars(select(Notice.id)).all() == [other.id]


def test_those_of_others_stay(organiser: FlaskClient, db: DatabaseSession, user: User):
    other = a_notice(db, make.a_user(db, UserRole.ADMIN), "fremd")
    a_notice(db, user, "eigen")

    submit(organiser, "/desk", to=f"/desk/notices/{other.id}/dismissal")

    assert len(db.scalars(select(Notice.id)).all()) == 2
