"""The desk's table: what is recorded, how far it is, what is missing."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import State, Step
from archive.models.users import UserRole
from archive.parts import Parts
from tests import factories as make
from tests.forms import log_in


def titles(page: str) -> list[str]:
    return re.findall(r'class="board__title"[^>]*>([^<]+)<', page)


@pytest.fixture
def desk(db: DatabaseSession) -> None:
    """Five sessions: without a recording, ready, failed, in work, waiting for a model."""
    smart = make.an_event(db, slug="smart", title="Smart Region")
    other = make.an_event(db, slug="other", title="Kommunaltag")
    make.a_session(db, smart, title="Ohne Aufnahme", starts_at=None)
    made = {
        "Fertig": {"state": State.READY},
        "Misslungen": {
            "state": State.FAILED,
            "failure": "no_audio",
            "failure_details": {"name": "stumm.mp4"},
        },
        "In Arbeit": {"state": State.WORKING, "step": Step.RENDITION, "progress": 0.31},
    }
    for title, values in made.items():
        make.a_recording(db, make.a_session(db, smart, title=title), **values)
    waiting = make.a_session(db, other, title="100%_Wartet")
    make.a_recording(db, waiting, state=State.WAITING_FOR_MODEL, model="turbo")
    db.commit()


def test_board_shows_every_state_with_a_sentence(organiser: FlaskClient, desk: None):
    page = organiser.get("/desk").get_data(as_text=True)

    assert sorted(titles(page)) == [
        "100%_Wartet",
        "Fertig",
        "In Arbeit",
        "Misslungen",
        "Ohne Aufnahme",
    ]
    assert "“stumm.mp4” has no sound" in page
    assert "flask --app wsgi models fetch turbo" in page
    assert "Preparing the video …" in page and 'value="31"' in page
    assert "Still missing: people, day and time" in page


def test_what_needs_attention_stands_first(organiser: FlaskClient, desk: None):
    page = organiser.get("/desk").get_data(as_text=True)

    assert set(titles(page)[:3]) == {"100%_Wartet", "In Arbeit", "Misslungen"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("event=other", ["100%_Wartet"]),
        ("state=failed", ["Misslungen"]),
        ("state=none", ["Ohne Aufnahme"]),
        ("title=arbeit", ["In Arbeit"]),
        ("title=%25_", ["100%_Wartet"]),
        ("title=mitschnitt&state=ready", ["Fertig"]),
        ("event=nothing", []),
        ("state=nonsense", []),
    ],
)
def test_board_is_narrowed_down(
    organiser: FlaskClient, desk: None, query: str, expected: list[str]
):
    assert titles(organiser.get(f"/desk?{query}").get_data(as_text=True)) == expected


def test_empty_archive_says_how_to_begin(organiser: FlaskClient):
    assert "Create the first event" in organiser.get("/desk").get_data(as_text=True)


@pytest.mark.parametrize("page", ["0", "-3", "99", "x", ""])
def test_any_page_number_is_answered(organiser: FlaskClient, desk: None, page: str):
    answer = organiser.get(f"/desk?page={page}")

    assert (answer.status_code, len(titles(answer.get_data(as_text=True)))) == (200, 5)


def test_staff_see_the_board_without_what_they_may_not_do(
    client: FlaskClient, db: DatabaseSession, desk: None
):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    log_in(client, "staff")

    page = client.get("/desk").get_data(as_text=True)

    assert len(titles(page)) == 5
    assert [
        word for word in ("New session", "New event", "Upload a recording") if word in page
    ] == []


def test_progress_is_told_in_numbers_and_words(organiser: FlaskClient, db: DatabaseSession):
    recording = make.a_recording(
        db, make.a_session(db), state=State.WORKING, step=Step.SPEECH, progress=0.0649
    )
    db.commit()

    answer = organiser.get(f"/desk/progress.json?id={recording.id}&id=nonsense&id=²&id=99999999999")

    assert answer.json == [
        {
            "id": recording.id,
            "state": "working",
            "percent": 6,
            "sentence": "Finding where people speak …",
            "busy": True,
        }
    ]


def test_number_of_queries_does_not_grow_with_the_rows(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts
):
    counts = []
    for _ in (1, 2, 3):
        make.a_talk(db, parts, people=[make.a_person(db)])
        db.commit()
        counts.append(_queries(parts, lambda: organiser.get("/desk")))

    assert counts[0] == counts[2]


def _queries(parts: Parts, act) -> int:
    statements: list[str] = []
    event.listen(
        parts.engine,
        "before_cursor_execute",
        listener := lambda *given: statements.append(given[2]),
    )
    act()
    event.remove(parts.engine, "before_cursor_execute", listener)
    return len(statements)
