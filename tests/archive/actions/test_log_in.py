"""Logging in: one answer for everything that is wrong, and guessing gets slow."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.log_in import (
    MOST_BY_ADDRESS,
    MOST_BY_NAME,
    WINDOW,
    LoginRefused,
    log_in,
)
from archive.actions.passwords import is_password, needs_rehash
from archive.db import now
from archive.models.users import LoginAttempt, User
from archive.parts import Parts
from tests import factories as make

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
SECOND = timedelta(seconds=1)


@pytest.fixture
def user(db: DatabaseSession) -> User:
    user = make.a_user(db, name="ada")
    db.commit()
    return user


def failures(db: DatabaseSession, count: int, age: timedelta = SECOND, **values: object) -> None:
    """Failed tries of the past; the oldest is of `age`, the others are younger."""
    given = {"name": "ada", "address": HERE}
    for number in range(count):
        at = now() - age + number * timedelta(milliseconds=1)
        db.add(LoginAttempt(**(given | values), at=at))
    db.commit()


def refusal(parts: Parts, name: str = "ada", password: str = "wrong", address: str = HERE):
    with pytest.raises(LoginRefused) as caught:
        log_in(parts.sessions, name, password, address)
    return caught.value


def counted(db: DatabaseSession) -> int:
    return db.scalar(select(func.count()).select_from(LoginAttempt))


def test_name_and_password_give_the_user(parts: Parts, db: DatabaseSession, user: User):
    before = now()

    user_id = log_in(parts.sessions, "  ada ", make.PASSWORD, HERE)

    db.refresh(user)
    assert user_id == user.id
    assert before <= user.last_login_at <= now()
    assert counted(db) == 0


@pytest.mark.parametrize("name", ["ada", "ADA", "nobody", "", "off", "x" * 5000])
def test_whatever_is_wrong_is_refused_in_the_same_words(
    parts: Parts, db: DatabaseSession, user: User, name: str
):
    make.a_user(db, name="off", active=False)
    db.commit()
    password = make.PASSWORD if name in ("off", "ADA") else "wrong password"

    refused = refusal(parts, name, password)

    assert (str(refused), refused.retry_at) == ("wrong name or password", None)
    assert counted(db) == 1


def test_name_with_too_many_failures_waits_even_with_the_right_password(
    parts: Parts, db: DatabaseSession, user: User
):
    failures(db, MOST_BY_NAME - 1, age=timedelta(minutes=10))
    first = db.scalar(select(func.min(LoginAttempt.at)))
    refusal(parts, address=ELSEWHERE)

    refused = refusal(parts, password=make.PASSWORD, address=ELSEWHERE)

    assert (str(refused), refused.retry_at) == ("too many tries", first + WINDOW)


def test_name_without_a_user_waits_just_the_same(parts: Parts, db: DatabaseSession):
    failures(db, MOST_BY_NAME, name="nobody")

    assert refusal(parts, "nobody").retry_at is not None


def test_address_with_too_many_failures_waits_whatever_the_name(
    parts: Parts, db: DatabaseSession, user: User
):
    for number in range(MOST_BY_ADDRESS):
        failures(db, 1, name=f"guess {number}")

    assert refusal(parts, password=make.PASSWORD).retry_at is not None
    assert log_in(parts.sessions, "ada", make.PASSWORD, ELSEWHERE) == user.id


def test_others_are_not_kept_waiting(parts: Parts, db: DatabaseSession, user: User):
    failures(db, MOST_BY_NAME, name="eve")

    assert log_in(parts.sessions, "ada", make.PASSWORD, HERE) == user.id


def test_waiting_ends_when_the_first_failure_is_old_enough(
    parts: Parts, db: DatabaseSession, user: User
):
    failures(db, 1, age=WINDOW + SECOND)
    failures(db, MOST_BY_NAME - 1)

    assert log_in(parts.sessions, "ada", make.PASSWORD, HERE) == user.id


def test_tries_while_waiting_do_not_make_it_longer(parts: Parts, db: DatabaseSession, user: User):
    failures(db, MOST_BY_NAME)

    moments = {refusal(parts).retry_at for _ in range(3)}

    assert len(moments) == 1
    assert counted(db) == MOST_BY_NAME


def test_log_in_clears_the_failures_of_its_name_alone(
    parts: Parts, db: DatabaseSession, user: User
):
    failures(db, MOST_BY_NAME - 1)
    failures(db, 1, name="eve")

    log_in(parts.sessions, "ada", make.PASSWORD, HERE)

    assert db.scalars(select(LoginAttempt.name)).all() == ["eve"]


def test_failures_long_ago_are_forgotten(parts: Parts, db: DatabaseSession, user: User):
    failures(db, 3, age=5 * WINDOW, name="eve")

    refusal(parts)

    assert db.scalars(select(LoginAttempt.name)).all() == ["ada"]


def test_guesses_at_once_are_limited_too(either_parts: Parts):
    guessers = 3 * MOST_BY_NAME
    start = threading.Barrier(guessers)
    with either_parts.sessions.begin() as db:
        make.a_user(db, name="ada")

    def guess(number: int) -> LoginRefused:
        start.wait(timeout=60)
        return refusal(either_parts, password=f"guess {number}")

    with ThreadPoolExecutor(guessers) as threads:
        refused = list(threads.map(guess, range(guessers)))

    assert len([r for r in refused if r.retry_at is None]) == MOST_BY_NAME
    with either_parts.sessions() as db:
        assert counted(db) == MOST_BY_NAME


@pytest.mark.parametrize("password", [make.PASSWORD, "short"])
def test_hash_of_weaker_parameters_is_renewed(parts: Parts, db: DatabaseSession, password: str):
    """Also that of a password which would be too short by now."""
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
    user = make.a_user(db, name="ada", password_hash=weaker)
    db.commit()

    log_in(parts.sessions, "ada", password, HERE)

    db.refresh(user)
    assert not needs_rehash(user.password_hash)
    assert is_password(user.password_hash, password)


def test_hash_of_today_stays(parts: Parts, db: DatabaseSession, user: User):
    log_in(parts.sessions, "ada", make.PASSWORD, HERE)

    before = user.password_hash
    db.refresh(user)
    assert user.password_hash == before
