"""The programme: events, their rooms, their sessions."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.db import Base, Moment, now


class Visibility(StrEnum):
    """Who can reach a session: nobody outside, whoever has the address, or everyone."""

    DRAFT = "draft"
    UNLISTED = "unlisted"
    PUBLIC = "public"


class Kind(StrEnum):
    """What a session is."""

    TALK = "talk"
    KEYNOTE = "keynote"
    PANEL = "panel"
    WORKSHOP = "workshop"
    OTHER = "other"


class Event(Base):
    """One edition of a convention or conference, with days, place and rooms."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    subtitle: Mapped[str] = mapped_column(String(500), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    timezone: Mapped[str] = mapped_column(String(64))
    glossary: Mapped[str] = mapped_column(
        Text, default=""
    )  # one entry a line: transcripts/glossary.py
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    rooms: Mapped[list["Room"]] = relationship(
        back_populates="event", order_by="Room.position", cascade="all, delete-orphan"
    )
    sessions: Mapped[list["Session"]] = relationship(
        back_populates="event", order_by="Session.starts_at", cascade="all, delete-orphan"
    )

    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="days_in_order"),)


class Room(Base):
    """A room or track of an event."""

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="rooms")

    __table_args__ = (UniqueConstraint("event_id", "name"),)


class Session(Base):
    """One talk, keynote, panel or workshop of an event."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(20), default=Kind.TALK)
    title: Mapped[str] = mapped_column(String(300))
    subtitle: Mapped[str] = mapped_column(String(500), default="")
    abstract: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str | None] = mapped_column(String(12))  # BCP 47; None: to be detected
    other_languages: Mapped[list[str]] = mapped_column(JSON, default=list)  # spoken too
    starts_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    chapters: Mapped[str] = mapped_column(Text, default="")  # "12:30 title", one a line
    visibility: Mapped[str] = mapped_column(String(20), default=Visibility.DRAFT, index=True)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    event: Mapped[Event] = relationship(back_populates="sessions")
    room: Mapped[Room | None] = relationship()
    appearances: Mapped[list["Appearance"]] = relationship(  # noqa: F821  (people.py)
        back_populates="session", order_by="Appearance.position", cascade="all, delete-orphan"
    )
    recordings: Mapped[list["Recording"]] = relationship(  # noqa: F821  (recording.py)
        back_populates="session", order_by="Recording.id", cascade="all, delete-orphan"
    )
