"""The desk's table: what is recorded, how far it is, what is missing."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkState, Origin, Revision, TranscribedChunk
from archive.models.users import UserRole
from archive.models.workers import Worker
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
            "facts": "",
            "place": None,
            "audio": None,
            "speed": None,
            "left": None,
            "workers": [],
        }
    ]


@pytest.fixture
def transcribed(db: DatabaseSession) -> Recording:
    """One of which a chunk is done, one is heard and eight wait, with a worker at four times."""
    session = make.a_session(db, slug="talk")
    recording = make.a_recording(db, session, state=State.WORKING, step=Step.TRANSCRIPTION)
    make.a_chunk(db, recording, 0, state=ChunkState.DONE, key="a")
    db.add(
        TranscribedChunk(
            recording_id=recording.id, key="a", start=0, end=make.CHUNK, engine="x", result={},
            seconds=5.0, worker="machine-7",
        )
    )  # fmt: skip
    make.a_chunk(db, recording, 1, state=ChunkState.RUNNING, worker="machine-7")
    for number in range(2, 10):
        make.a_chunk(db, recording, number)
    db.add(Worker(name="machine-7"))
    db.commit()
    return recording


def test_progress_tells_speed_time_left_and_workers(organiser: FlaskClient, transcribed: Recording):
    told = organiser.get(f"/desk/progress.json?id={transcribed.id}").json[0]

    assert {name: told[name] for name in ("place", "audio", "speed", "left", "workers")} == {
        "place": 1,
        "audio": 180.0,
        "speed": 4.0,
        "left": 45.0,
        "workers": ["machine-7"],
    }
    assert told["facts"] == (
        "worker machine-7\N{NO-BREAK SPACE}· 3\N{NO-BREAK SPACE}min of sound to go"
        "\N{NO-BREAK SPACE}· 4 × real time\N{NO-BREAK SPACE}· less than a minute left"
    )


@pytest.mark.parametrize("address", ["/desk", "/desk/sessions/talk"])
def test_pages_show_them_too(organiser: FlaskClient, transcribed: Recording, address: str):
    page = organiser.get(address).get_data(as_text=True)

    assert "worker machine-7" in page and "4 × real time" in page
    assert 'value="pause"' in page and f"/desk/recordings/{transcribed.id}/cancellation" in page


@pytest.fixture
def outcome(db: DatabaseSession, parts: Parts) -> Recording:
    """A ready one with a stretch that was set aside and something that was caught."""
    recording = make.a_talk(db, parts, slug="talk").recordings[0]
    recording.plan = make.a_plan(3)
    recording.transcripts[0].current.details = {
        "caught": [
            {"kind": "loop", "start": 5.0, "end": 9.0, "remedy": "decoded_again", "text": "Ja. Ja."}
        ],
        "failed": [
            {"start": 20.0, "end": 40.0, "reason": "its worker died 3 times"},
            {"start": 40.0, "end": 60.0, "reason": "out <of> memory"},
        ],
    }
    db.commit()
    return recording


def test_what_came_of_it_is_told_with_its_moments(organiser: FlaskClient, outcome: Recording):
    board = organiser.get("/desk").get_data(as_text=True)
    page = organiser.get("/desk/sessions/talk").get_data(as_text=True)

    for shown in (board, page):
        assert "but for 2 stretches that could not be written down" in shown
        assert "1 place caught and repaired" in shown
    assert (
        '<a href="/sessions/talk?t=20">0:20–0:40</a> The worker broke down 3 times there.' in page
    )
    assert '<span lang="en">out &lt;of&gt; memory</span>' in page
    assert '<a href="/sessions/talk?t=5">0:05–0:09</a> Words repeated over and over' in page
    assert "<q>Ja. Ja.</q>" in page
    assert "Try these again" in page and "Transcribe again" in page


def test_old_revisions_know_less(organiser: FlaskClient, db: DatabaseSession, parts: Parts):
    make.a_talk(db, parts, slug="old").recordings[0].transcripts[0].current.details = {}
    db.commit()

    page = organiser.get("/desk/sessions/old").get_data(as_text=True)

    assert "Can be played and searched." in page and "Try these again" not in page


def test_corrections_do_not_hide_what_the_machine_left_out(
    organiser: FlaskClient, db: DatabaseSession, outcome: Recording
):
    db.add(
        Revision(
            transcript_id=outcome.transcripts[0].id, number=2, origin=Origin.PERSON, details={}
        )
    )
    db.commit()

    assert "Try these again" in organiser.get("/desk/sessions/talk").get_data(as_text=True)


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
