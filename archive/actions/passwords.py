"""Passwords: argon2id, with the parameters that argon2-cffi recommends."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10  # characters
_hasher = PasswordHasher()
# Checked where there is no such user, so that an unknown name takes as long as a wrong password.
_nobody = _hasher.hash(secrets.token_hex(16))


class WeakPassword(ValueError):
    """The password is too short."""


def hash_password(password: str) -> str:
    """The hash to store; raises WeakPassword."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"A password needs at least {SHORTEST} characters.")
    return rehash(password)


def rehash(password: str) -> str:
    """A fresh hash of a password that is in force, whatever its length."""
    return _hasher.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the one of the hash; as slow where there is no hash."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(stored)


def new_stamp() -> str:
    """A fresh stamp: log-ins that carry the old one end."""
    return secrets.token_hex(16)
