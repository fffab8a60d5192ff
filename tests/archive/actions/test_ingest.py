"""A received file becomes a recording with its work queued, or nothing is left of it."""

import errno
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import NoResultFound, OperationalError
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.ingest import DuplicateRecording, ingest
from archive.actions.remove_recording import remove_recording
from archive.models.recording import Recording, State
from archive.parts import Parts
from media.errors import MediaError
from media.storage.local import LocalStore
from tests import factories as make
from tests.archive.actions.arrivals import a_session_id, queued, received, stored, waiting


def recordings(db: DatabaseSession) -> int:
    return db.scalar(select(func.count()).select_from(Recording))


def test_ingest_stores_the_file_and_queues_its_work(
    parts: Parts, db: DatabaseSession, tmp_path: Path
):
    session_id = a_session_id(db, language="de")

    recording_id = ingest(
        parts,
        session_id=session_id,
        received=received(parts),
        original_name="Größe & Co/../Vortrag 1.mp4",
    )

    recording = db.get_one(Recording, recording_id)
    assert (recording.state, recording.attempt) == (State.QUEUED, 1)
    assert recording.original_name == "Größe & Co/../Vortrag 1.mp4"
    assert parts.store.path(recording.key).read_bytes() == b"sound"
    assert stored(tmp_path) == ["Vortrag-1.mp4"]
    assert waiting(parts) == []
    assert queued(db) == [f"make_playable-{recording_id}-1"]


def test_file_that_was_removed_and_comes_again_is_worked_on_again(
    either_parts: Parts, tmp_path: Path
):
    """SQLite gives the number of the last recording a second time."""
    with either_parts.sessions.begin() as db:
        session_id = make.a_session(db).id
    for _ in range(2):
        recording_id = ingest(
            either_parts,
            session_id=session_id,
            received=received(either_parts),
            original_name="a.mp4",
        )
        remove_recording(either_parts, recording_id)

    with either_parts.sessions() as db:
        assert len(queued(db)) == 2


@pytest.mark.parametrize(
    ("spoken", "declared", "kept"),
    [("de", None, "de"), ("de", "en", "en"), (None, "en", "en"), (None, None, None)],
)
def test_declared_language_goes_before_that_of_the_session(
    parts: Parts, db: DatabaseSession, spoken: str | None, declared: str | None, kept: str | None
):
    recording_id = ingest(
        parts,
        session_id=a_session_id(db, language=spoken),
        received=received(parts),
        original_name="a.mp4",
        language=declared,
    )

    assert db.get_one(Recording, recording_id).language == kept


@pytest.mark.parametrize(("asked", "kept"), [(None, "small"), ("samples", "samples")])
def test_model_is_the_configured_one_unless_another_is_asked_for(
    parts: Parts, db: DatabaseSession, asked: str | None, kept: str
):
    recording_id = ingest(
        parts,
        session_id=a_session_id(db),
        received=received(parts),
        original_name="a.mp4",
        model=asked,
    )

    assert db.get_one(Recording, recording_id).model == kept


def test_who_uploaded_is_kept(parts: Parts, db: DatabaseSession):
    user = make.a_user(db)
    session_id = a_session_id(db)

    recording_id = ingest(
        parts,
        session_id=session_id,
        received=received(parts),
        original_name="a.mp4",
        user_id=user.id,
    )

    assert db.get_one(Recording, recording_id).uploaded_by_id == user.id


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("vortrag.mp4", "vortrag.mp4"),
        ("C:\\Videos\\Vortrag.MOV", "Vortrag.MOV"),
        ("../../etc/passwd", "passwd"),
        ("Übung über Öl.mkv", "U-bung-u-ber-O-l.mkv"),
        ("講演", "recording"),
        ("...", "recording"),
        ("", "recording"),
        (".mp4", "mp4"),
        ("a" * 300 + ".mp4", "a" * 96 + ".mp4"),
        ("a" * 50 + "-" + "b" * 95 + ".mp4", "b" * 95 + ".mp4"),
        ("a" * 50 + "." * 96 + ".mp4", "mp4"),
    ],
)
def test_name_in_the_store_is_plain_and_short(
    parts: Parts, db: DatabaseSession, tmp_path: Path, name: str, kept: str
):
    ingest(parts, session_id=a_session_id(db), received=received(parts), original_name=name)

    assert stored(tmp_path) == [kept]


def test_same_file_is_refused_naming_the_first(parts: Parts, db: DatabaseSession, tmp_path: Path):
    first = ingest(
        parts,
        session_id=a_session_id(db, title="Der erste", slug="der-erste"),
        received=received(parts),
        original_name="a.mp4",
    )

    with pytest.raises(DuplicateRecording) as caught:
        ingest(parts, session_id=a_session_id(db), received=received(parts), original_name="b.mp4")

    twin = caught.value
    assert (twin.recording_id, twin.slug, twin.title) == (first, "der-erste", "Der erste")
    assert str(twin) == "the same file already belongs to the session “Der erste” (der-erste)"
    assert (recordings(db), stored(tmp_path), waiting(parts)) == (1, ["a.mp4"], [])


class MeetingStore(LocalStore):
    """A store in which two files have to arrive before either is kept."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.both = threading.Barrier(2)

    def put(self, source: Path, key: str) -> None:
        super().put(source, key)
        self.both.wait(timeout=60)


def test_same_file_at_the_same_moment_becomes_one_recording(either_parts: Parts, tmp_path: Path):
    """Both found no twin when they began; the database decides."""
    parts = replace(either_parts, store=MeetingStore(tmp_path / "media"))
    with parts.sessions.begin() as db:
        session_id = make.a_session(db, slug="talk").id

    def take_in(name: str) -> int | DuplicateRecording:
        try:
            return ingest(
                parts,
                session_id=session_id,
                received=received(parts, name=f"upload-{name}"),
                original_name=f"{name}.mp4",
            )
        except DuplicateRecording as twin:
            return twin

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(take_in, ["a", "b"]), key=lambda o: not isinstance(o, int))

    won, lost = outcomes
    assert (lost.recording_id, lost.slug) == (won, "talk")
    with parts.sessions() as db:
        recording = db.scalars(select(Recording)).one()
        assert recording.id == won
        assert queued(db) == [f"make_playable-{won}-1"]
    assert stored(tmp_path) == [recording.original_name]
    assert waiting(parts) == []


def test_file_of_a_session_that_is_gone_leaves_nothing(
    parts: Parts, db: DatabaseSession, tmp_path: Path
):
    with pytest.raises(NoResultFound):
        ingest(parts, session_id=4711, received=received(parts), original_name="a.mp4")

    assert (stored(tmp_path), waiting(parts), queued(db)) == ([], [], [])


def test_recording_without_its_work_is_not_kept(parts: Parts, db: DatabaseSession, tmp_path: Path):
    session_id = a_session_id(db)
    db.execute(text("drop table workflow_status"))
    db.commit()

    with pytest.raises(OperationalError):
        ingest(parts, session_id=session_id, received=received(parts), original_name="a.mp4")

    assert (recordings(db), stored(tmp_path), waiting(parts)) == (0, [], [])


class FullStore(LocalStore):
    """A store on a disk without room."""

    def _move(self, source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_file_that_finds_no_room_leaves_nothing(parts: Parts, db: DatabaseSession, tmp_path: Path):
    full = replace(parts, store=FullStore(tmp_path / "media"))
    session_id = a_session_id(db)

    with pytest.raises(MediaError) as caught:
        ingest(full, session_id=session_id, received=received(parts), original_name="a.mp4")

    assert caught.value.reason == "no_space"
    assert (recordings(db), stored(tmp_path), waiting(parts)) == (0, [], [])


@pytest.mark.parametrize(
    ("declared", "others", "kept"),
    [
        (None, [], ("de", ["en"])),
        (None, ["fr"], ("de", ["en"])),  # without a main language both are the session's
        ("fr", ["de", "fr"], ("fr", ["de"])),
        ("fr", [], ("fr", [])),
    ],
)
def test_other_languages_come_with_the_main_one(
    parts: Parts, db: DatabaseSession, declared: str | None, others: list[str], kept: tuple
):
    recording_id = ingest(
        parts,
        session_id=a_session_id(db, language="de", other_languages=["en"]),
        received=received(parts),
        original_name="a.mp4",
        language=declared,
        other_languages=others,
    )

    recording = db.get_one(Recording, recording_id)
    assert (recording.language, recording.other_languages) == kept
