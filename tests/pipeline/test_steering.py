"""Work under way is paused, cancelled, put first and done again, with real workers."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.actions.cancel import cancel
from archive.actions.pause import pause, resume
from archive.actions.put_first import put_first
from archive.actions.retry import retry
from archive.actions.transcribe_again import transcribe_again
from archive.models.recording import State
from archive.models.transcript import ChunkRow, ChunkState
from archive.queries.transcript import current_revision
from archive.wiring import make_parts
from tests.pipeline.installation import Installation
from tests.pipeline.test_kill import chunk_rows, chunks_done
from tests.pipeline.test_pipeline import add_sample
from tests.pipeline.test_trouble import ended
from transcripts.cues import Cue


@pytest.fixture
def in_work(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> Installation:
    """One recording, its first chunk done, the others not."""
    add_event(installation)
    add_sample(installation, sample_video("talk-de"), "--language", "de")
    installation.start_worker()
    installation.wait_for(chunks_done(1), every=0.01)
    return installation


def test_paused_recording_rests_and_goes_on_where_it_was(in_work: Installation) -> None:
    parts = make_parts(in_work.settings)

    assert pause(parts, 1)
    time.sleep(3)
    resting = in_work.recording()
    assert resting.state == State.PAUSED
    heard = len(resting.chunks)
    assert not any(row.state == ChunkState.RUNNING for row in chunk_rows(in_work))
    assert heard < len(resting.plan)

    assert resume(parts, 1)
    recording = in_work.wait_for(ended)

    assert recording.state == State.READY
    assert len(recording.chunks) == len(recording.plan)


def test_cancelled_recording_frees_its_worker_within_ten_seconds(in_work: Installation) -> None:
    parts = make_parts(in_work.settings)

    assert cancel(parts, 1)
    time.sleep(10)

    assert chunk_rows(in_work, ChunkState.RUNNING) == []
    stopped = in_work.recording()
    assert stopped.state == State.CANCELLED
    assert 0 < len(stopped.chunks) < len(stopped.plan)
    assert stopped.failure is None

    retry(parts, 1)
    recording = in_work.wait_for(ended)
    assert recording.state == State.READY
    assert len(recording.chunks) == len(recording.plan)  # what was heard was not heard again


def test_stretch_is_heard_again_as_a_new_revision_and_the_rest_stays(in_work: Installation) -> None:
    parts = make_parts(in_work.settings)
    before = in_work.wait_for(ended)
    cues = in_work.cues()
    plan = before.plan
    assert len(plan) > 2
    start, end = plan[1]["own_start"] / 16_000, plan[1]["own_end"] / 16_000

    assert transcribe_again(
        parts, 1, model="samples", language="de", draft=True, stretch=(start + 1, end - 1)
    )
    again = in_work.wait_for(lambda r: r.attempt == 2 and ended(r))

    assert again.state == State.READY
    assert len(again.chunks) == len(plan) + 1  # only what was asked for was heard again
    with in_work.sessions() as db:
        shown = current_revision(db, again.session_id)
    assert (shown.number, shown.details["draft"]) == (2, True)
    assert shown.details["stretch"] == [start + 1, end - 1]
    fresh = in_work.cues()

    def outside(found: tuple[Cue, ...]) -> list[Cue]:
        return [cue for cue in found if not start <= (cue.start + cue.end) / 2 < end]

    assert outside(fresh) == outside(cues)
    assert len(fresh) > len(outside(fresh))


def test_recording_that_is_put_first_overtakes(
    installation: Installation, sample_video: Callable[[str], Path], add_event
) -> None:
    add_event(installation)
    add_sample(installation, sample_video("talk-de"), "--language", "de")
    add_sample(installation, sample_video("talk-en"), "--language", "en")
    parts = make_parts(installation.settings)
    put_first(parts, 2)
    for recording_id in (1, 2):  # both wait until both are laid out
        pause(parts, recording_id)
    installation.start_worker()
    for recording_id in (1, 2):
        installation.wait_for(lambda r: r.terms is not None, recording_id)
    for recording_id in (1, 2):
        resume(parts, recording_id)

    for recording_id in (1, 2):
        installation.wait_for(ended, recording_id)

    with installation.sessions() as db:
        rows = db.query(ChunkRow).order_by(ChunkRow.started_at).all()
    order = [row.recording_id for row in rows]
    assert order[-1] == 1
    assert order.index(2) <= 1  # at most the chunk that began before both were awake
