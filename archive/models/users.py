"""Who may log in, what they are told, and which log-ins were tried."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.db import Base, Moment, now


class UserRole(StrEnum):
    """What a user may do; each role may do all that the next one may."""

    ADMIN = "admin"
    ORGANISER = "organiser"
    STAFF = "staff"


class User(Base):
    """Someone with a log-in. Visitors need none."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)  # what one types to log in
    password_hash: Mapped[str] = mapped_column(String(200))  # argon2id
    role: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)
    email: Mapped[str] = mapped_column(String(254), default="")  # for notices; empty: none by mail
    stamp: Mapped[str] = mapped_column(String(32))  # changes with the password: old log-ins end
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_login_at: Mapped[datetime | None] = mapped_column(Moment)


class LoginAttempt(Base):
    """A failed log-in, counted to slow down guessing; old ones are removed."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)


class Notice(Base):
    """Tells a user that work on a recording they uploaded has ended; goes when it is dismissed."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), index=True
    )
    attempt: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))  # in which the work ended
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)

    recording: Mapped["Recording"] = relationship(back_populates="notices")  # noqa: F821

    __table_args__ = (UniqueConstraint("user_id", "recording_id", "attempt"),)
