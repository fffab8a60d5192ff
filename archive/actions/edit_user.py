"""A log-in changes: its role, its password, its e-mail, or whether it works at all."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.passwords import hash_password, new_stamp
from archive.models.users import User, UserRole

LONGEST_EMAIL = 254  # characters, as mail servers accept them
EMAIL = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;.]+(\.[^@\s<>\"(),:;.]+)+", re.ASCII)


class NoEmail(ValueError):
    """This is no e-mail address."""


class LastAdmin(ValueError):
    """Without this one nobody could manage log-ins."""


def set_password(user: User, password: str) -> None:
    """Gives a new password and ends all log-ins made with the old one; raises WeakPassword."""
    user.password_hash = hash_password(password)
    user.stamp = new_stamp()


def set_email(user: User, email: str) -> None:
    """Sets where notices go by mail, or nowhere for an empty text. Raises NoEmail."""
    email = email.strip()
    if email and not is_email(email):
        raise NoEmail(f"“{email[:40]}” is no e-mail address.")
    user.email = email


def is_email(text: str) -> bool:
    """Whether `text` may be an e-mail address; whether it works only a mail can tell."""
    return len(text) <= LONGEST_EMAIL and text.isprintable() and bool(EMAIL.fullmatch(text))


def set_role(db: DatabaseSession, user: User, role: UserRole) -> None:
    """Raises LastAdmin."""
    if role != UserRole.ADMIN:
        _keep_an_admin(db, user)
    user.role = role


def set_active(db: DatabaseSession, user: User, active: bool) -> None:
    """Switches a log-in on or off; switching off ends it everywhere. Raises LastAdmin."""
    if not active:
        _keep_an_admin(db, user)
        user.stamp = new_stamp()
    user.active = active


def _keep_an_admin(db: DatabaseSession, user: User) -> None:
    others = db.scalar(
        select(func.count())
        .select_from(User)
        .where(User.role == UserRole.ADMIN, User.active, User.id != user.id)
    )
    if user.role == UserRole.ADMIN and not others:
        raise LastAdmin(f"“{user.name}” is the only admin; make somebody else admin first.")
