"""Saved searches on the desk: saved from the results, told in words, named anew, deleted."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions import save_search
from archive.models.searches import SavedSearch
from archive.models.users import UserRole
from archive.parts import Parts
from tests import factories as make
from tests.forms import log_in, submit

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def talks(db: DatabaseSession, parts: Parts) -> None:
    event = make.an_event(db, slug="event", title="Smart Region")
    for slug in ("one", "two"):
        make.a_talk(db, parts, event, slug=slug)
    db.commit()


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def save(client: FlaskClient, query: str = "q=Verwaltung") -> None:
    """Presses the button on the page of results."""
    html = text(client, f"/search?{query}")
    form = html[html.index('action="/desk/searches"') :]
    sent = {k: unescape(v) for k, v in HIDDEN.findall(form[: form.index("</form>")])}
    answer = client.post("/desk/searches", data=sent)
    assert (answer.status_code, answer.location) == (302, "/desk/searches")


def saved(db: DatabaseSession) -> list[SavedSearch]:
    db.expire_all()
    return list(db.scalars(select(SavedSearch).order_by(SavedSearch.id)))


def test_search_is_saved_from_its_results_and_told_in_words(
    organiser: FlaskClient, db: DatabaseSession, talks: None
):
    save(organiser, "q=Verwaltung&event=event&kind=talk&order=newest&page=1")

    (one,) = saved(db)
    assert one.name == "Verwaltung · Smart Region · Talk"
    assert one.arguments == "q=Verwaltung&event=event&kind=talk&order=newest"
    assert len(one.token) == 32
    html = text(organiser, "/desk/searches")
    assert "The search is saved." in html
    link = 'href="/search?q=Verwaltung&amp;event=event&amp;kind=talk&amp;order=newest">'
    assert link + "Verwaltung · Smart Region · Talk</a>" in html
    assert "4 moments in 2 sessions" in html
    assert f"http://localhost/feeds/{one.token}.atom" in html


def test_search_that_finds_nothing_yet_is_saved_too(
    organiser: FlaskClient, db: DatabaseSession, talks: None
):
    save(organiser, "q=Xylophon")

    assert [one.name for one in saved(db)] == ["Xylophon"]
    assert "Nothing found" in text(organiser, "/desk/searches")


def test_who_spoke_and_the_kind_in_german_are_kept(
    organiser: FlaskClient, db: DatabaseSession, talks: None
):
    save(organiser, "q=art:Vortrag Verwaltung&speaker=Mara")

    assert saved(db)[0].arguments == "q=speaker%3A%22Mara%22+art%3AVortrag+Verwaltung"


def test_same_search_is_saved_once(organiser: FlaskClient, db: DatabaseSession, talks: None):
    save(organiser)
    save(organiser)

    assert len(saved(db)) == 1
    assert "You have saved this search before." in text(organiser, "/desk/searches")


def test_long_query_has_a_short_name(organiser: FlaskClient, db: DatabaseSession, talks: None):
    save(organiser, "q=" + "Verwaltung " * 20)

    name = saved(db)[0].name
    assert len(name) <= 120 and name.endswith(" …")


def test_nothing_and_too_much_are_refused_in_a_sentence(
    organiser: FlaskClient, db: DatabaseSession, talks: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(save_search, "MOST", 1)
    monkeypatch.setattr("archive.pages.desk.searches.MOST", 1)

    empty = submit(organiser, "/search?q=Verwaltung", to="/desk/searches", q="-nein")
    assert empty.location == "/search?q=-nein"
    assert "Search for something first" in text(organiser, empty.location)
    save(organiser)
    save(organiser, "q=Haus")

    assert "You have saved 1 searches." in text(organiser, "/desk/searches")
    assert [one.name for one in saved(db)] == ["Verwaltung"]


def test_visitors_are_offered_nothing(client: FlaskClient, talks: None):
    assert "Save search" not in text(client, "/search?q=Verwaltung")


def test_page_without_searches_says_how_to_save_one(organiser: FlaskClient):
    assert "No saved searches yet" in text(organiser, "/desk/searches")


def test_name_is_changed_and_an_empty_one_refused(
    organiser: FlaskClient, db: DatabaseSession, talks: None
):
    save(organiser)
    address = f"/desk/searches/{saved(db)[0].id}"

    wrong = submit(organiser, address, name="  ")
    long = submit(organiser, address, name="x" * 121)
    right = submit(organiser, address, name=" Amt  und Verwaltung ")

    assert (wrong.status_code, long.status_code, right.status_code) == (400, 400, 302)
    assert "Enter a name." in wrong.get_data(as_text=True)
    assert "At most 120 characters." in long.get_data(as_text=True)
    assert saved(db)[0].name == "Amt und Verwaltung"


def test_search_is_deleted_after_a_question(
    organiser: FlaskClient, db: DatabaseSession, talks: None
):
    save(organiser)
    address = f"/desk/searches/{saved(db)[0].id}/deletion"

    assert "Delete “Verwaltung”?" in text(organiser, address)
    assert len(saved(db)) == 1
    assert submit(organiser, address).location == "/desk/searches"

    assert saved(db) == []
    assert organiser.get(address).status_code == 404


def test_searches_of_others_are_not_there(organiser: FlaskClient, db: DatabaseSession, talks: None):
    save(organiser)
    make.a_user(db, UserRole.ADMIN)
    db.commit()
    number = saved(db)[0].id
    token = saved(db)[0].token
    other = organiser.application.test_client()
    other.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    log_in(other, "admin")

    assert "No saved searches yet" in text(other, "/desk/searches")
    assert other.get(f"/desk/searches/{number}").status_code == 404
    for way in ("", "/address", "/deletion"):
        sent = submit(other, "/search", to=f"/desk/searches/{number}{way}", name="Meins")
        assert sent.status_code == 404
    assert [(one.name, one.token) for one in saved(db)] == [("Verwaltung", token)]
