"""`kill -9` of the worker, at several moments: nothing is lost, at most one chunk is done twice."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.models.recording import Recording, State, Step
from tests.pipeline.installation import Installation
from tests.pipeline.test_pipeline import add_sample


def at(step: Step) -> Callable[[Recording], bool]:
    return lambda recording: recording.step == step


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
