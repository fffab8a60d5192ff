"""The page on which voices get names, as staff fill it in."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Visibility
from archive.models.recording import Recording
from archive.models.transcript import Revision
from archive.models.users import UserRole
from archive.parts import Parts
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from tests.archive.actions.test_name_voices import CUES, VOICES
from tests.forms import log_in, submit, token

WHERE = "/desk/sessions/gespraech/voices"


@pytest.fixture
def people(db: DatabaseSession, parts: Parts) -> dict[str, str]:
    """The line-up of a conversation whose voices are told apart: names and what stands for them."""
    jonas = make.a_person(db, name="Jonas Falk")
    anna = make.a_person(db, name="Prof. Dr. Anna Berg")
    make.a_talk(db, parts, None, [jonas, anna], CUES, slug="gespraech", title="Ein Gespräch")
    db.scalars(select(Recording)).one().voices = VOICES
    db.commit()
    return {person.name: str(person.id) for person in (jonas, anna)}


@pytest.fixture
def staff(client: FlaskClient, db: DatabaseSession) -> FlaskClient:
    make.a_user(db, UserRole.STAFF)
    db.commit()
    log_in(client, "staff")
    return client


def speakers(db: DatabaseSession) -> list[str | None]:
    db.expire_all()
    session_id = db.scalars(select(Recording.session_id)).one()
    return [cue.speaker for cue in cues_of(db, current_revision(db, session_id).id)]


def text(answer) -> str:
    bare = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(bare.replace("&#39;", "'").split())


def test_each_voice_is_shown_with_what_it_says(staff: FlaskClient, people):
    answer = staff.get(WHERE)

    shown = text(answer)
    assert answer.status_code == 200
    assert "Voice A speaks for 17 sec · 2 times" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "Voice B speaks for 7 sec · once" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "Vielen Dank für die Frage. Ich sage nein." in shown
    assert 'href="/sessions/gespraech?t=9"' in answer.get_data(as_text=True)


def test_who_is_introduced_is_suggested_with_the_reason(staff: FlaskClient, people):
    answer = staff.get(WHERE)

    page = answer.get_data(as_text=True)
    chosen = re.findall(r'<option selected value="(\d*)">', page)
    assert chosen == ["", people["Prof. Dr. Anna Berg"]]  # of A nothing is known
    assert "Suggested: Prof. Dr. Anna Berg" in text(answer)
    assert "Frau Berg, was sagen Sie?" in text(answer)
    assert "t=4" in page


def test_voices_get_names(staff: FlaskClient, db: DatabaseSession, people):
    answer = submit(
        staff, WHERE, voice_A=people["Jonas Falk"], voice_B="other", name_B="  Emil   Roth "
    )

    assert (answer.status_code, answer.location) == (302, "/sessions/gespraech")
    assert speakers(db)[:4] == ["Jonas Falk", "Jonas Falk", "Emil Roth", "Emil Roth"]
    shown = text(staff.get("/sessions/gespraech"))
    assert "6 lines have another speaker now: revision 2. 1 line in which two voices" in shown
    again = staff.get(WHERE).get_data(as_text=True)
    assert 'value="Emil Roth"' in again
    assert "Suggested" not in again


def test_same_choice_twice_makes_no_second_revision(staff: FlaskClient, db, people):
    for _ in range(2):
        answer = submit(staff, WHERE, voice_A=people["Jonas Falk"], voice_B="")

    assert answer.location == WHERE
    assert "Nothing changed" in text(staff.get(WHERE))
    assert len(db.scalars(select(Revision)).all()) == 2


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"voice_B": "other"}, "Write down who voice B is, or leave it open."),
        ({"voice_B": "other", "name_B": "  "}, "Write down who voice B is, or leave it open."),
        ({"voice_B": "other", "name_B": "x" * 201}, "At most 200 characters."),
        ({"voice_B": "99999"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(staff, db, people, chosen, sentence):
    answer = submit(staff, WHERE, voice_A=people["Jonas Falk"], **chosen)

    assert answer.status_code == 400
    assert sentence in text(answer)
    assert f'<option selected value="{people["Jonas Falk"]}">' in answer.get_data(as_text=True)
    assert speakers(db) == [None] * 5


def test_page_says_when_voices_were_never_told_apart(staff: FlaskClient, db, people):
    db.scalars(select(Recording)).one().voices = None
    db.commit()

    assert "flask --app wsgi voices gespraech" in text(staff.get(WHERE))
    answer = staff.post(WHERE, data={"csrf_token": token(staff, "/search")})
    assert (answer.status_code, answer.location) == (302, WHERE)


def test_page_says_when_there_is_no_voice(staff: FlaskClient, db, people):
    db.scalars(select(Recording)).one().voices = []
    db.commit()

    assert "No voice was found" in text(staff.get(WHERE))


def test_without_a_line_up_there_is_a_way_to_one(organiser: FlaskClient, db, parts):
    make.a_talk(db, parts, None, [], CUES, slug="gespraech")
    db.scalars(select(Recording)).one().voices = VOICES
    db.commit()

    assert 'href="/desk/sessions/gespraech/edit"' in organiser.get(WHERE).get_data(as_text=True)


@pytest.mark.parametrize("slug", ["never", "stumm"])
def test_where_nothing_is_transcribed_there_is_no_page(staff: FlaskClient, db, slug: str):
    make.a_session(db, slug="stumm")
    db.commit()

    assert staff.get(f"/desk/sessions/{slug}/voices").status_code == 404
    data = {"csrf_token": token(staff, "/search")}
    assert staff.post(f"/desk/sessions/{slug}/voices", data=data).status_code == 404


def test_form_without_its_token_is_refused(staff: FlaskClient, db, people):
    assert staff.post(WHERE, data={"voice_A": people["Jonas Falk"]}).status_code == 400
    assert speakers(db) == [None] * 5


def test_those_who_work_here_see_how_many_voices_have_no_name(staff: FlaskClient, people):
    assert "2 voices are not named yet" in text(staff.get("/sessions/gespraech"))
    submit(staff, WHERE, voice_A=people["Jonas Falk"], voice_B="")
    assert "1 voice is not named yet" in text(staff.get("/sessions/gespraech"))
    history = text(staff.get("/desk/sessions/gespraech/history"))
    assert "One voice has a name" in history


def test_visitors_see_neither_letters_nor_that_names_are_missing(client, db, people):
    shown = text(client.get("/sessions/gespraech"))

    assert "voice" not in shown.lower()
    assert client.get(WHERE).status_code == 302
    assert db.scalars(select(Recording)).one().session.visibility == Visibility.PUBLIC
