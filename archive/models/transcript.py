"""Transcripts: immutable revisions of cues, and the chunks a machine revision is made from.

A chunk of an attempt is a `ChunkRow`: who has it in hand, and how far. What was heard in it is a
`TranscribedChunk`, which outlives the attempt: the same question is never asked twice.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.db import Base, Moment, now
from archive.models.recording import Recording


class Origin(StrEnum):
    """Who made a revision."""

    MACHINE = "machine"
    PERSON = "person"
    IMPORT = "import"


class ChunkState(StrEnum):
    """Where a chunk of an attempt stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Transcript(Base):
    """What was said in a recording, in one language; its newest revision is what everyone sees."""

    __tablename__ = "transcripts"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), index=True
    )
    language: Mapped[str] = mapped_column(String(12))  # BCP 47
    # What was said in another language: offered as captions and to read, never shown in its place.
    translation: Mapped[bool] = mapped_column(default=False)

    recording: Mapped[Recording] = relationship(back_populates="transcripts")
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="transcript", order_by="Revision.number", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("recording_id", "language"),)

    @property
    def current(self) -> "Revision":
        """The newest revision; a transcript has at least one."""
        return self.revisions[-1]


class Revision(Base):
    """One immutable state of a transcript, with its origin."""

    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(
        ForeignKey("transcripts.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    origin: Mapped[str] = mapped_column(String(20))
    engine: Mapped[str | None] = mapped_column(String(80))  # name and version
    model: Mapped[str | None] = mapped_column(String(300))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    # A machine's text of what people have corrected is offered: shown once somebody takes it.
    offered: Mapped[bool] = mapped_column(default=False)

    transcript: Mapped[Transcript] = relationship(back_populates="revisions")
    cues: Mapped[list["CueRow"]] = relationship(
        back_populates="revision", order_by="CueRow.position", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("transcript_id", "number"),)


class CueRow(Base):
    """A cue of a revision; `words` is a list of [text, start, end, probability]."""

    __tablename__ = "cues"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"))
    position: Mapped[int]
    start: Mapped[float]  # seconds
    end: Mapped[float]  # seconds
    text: Mapped[str] = mapped_column(Text)
    speaker: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(12))
    words: Mapped[list[Any]] = mapped_column(JSON, default=list)
    reviewed: Mapped[bool] = mapped_column(default=False)  # a person has changed or confirmed it

    revision: Mapped[Revision] = relationship(back_populates="cues")

    __table_args__ = (UniqueConstraint("revision_id", "position"),)


class Correction(Base):
    """What a user has corrected in a transcript and not finished yet, kept as it is typed."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    base_id: Mapped[int] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"))
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)

    patches: Mapped[list["CorrectionPatch"]] = relationship(
        back_populates="correction",
        order_by="CorrectionPatch.first",
        cascade="all, delete-orphan",
    )

    __table_args__ = (UniqueConstraint("transcript_id", "user_id"),)


class CorrectionPatch(Base):
    """Cues that take the place of the cues `first` to `last` of the base, counted from 0."""

    __tablename__ = "correction_patches"

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(
        ForeignKey("corrections.id", ondelete="CASCADE"), index=True
    )
    first: Mapped[int]
    last: Mapped[int]
    cues: Mapped[list[Any]] = mapped_column(JSON)  # objects: start, end, text, speaker, language
    rival: Mapped[bool] = mapped_column(default=False)  # somebody else has changed the same since

    correction: Mapped[Correction] = relationship(back_populates="patches")


class TranscribedChunk(Base):
    """The result of one chunk, stored once under a key of audio, range, engine and options."""

    __tablename__ = "transcribed_chunks"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(String(64))  # SHA-256, hex
    start: Mapped[int] = mapped_column(BigInteger)  # samples at 16 kHz
    end: Mapped[int] = mapped_column(BigInteger)  # samples at 16 kHz
    engine: Mapped[str] = mapped_column(String(80))  # name and version
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    seconds: Mapped[float]  # time the engine took
    worker: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    recording: Mapped[Recording] = relationship(back_populates="chunks")

    __table_args__ = (UniqueConstraint("recording_id", "key"),)


class ChunkRow(Base):
    """One chunk of one attempt at a recording, from waiting to done."""

    __tablename__ = "chunks"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    number: Mapped[int]  # place in the recording's plan, from 0
    start: Mapped[int] = mapped_column(BigInteger)  # samples at 16 kHz, of what it answers for
    end: Mapped[int] = mapped_column(BigInteger)  # samples at 16 kHz
    state: Mapped[str] = mapped_column(String(20), default=ChunkState.WAITING, index=True)
    worker: Mapped[str | None] = mapped_column(String(200))  # has it in hand, or had it last
    ticket: Mapped[str | None] = mapped_column(String(200))  # id of the workflow that claimed it
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    heard: Mapped[float] = mapped_column(default=0.0)  # seconds of it done
    deaths: Mapped[int] = mapped_column(default=0)  # starts that nobody lived to see the end of
    key: Mapped[str | None] = mapped_column(String(64))  # of its TranscribedChunk
    failure: Mapped[str | None] = mapped_column(Text)  # why it was set aside
    cues: Mapped[list[Any] | None] = mapped_column(JSON)  # [start, end, text, language] to show

    recording: Mapped[Recording] = relationship(back_populates="chunk_rows")

    __table_args__ = (UniqueConstraint("recording_id", "attempt", "number"),)
