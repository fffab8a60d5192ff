"""`flask users`: log-ins from the command line, by the same rules as on the desk."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.log_in import log_in
from archive.db import now
from archive.models.users import User, UserRole
from archive.parts import Parts
from tests import factories as make
from tests.archive.cli.conftest import Run


@pytest.mark.parametrize("role", list(UserRole))
def test_user_is_added_with_a_role_and_the_password_typed_twice(
    run: Run, parts: Parts, db: DatabaseSession, role: UserRole
):
    done = run("users", "add", "ada", "--role", role, input=f"{make.PASSWORD}\n" * 2)

    user = db.scalars(select(User)).one()
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, f"“ada” may log in as {role}.")
    assert make.PASSWORD not in done.output
    assert user.role == role
    assert log_in(parts.sessions, "ada", make.PASSWORD, "") == user.id


def test_user_is_staff_unless_told_otherwise(run: Run, db: DatabaseSession):
    run("users", "add", "ada", "--password", make.PASSWORD)

    assert db.scalars(select(User.role)).all() == ["staff"]


def test_random_password_is_printed_and_works(run: Run, parts: Parts, db: DatabaseSession):
    done = run("users", "add", "ada", "--password", "-")

    password = re.fullmatch(r"“ada” may log in as staff\.\nPassword: (\S{16,})\n", done.output)[1]
    assert log_in(parts.sessions, "ada", password, "") == db.scalars(select(User.id)).one()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("eve", "--password", make.PASSWORD), "There is a log-in “eve” already."),
        (("eve", "--password", "-"), "There is a log-in “eve” already."),
        (("ada", "--password", "short"), "A password needs at least 10 characters."),
        ((" ", "--password", make.PASSWORD), "A log-in needs a name."),
        (("x" * 121, "--password", make.PASSWORD), "A name has at most 120 characters."),
    ],
)
def test_user_that_cannot_be_is_refused(
    run: Run, db: DatabaseSession, arguments: tuple[str, ...], sentence: str
):
    make.a_user(db, name="eve")
    db.commit()

    done = run("users", "add", *arguments)

    assert (done.exit_code, done.output) == (1, f"Error: {sentence}\n")
    assert db.scalars(select(User.name)).all() == ["eve"]


def test_unknown_role_is_refused_with_those_there_are(run: Run, db: DatabaseSession):
    done = run("users", "add", "ada", "--role", "owner", "--password", make.PASSWORD)

    assert done.exit_code == 2
    assert all(role in done.output for role in UserRole)
    assert db.scalars(select(User)).all() == []


def test_list_shows_everyone_and_no_secret(run: Run, db: DatabaseSession):
    seen = now().replace(2026, 9, 17, 8, 5)
    make.a_user(db, UserRole.STAFF, name="eve", active=False)
    make.a_user(db, UserRole.ADMIN, name="ada", last_login_at=seen)
    db.commit()

    done = run("users", "list")

    assert [line.split() for line in done.output.splitlines()] == [
        "ada admin last log-in 2026-09-17 08:05".split(),
        "eve staff last log-in never disabled".split(),
    ]


def test_disabled_user_cannot_log_in_and_log_ins_end(run: Run, db: DatabaseSession):
    user = make.a_user(db, UserRole.STAFF, name="ada")
    db.commit()
    stamp = user.stamp

    done = run("users", "disable", "ada")

    db.refresh(user)
    assert (done.exit_code, done.output) == (0, "“ada” can no longer log in.\n")
    assert (user.active, user.stamp == stamp) == (False, False)


def test_only_admin_is_not_disabled(run: Run, db: DatabaseSession):
    user = make.a_user(db, UserRole.ADMIN, name="ada")
    make.a_user(db, UserRole.STAFF, name="eve")
    db.commit()

    done = run("users", "disable", "ada")

    db.refresh(user)
    assert (done.exit_code, done.output) == (
        1,
        "Error: “ada” is the only admin; make somebody else admin first.\n",
    )
    assert user.active


def test_unknown_user_is_not_disabled(run: Run):
    done = run("users", "disable", "nobody")

    assert (done.exit_code, done.output) == (
        1,
        "Error: There is no log-in “nobody”; `flask --app wsgi users list` shows all.\n",
    )
