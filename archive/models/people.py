"""People on stage, and where they stood."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.db import Base, Moment, now
from archive.models.programme import Session


class StageRole(StrEnum):
    """What a person does in a session."""

    SPEAKER = "speaker"
    PANELIST = "panelist"
    MODERATOR = "moderator"
    HOST = "host"


class Person(Base):
    """Someone on stage; has a page of their own."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    affiliation: Mapped[str] = mapped_column(String(300), default="")
    biography: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    appearances: Mapped[list["Appearance"]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )


class Appearance(Base):
    """One person in one session, with a role and a place in the line-up."""

    __tablename__ = "appearances"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20), default=StageRole.SPEAKER)
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[Session] = relationship(back_populates="appearances")
    person: Mapped[Person] = relationship(back_populates="appearances")

    __table_args__ = (UniqueConstraint("session_id", "person_id"),)
