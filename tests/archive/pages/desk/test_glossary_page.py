"""The page of an event's glossary, as organisers use it; and the way to it from a correction."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Event, Session
from archive.models.transcript import Revision
from archive.models.users import UserRole
from archive.parts import Parts
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from tests.archive.actions.test_glossary import GLOSSARY, ONE, OTHER
from tests.forms import log_in, submit, token

WHERE = "/desk/events/event/glossary"


@pytest.fixture
def event(db: DatabaseSession, parts: Parts) -> Event:
    """An event of two talks in which the glossary finds four places."""
    event = make.an_event(db, slug="event", title="Smart Region", glossary=GLOSSARY)
    make.a_talk(db, parts, event, cues=ONE, slug="one", title="Eins")
    make.a_talk(db, parts, event, cues=OTHER, slug="two", title="Zwei & mehr")
    db.commit()
    return event


def text(answer) -> str:
    bare = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(bare.replace("&#39;", "'").replace("&amp;", "&").split())


def glossary(db: DatabaseSession) -> str:
    db.expire_all()
    return db.scalars(select(Event.glossary).where(Event.slug == "event")).one()


def texts(db: DatabaseSession, slug: str) -> list[str]:
    db.expire_all()
    session_id = db.scalars(select(Session.id).where(Session.slug == slug)).one()
    return [cue.text for cue in cues_of(db, current_revision(db, session_id).id)]


def hidden(client: FlaskClient, name: str) -> str:
    page = client.get(WHERE).get_data(as_text=True)
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def places(client: FlaskClient) -> list[str]:
    return re.findall(r'name="place" value="([\d-]+)"', client.get(WHERE).get_data(as_text=True))


def correct(client: FlaskClient, **values):
    values.setdefault("edition", hidden(client, "edition"))
    return submit(client, WHERE, f"{WHERE}/corrections", **values)


def test_page_shows_format_lines_and_places(organiser: FlaskClient, event):
    answer = organiser.get(WHERE)

    html, shown = answer.get_data(as_text=True), text(answer)
    assert answer.status_code == 200
    assert f"{GLOSSARY}</textarea>" in html.replace("\r", "")
    assert "Mara Lindqvist = Mara Lindkwist" in shown
    assert "4 places would be corrected, in 2 sessions." in shown
    assert "Eins 3 places" in shown and "Zwei & mehr 1 place" in shown
    assert "Willkommen bei der <del>E-Kom 21</del> <ins>ekom21</ins> in Gießen.</label>" in html
    assert 'href="/sessions/one?t=7"' in html
    assert html.count('name="place"') == html.count("checked>") == 4


def test_none_may_be_chosen_at_first(organiser: FlaskClient, event):
    html = organiser.get(f"{WHERE}?chosen=none").get_data(as_text=True)

    assert (html.count('name="place"'), html.count("checked>")) == (4, 0)


def test_chosen_places_are_corrected(organiser: FlaskClient, db, event):
    first, _, third, fourth = places(organiser)

    answer = correct(organiser, place=[first, third, fourth])

    assert (answer.status_code, answer.location) == (302, WHERE)
    assert texts(db, "one")[:2] == [
        "Willkommen bei der ekom21 in Gießen.",
        "Das Ozett ge und das OZG.",
    ]
    assert texts(db, "two") == ["Ich bin bei ekom21."]
    shown = text(organiser.get(WHERE))
    assert "3 places are corrected. The histories of 2 sessions have the texts" in shown
    assert "1 place would be corrected, in 1 session." in shown
    assert "2 places corrected from the glossary" in text(
        organiser.get("/desk/sessions/one/history")
    )


def test_all_places_of_all_pages_are_corrected_at_once(organiser: FlaskClient, db, parts, event):
    cues = [make.timed_cue("Das ozett ge.", n, n + 1) for n in range(250)]
    make.a_talk(db, parts, event, cues=cues, slug="long")
    db.commit()
    shown = text(organiser.get(f"{WHERE}?page=2"))
    assert "This is page 2 of 2." in shown and "Correct all 254 places on all pages" in shown

    answer = correct(organiser, every="yes", page="2")

    assert answer.location == f"{WHERE}?page=2"
    assert texts(db, "long") == ["Das OZG."] * 250
    shown = text(organiser.get(answer.location))
    assert "254 places are corrected." in shown
    assert "Nothing to correct in 3 transcripts" in shown


@pytest.mark.parametrize("chosen", [[], ["nonsense", "1-2", "-1-0-0", "1-0-99999999999"]])
def test_nothing_chosen_is_told(organiser: FlaskClient, db, event, chosen):
    correct(organiser, place=chosen)

    assert "Choose at least one place first." in text(organiser.get(WHERE))
    assert len(db.scalars(select(Revision)).all()) == 2


def test_places_that_are_none_are_told(organiser: FlaskClient, db, event):
    correct(organiser, place=["99999-0-0", "1-0-1"])

    assert "Nothing was corrected: these places are right by now." in text(organiser.get(WHERE))
    assert len(db.scalars(select(Revision)).all()) == 2


def test_other_glossary_than_was_shown_corrects_nothing(organiser: FlaskClient, db, event):
    correct(organiser, place=places(organiser), edition="another")

    assert "The glossary has changed since you opened this page." in text(organiser.get(WHERE))
    assert len(db.scalars(select(Revision)).all()) == 2


def test_text_that_has_changed_since_is_named(organiser: FlaskClient, db, event):
    seen = places(organiser)
    correct(organiser, place=seen[:1])
    organiser.get(WHERE)

    correct(organiser, place=seen)

    shown = text(organiser.get(WHERE))
    assert "Left alone, because the text has changed since you opened this page: Eins." in shown
    assert "1 place is corrected. The session’s history has the text as it was before." in shown


def test_lines_are_kept(organiser: FlaskClient, db, event):
    answer = submit(
        organiser, WHERE, glossary="OZG = ozett\r\n\r\nFITKO", edition=hidden(organiser, "edition")
    )

    assert (answer.status_code, answer.location) == (302, WHERE)
    assert glossary(db) == "OZG = ozett\nFITKO"
    assert "The glossary is saved." in text(organiser.get(WHERE))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("= ozett", "Line 1: Before “=” the right writing is missing."),
        ("FITKO\n\nOZG =", "Line 3: After “=” it is missing what is written wrongly instead of"),
        ("a = b = c", "Line 1: There may be only one “=” in a line."),
        ("a, b = c", "one writing only, without a comma: “a, b” are several."),
        ("OZG = " + "x" * 81, "is too long; at most 80 characters."),
        ("Wort\n" * 501, "Line 501: From here on it is too much; at most 500 lines."),
        ("… = ozett", "“…” has neither a letter nor a digit."),
        ("OZG = ozett!", "“ozett!” has to begin and end with a letter or a digit."),
        ("OZG = OZG", "“OZG” stands on both sides of “=”."),
        ("OZG = ozett\nEGG = Ozett", "Line 2: “Ozett” is to become “OZG” already;"),
        ("OZG = egg\nEGG", "“egg” is called wrong here, but “EGG” is called right"),
        ("x" * 50_001, "At most 50000 characters."),
    ],
)
def test_lines_that_cannot_be_are_refused_and_stay_to_be_put_right(
    organiser: FlaskClient, db, event, lines: str, sentence: str
):
    answer = submit(organiser, WHERE, glossary=lines, edition=hidden(organiser, "edition"))

    assert answer.status_code == 400
    assert sentence in text(answer)
    assert lines[:50] in answer.get_data(as_text=True)
    assert glossary(db) == GLOSSARY


def test_what_somebody_else_has_saved_meanwhile_is_not_lost(organiser: FlaskClient, db, event):
    edition = hidden(organiser, "edition")
    event.glossary = "Ihrs"
    db.commit()

    answer = submit(organiser, WHERE, glossary="Meins", edition=edition)

    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "Somebody else has changed the glossary" in text(answer)
    assert ">Ihrs</pre>" in html and "Meins</textarea>" in html.replace("\r\n", "")
    assert glossary(db) == "Ihrs"
    again = re.search(r'name="edition"[^>]*value="([^"]*)"', html)[1]
    submit(organiser, WHERE, glossary="Meins\nIhrs", edition=again)
    assert glossary(db) == "Meins\nIhrs"


def test_older_lines_with_problems_are_told(organiser: FlaskClient, db, event):
    event.glossary = "OZG =\nEGG = egge"
    db.commit()

    shown = text(organiser.get(WHERE))
    assert "Parts of this glossary do nothing: Line 1: After “=” it is missing" in shown


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("FITKO", "Nothing to look for"),
        ("FITKO = Fit Co", "Nothing to correct in 2 transcripts"),
    ],
)
def test_where_there_is_nothing_the_page_says_why(organiser, db, event, lines, title):
    event.glossary = lines
    db.commit()

    html = organiser.get(WHERE)
    assert title in text(html)
    assert "Correct the chosen places" not in text(html)


def test_event_without_transcripts_has_a_glossary_too(organiser: FlaskClient, db):
    make.an_event(db, slug="event", glossary=GLOSSARY)
    db.commit()

    assert "No transcripts yet" in text(organiser.get(WHERE))


def test_event_leads_to_its_glossary(organiser: FlaskClient, event):
    for address in ("/desk/events", "/desk/events/event"):
        assert f'href="{WHERE}"' in organiser.get(address).get_data(as_text=True)


@pytest.mark.parametrize("way", ["", "/corrections", "/entries"])
def test_unknown_event_has_no_glossary(organiser: FlaskClient, db, way: str):
    data = {"csrf_token": token(organiser, "/search")}
    address = f"/desk/events/never/glossary{way}"

    assert organiser.post(address, data=data).status_code == 404
    assert organiser.get("/desk/events/never/glossary").status_code == 404


def test_forms_without_their_token_are_refused(organiser: FlaskClient, db, event):
    data = {"glossary": "x", "edition": hidden(organiser, "edition"), "every": "yes"}

    assert organiser.post(WHERE, data=data).status_code == 400
    assert organiser.post(f"{WHERE}/corrections", data=data).status_code == 400
    assert glossary(db) == GLOSSARY
    assert len(db.scalars(select(Revision)).all()) == 2


# --- from a correction -------------------------------------------------------------------------


def added(client: FlaskClient, body) -> tuple[int, str]:
    headers = {"X-CSRFToken": token(client, "/search")}
    answer = client.post(f"{WHERE}/entries", json=body, headers=headers)
    return answer.status_code, (answer.get_json() or {}).get("message", "")


def test_entry_is_added_and_told(organiser: FlaskClient, db, event):
    entry = {"right": "FITKO", "wrong": "Fit Co"}

    assert added(organiser, entry) == (
        200,
        "“FITKO = Fit Co” is in the glossary of “Smart Region” now.",
    )
    assert added(organiser, entry) == (
        200,
        "“FITKO = Fit Co” was in the glossary of “Smart Region” already.",
    )
    assert glossary(db) == f"{GLOSSARY}\nFITKO = Fit Co"


def test_entry_that_does_not_fit_in_is_refused_with_the_reason(organiser, db, event):
    assert added(organiser, {"right": "FITKO", "wrong": "Fit, Co"}) == (
        409,
        "Not added to the glossary. Terms of a glossary hold no “=”, no comma and no semicolon.",
    )
    assert glossary(db) == GLOSSARY


@pytest.mark.parametrize("body", [None, [], {}, {"right": "x"}, {"right": 1, "wrong": "x"}])
def test_what_is_no_entry_is_refused(organiser: FlaskClient, db, event, body):
    assert added(organiser, body)[0] == 400


def test_only_who_edits_the_programme_is_offered_to_add_one(client: FlaskClient, db, event):
    make.a_user(db)
    make.a_user(db, UserRole.STAFF)
    db.commit()
    log_in(client, "staff")
    assert "glossary" not in client.get("/sessions/one").get_data(as_text=True)
    client.post("/logout", data={"csrf_token": token(client, "/search")})
    log_in(client, "organiser")
    assert f'data-glossary="{WHERE}/entries"' in client.get("/sessions/one").get_data(as_text=True)
