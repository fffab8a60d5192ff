"""An organiser pauses, continues, puts first and stops the work on a recording."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording, State
from tests import factories as make
from tests.forms import token


@pytest.fixture
def recording(db: DatabaseSession) -> Recording:
    made = make.a_recording(db, make.a_session(db), state=State.WORKING, step="transcription")
    db.commit()
    return made


def press(client: FlaskClient, recording: Recording, step: str) -> str:
    answer = client.post(
        f"/desk/recordings/{recording.id}/course",
        data={"csrf_token": token(client, "/desk/account"), "step": step},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    return answer.text


def state(db: DatabaseSession, recording: Recording) -> str:
    db.expire_all()
    return db.get_one(Recording, recording.id).state


def test_pause_and_continue(organiser: FlaskClient, db: DatabaseSession, recording: Recording):
    page = press(organiser, recording, "pause")

    assert state(db, recording) == State.PAUSED
    assert 'value="resume"' in page and 'value="pause"' not in page

    press(organiser, recording, "resume")
    assert state(db, recording) == State.WORKING


def test_put_first(organiser: FlaskClient, db: DatabaseSession, recording: Recording):
    press(organiser, recording, "first")

    db.expire_all()
    assert db.get_one(Recording, recording.id).priority == 1


def test_stopped_work_can_be_tried_again(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    page = press(organiser, recording, "cancel")

    assert state(db, recording) == State.CANCELLED
    assert f"/desk/recordings/{recording.id}/attempt" in page


def test_what_is_over_is_said_to_be_over(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    recording.state = State.READY
    db.commit()

    page = press(organiser, recording, "pause")

    assert state(db, recording) == State.READY
    assert "can no longer be done" in page or "geht nicht mehr" in page
