"""A recording is taken in on the desk: all of it, or nothing with a reason."""

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession
from werkzeug.test import TestResponse

from archive.models.recording import Recording, State
from archive.models.users import UserRole
from archive.parts import Parts
from tests import factories as make
from tests.conftest import stored_files
from tests.forms import log_in, submit, token

PAGE = "/desk/sessions/talk/recordings/new"
TARGET = "/desk/sessions/talk/recordings"


@pytest.fixture
def video() -> bytes:
    return make.sample_files()["video"].read_bytes()


@pytest.fixture(autouse=True)
def session(db: DatabaseSession):
    made = make.a_session(db, slug="talk", title="Ein Vortrag", language="de")
    db.commit()
    return made


def send_bare(client: FlaskClient, content: bytes, **query: str) -> TestResponse:
    """As the page's script sends it: the file alone is the body."""
    return client.post(
        TARGET,
        query_string=query,
        data=content,
        content_type="application/octet-stream",
        headers={"X-CSRFToken": token(client, PAGE), "Accept": "application/json"},
    )


def send_form(client: FlaskClient, content: bytes, name: str, **values: Any) -> TestResponse:
    """As a browser without JavaScript sends it."""
    file = (io.BytesIO(content), name)
    return submit(client, PAGE, to=TARGET, file=file, **values)


def test_bare_file_becomes_a_recording(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts, video: bytes
):
    answer = send_bare(
        organiser, video, name="Mitschnitt Tag 1.mp4", language="en", model="samples"
    )

    recording = db.scalars(select(Recording)).one()
    assert answer.json == {"location": "/desk/sessions/talk"}
    assert (recording.original_name, recording.state) == ("Mitschnitt Tag 1.mp4", State.QUEUED)
    assert (recording.language, recording.model) == ("en", "samples")
    assert recording.uploaded_by.name == "organiser"
    assert parts.store.path(recording.key).read_bytes() == video
    assert left_over(parts) == []


def test_file_in_a_plain_form_becomes_a_recording_too(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts, video: bytes
):
    answer = send_form(organiser, video, "vortrag.mp4", language="", model="")

    recording = db.scalars(select(Recording)).one()
    assert answer.location == "/desk/sessions/talk"
    assert (recording.language, recording.model) == ("de", "small")
    assert parts.store.path(recording.key).read_bytes() == video
    assert left_over(parts) == []


def test_samples_model_is_never_chosen_by_itself(
    organiser: FlaskClient, db: DatabaseSession, video: bytes
):
    send_bare(organiser, video, name="vortrag.mp4", model="../../etc")

    assert db.scalars(select(Recording.model)).all() == ["small"]


REFUSED = {
    "empty": (b"", "“x.mp4” is empty (0 bytes)."),
    "noise": (os.urandom(5000), "“x.mp4” is not a video or audio file"),
    "text": (b"Guten Tag " * 500, "“x.mp4” is not a video or audio file"),
    "playlist": (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "“x.mp4” is a playlist"),
    "picture": (None, "“x.mp4” is a picture"),
    "cut off": (None, "“x.mp4” is incomplete"),
}


@pytest.mark.parametrize("bare", [True, False], ids=["bare", "form"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_recording_is_refused_by_name_and_reason(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts, video: bytes, case: str, bare: bool
):
    content, sentence = REFUSED[case]
    if case == "picture":
        content = make.sample_files()["poster"].read_bytes()
    if case == "cut off":
        content = video[: len(video) // 2]

    send = send_bare if bare else send_form
    answer = send(organiser, content, name="x.mp4")

    said = answer.json["message"] if bare else answer.get_data(as_text=True)
    assert (answer.status_code, sentence in said) == (422, True), said
    assert db.scalars(select(Recording)).all() == []
    assert left_over(parts) == []


def test_form_without_a_file_is_asked_for_one(organiser: FlaskClient):
    answer = submit(organiser, PAGE, to=TARGET)

    assert answer.status_code == 422
    assert "Choose a file first." in answer.get_data(as_text=True)


def test_same_file_twice_links_the_first(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts, video: bytes
):
    send_bare(organiser, video, name="vortrag.mp4")

    bare = send_bare(organiser, video, name="kopie.mp4")
    form = send_form(organiser, video, "kopie.mp4")

    assert bare.json == {
        "message": "“kopie.mp4” is in the archive already, as a recording of:",
        "link": "/desk/sessions/talk",
        "link_text": "Ein Vortrag",
    }
    assert '<a href="/desk/sessions/talk">Ein Vortrag</a>' in form.get_data(as_text=True)
    assert len(db.scalars(select(Recording)).all()) == 1
    assert left_over(parts) == []


def test_file_above_the_limit_is_refused(organiser: FlaskClient, parts: Parts, video: bytes):
    object.__setattr__(parts, "upload_limit", 10_000)

    bare, form = (
        send_bare(organiser, video, name="gross.mp4"),
        send_form(organiser, video * 60, "gross.mp4"),
    )

    assert bare.json["message"] == "“gross.mp4” is larger than this archive accepts."
    assert form.status_code == 413
    assert left_over(parts) == []


def test_file_without_room_is_refused_and_nothing_changes(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts, video: bytes
):
    object.__setattr__(parts, "reserve", 10**15)

    bare, form = send_bare(organiser, video, name="a.mp4"), send_form(organiser, video, "a.mp4")

    assert (bare.status_code, form.status_code) == (422, 507)
    assert "There is not enough room for “a.mp4”" in bare.json["message"]
    assert "The disk of the archive is full" in form.get_data(as_text=True)
    assert db.scalars(select(Recording)).all() == []
    assert left_over(parts) == []


def test_who_may_not_upload_cannot_send_much(client: FlaskClient, db: DatabaseSession):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    big = {"file": (io.BytesIO(bytes(3_000_000)), "x.mp4")}

    visitor = client.post(TARGET, data=dict(big))
    log_in(client, "staff")
    staff = client.post(TARGET, data={"file": (io.BytesIO(bytes(3_000_000)), "x.mp4")})

    assert (visitor.status_code, staff.status_code) == (413, 413)


def test_large_file_is_streamed_to_disk(
    organiser: FlaskClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    """No read asks for more than a few megabytes, and the bytes are on disk before the end."""

    class Stream(io.RawIOBase):
        size, given, largest, on_disk = 64_000_000, 0, 0, 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:
            count = min(len(buffer), self.size - self.given)
            self.largest = max(self.largest, len(buffer))
            buffer[:count] = bytes(count)
            self.given += count
            if self.given > self.size // 2:
                folder = parts.work / "uploads"
                self.on_disk = max(self.on_disk, *(f.stat().st_size for f in folder.iterdir()))
            return count

    stream = Stream()
    organiser.post(
        TARGET,
        query_string={"name": "lang.mp4"},
        content_type="application/octet-stream",
        environ_overrides={"wsgi.input": stream, "CONTENT_LENGTH": str(stream.size)},
        headers={"X-CSRFToken": token(organiser, PAGE), "Accept": "application/json"},
    )

    assert stream.given == stream.size
    assert stream.largest <= 4_000_000
    assert stream.on_disk > stream.size // 3


def test_connection_lost_midway_leaves_nothing(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts, video: bytes
):
    answer = organiser.post(
        TARGET,
        query_string={"name": "halb.mp4"},
        input_stream=io.BytesIO(video[: len(video) // 2]),
        content_type="application/octet-stream",
        content_length=len(video),
        headers={"X-CSRFToken": token(organiser, PAGE), "Accept": "application/json"},
    )

    assert answer.status_code in (400, 422)
    assert db.scalars(select(Recording)).all() == []
    assert left_over(parts) == []


def test_failed_recording_is_tried_again_by_a_button(
    organiser: FlaskClient, db: DatabaseSession, session
):
    recording = make.a_recording(db, session, state=State.FAILED, failure="no_speech")
    db.commit()

    page = organiser.get("/desk/sessions/talk").get_data(as_text=True)
    submit(
        organiser,
        "/desk/sessions/talk",
        to=f"/desk/recordings/{recording.id}/attempt",
        wordless="1",
    )

    db.refresh(recording)
    assert "Try again" in page and "Publish without a transcript" in page
    assert (recording.state, recording.attempt, recording.wordless) == (State.QUEUED, 2, True)


def test_recording_is_removed_after_what_is_lost_was_shown(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts
):
    talk = make.a_talk(db, parts, slug="with-recording")
    recording = talk.recordings[0]
    db.commit()

    address = f"/desk/recordings/{recording.id}/removal"
    shown = organiser.get(address).get_data(as_text=True)
    submit(organiser, address)

    assert "keep a copy elsewhere" in shown
    assert db.scalars(select(Recording)).all() == []
    assert stored_files(parts) == []


def left_over(parts: Parts) -> list[Path]:
    folder = parts.work / "uploads"
    return list(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("bare", [True, False], ids=["bare", "form"])
def test_languages_spoken_too_are_those_chosen(
    organiser: FlaskClient, db: DatabaseSession, video: bytes, bare: bool
):
    send = send_bare if bare else send_form
    send(organiser, video, name="a.mp4", language="en", other_languages=["de", "en", "xx"])

    recording = db.scalars(select(Recording)).one()
    assert (recording.language, recording.other_languages) == ("en", ["de"])


def test_upload_form_begins_with_the_languages_of_the_session(
    organiser: FlaskClient, db: DatabaseSession, session
):
    session.other_languages = ["en", "fr"]
    db.commit()

    page = organiser.get(PAGE).get_data(as_text=True)

    assert re.findall(r'<option value="(\w+)" selected', page) == ["de"]
    assert re.findall(r'name="other_languages" value="(\w+)" checked', page) == ["en", "fr"]
