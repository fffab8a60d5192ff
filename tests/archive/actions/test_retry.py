"""Another attempt: of what failed or waits, and only of that."""

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.retry import retry
from archive.models.recording import Recording, State
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.arrivals import queued


def a_recording(db: DatabaseSession, state: State, **values: object) -> Recording:
    recording = make.a_recording(db, make.a_session(db), state=state, **values)
    db.commit()
    return recording


def test_failed_recording_goes_through_the_whole_pipeline_again(parts: Parts, db: DatabaseSession):
    recording = a_recording(
        db, State.FAILED, failure="no_audio", failure_details={"name": "a.mp4"}, attempt=2
    )

    retry(parts, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.attempt) == (State.QUEUED, 3)
    assert (recording.failure, recording.failure_details) == (None, {})
    assert queued(db) == [f"make_playable-{recording.id}-3"]


def test_recording_that_waits_for_its_model_is_only_transcribed(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, State.WAITING_FOR_MODEL)

    retry(parts, recording.id)

    db.refresh(recording)
    assert (recording.state, recording.attempt) == (State.QUEUED, 2)
    assert queued(db) == [f"transcribe-{recording.id}-2"]


@pytest.mark.parametrize("state", [State.QUEUED, State.WORKING, State.READY])
def test_recording_in_work_or_ready_is_left_alone(parts: Parts, db: DatabaseSession, state: State):
    recording = a_recording(db, state)

    retry(parts, recording.id, wordless=True)

    db.refresh(recording)
    assert (recording.state, recording.attempt, recording.wordless) == (state, 1, False)
    assert queued(db) == []


def test_second_press_of_the_button_is_one_attempt(parts: Parts, db: DatabaseSession):
    recording = a_recording(db, State.FAILED)

    retry(parts, recording.id)
    retry(parts, recording.id)

    assert queued(db) == [f"make_playable-{recording.id}-2"]


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [(False, True, True), (True, None, True), (True, False, False), (False, None, False)],
)
def test_decision_to_publish_without_speech_is_kept_unless_it_is_changed(
    parts: Parts, db: DatabaseSession, before: bool, asked: bool | None, after: bool
):
    recording = a_recording(db, State.FAILED, failure="no_speech", wordless=before)

    retry(parts, recording.id, wordless=asked)

    db.refresh(recording)
    assert recording.wordless is after
