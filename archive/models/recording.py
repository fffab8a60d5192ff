"""Recordings, what is made from them, and the log of that work."""

from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.db import Base, Moment, now
from archive.models.programme import Session

SAMPLES_MODEL = "samples"  # comes with Podium and knows nothing but the sample recordings


class State(StrEnum):
    """Where a recording stands."""

    QUEUED = "queued"
    WORKING = "working"
    WAITING_FOR_MODEL = "waiting_for_model"
    PAUSED = "paused"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """The chapters of the pipeline, in order; `archive/pipeline.py` tells what each does."""

    PROBE = "probe"
    POSTER = "poster"
    RENDITION = "rendition"
    SPEECH = "speech"
    TRANSCRIPTION = "transcription"
    INDEX = "index"


class RenditionKind(StrEnum):
    """What a rendition is for."""

    VIDEO = "video"
    AUDIO = "audio"
    POSTER = "poster"
    HLS = "hls"  # the same video in several sizes, for a player that picks by the network
    SPRITES = "sprites"  # sheets of small pictures, shown while someone looks for a moment


class StreamingState(StrEnum):
    """Where the work on the sizes and the previews of a recording stands."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Recording(Base):
    """One media file of a session, as it was uploaded; never changed by the pipeline."""

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    original_name: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(300), unique=True)  # where the store keeps it
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256, hex
    model: Mapped[str] = mapped_column(String(300))  # the Whisper model asked for
    language: Mapped[str | None] = mapped_column(String(12))  # declared; None: to be detected
    # Spoken too: with `language` the only ones that a chunk may be in.
    other_languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Names and words to listen for, fixed for an attempt; None: not gathered yet.
    terms: Mapped[list[str] | None] = mapped_column(JSON)
    draft: Mapped[bool] = mapped_column(default=False)  # a fast draft, of lower quality
    stretch: Mapped[list[float] | None] = mapped_column(JSON)  # seconds from, to; None: the whole
    priority: Mapped[int] = mapped_column(default=0)  # the highest is transcribed first

    state: Mapped[str] = mapped_column(String(20), default=State.QUEUED, index=True)
    step: Mapped[str | None] = mapped_column(String(20))
    progress: Mapped[float] = mapped_column(default=0.0)  # 0 to 1, of the whole pipeline
    attempt: Mapped[int] = mapped_column(default=1)
    failure: Mapped[str | None] = mapped_column(String(40))  # a reason, see archive/errors.py
    failure_details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    duration: Mapped[float | None]  # seconds
    info: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what the probe found
    plan: Mapped[list[Any] | None] = mapped_column(JSON)  # chunks in integer samples
    # Who speaks when, without a name: [start, end, voice] in seconds, voice "A", "B", … in the order
    # of their first word. Nothing that a voice could be known by elsewhere is kept.
    voices: Mapped[list[Any] | None] = mapped_column(JSON)
    wordless: Mapped[bool] = mapped_column(
        default=False
    )  # published without any speech, by decision
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)

    session: Mapped[Session] = relationship(back_populates="recordings")
    uploaded_by: Mapped["User | None"] = relationship()  # noqa: F821  (users.py)
    renditions: Mapped[list["Rendition"]] = relationship(
        back_populates="recording", cascade="all, delete-orphan"
    )
    transcripts: Mapped[list["Transcript"]] = relationship(  # noqa: F821  (transcript.py)
        back_populates="recording", cascade="all, delete-orphan"
    )
    chunks: Mapped[list["TranscribedChunk"]] = relationship(  # noqa: F821  (transcript.py)
        back_populates="recording", cascade="all, delete-orphan"
    )
    chunk_rows: Mapped[list["ChunkRow"]] = relationship(  # noqa: F821  (transcript.py)
        back_populates="recording", order_by="ChunkRow.number", cascade="all, delete-orphan"
    )
    notices: Mapped[list["Notice"]] = relationship(  # noqa: F821  (users.py)
        back_populates="recording", cascade="all, delete-orphan"
    )
    streaming: Mapped["Streaming | None"] = relationship(
        back_populates="recording", cascade="all, delete-orphan"
    )
    log: Mapped[list["LogEntry"]] = relationship(
        back_populates="recording", order_by="LogEntry.id", cascade="all, delete-orphan"
    )


class Rendition(Base):
    """A playable file, the poster, or a folder of files, made from a recording.

    details: of a folder, the names of its files, and the numbers that a player needs; `key` is then
    that of its first file, the others lie beside it, and `size` is that of all.
    """

    __tablename__ = "renditions"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(300), unique=True)
    mime: Mapped[str] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration: Mapped[float | None]  # seconds
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    recording: Mapped[Recording] = relationship(back_populates="renditions")

    __table_args__ = (UniqueConstraint("recording_id", "kind"),)

    @property
    def keys(self) -> tuple[str, ...]:
        """All that the store holds of it."""
        if not self.details:
            return (self.key,)
        place = PurePosixPath(self.key).parent
        return tuple(str(place / name) for name in self.details["files"])


class Streaming(Base):
    """The work on the sizes and the previews of a recording, which plays without them."""

    __tablename__ = "streamings"

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    run: Mapped[int] = mapped_column(default=1)  # whoever works on an older one finds it over
    state: Mapped[str] = mapped_column(String(20), default=StreamingState.QUEUED, index=True)
    progress: Mapped[float] = mapped_column(default=0.0)  # 0 to 1
    # A reason of archive/errors.py, or why it is not needed: off, small or sound.
    reason: Mapped[str | None] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    recording: Mapped[Recording] = relationship(back_populates="streaming")


class LogEntry(Base):
    """One line of what the pipeline did with a recording; kept when it fails."""

    __tablename__ = "recording_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    attempt: Mapped[int]
    step: Mapped[str | None] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)

    recording: Mapped[Recording] = relationship(back_populates="log")
