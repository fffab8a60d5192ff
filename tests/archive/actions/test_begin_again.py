"""After an update of Podium, what was in work begins anew, and nothing is heard twice."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.begin_again import begin_again
from archive.models.recording import Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from archive.parts import Parts
from archive.queries.queue import line
from tests import factories as make
from tests.archive.actions.arrivals import queued

WAITING, RUNNING, DONE, FAILED = ChunkState


def a_recording(db: DatabaseSession, state: State, **values: object) -> Recording:
    recording = make.a_recording(db, make.a_session(db), state=state, **values)
    db.commit()
    return recording


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.QUEUED, State.QUEUED),
        (State.WORKING, State.QUEUED),
        (State.PAUSED, State.PAUSED),
    ],
)
def test_unfinished_recording_gets_another_attempt(
    either_parts: Parts, before: State, after: State
):
    with either_parts.sessions() as db:
        recording = a_recording(db, before, attempt=4, priority=2)

        begin_again(either_parts, recording.id)

        db.refresh(recording)
        assert (recording.state, recording.attempt, recording.priority) == (after, 5, 2)
        assert queued(db) == [f"make_playable-{recording.id}-5"]


@pytest.mark.parametrize(
    "state", [State.READY, State.FAILED, State.CANCELLED, State.WAITING_FOR_MODEL]
)
def test_recording_that_is_not_in_work_is_left_alone(
    parts: Parts, db: DatabaseSession, state: State
):
    recording = a_recording(db, state)

    begin_again(parts, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.attempt) == (state, 1)
    assert queued(db) == []


def test_chunks_of_the_old_attempt_no_longer_count_as_running(parts: Parts, db: DatabaseSession):
    events = [make.an_event(db) for _ in range(2)]
    first, second = (
        make.a_recording(db, make.a_session(db, event), state=State.WORKING) for event in events
    )
    for number, state in enumerate(ChunkState):
        make.a_chunk(db, first, number, state=state)
    db.commit()

    begin_again(parts, first.id)

    assert list(db.scalars(select(ChunkRow.state).order_by(ChunkRow.number))) == [DONE, FAILED]
    db.refresh(first)
    for recording in (first, second):
        make.a_chunk(db, recording, 0)
    assert line(db) == [first.id, second.id]
