"""What a worker looks after besides its queues: turns, old work, sound, and its own leaving."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from dbos import DBOS, DBOSClient
from sqlalchemy.orm import Session as DatabaseSession

from archive import worker
from archive.actions.pause import pause
from archive.db import now
from archive.jobs import APPLICATION, MEDIA, PIPELINE_VERSION, STREAMING, WHISPER
from archive.models.recording import Recording, State, Step, Streaming, StreamingState
from archive.models.transcript import ChunkRow, ChunkState
from archive.models.workers import Worker
from archive.parts import Parts
from archive.queries.workers import live_worker_count
from archive.workshop import Workshop
from tests import factories as make
from tests.archive.actions.arrivals import without_folder

WAITING, RUNNING, DONE, FAILED = ChunkState


@pytest.fixture
def at_work(parts: Parts, no_loop: None) -> Iterator[Parts]:
    """The parts of a worker that lives and has no hand free, so that what is queued stays so."""
    workshop = Workshop(parts, whisper=_no_engine, chunk_seconds=20, beam_size=1, worker="one")
    with worker.working(workshop, media_at_once=0, whisper_at_once=0, streaming_at_once=0):
        yield parts


def a_recording(db: DatabaseSession, *states: str, **values: object) -> Recording:
    """A recording in work, with chunks in these states."""
    given = {"state": State.WORKING, "step": Step.TRANSCRIPTION, "plan": make.a_plan(4)}
    recording = make.a_recording(db, make.a_session(db), **(given | values))
    for number, state in enumerate(states):
        make.a_chunk(db, recording, number, state=state)
    db.commit()
    return recording


def work(*states: str) -> list[str]:
    """The names of the work on the queues that is in these states."""
    found = DBOS.list_workflows(status=list(states) or None)
    return sorted(workflow.name for workflow in found)


# Turns --------------------------------------------------------------------------------------


def test_chunks_that_wait_without_a_turn_get_one_each(at_work: Parts, db: DatabaseSession):
    a_recording(db, DONE, WAITING, WAITING, FAILED)

    worker._renew_turns(at_work)

    found = DBOS.list_workflows()
    assert [(turn.name, turn.queue_name, turn.status) for turn in found] == [
        ("hear", WHISPER, "ENQUEUED")
    ] * 2


def test_turns_are_renewed_only_once_they_are_used_up(at_work: Parts, db: DatabaseSession):
    a_recording(db, WAITING, WAITING)

    worker._renew_turns(at_work)
    worker._renew_turns(at_work)
    assert work("ENQUEUED") == ["hear"] * 2

    DBOS.cancel_workflows([turn.workflow_id for turn in DBOS.list_workflows()])
    worker._renew_turns(at_work)
    assert work("ENQUEUED") == ["hear"] * 2


def test_no_turns_where_nothing_waits_for_one(at_work: Parts, db: DatabaseSession):
    a_recording(db, DONE, RUNNING)
    paused = a_recording(db, WAITING, RUNNING)
    pause(at_work, paused.id)

    worker._renew_turns(at_work)

    assert work() == []


# The work of an older version ---------------------------------------------------------------


def queue_as(parts: Parts, version: str, name: str = "make_playable", queue: str = MEDIA) -> str:
    """Puts work on a queue as that version of Podium did."""
    client = DBOSClient(system_database_engine=parts.engine, application_name=APPLICATION)
    handle = client.enqueue(
        {"workflow_name": name, "queue_name": queue, "app_version": version}, 1, 1
    )
    return handle.workflow_id


def test_work_of_an_older_version_begins_anew(at_work: Parts, db: DatabaseSession):
    working = a_recording(db, DONE, RUNNING, WAITING)
    queued = a_recording(db, state=State.QUEUED, step=None)
    ready = a_recording(db, DONE, state=State.READY)
    old = queue_as(at_work, "1")

    worker._adopt_old_work(at_work)

    for recording in (working, queued, ready):
        db.refresh(recording)
    assert (working.state, working.attempt) == (State.QUEUED, 2)
    assert (queued.state, queued.attempt) == (State.QUEUED, 2)
    assert (ready.state, ready.attempt) == (State.READY, 1)
    found = {workflow.workflow_id: workflow for workflow in DBOS.list_workflows()}
    assert found.pop(old).status == "CANCELLED"
    assert {without_folder(id_) for id_ in found} == {
        f"make_playable-{working.id}-2",
        f"make_playable-{queued.id}-2",
    }
    assert {(new.status, new.app_version) for new in found.values()} == {
        ("ENQUEUED", PIPELINE_VERSION)
    }


def test_sizes_that_an_older_version_was_at_begin_anew(at_work: Parts, db: DatabaseSession):
    under_way, done = (a_recording(db, state=State.READY) for _ in range(2))
    db.add(Streaming(recording_id=under_way.id, state=StreamingState.WORKING, progress=0.5))
    db.add(Streaming(recording_id=done.id, state=StreamingState.DONE))
    db.commit()
    queue_as(at_work, "2", "stream", STREAMING)

    worker._adopt_old_work(at_work)

    rows = [db.get_one(Streaming, r.id, populate_existing=True) for r in (under_way, done)]
    assert [(row.state, row.progress > 0) for row in rows] == [
        (StreamingState.QUEUED, False),
        (StreamingState.DONE, False),
    ]
    (queued,) = DBOS.list_workflows(status="ENQUEUED")
    assert queued.workflow_id.startswith(f"stream-{under_way.id}-{rows[0].run}-")
    assert rows[0].run > 1


def test_work_of_this_version_is_left_alone(at_work: Parts, db: DatabaseSession):
    recording = a_recording(db, WAITING)
    queue_as(at_work, PIPELINE_VERSION)

    worker._adopt_old_work(at_work)

    db.refresh(recording)
    assert recording.attempt == 1
    assert work("ENQUEUED") == ["make_playable"]


def test_old_work_is_adopted_once(at_work: Parts, db: DatabaseSession):
    recording = a_recording(db, WAITING)
    queue_as(at_work, "1", "hear", WHISPER)

    worker._adopt_old_work(at_work)
    worker._adopt_old_work(at_work)

    db.refresh(recording)
    assert recording.attempt == 2


# Sound --------------------------------------------------------------------------------------


def sound_of(parts: Parts, id_: int) -> Path:
    """A folder of half-done work, with something in it."""
    folder = parts.work / f"recording-{id_}"
    folder.mkdir(parents=True)
    (folder / "speech.raw").write_bytes(b"sound")
    return folder


@pytest.mark.parametrize("state", list(State))
def test_sound_stays_as_long_as_it_may_be_needed(parts: Parts, db: DatabaseSession, state: State):
    folder = sound_of(parts, a_recording(db, state=state).id)

    worker._remove_sound(parts)

    assert folder.exists() is (state not in (State.READY, State.CANCELLED))


@pytest.mark.parametrize(
    ("minutes", "voices", "stays"),
    [(5, None, True), (90, None, False), (5, [], False), (5, [[0.0, 2.0, "A"]], False)],
)
def test_sound_stays_until_the_voices_are_told_or_late(parts, db, minutes, voices, stays):
    recording = a_recording(db, state=State.READY)
    recording.ready_at = now() - timedelta(minutes=minutes)
    recording.voices = voices
    db.commit()
    folder = sound_of(parts, recording.id)

    worker._remove_sound(parts)

    assert folder.exists() is stays


def test_sound_of_a_recording_that_was_deleted_goes(parts: Parts):
    gone, other = sound_of(parts, 4711), parts.work / "uploads"
    other.mkdir()

    worker._remove_sound(parts)

    assert (gone.exists(), other.exists()) == (False, True)


def test_there_need_not_be_any_sound(parts: Parts):
    worker._remove_sound(parts)


# Leaving ------------------------------------------------------------------------------------


def test_worker_that_leaves_is_dead_at_once_and_its_chunks_owe_nothing(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = a_recording(db)
        make.a_chunk(db, recording, 0, state=RUNNING, worker="one", deaths=2)
        make.a_chunk(db, recording, 1, state=RUNNING, worker="two", deaths=1)
        make.a_chunk(db, recording, 2, state=DONE, worker="one", deaths=1)
        db.add_all([Worker(name="one"), Worker(name="two")])
        db.commit()

        worker._leave(either_parts, "one")

        db.expire_all()
        rows = db.query(ChunkRow).order_by(ChunkRow.number).all()
        assert [(row.state, row.deaths) for row in rows] == [(RUNNING, 1), (RUNNING, 1), (DONE, 1)]
        assert live_worker_count(db) == 1
        assert worker._claim_the_dead(either_parts, "two") == ["one"]


def test_leaving_worker_is_claimed_by_one_alone(parts: Parts, db: DatabaseSession):
    for name in ("one", "two", "three"):
        db.add(Worker(name=name, seen_at=worker.now() - timedelta(seconds=1)))
    db.commit()

    worker._leave(parts, "one")

    claims = [worker._claim_the_dead(parts, name) for name in ("two", "three")]
    assert claims == [["one"], []]


def _no_engine(model: str):
    raise AssertionError(f"nobody is to ask for {model}")
