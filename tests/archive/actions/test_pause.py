"""A recording rests: nothing of it is in hand, and it goes on with a turn for each chunk."""

import pytest
from dbos import DBOSClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.hand_out import claim
from archive.actions.pause import pause, resume
from archive.jobs import APPLICATION, PIPELINE_VERSION, WHISPER
from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkRow, ChunkState
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.arrivals import queued

WAITING, RUNNING, DONE, FAILED = ChunkState


def a_recording(db: DatabaseSession, state: State, *states: str, **values: object) -> Recording:
    """A recording in this state, with chunks in those states."""
    recording = make.a_recording(
        db, make.a_session(db), state=state, plan=make.a_plan(len(states)), **values
    )
    for number, chunk_state in enumerate(states):
        in_hand = {"ticket": f"hear-{number}", "heard": 4.0, "deaths": 1, "worker": "one"}
        given = in_hand if chunk_state == RUNNING else {}
        make.a_chunk(db, recording, number, state=chunk_state, **given)
    db.commit()
    return recording


def chunk_rows(db: DatabaseSession) -> list[ChunkRow]:
    db.expire_all()
    return list(db.scalars(select(ChunkRow).order_by(ChunkRow.number)))


@pytest.mark.parametrize("state", [State.QUEUED, State.WORKING])
def test_what_runs_is_put_back_and_what_is_settled_stays(either_parts: Parts, state: State):
    with either_parts.sessions() as db:
        recording = a_recording(db, state, DONE, RUNNING, FAILED, WAITING, RUNNING)

        assert pause(either_parts, recording.id)

        rows = chunk_rows(db)
        assert [row.state for row in rows] == [DONE, WAITING, FAILED, WAITING, WAITING]
        assert {(row.ticket, row.heard, row.deaths) for row in rows} == {(None, 0.0, 0)}
        assert recording.state == State.PAUSED


def test_pause_leaves_other_recordings_alone(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, State.WORKING, RUNNING)
    other = a_recording(db, State.WORKING, RUNNING)

    pause(parts, recording.id)

    states = {row.recording_id: row.state for row in chunk_rows(db)}
    assert states == {recording.id: WAITING, other.id: RUNNING}
    assert other.state == State.WORKING


@pytest.mark.parametrize("state", [s for s in State if s not in (State.QUEUED, State.WORKING)])
def test_only_what_is_in_work_can_be_paused(parts: Parts, db: DatabaseSession, state: State):
    recording = a_recording(db, state)

    assert pause(parts, recording.id) is False

    db.refresh(recording)
    assert recording.state == state


def test_nothing_of_a_paused_recording_is_taken_until_it_goes_on(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, State.WORKING, WAITING)

    pause(parts, recording.id)
    assert claim(parts.sessions, "one", "hear-1") is None
    resume(parts, recording.id)

    assert claim(parts.sessions, "one", "hear-1").recording_id == recording.id


def test_resumed_recording_has_as_many_turns_as_chunks_wait(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = a_recording(
            db, State.WORKING, DONE, RUNNING, FAILED, WAITING, WAITING, attempt=2
        )
        make.a_chunk(db, recording, 0, attempt=1)  # nobody will ever want it
        db.commit()
        pause(either_parts, recording.id)
        assert queued(db) == []

        assert resume(either_parts, recording.id)

    client = DBOSClient(system_database_engine=either_parts.engine, application_name=APPLICATION)
    turns = client.list_workflows()
    assert [(turn.name, turn.queue_name, turn.status) for turn in turns] == [
        ("hear", WHISPER, "ENQUEUED")
    ] * 3
    assert {turn.app_version for turn in turns} == {PIPELINE_VERSION}
    assert {turn.input["args"] for turn in turns} == {()}


@pytest.mark.parametrize(
    ("step", "state"), [(None, State.QUEUED), (Step.TRANSCRIPTION, State.WORKING)]
)
def test_resumed_recording_stands_where_it_stood(
    parts: Parts, db: DatabaseSession, step: Step | None, state: State
):
    recording = a_recording(db, State.PAUSED, step=step)

    assert resume(parts, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.step, recording.attempt) == (state, step, 1)
    assert queued(db) == []  # no chunk waits


@pytest.mark.parametrize("state", [s for s in State if s != State.PAUSED])
def test_only_what_is_paused_can_be_resumed(parts: Parts, db: DatabaseSession, state: State):
    recording = a_recording(db, state, WAITING)

    assert resume(parts, recording.id) is False

    db.refresh(recording)
    assert recording.state == state
    assert queued(db) == []


def test_second_press_of_a_button_is_harmless(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, State.WORKING, WAITING)

    assert (pause(parts, recording.id), pause(parts, recording.id)) == (True, False)
    assert (resume(parts, recording.id), resume(parts, recording.id)) == (True, False)

    assert len(queued(db)) == 1
