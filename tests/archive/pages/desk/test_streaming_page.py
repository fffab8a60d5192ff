"""What the desk says of streaming sizes, and another try."""

import pytest
from sqlalchemy import select

from archive.models.recording import RenditionKind, Streaming, StreamingState
from archive.models.users import UserRole
from tests import factories as make
from tests.forms import log_in, token


@pytest.fixture
def recording(db, parts):
    session = make.a_session(db, slug="talk")
    recording = make.a_recording(db, session)
    make.a_rendition(db, parts, recording)
    db.commit()
    return recording


def told(client) -> str:
    return " ".join(client.get("/desk/sessions/talk").get_data(as_text=True).split())


def test_sizes_are_listed_from_the_smallest(organiser, db, parts, recording):
    make.a_folder(db, parts, recording)
    db.add(Streaming(recording_id=recording.id, state=StreamingState.DONE))
    db.commit()

    assert "Streaming sizes: 360, 480" in told(organiser)
    assert "Make streaming sizes" not in told(organiser)


@pytest.mark.parametrize(
    ("state", "reason", "sentence", "button"),
    [
        (None, None, "No streaming sizes have been made yet; the video plays in one size.", True),
        (StreamingState.QUEUED, None, "The streaming sizes are made next;", False),
        (StreamingState.WORKING, None, "The streaming sizes are being made (43 %);", False),
        (StreamingState.NOT_NEEDED, "small", "the video is small enough as it is.", False),
        (StreamingState.NOT_NEEDED, "off", "they are switched off on this server.", True),
        (StreamingState.CANCELLED, None, "the work on them was stopped.", True),
        (
            StreamingState.FAILED,
            "no_space",
            "No streaming sizes were made. The disk of the archive is full. Nothing is lost:"
            " the work on “film.mp4” goes on by itself when there is room.",
            True,
        ),
    ],
)
def test_desk_says_why_there_are_no_sizes(
    organiser, db, recording, state, reason, sentence, button
):
    if state:
        details = {"name": "film.mp4"} if reason == "no_space" else {}
        db.add(
            Streaming(
                recording_id=recording.id,
                state=state,
                reason=reason,
                details=details,
                progress=0.43,
            )
        )
        db.commit()

    assert sentence in told(organiser)
    assert ("Make streaming sizes" in told(organiser)) == button


def test_sound_alone_is_not_asked_for_sizes(organiser, db, parts):
    recording = make.a_recording(db, make.a_session(db, slug="talk"))
    make.a_rendition(db, parts, recording, RenditionKind.AUDIO)
    db.add(Streaming(recording_id=recording.id, state=StreamingState.NOT_NEEDED, reason="sound"))
    db.commit()

    assert "streaming sizes" not in told(organiser).lower()


def test_sizes_are_asked_for_once(organiser, db, recording):
    def ask() -> str:
        data = {"csrf_token": token(organiser, "/desk/sessions/talk")}
        where = f"/desk/recordings/{recording.id}/streaming"
        answer = organiser.post(where, data=data, follow_redirects=True)
        assert answer.request.path == "/desk/sessions/talk"
        return answer.get_data(as_text=True)

    assert "The streaming sizes of “mitschnitt.mp4” are being made." in ask()
    assert "The sizes of “mitschnitt.mp4” are there, or being made." in ask()

    row = db.scalars(select(Streaming)).one()
    assert (row.state, row.run) == (StreamingState.QUEUED, 1)


def test_staff_read_of_sizes_and_ask_for_none(client, db, recording):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    log_in(client, "staff")

    assert "No streaming sizes have been made yet" in told(client)
    assert "Make streaming sizes" not in told(client)


def test_unknown_recording_is_not_found(organiser):
    data = {"csrf_token": token(organiser, "/search")}
    assert organiser.post("/desk/recordings/99/streaming", data=data).status_code == 404
