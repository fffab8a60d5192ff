"""Who works on what, what waits in which order, and when it will be done."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.programme import Event
from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkState, TranscribedChunk
from archive.models.workers import Worker
from archive.parts import Parts
from archive.queries.queue import Queue, line, measured_speeds, queue, standings
from archive.queries.workers import DEAD_AFTER
from tests import factories as make


def workers(db: DatabaseSession, *names: str) -> None:
    for name in names:
        db.add(Worker(name=name))
    db.flush()


def laid_out(
    db: DatabaseSession, event: Event, waiting: int, running: int = 0, **values: object
) -> Recording:
    """A recording of which so many chunks of twenty seconds wait, and so many run."""
    given = {"state": State.WORKING, "step": Step.TRANSCRIPTION, "progress": 0.5}
    recording = make.a_recording(db, make.a_session(db, event), **(given | values))
    for number in range(running):
        make.a_chunk(
            db, recording, number, state=ChunkState.RUNNING, worker=f"w{number + 1}",
            started_at=now() - timedelta(seconds=10), heard=5.0,
        )  # fmt: skip
    for number in range(running, running + waiting):
        make.a_chunk(db, recording, number)
    return recording


def heard(db: DatabaseSession, event: Event, seconds: float, count: int = 1, **values: object):
    """A finished recording whose chunks of twenty seconds took the engine so long each."""
    recording = make.a_recording(db, make.a_session(db, event), **values)
    for number in range(count):
        make.a_chunk(db, recording, number, state=ChunkState.DONE, key=f"key {number}")
        db.add(
            TranscribedChunk(
                recording_id=recording.id,
                key=f"key {number}",
                start=number * make.CHUNK,
                end=(number + 1) * make.CHUNK,
                engine="faster-whisper 1.2.1",
                result={},
                seconds=seconds,
                worker="w1",
            )
        )
    db.flush()
    return recording


@pytest.fixture
def event(db: DatabaseSession) -> Event:
    return make.an_event(db)


def lefts(db: DatabaseSession) -> dict[int, float | None]:
    return {id_: standing.left for id_, standing in standings(db).items()}


# Speed --------------------------------------------------------------------------------------


def test_speed_is_measured_by_model(db: DatabaseSession, event: Event):
    heard(db, event, 5.0, 3)
    heard(db, event, 40.0, 2, model="large-v3")

    assert measured_speeds(db) == {"small": 4.0, "large-v3": 0.5}


def test_the_latest_chunks_count(db: DatabaseSession, event: Event):
    heard(db, event, 100.0, 10)
    heard(db, event, 10.0, 20)

    assert measured_speeds(db) == {"small": 2.0}


def test_what_an_earlier_attempt_took_with_another_model_does_not_count(
    db: DatabaseSession, event: Event
):
    recording = heard(db, event, 1.0, 2, model="large-v3")
    recording.attempt += 1
    db.flush()

    assert measured_speeds(db) == {}


# Time left ----------------------------------------------------------------------------------


def test_time_left_is_the_sound_ahead_and_its_own_by_the_speed_of_all_workers(
    db: DatabaseSession, event: Event
):
    heard(db, event, 5.0)  # four times real time
    workers(db, "w1", "w2")
    first = laid_out(db, event, waiting=8)
    second = laid_out(db, event, waiting=4)

    assert lefts(db) == {first.id: 160 / 4 / 2, second.id: 240 / 4 / 2}
    assert [standings(db)[one.id].place for one in (first, second)] == [1, 2]


def test_what_was_put_first_waits_for_nobody(db: DatabaseSession, event: Event):
    heard(db, event, 5.0)
    workers(db, "w1")
    first = laid_out(db, event, waiting=8)
    hurried = laid_out(db, event, waiting=4, priority=1)

    assert line(db) == [hurried.id, first.id]
    assert lefts(db) == {hurried.id: 20.0, first.id: 60.0}


def test_events_take_turns_so_a_short_recording_does_not_wait_for_a_long_one(
    db: DatabaseSession, event: Event
):
    heard(db, event, 5.0)
    workers(db, "w1")
    long = laid_out(db, event, waiting=100)
    short = laid_out(db, make.an_event(db), waiting=2)

    assert lefts(db) == {short.id: 20.0, long.id: 510.0}


def test_what_is_heard_already_is_not_left(db: DatabaseSession, event: Event):
    heard(db, event, 5.0)
    workers(db, "w1")
    recording = laid_out(db, event, waiting=1, running=1)

    standing = standings(db)[recording.id]
    assert (standing.audio, standing.left, standing.workers) == (35.0, 35.0 / 4, ("w1",))


def test_last_chunk_is_not_shared_by_many_workers(db: DatabaseSession, event: Event):
    heard(db, event, 5.0)
    workers(db, "w1", "w2", "w3", "w4")
    recording = laid_out(db, event, waiting=0, running=1)

    assert lefts(db) == {recording.id: 15.0 / 4}
    assert standings(db)[recording.id].place is None


@pytest.mark.parametrize("missing", ["worker", "speed", "speed of what is ahead"])
def test_time_left_is_not_guessed(db: DatabaseSession, event: Event, missing: str):
    if missing != "speed":
        heard(db, event, 5.0)
    if missing != "worker":
        workers(db, "w1")
    ahead = "turbo" if missing == "speed of what is ahead" else "small"
    laid_out(db, event, waiting=1, model=ahead)
    last = laid_out(db, event, waiting=1)

    assert lefts(db)[last.id] is None


def test_dead_workers_do_not_count(db: DatabaseSession, event: Event):
    heard(db, event, 5.0)
    db.add(Worker(name="dead", seen_at=now() - DEAD_AFTER - timedelta(seconds=1)))
    laid_out(db, event, waiting=1)

    found = queue(db)
    assert (found.workers, found.left) == ((), None)


def test_paused_and_old_attempts_are_ahead_of_nobody(db: DatabaseSession, event: Event):
    heard(db, event, 5.0)
    workers(db, "w1")
    paused = laid_out(db, event, waiting=8, state=State.PAUSED)
    over = laid_out(db, event, waiting=8)
    over.attempt += 1
    recording = laid_out(db, event, waiting=4)

    assert lefts(db) == {paused.id: None, recording.id: 20.0}
    assert standings(db)[paused.id].audio == 160


# The whole queue ----------------------------------------------------------------------------


def names(found: Queue) -> dict[str, list[int]]:
    groups = ("running", "preparing", "waiting", "arriving", "paused", "without_model")
    return {group: [one.recording_id for one in getattr(found, group)] for group in groups}


def test_everything_is_in_one_place(db: DatabaseSession, event: Event):
    session = make.a_session(db, event)
    running = laid_out(db, event, waiting=1, running=1)
    ending = laid_out(db, event, waiting=0, running=1)
    video = make.a_recording(db, session, state=State.WORKING, step=Step.RENDITION)
    fresh = make.a_recording(db, session, state=State.QUEUED, step=None)
    paused = laid_out(db, event, waiting=2, state=State.PAUSED)
    turbo = make.a_recording(db, session, state=State.WAITING_FOR_MODEL, step=Step.TRANSCRIPTION)
    make.a_recording(db, session, state=State.READY)

    found = queue(db)

    assert names(found) == {
        "running": [running.id, ending.id],
        "preparing": [video.id],
        "waiting": [running.id],
        "arriving": [fresh.id],
        "paused": [paused.id],
        "without_model": [turbo.id],
    }
    assert found.ending == {ending.id}
    assert not found.empty


def test_running_chunk_says_how_far_and_how_fast(db: DatabaseSession, event: Event):
    laid_out(db, event, waiting=0, running=1)

    chunk = queue(db).running[0]
    assert (chunk.start, chunk.end, chunk.worker, chunk.share) == (0.0, 20.0, "w1", 0.25)
    assert chunk.speed == pytest.approx(0.5, rel=0.2)


def test_empty_queue(db: DatabaseSession):
    assert queue(db).empty


def test_both_databases_say_the_same(either_parts: Parts):
    with either_parts.sessions() as db:
        event = make.an_event(db)
        heard(db, event, 5.0, 3)
        workers(db, "w1")
        recording = laid_out(db, event, waiting=3, running=1)
        ending = laid_out(db, make.an_event(db), waiting=0, running=1)

        found = queue(db)

        assert found.speeds == {"small": 4.0}
        assert lefts(db) == {recording.id: (75 + 15) / 4, ending.id: 15 / 4}
        assert names(found)["running"] == [recording.id, ending.id]
