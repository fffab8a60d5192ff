"""`kill -9` of the worker, at several moments: nothing is lost, at most one chunk is done twice."""

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.actions.retry import retry
from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkRow, ChunkState
from archive.queries.transcript import current_revision
from archive.wiring import make_parts
from tests.pipeline.installation import Installation
from tests.pipeline.test_pipeline import add_sample


def at(step: Step) -> Callable[[Recording], bool]:
    return lambda recording: recording.step == step


def chunk_rows(installation: Installation, *states: str) -> list[ChunkRow]:
    """The chunks in hand of the first recording, in order."""
    with installation.sessions() as db:
        rows = db.scalars(select(ChunkRow).order_by(ChunkRow.recording_id, ChunkRow.number)).all()
    return [row for row in rows if not states or row.state in states]


def chunks_done(count: int) -> Callable[[Recording], bool]:
    return lambda recording: len(recording.chunks) >= count


MOMENTS = {
    "while the file is examined": at(Step.PROBE),
    "while it is searched for speech": at(Step.SPEECH),
    "while the rendition is made": at(Step.RENDITION),
    "before the first chunk": at(Step.TRANSCRIPTION),
    "after the first chunk": chunks_done(1),
    "after the second chunk": chunks_done(2),
    "while the index is written": at(Step.INDEX),
}


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, sample_video: Callable[[str], Path], add_event
) -> list[str]:
    """The texts of the cues when nobody is killed."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    installation = Installation(home, PODIUM_CHUNK_SECONDS="20")
    installation.flask("prepare")
    add_event(installation)
    add_sample(installation, sample_video("talk-de"), "--language", "de")
    installation.start_worker()
    try:
        installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))
        return [cue.text for cue in installation.cues()]
    finally:
        installation.stop()


def test_killed_worker_loses_nothing(
    either_installation: Installation,
    sample_video: Callable[[str], Path],
    add_event,
    undisturbed: list[str],
) -> None:
    installation = either_installation
    add_event(installation)
    add_sample(installation, sample_video("talk-de"), "--language", "de")

    for moment in MOMENTS.values():
        worker = installation.start_worker()
        installation.wait_for(
            lambda r, moment=moment: moment(r) or r.state == State.READY, every=0.01
        )
        installation.kill(worker)
    installation.start_worker()
    recording = installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))

    assert recording.state == State.READY
    assert [cue.text for cue in installation.cues()] == undisturbed
    assert len(recording.chunks) == len(recording.plan) > 2
    done = [e.message for e in recording.log if re.match(r"chunk \d+ of \d+ took", e.message)]
    assert sorted(done) == sorted(set(done))  # a finished chunk is never done again
    assert len(done) == len(recording.plan)


def test_work_of_a_dead_worker_is_taken_over(
    either_installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    """Another worker, not the same one started again, finishes what a dead one left."""
    installation = either_installation
    add_event(installation)
    add_sample(installation, sample_video("talk-en"))
    dying = installation.start_worker()
    installation.wait_for(lambda r: r.step == Step.SPEECH or len(r.chunks) > 0, every=0.01)
    installation.environment["PODIUM_WORKER_NAME"] = "another-machine"
    installation.start_worker()
    installation.kill(dying)

    recording = installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))

    assert recording.state == State.READY
    assert installation.cues()


@pytest.mark.thorough
def test_twenty_kills_at_random_cost_nothing_but_the_chunks_in_flight(
    installation: Installation, long_sound: Path, add_event
) -> None:
    """Two workers; one of them is killed at a random moment, twenty times in one recording."""
    add_event(installation)
    add_sample(installation, long_sound, "--language", "de")
    worker = installation.start_worker()
    installation.wait_for(lambda r: r.state in (State.READY, State.FAILED))
    undisturbed = [(cue.start, cue.text) for cue in installation.cues()]
    installation.stop()
    _forget_what_was_heard(installation)

    chance = random.Random(3)
    workers = [installation.start_worker(), installation.start_worker()]
    for _ in range(20):
        victim = chance.randrange(2)
        time.sleep(chance.uniform(0.2, 2.5))
        _spare_those_killed_twice(installation)
        assert not _ended(installation.recording())  # all of them in one recording
        installation.kill(workers[victim])
        workers[victim] = worker = installation.start_worker()
        installation.wait_for(lambda r: chunk_rows(installation, ChunkState.RUNNING) or _ended(r))
    recording = installation.wait_for(_ended)

    assert worker.poll() is None
    assert (recording.state, recording.failure) == (State.READY, None)
    assert [(cue.start, cue.text) for cue in installation.cues()] == undisturbed
    assert len(recording.chunks) == len(recording.plan)
    done = [e.message for e in recording.log if re.match(r"chunk \d+ of \d+ took", e.message)]
    assert len(done) == 2 * len(recording.plan)  # once undisturbed, once among kills


def test_chunk_that_kills_its_worker_three_times_is_set_aside_and_the_rest_delivered(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    add_event(installation)
    add_sample(installation, sample_video("talk-de"), "--language", "de")

    for start in (1, 2, 3):
        worker = installation.start_worker()
        installation.wait_for(
            lambda _, start=start: [
                row
                for row in chunk_rows(installation, ChunkState.RUNNING)
                if (row.number, row.deaths) == (1, start)
            ],
            every=0.005,
        )
        installation.kill(worker)
    installation.start_worker()
    recording = installation.wait_for(_ended)

    assert recording.state == State.READY
    failed = chunk_rows(installation, ChunkState.FAILED)
    assert [row.number for row in failed] == [1]
    assert len(recording.chunks) == len(recording.plan) - 1
    start, end = failed[0].start / 16_000, failed[0].end / 16_000
    with installation.sessions() as db:
        details = current_revision(db, recording.session_id).details
    assert [(gap["start"], gap["end"]) for gap in details["failed"]] == [(start, end)]
    assert not [cue for cue in installation.cues() if start + 1 < cue.start < end - 1]
    assert installation.cues()


def _ended(recording: Recording) -> bool:
    return recording.state in (State.READY, State.FAILED)


def _spare_those_killed_twice(installation: Installation) -> None:
    """Three deaths would set a chunk aside, and chance alone must not do that."""
    installation.wait_for(
        lambda r: (
            _ended(r) or all(row.deaths < 3 for row in chunk_rows(installation, ChunkState.RUNNING))
        ),
        every=0.02,
    )


def _forget_what_was_heard(installation: Installation) -> None:
    """As if the recording had just been planned, with its first transcript gone."""
    with installation.sessions.begin() as db:
        recording = db.get_one(Recording, 1)
        recording.chunks.clear()
        recording.chunk_rows.clear()
        recording.transcripts.clear()
        recording.state = State.FAILED
        db.flush()
    retry(make_parts(installation.settings), 1)
