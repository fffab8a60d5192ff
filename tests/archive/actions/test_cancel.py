"""Work ends before it is done, and what was finished stays."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions import hand_out
from archive.actions.cancel import CANCELLABLE, cancel
from archive.actions.hand_out import Claim
from archive.actions.retry import retry
from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkRow, ChunkState, TranscribedChunk
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.arrivals import queued

WAITING, RUNNING, DONE, FAILED = ChunkState


def a_recording(db: DatabaseSession, state: State, **values: object) -> Recording:
    """A recording with a chunk in each state; one result is stored."""
    given = {"plan": make.a_plan(4), "step": Step.TRANSCRIPTION, "attempt": 2, "priority": 3}
    recording = make.a_recording(db, make.a_session(db), state=state, **(given | values))
    for number, chunk_state in enumerate(ChunkState):
        make.a_chunk(db, recording, number, state=chunk_state, ticket=f"hear-{number}")
    db.add(
        TranscribedChunk(
            recording_id=recording.id,
            key="k",
            start=0,
            end=make.CHUNK,
            engine="scripted 1",
            result={},
            seconds=1.0,
            worker="one",
        )
    )
    db.commit()
    return recording


@pytest.mark.parametrize("state", CANCELLABLE)
def test_recording_without_a_transcript_is_cancelled(either_parts: Parts, state: State):
    with either_parts.sessions() as db:
        recording = a_recording(db, state)

        assert cancel(either_parts, recording.id)

        db.refresh(recording)
        assert (recording.state, recording.step) == (State.CANCELLED, None)
        assert (recording.attempt, recording.priority) == (3, 0)
        assert recording.failure is None


@pytest.mark.parametrize("state", CANCELLABLE)
def test_recording_with_a_transcript_is_ready_again(
    parts: Parts, db: DatabaseSession, state: State
):
    recording = a_recording(db, state)
    make.a_rendition(db, parts, recording)
    make.a_transcript(db, recording)
    db.commit()

    assert cancel(parts, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.step, recording.attempt) == (State.READY, None, 3)


def test_what_is_not_done_goes_and_what_was_heard_stays(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = a_recording(db, State.WORKING)
        other = a_recording(db, State.WORKING)

        cancel(either_parts, recording.id)

        states = select(ChunkRow.state).order_by(ChunkRow.number)
        mine = db.scalars(states.where(ChunkRow.recording_id == recording.id))
        assert list(mine) == [DONE, FAILED]
        assert len(list(db.scalars(states.where(ChunkRow.recording_id == other.id)))) == 4
        assert len(list(db.scalars(select(TranscribedChunk)))) == 2
        db.refresh(other)
        assert other.state == State.WORKING


def test_whoever_has_a_chunk_in_hand_finds_that_it_is_over(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, State.WORKING)
    mine = Claim(recording.id, 2, 1, "hear-1")
    assert hand_out.held(db, mine) is not None
    db.rollback()

    cancel(parts, recording.id)

    assert hand_out.held(db, mine) is None
    assert hand_out.claim(parts.sessions, "one", "hear-9") is None


@pytest.mark.parametrize("state", [s for s in State if s not in CANCELLABLE])
def test_where_nothing_is_in_work_nothing_is_cancelled(
    parts: Parts, db: DatabaseSession, state: State
):
    recording = a_recording(db, state)

    assert cancel(parts, recording.id) is False

    db.refresh(recording)
    assert (recording.state, recording.attempt, recording.priority) == (state, 2, 3)
    assert len(list(db.scalars(select(ChunkRow)))) == 4


def test_cancelled_recording_can_be_tried_again(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, State.WORKING)
    cancel(parts, recording.id)

    retry(parts, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.attempt) == (State.QUEUED, 4)
    assert queued(db) == [f"make_playable-{recording.id}-4"]
