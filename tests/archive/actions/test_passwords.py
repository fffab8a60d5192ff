"""Passwords are kept as argon2id, and nothing tells a missing user from a wrong password."""

import pytest
from argon2 import PasswordHasher

from archive.actions.passwords import (
    SHORTEST,
    WeakPassword,
    hash_password,
    is_password,
    needs_rehash,
    new_stamp,
)

PASSWORD = "Regen über dem Fluss"


def test_hash_is_argon2id_and_different_each_time():
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)

    assert first.startswith("$argon2id$")
    assert PASSWORD not in first
    assert first != second


@pytest.mark.parametrize(
    ("given", "right"),
    [(PASSWORD, True), (PASSWORD.upper(), False), (PASSWORD + " ", False), ("", False)],
)
def test_only_the_very_password_is_right(given: str, right: bool):
    assert is_password(hash_password(PASSWORD), given) is right


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_nothing_is_right_where_no_hash_is_stored(stored: str | None):
    assert is_password(stored, PASSWORD) is False


@pytest.mark.parametrize("length", [0, 1, SHORTEST - 1])
def test_short_password_is_refused_with_the_length_that_is_needed(length: int):
    with pytest.raises(WeakPassword, match=f"at least {SHORTEST} characters"):
        hash_password("x" * length)


def test_shortest_password_is_accepted():
    assert is_password(hash_password("x" * SHORTEST), "x" * SHORTEST)


def test_hash_of_weaker_parameters_is_to_be_renewed():
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    assert (needs_rehash(weaker), needs_rehash(hash_password(PASSWORD))) == (True, False)


def test_stamps_fit_their_column_and_differ():
    assert (len(new_stamp()), new_stamp() == new_stamp()) == (32, False)
