"""Somebody logs in; guessing gets slow."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import sessionmaker

from archive.actions.passwords import is_password, needs_rehash, rehash
from archive.db import now
from archive.models.users import LoginAttempt, User

WINDOW = timedelta(minutes=15)
MOST_BY_NAME = 5  # failures within the window
MOST_BY_ADDRESS = 30


class LoginRefused(Exception):
    """retry_at: when another try is allowed; None: at once, the name or password was wrong."""

    def __init__(self, retry_at: datetime | None) -> None:
        super().__init__("wrong name or password" if retry_at is None else "too many tries")
        self.retry_at = retry_at


def log_in(sessions: sessionmaker[DatabaseSession], name: str, password: str, address: str) -> int:
    """The id of the user with that name and password; raises LoginRefused.

    The answer and its time are the same for an unknown name and a wrong password.
    """
    name = name.strip()[:120]
    _count_try(sessions, name, address)
    with sessions.begin() as db:
        user = db.scalars(select(User).where(User.name == name)).first()
        right = is_password(user.password_hash if user else None, password)
        if user is not None and right and user.active:
            user.last_login_at = now()
            if needs_rehash(user.password_hash):
                user.password_hash = rehash(password)
            db.execute(delete(LoginAttempt).where(LoginAttempt.name == name))
            return user.id
        db.execute(delete(LoginAttempt).where(LoginAttempt.at < now() - 4 * WINDOW))
    raise LoginRefused(None)


def _count_try(sessions: sessionmaker[DatabaseSession], name: str, address: str) -> None:
    """Counts a try as failed until it proves right, so that guesses made at once count as well.

    Raises LoginRefused, and then does not count it. Tries for one name take turns here: on SQLite
    from the first write on, on PostgreSQL by locking the user.
    """
    with sessions.begin() as db:
        db.add(LoginAttempt(name=name, address=address))
        db.flush()
        db.execute(select(User.id).where(User.name == name).with_for_update())
        retry_at = _blocked_until(db, name, address)
        if retry_at is not None:
            raise LoginRefused(retry_at)


def _blocked_until(db: DatabaseSession, name: str, address: str) -> datetime | None:
    since = now() - WINDOW
    for column, value, most in (
        (LoginAttempt.name, name, MOST_BY_NAME),
        (LoginAttempt.address, address, MOST_BY_ADDRESS),
    ):
        count, first = db.execute(
            select(func.count(), func.min(LoginAttempt.at)).where(
                column == value, LoginAttempt.at > since
            )
        ).one()
        if count > most:  # this try is among them
            return first + WINDOW
    return None
