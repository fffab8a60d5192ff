"""A received file becomes a recording with its work queued, or nothing is left of it."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.ingest import DuplicateRecording, ingest
from archive.actions.remove_recording import remove_recording
from archive.actions.retry import retry
from archive.models.recording import Recording, State
from archive.parts import Parts
from media.uploads import Received
from tests.factories import a_session, an_event


def received(parts: Parts, content: bytes = b"sound") -> Received:
    folder = parts.work / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    return Received(path, len(content), hashlib.sha256(content).hexdigest())


def a_session_id(db: DatabaseSession, **values: object) -> int:
    session = a_session(db, an_event(db), **values)
    db.commit()
    return session.id


def queued(db: DatabaseSession) -> list[str]:
    return list(db.scalars(text("select workflow_uuid from workflow_status order by 1")))


def files(parts: Parts, tmp_path: Path) -> list[str]:
    return sorted(p.name for p in (tmp_path / "media").rglob("*") if p.is_file())


def test_ingest_stores_the_file_and_queues_its_work(
    parts: Parts, db: DatabaseSession, tmp_path: Path
) -> None:
    session_id = a_session_id(db, language="de")

    recording_id = ingest(
        parts,
        session_id=session_id,
        received=received(parts),
        original_name="Größe & Co/../Vortrag 1.mp4",
    )

    recording = db.get_one(Recording, recording_id)
    assert (recording.state, recording.language, recording.model) == (State.QUEUED, "de", "small")
    assert recording.original_name == "Größe & Co/../Vortrag 1.mp4"
    assert parts.store.path(recording.key).read_bytes() == b"sound"
    assert files(parts, tmp_path) == ["Vortrag-1.mp4"]
    assert queued(db) == [f"make_playable-{recording_id}-1"]


def test_ingest_refuses_the_same_file_and_names_the_first(
    parts: Parts, db: DatabaseSession, tmp_path: Path
) -> None:
    first = a_session_id(db, title="Der erste")
    ingest(parts, session_id=first, received=received(parts), original_name="a.mp4")
    again = received(parts)

    with pytest.raises(DuplicateRecording) as caught:
        ingest(parts, session_id=a_session_id(db), received=again, original_name="b.mp4")

    assert caught.value.title == "Der erste"
    assert not again.path.exists()
    assert files(parts, tmp_path) == ["a.mp4"]
    assert db.scalar(select(func.count()).select_from(Recording)) == 1


def test_ingest_that_cannot_be_stored_leaves_nothing(
    parts: Parts, db: DatabaseSession, tmp_path: Path
) -> None:
    with pytest.raises(Exception, match="No row was found"):
        ingest(parts, session_id=4711, received=received(parts), original_name="a.mp4")

    assert files(parts, tmp_path) == []
    assert queued(db) == []


def test_retry_queues_a_new_attempt_of_what_failed(parts: Parts, db: DatabaseSession) -> None:
    recording_id = ingest(
        parts, session_id=a_session_id(db), received=received(parts), original_name="a.mp4"
    )
    recording = db.get_one(Recording, recording_id)
    recording.state, recording.failure = State.FAILED, "no_speech"
    db.commit()

    retry(parts, recording_id, wordless=True)
    retry(parts, recording_id)

    db.refresh(recording)
    assert (recording.state, recording.attempt, recording.failure) == (State.QUEUED, 2, None)
    assert recording.wordless
    assert queued(db) == [f"make_playable-{recording_id}-{attempt}" for attempt in (1, 2)]


def test_removed_recording_leaves_no_file(
    parts: Parts, db: DatabaseSession, tmp_path: Path
) -> None:
    recording_id = ingest(
        parts, session_id=a_session_id(db), received=received(parts), original_name="a.mp4"
    )

    remove_recording(parts, recording_id)

    assert files(parts, tmp_path) == []
    assert db.scalar(select(func.count()).select_from(Recording)) == 0
