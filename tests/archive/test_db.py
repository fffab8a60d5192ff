"""What every database of the archive keeps: times, relations, and one writer after the other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.report_progress import log_line
from archive.db import make_engine, now
from archive.models.programme import Session
from archive.models.recording import LogEntry
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.arrivals import queued

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_time_comes_back_as_the_same_moment_in_utc(either_parts: Parts):
    with either_parts.sessions.begin() as db:
        session_id = make.a_session(db, starts_at=NOON).id

    with either_parts.sessions() as db:
        kept = db.get_one(Session, session_id).starts_at

    assert kept == NOON
    assert (kept.tzinfo, kept.hour) == (UTC, 10)


def test_time_without_a_zone_is_refused(db: DatabaseSession):
    with pytest.raises(StatementError, match="a time without a time zone cannot be stored"):
        make.a_session(db, starts_at=datetime(2026, 7, 1, 12, 0))


def test_times_are_compared_as_moments(either_parts: Parts):
    with either_parts.sessions.begin() as db:
        make.a_session(db, starts_at=NOON)

    with either_parts.sessions() as db:
        later = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
        count = db.scalar(
            select(func.count()).select_from(Session).where(Session.starts_at < later)
        )

    assert count == 1


def test_now_is_aware():
    assert now().tzinfo is UTC


def test_what_belongs_to_nothing_is_refused(either_parts: Parts):
    with pytest.raises(IntegrityError), either_parts.sessions.begin() as db:
        db.add(LogEntry(recording_id=4711, attempt=1, message="lost"))


def test_sqlite_is_current_and_keeps_what_was_committed(parts: Parts):
    """Older ones can corrupt a WAL database with several writers: https://sqlite.org/wal.html."""
    with parts.engine.connect() as connection:

        def asked(question: str) -> object:
            return connection.execute(text(question)).scalar()

        version = tuple(int(n) for n in asked("select sqlite_version()").split("."))
        assert version >= (3, 51, 3)
        assert asked("pragma journal_mode") == "wal"
        assert asked("pragma synchronous") == 2  # FULL
        assert asked("pragma foreign_keys") == 1
        assert asked("pragma busy_timeout") == 30_000


def test_folder_of_a_new_database_is_made(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/a/b/podium.sqlite")

    with engine.connect() as connection:
        connection.execute(text("select 1"))

    assert (tmp_path / "a/b/podium.sqlite").exists()
    engine.dispose()


def test_writers_take_turns(either_parts: Parts):
    """None of them fails because another is at it."""
    writers, lines = 6, 10
    with either_parts.sessions.begin() as db:
        recording_id = make.a_recording(db, make.a_session(db)).id
    start = threading.Barrier(writers)

    def write(number: int) -> None:
        start.wait(timeout=60)
        for line in range(lines):
            log_line(either_parts.sessions, recording_id, 1, None, f"{number}: {line}")

    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(write, range(writers)))

    with either_parts.sessions() as db:
        assert db.scalar(select(func.count()).select_from(LogEntry)) == writers * lines


# The queues are in the same database --------------------------------------------------------


def test_work_is_queued_with_its_recording_or_not_at_all(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = make.a_recording(db, make.a_session(db))
        either_parts.jobs.process(db, recording.id, 1)
        db.rollback()

        assert queued(db) == []


def test_work_queued_twice_is_queued_once(either_parts: Parts):
    with either_parts.sessions.begin() as db:
        recording_id = make.a_recording(db, make.a_session(db)).id
    for _ in range(2):
        with either_parts.sessions.begin() as db:
            either_parts.jobs.process(db, recording_id, 1)

    with either_parts.sessions.begin() as db:
        either_parts.jobs.process(db, recording_id, 2)
        either_parts.jobs.transcribe(db, recording_id, 2)
    with either_parts.sessions() as db:
        assert queued(db) == [
            f"make_playable-{recording_id}-1",
            f"make_playable-{recording_id}-2",
            f"transcribe-{recording_id}-2",
        ]
