"""Log-ins are added and changed; one admin always stays, and what changes ends old log-ins."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.add_user import NameTaken, add_user
from archive.actions.edit_user import (
    LastAdmin,
    NoEmail,
    set_active,
    set_email,
    set_password,
    set_role,
)
from archive.actions.log_in import log_in
from archive.actions.passwords import WeakPassword, is_password
from archive.models.users import User, UserRole
from archive.parts import Parts
from tests import factories as make

OTHER_ROLES = [UserRole.ORGANISER, UserRole.STAFF]


def test_added_user_has_the_role_and_the_password(db: DatabaseSession):
    user = add_user(db, name="  ada ", password=make.PASSWORD, role=UserRole.STAFF)

    assert (user.name, user.role, user.active, user.last_login_at) == ("ada", "staff", True, None)
    assert is_password(user.password_hash, make.PASSWORD)


def test_added_users_have_stamps_of_their_own(db: DatabaseSession):
    stamps = {
        add_user(db, name=name, password=make.PASSWORD, role=UserRole.STAFF).stamp
        for name in ("ada", "eve")
    }

    assert len(stamps) == 2


@pytest.mark.parametrize(
    ("values", "error", "sentence"),
    [
        ({"name": " ada "}, NameTaken, "There is a log-in “ada” already."),
        ({"name": "   "}, ValueError, "A log-in needs a name."),
        ({"name": "x" * 121}, ValueError, "A name has at most 120 characters."),
        ({"password": "short"}, WeakPassword, "at least 10 characters"),
    ],
)
def test_user_that_cannot_be_is_refused(
    db: DatabaseSession, values: dict[str, str], error: type[Exception], sentence: str
):
    make.a_user(db, name="ada")
    given = {"name": "eve", "password": make.PASSWORD, "role": UserRole.STAFF} | values

    with pytest.raises(error, match=sentence):
        add_user(db, **given)

    assert db.scalars(select(User.name)).all() == ["ada"]


def test_longest_name_is_one_that_can_log_in(parts: Parts, db: DatabaseSession):
    user = add_user(db, name="x" * 120, password=make.PASSWORD, role=UserRole.STAFF)
    db.commit()

    assert log_in(parts.sessions, user.name, make.PASSWORD, "192.0.2.1") == user.id


def test_new_password_replaces_the_old_and_ends_its_log_ins(db: DatabaseSession):
    user = make.a_user(db)
    stamp = user.stamp

    set_password(user, "a whole new password")

    assert is_password(user.password_hash, "a whole new password")
    assert not is_password(user.password_hash, make.PASSWORD)
    assert user.stamp != stamp


def test_weak_password_changes_nothing(db: DatabaseSession):
    user = make.a_user(db)
    stamp = user.stamp

    with pytest.raises(WeakPassword):
        set_password(user, "short")

    assert is_password(user.password_hash, make.PASSWORD)
    assert user.stamp == stamp


def test_switching_off_ends_log_ins_and_switching_on_does_not_revive_them(db: DatabaseSession):
    user = make.a_user(db)
    stamp = user.stamp

    set_active(db, user, False)
    set_active(db, user, True)

    assert (user.active, user.stamp == stamp) == (True, False)


@pytest.mark.parametrize("role", OTHER_ROLES)
def test_only_admin_keeps_the_role(db: DatabaseSession, role: UserRole):
    user = make.a_user(db, UserRole.ADMIN, name="ada")
    make.a_user(db, UserRole.ADMIN, name="off", active=False)
    make.a_user(db, UserRole.STAFF)

    with pytest.raises(LastAdmin, match="“ada” is the only admin"):
        set_role(db, user, role)

    assert user.role == UserRole.ADMIN


def test_only_admin_stays_switched_on(db: DatabaseSession):
    user = make.a_user(db, UserRole.ADMIN)
    make.a_user(db, UserRole.ADMIN, name="off", active=False)
    stamp = user.stamp

    with pytest.raises(LastAdmin):
        set_active(db, user, False)

    assert (user.active, user.stamp) == (True, stamp)


@pytest.mark.parametrize("role", OTHER_ROLES)
def test_one_of_two_admins_may_become_something_else(db: DatabaseSession, role: UserRole):
    user = make.a_user(db, UserRole.ADMIN, name="ada")
    make.a_user(db, UserRole.ADMIN, name="eve")

    set_role(db, user, role)

    assert user.role == role


def test_admin_that_is_off_may_become_something_else(db: DatabaseSession):
    user = make.a_user(db, UserRole.ADMIN, name="off", active=False)
    make.a_user(db, UserRole.ADMIN, name="ada")

    set_role(db, user, UserRole.STAFF)

    assert user.role == UserRole.STAFF


def test_only_admin_may_be_made_admin_again(db: DatabaseSession):
    user = make.a_user(db, UserRole.ADMIN)

    set_role(db, user, UserRole.ADMIN)

    assert user.role == UserRole.ADMIN


@pytest.mark.parametrize(
    "email",
    ["ada@example.org", " ada@example.org ", "a.b+c@mail.example.co.uk", "jü@müller.de", ""],
)
def test_email_is_kept_without_spaces_around(db: DatabaseSession, email: str):
    user = make.a_user(db)

    set_email(user, email)

    assert user.email == email.strip()


@pytest.mark.parametrize(
    "email",
    [
        *("ada", "ada@", "@example.org", "ada@example", "ada@example..org", "a b@example.org"),
        *("ada@example.org, eve@example.org", "Ada <ada@example.org>", "ada@example.org\nBcc: eve"),
        "a" * 250 + "@example.org",
    ],
)
def test_what_is_no_email_is_refused(db: DatabaseSession, email: str):
    user = make.a_user(db, email="before@example.org")

    with pytest.raises(NoEmail):
        set_email(user, email)

    assert user.email == "before@example.org"
