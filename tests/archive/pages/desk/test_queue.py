"""The queue on the desk: what runs, what waits, and how an organiser steers it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkState, TranscribedChunk
from archive.models.users import UserRole
from archive.models.workers import Worker
from tests import factories as make
from tests.forms import log_in, token


@pytest.fixture
def recording(db: DatabaseSession) -> Recording:
    """One whose first chunk is done, the second runs and others wait; nobody works yet."""
    session = make.a_session(db, title="Digitale Verwaltung", slug="talk")
    made = make.a_recording(
        db, session, state=State.WORKING, step=Step.TRANSCRIPTION, original_name="saal-a.mp4"
    )
    make.a_chunk(db, made, 0, state=ChunkState.DONE, key="a")
    db.add(
        TranscribedChunk(
            recording_id=made.id, key="a", start=0, end=make.CHUNK, engine="x", result={},
            seconds=5.0, worker="w1",
        )
    )  # fmt: skip
    make.a_chunk(
        db, made, 1, state=ChunkState.RUNNING, worker="machine-7", heard=5.0,
        started_at=now() - timedelta(seconds=10),
    )  # fmt: skip
    for number in range(2, 62):
        make.a_chunk(db, made, number)
    db.commit()
    return made


def shown(client: FlaskClient) -> str:
    """The page, each run of white space one space."""
    return " ".join(client.get("/desk/queue").get_data(as_text=True).split())


def test_page_tells_what_runs_where_and_until_when(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    db.add(Worker(name="machine-7"))
    db.commit()

    page = shown(organiser)

    assert "1 worker is there: machine-7 (since" in page
    assert "Writing down 0:20–0:40" in page and "25&nbsp;%" in page
    assert "worker machine-7, since" in page
    assert "0.5 × real time" in page or "0.4 × real time" in page
    assert "20 min of sound to go" in page
    assert "about 5 min left, until" in page
    assert "small 4 × real time" in page


def test_without_a_worker_it_says_what_to_do(organiser: FlaskClient, recording: Recording):
    page = shown(organiser)

    assert "No worker is there, so nothing goes on." in page
    assert "flask --app wsgi worker" in page
    assert "begins when a worker is there" in page


def test_unknown_speed_is_said_to_be_unknown(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    db.add(Worker(name="machine-7"))
    recording.model = "turbo"
    recording.chunk_rows[0].key = None
    db.commit()

    page = shown(organiser)

    assert "time left not yet known" in page and "speed not yet known" in page


def test_empty_queue_says_so(organiser: FlaskClient):
    assert "Nothing waits and nothing runs" in shown(organiser)


def test_paused_and_waiting_for_a_model_stand_apart(organiser: FlaskClient, db: DatabaseSession):
    session = make.a_session(db)
    make.a_recording(db, session, state=State.PAUSED)
    make.a_recording(db, session, state=State.WAITING_FOR_MODEL, model="turbo")
    db.commit()

    page = shown(organiser)

    assert page.index('id="paused-title"') < page.index('value="resume"')
    assert "models fetch turbo" in page
    assert "Waiting, in this order" not in page


def test_staff_see_the_queue_without_the_buttons(
    client: FlaskClient, db: DatabaseSession, recording: Recording
):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    log_in(client, "staff")

    page = shown(client)

    assert "Digitale Verwaltung" in page
    assert 'value="pause"' not in page and "/cancellation" not in page


def test_steering_leads_back_to_the_queue(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    data = {"csrf_token": token(organiser, "/desk/queue"), "back": "queue"}
    address = f"/desk/recordings/{recording.id}/course"

    answers = [
        organiser.post(address, data=data | {"step": step}).location
        for step in ("first", "pause", "resume")
    ]

    assert answers == ["/desk/queue"] * 3
    db.expire_all()
    assert (recording.priority, recording.state) == (1, State.WORKING)


def test_stopping_says_what_is_kept_and_asks(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    address = f"/desk/recordings/{recording.id}/cancellation?back=queue"
    page = organiser.get(address).get_data(as_text=True)
    before = db.get_one(Recording, recording.id).state
    answer = organiser.post(
        f"/desk/recordings/{recording.id}/course",
        data={"csrf_token": token(organiser, address), "step": "cancel", "back": "queue"},
    )

    assert (
        "Nothing is deleted." in page
        and "what is written down already, 2\N{NO-BREAK SPACE}%" in page
    )
    assert (before, answer.location) == (State.WORKING, "/desk/queue")
    db.expire_all()
    assert recording.state == State.CANCELLED


def test_there_may_be_nothing_to_stop(organiser: FlaskClient, db: DatabaseSession):
    ready = make.a_recording(db, make.a_session(db))
    db.commit()

    page = organiser.get(f"/desk/recordings/{ready.id}/cancellation").get_data(as_text=True)

    assert "There is nothing to stop" in page and 'value="cancel"' not in page


def test_back_leads_nowhere_else(organiser: FlaskClient, db: DatabaseSession, recording: Recording):
    address = f"/desk/recordings/{recording.id}/cancellation?back=//evil.example"

    assert 'href="//evil' not in organiser.get(address).get_data(as_text=True)
