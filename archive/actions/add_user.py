"""Somebody gets a log-in."""

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.passwords import hash_password, new_stamp
from archive.models.users import User, UserRole

LONGEST_NAME = 120  # characters


class NameTaken(ValueError):
    """There is a log-in of that name."""


def add_user(db: DatabaseSession, *, name: str, password: str, role: UserRole) -> User:
    """Adds a user; raises NameTaken, WeakPassword, and ValueError for a name that cannot be."""
    name = name.strip()
    if not name:
        raise ValueError("A log-in needs a name.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A name has at most {LONGEST_NAME} characters.")
    if db.scalars(select(User.id).where(User.name == name)).first() is not None:
        raise NameTaken(f"There is a log-in “{name}” already.")
    user = User(name=name, password_hash=hash_password(password), role=role, stamp=new_stamp())
    db.add(user)
    db.flush()
    return user
