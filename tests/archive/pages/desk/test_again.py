"""A recording is transcribed again from the desk: whole or a stretch, with other settings."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession
from werkzeug.test import TestResponse

from archive.models.recording import Recording, State
from archive.pages.desk.again import given_time
from archive.parts import Parts
from tests import factories as make
from tests.forms import submit, token


@pytest.fixture
def recording(db: DatabaseSession, parts: Parts) -> Recording:
    """A ready German one of sixty seconds, in three chunks."""
    made = make.a_talk(db, parts, slug="talk").recordings[0]
    made.plan, made.duration, made.original_name = make.a_plan(3), 60.0, "saal-a.mp4"
    db.commit()
    return made


def send(client: FlaskClient, recording: Recording, **values: Any) -> TestResponse:
    given = {"model": "small", "language": "de", "extent": "whole"}
    return submit(client, f"/desk/recordings/{recording.id}/again", **(given | values))


def test_form_shows_how_it_was_transcribed_and_what_is_promised(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    recording.model, recording.other_languages = "turbo", ["en"]
    db.commit()

    page = organiser.get(f"/desk/recordings/{recording.id}/again").get_data(as_text=True)

    assert '<option selected value="turbo">' in page
    assert 'checked class="input" id="other_languages-1"' in page or (
        'checked id="other_languages-1"' in page
    )
    assert "stays until the new one is there" in page and "Every revision is kept." in page
    assert "have corrected" in page and "no second try" in page


def test_whole_recording_with_other_settings(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    answer = send(
        organiser, recording, model="turbo", language="en", other_languages=["de"], draft="y"
    )

    db.expire_all()
    assert answer.location == "/desk/sessions/talk"
    assert (recording.state, recording.attempt, recording.model) == (State.QUEUED, 2, "turbo")
    assert (recording.language, recording.other_languages) == ("en", ["de"])
    assert (recording.draft, recording.stretch) == (True, None)


def test_language_can_be_detected(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    send(organiser, recording, language="")

    db.expire_all()
    assert recording.language is None


def test_stretch(organiser: FlaskClient, db: DatabaseSession, recording: Recording):
    send(organiser, recording, extent="stretch", start="0:00:12", end="35,5")

    db.expire_all()
    assert (recording.state, recording.stretch) == (State.QUEUED, [12.0, 35.5])


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("", "0:30", "Give a time, for example 0:12:30."),
        ("0:10", "soon", "“soon” is not a time. Write for example 0:12:30."),
        ("0:99", "1:30", "“0:99” is not a time. Write for example 0:12:30."),
        ("0:30", "0:10", "The end has to be later than the beginning."),
        ("0:30", "0:30", "The end has to be later than the beginning."),
        ("0:10", "2:00", "The recording ends at 1:00."),
        ("1:30", "2:00", "The recording ends at 1:00."),
    ],
)
def test_stretch_that_cannot_be_is_refused_beside_the_field(
    organiser: FlaskClient,
    db: DatabaseSession,
    recording: Recording,
    start: str,
    end: str,
    said: str,
):
    answer = send(organiser, recording, extent="stretch", start=start, end=end)

    db.expire_all()
    page = answer.get_data(as_text=True)
    assert (answer.status_code, recording.state) == (400, State.READY)
    assert 'class="field__error"' in page and said in page


def test_stretch_without_speech_is_refused(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    recording.plan = make.a_plan(2)
    db.commit()

    answer = send(organiser, recording, extent="stretch", start="45", end="50")

    assert "Nobody speaks in this stretch." in answer.get_data(as_text=True)


def test_times_do_not_matter_for_the_whole(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    assert send(organiser, recording, start="nonsense", end="").status_code == 302


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"model": "../../etc"}, "Not a valid choice"),
        ({"language": "", "other_languages": ["en"]}, "Choose the main language first."),
    ],
)
def test_other_nonsense_is_refused(
    organiser: FlaskClient, recording: Recording, values: dict, said: str
):
    answer = send(organiser, recording, **values)

    assert (answer.status_code, said in answer.get_data(as_text=True)) == (400, True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": State.WORKING}, "It is being worked on."),
        ({"state": State.PAUSED}, "The work on it is paused."),
        ({"state": State.FAILED, "plan": None}, "It is not known yet where people speak in it."),
    ],
)
def test_it_says_why_not(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording, values: dict, said: str
):
    for name, value in values.items():
        setattr(recording, name, value)
    db.commit()

    shown = organiser.get(f"/desk/recordings/{recording.id}/again")
    sent = organiser.post(
        f"/desk/recordings/{recording.id}/again",
        data={"csrf_token": token(organiser, "/desk/account"), "model": "small"},
    )

    db.expire_all()
    assert (shown.status_code, sent.status_code, recording.attempt) == (200, 409, 1)
    assert said in shown.get_data(as_text=True)


def test_what_was_set_aside_is_tried_again_with_the_same_settings(
    organiser: FlaskClient, db: DatabaseSession, recording: Recording
):
    recording.transcripts[0].current.details = {
        "failed": [{"start": 20.0, "end": 40.0, "reason": "out of memory"}]
    }
    recording.draft, recording.other_languages, recording.stretch = True, ["en"], [0.0, 60.0]
    recording.terms = ["Ada Lovelace"]  # whose line-up has changed since
    db.commit()

    answer = submit(organiser, "/desk/sessions/talk", to=f"/desk/recordings/{recording.id}/rest")

    db.expire_all()
    assert answer.location == "/desk/sessions/talk"
    assert (recording.state, recording.attempt) == (State.QUEUED, 2)
    assert (recording.draft, recording.other_languages) == (True, ["en"])
    assert (recording.language, recording.stretch) == ("de", [0.0, 60.0])
    assert recording.terms == ["Ada Lovelace"]  # else all of it would be heard again


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:12:30", 750.0),
        ("1:02:03", 3723.0),
        ("12:30", 750.0),
        (" 90 ", 90.0),
        ("90,5", 90.5),
        ("0:05.5", 5.5),
        ("0", 0.0),
        ("", None),
        ("1:99", None),
        ("75:00", 4500.0),
        ("1:61:00", None),
        ("1:2:3:4", None),
        ("-5", None),
        ("nan", None),
        ("1e5", None),
        ("²", None),
        ("12m", None),
    ],
)
def test_times_as_people_write_them(text: str, seconds: float | None):
    assert given_time(text) == seconds
