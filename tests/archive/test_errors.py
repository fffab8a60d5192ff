"""What goes wrong is told in a sentence, as a page or as JSON, and never as a traceback."""

import re
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from archive.errors import FAILURES, failure_sentence, media_sentence
from archive.parts import Parts
from media import errors as media_errors
from media.errors import MediaError, NoSpace, Truncated
from tests import factories as make
from tests.archive.test_health import break_database
from tests.forms import log_in, token

PAGE, SCRIPT = "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"
ERRORS: dict[int, tuple[str, str]] = {
    400: ("That cannot be understood", "Go back and try again."),
    403: ("You are not logged in", "Log in, then repeat it. Nothing was changed."),
    404: (
        "There is nothing here",
        "The address may be mistyped, or what was here is no longer public.",
    ),
    405: ("That cannot be done here", "Go back and try again."),
    413: ("The file is too large", "This archive does not accept files of that size."),
    418: ("That did not work", "Go back and try again."),
    429: ("Too many tries", "Wait a moment, then try again."),
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor of an app that goes wrong in every way when told to."""

    @app.get("/wrong/<int:code>")
    def wrong(code: int) -> None:
        abort(code)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret of the house")

    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.mark.parametrize("code", ERRORS)
def test_person_gets_a_page_with_a_way_on(client: FlaskClient, code: int):
    answer = client.get(f"/wrong/{code}", headers={"Accept": PAGE})

    page = answer.get_data(as_text=True)
    title, text = ERRORS[code]
    assert (answer.status_code, answer.mimetype) == (code, "text/html")
    assert f"<h1>{title}</h1>" in page
    assert f"<p>{text}</p>" in page
    assert 'href="/">To the start page</a>' in page


@pytest.mark.parametrize("code", ERRORS)
def test_script_gets_the_same_as_json(client: FlaskClient, code: int):
    answer = client.get(f"/wrong/{code}", headers={"Accept": SCRIPT})

    title, text = ERRORS[code]
    assert (answer.status_code, answer.json) == (code, {"error": title, "message": text})


@pytest.mark.parametrize("accept", ["", "*/*", "text/*", "image/png", PAGE])
def test_whoever_does_not_ask_for_json_gets_a_page(client: FlaskClient, accept: str):
    assert client.get("/nothing", headers={"Accept": accept}).mimetype == "text/html"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("code", [*ERRORS, 500])
def test_error_speaks_the_language_of_its_reader(client: FlaskClient, code: int, language: str):
    address = "/broken" if code == 500 else f"/wrong/{code}"

    answer = client.get(address, headers={"Accept-Language": language})

    assert answer.status_code == code
    assert f'<html lang="{language}">' in answer.get_data(as_text=True)


def test_real_errors_are_those_of_the_table(client: FlaskClient):
    form = {"csrf_token": token(client)}
    answers = {
        400: client.post("/language", data=form | {"language": "xx"}),
        403: client.post("/desk/events/new", data=form),
        404: client.get("/sessions/nothing"),
        405: client.get("/logout"),
        413: client.post("/login", data=form | {"name": "x" * 3_000_000}),
    }

    assert {code: answer.status_code for code, answer in answers.items()} == {c: c for c in answers}
    for code, answer in answers.items():
        assert f"<h1>{ERRORS[code][0]}</h1>" in answer.get_data(as_text=True)


def test_page_that_is_not_there_offers_a_search(client: FlaskClient):
    assert 'action="/search"' in client.get("/nothing").get_data(as_text=True).split("<main")[1]


def test_wrong_method_is_told_the_right_ones(client: FlaskClient):
    answer = client.get("/logout")

    assert set(answer.allow) == {"POST", "OPTIONS"}


def test_range_beyond_the_end_is_told_the_length(
    client: FlaskClient, parts: Parts, db: DatabaseSession
):
    rendition = make.a_rendition(db, parts, make.a_recording(db, make.a_session(db)))
    db.commit()
    where = client.get(f"/media/{rendition.id}/x").location

    answer = client.get(where, headers={"Range": "bytes=999999999-"})

    assert (answer.status_code, answer.headers["Content-Range"]) == (
        416,
        f"bytes */{rendition.size}",
    )


# Our own faults -----------------------------------------------------------------------------


def incident(answer: TestResponse) -> str:
    return re.search(r"incident ([0-9a-f]{8})\.", answer.get_data(as_text=True))[1]


@pytest.mark.parametrize("accept", [PAGE, SCRIPT])
def test_unexpected_error_is_a_number_for_the_reader_and_all_of_it_for_the_log(
    client: FlaskClient, accept: str
):
    with capture_logs() as logged:
        answer = client.get("/broken", headers={"Accept": accept})

    said = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "It is our fault, not yours" in said
    assert not any(word in said for word in ("secret", "RuntimeError", "Traceback", __file__))
    (entry,) = logged
    assert (entry["incident"], entry["path"]) == (incident(answer), "/broken")
    assert str(entry["exc_info"]) == "the secret of the house"


def test_every_incident_has_a_number_of_its_own(client: FlaskClient):
    assert incident(client.get("/broken")) != incident(client.get("/broken"))


@pytest.mark.parametrize("logged_in", [False, True])
@pytest.mark.parametrize("address", ["/", "/sessions/talk", "/search?q=Haus", "/media/1/x"])
def test_lost_database_is_a_page_too(
    client: FlaskClient,
    parts: Parts,
    db: DatabaseSession,
    tmp_path: Path,
    address: str,
    logged_in: bool,
):
    make.a_user(db)
    db.commit()
    if logged_in:
        log_in(client, "organiser")
    break_database(parts, tmp_path)

    answer = client.get(address)

    assert answer.status_code == 500
    assert incident(answer)
    assert "sqlite" not in answer.get_data(as_text=True)


# Recordings that cannot be worked on --------------------------------------------------------


def reasons() -> set[str]:
    """Every reason that the media library may give."""
    known = {
        thing.code
        for thing in vars(media_errors).values()
        if isinstance(thing, type) and issubclass(thing, MediaError) and hasattr(thing, "code")
    }
    assert len(known) > 10
    return known


@pytest.mark.parametrize("reason", sorted(reasons() | set(FAILURES)))
def test_every_reason_has_a_sentence_that_names_the_file_or_the_way_out(app: Flask, reason: str):
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        sentence = failure_sentence(reason, {"name": "vortrag.mp4", "model": "small"})

    assert reason in FAILURES
    assert any(part in sentence for part in ("“vortrag.mp4”", "“small”", "ffmpeg"))
    assert sentence.endswith(".")
    assert "%" not in sentence


@pytest.mark.parametrize("reason", [None, "", "unexpected", "something new"])
def test_reason_nobody_foresaw_has_a_sentence_as_well(app: Flask, reason: str | None):
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        sentence = failure_sentence(reason, {"name": "a.mp4", "error": "KeyError: 'x'"})

    assert sentence == (
        "Something unexpected stopped the work on “a.mp4”. The log says what. Try again."
    )


@pytest.mark.parametrize("details", [None, {}, {"name": "100 % Öl.mp4"}, {"other": 1}])
@pytest.mark.parametrize("reason", sorted(FAILURES))
def test_sentence_needs_no_detail_to_be_made(app: Flask, reason: str, details: dict | None):
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert failure_sentence(reason, details)


def test_sentences_ask_for_known_details_alone():
    asked = {
        name
        for sentence in FAILURES.values()
        for name in re.findall(r"%\((\w+)\)s", str(sentence._args[0]))
    }

    assert asked == {"name", "model"}


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            NoSpace("", free=1, needed=2),
            "There is not enough room for “a.mp4” on the disk of the archive. Nothing was stored."
            " Make room, then upload it again.",
        ),
        (
            Truncated("", received=1, expected=2),
            "“a.mp4” did not arrive whole. Upload it again.",
        ),
        (
            Truncated(""),
            "“a.mp4” is incomplete: the recording or its transfer was cut off. Upload the whole"
            " file again.",
        ),
    ],
    ids=["no room", "lost on the way", "cut off before"],
)
def test_file_refused_at_the_door_is_told_what_became_of_it(
    app: Flask, error: MediaError, sentence: str
):
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert media_sentence(error, "a.mp4") == sentence
