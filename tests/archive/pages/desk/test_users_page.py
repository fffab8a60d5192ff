"""Log-ins are managed by admins, and everyone changes their own password."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.users import User, UserRole
from tests import factories as make
from tests.forms import log_in, submit

SHOWN = re.compile(r"<code>([^<]+)</code>")


@pytest.fixture
def admin(client: FlaskClient, db: DatabaseSession) -> FlaskClient:
    make.a_user(db, UserRole.ADMIN)
    db.commit()
    log_in(client, "admin")
    return client


def change(admin: FlaskClient, user: User, **values: str):
    return submit(admin, "/desk/users", to=f"/desk/users/{user.id}", **values)


def test_new_log_in_works_with_the_password_shown_once(admin: FlaskClient):
    made = submit(admin, "/desk/users", name="jule", role="staff").get_data(as_text=True)

    password = SHOWN.search(made)[1]
    assert password not in admin.get("/desk/users").get_data(as_text=True)
    assert log_in(admin.application.test_client(), "jule", password).location == "/desk"


def test_name_that_is_taken_is_refused(admin: FlaskClient):
    answer = submit(admin, "/desk/users", name=" admin ", role="staff")

    assert answer.status_code == 400
    assert "There is a log-in of that name already." in answer.get_data(as_text=True)


def test_role_changes(admin: FlaskClient, db: DatabaseSession):
    user = make.a_user(db, UserRole.STAFF)
    db.commit()

    change(admin, user, do="role", role="organiser")

    assert db.scalars(select(User.role).where(User.id == user.id)).one() == "organiser"


def test_new_password_ends_the_old_log_in(admin: FlaskClient, db: DatabaseSession):
    user = make.a_user(db, UserRole.STAFF)
    db.commit()
    other = admin.application.test_client()
    log_in(other, "staff")

    shown = change(admin, user, do="password").get_data(as_text=True)

    assert other.get("/desk").status_code == 302
    assert log_in(other, "staff", SHOWN.search(shown)[1]).location == "/desk"


def test_disabled_log_in_ends_at_once_and_comes_back_when_enabled(
    admin: FlaskClient, db: DatabaseSession
):
    user = make.a_user(db, UserRole.STAFF)
    db.commit()
    other = admin.application.test_client()
    log_in(other, "staff")

    change(admin, user, do="disable")
    disabled = other.get("/desk").status_code
    change(admin, user, do="enable")

    assert disabled == 302
    assert log_in(other, "staff").location == "/desk"


@pytest.mark.parametrize("values", [{"do": "disable"}, {"do": "role", "role": "staff"}])
def test_last_admin_stays(admin: FlaskClient, db: DatabaseSession, values: dict[str, str]):
    user = db.scalars(select(User)).one()

    change(admin, user, **values)

    db.refresh(user)
    assert (user.role, user.active) == ("admin", True)


def test_nonsense_is_refused(admin: FlaskClient, db: DatabaseSession):
    user = db.scalars(select(User)).one()

    assert change(admin, user, do="explode").status_code == 400


def test_own_password_changes_and_this_device_stays_logged_in(
    organiser: FlaskClient, db: DatabaseSession
):
    answer = submit(
        organiser,
        "/desk/account",
        current=make.PASSWORD,
        new="ein ganz neues Kennwort",
        again="ein ganz neues Kennwort",
    )

    assert answer.location == "/desk"
    assert organiser.get("/desk").status_code == 200
    fresh = organiser.application.test_client()
    assert log_in(fresh, "organiser", "ein ganz neues Kennwort").location == "/desk"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"current": "falsch"}, "This is not your current password."),
        ({"new": "kurz", "again": "kurz"}, "At least 10 characters."),
        ({"again": "ein anderes neues"}, "The two new passwords differ."),
    ],
)
def test_own_password_is_refused_with_the_reason(
    organiser: FlaskClient, values: dict[str, str], sentence: str
):
    given = {
        "current": make.PASSWORD,
        "new": "ein ganz neues Kennwort",
        "again": "ein ganz neues Kennwort",
    }

    answer = submit(organiser, "/desk/account", **(given | values))

    assert answer.status_code == 400
    assert sentence in answer.get_data(as_text=True)
    assert log_in(organiser.application.test_client(), "organiser").location == "/desk"


def test_email_for_notices_is_entered_and_taken_away(organiser: FlaskClient, db: DatabaseSession):
    addresses = []
    for email in (" ada@example.org ", ""):
        answer = submit(organiser, "/desk/account", do="email", email=email)
        db.expire_all()
        addresses.append((answer.location, db.scalars(select(User.email)).one()))

    assert addresses == [("/desk/account", "ada@example.org"), ("/desk/account", "")]


def test_what_is_no_email_is_refused_and_shown_again(organiser: FlaskClient, db: DatabaseSession):
    answer = submit(organiser, "/desk/account", do="email", email="ada@example")

    page = answer.get_data(as_text=True)
    assert (answer.status_code, db.scalars(select(User.email)).one()) == (400, "")
    assert 'href="#email">This is no e-mail address.' in page
    assert 'value="ada@example"' in page
    assert "Enter your current password." not in page
