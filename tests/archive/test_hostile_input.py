"""Nonsense in an address or a form is answered like anything that is not there, on each database."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from archive.app import create_app
from archive.models.searches import SavedSearch
from archive.models.users import UserRole
from archive.parts import Parts
from tests import factories as make
from tests.forms import log_in, submit, token

NONSENSE = {
    "NUL": "%00",
    "NUL inside": "a%00b",
    "no UTF-8": "%ff%fe",
    "half a character": "%ED%A0%80",
    "emoji": "%F0%9F%98%80",
    "endless": "x" * 5000,
    "way up": "%2e%2e",
    "SQL": "%27%3B drop table users; --",
    "huge": "9" * 20,
    "below zero": "-1",
    "zero": "0",
    "no number": "nan",
    "exponent": "1e999",
}
QUERIES = (
    *("/search?q={}", "/search?q=Haus&page={}", "/search?q=Haus&event={}"),
    *("/search?q=Haus&person={}", "/search?q=Haus&kind={}", "/search?q=Haus&language={}"),
    *("/search.csv?q={}", "/search.csv?q=Haus&year={}", "/search.csv?q=Haus&order={}"),
    *("/sessions/talk?t={}", "/sessions/talk?q={}", "/login?next={}"),
    *("/desk?title={}", "/desk?event={}", "/desk?state={}", "/desk?page={}"),
    *("/desk/progress.json?id={}", "/desk/sessions/new?event={}"),
)


@pytest.fixture
def app(either_parts: Parts) -> Flask:
    with either_parts.sessions.begin() as db:
        admin = make.a_user(db, UserRole.ADMIN)
        db.add(SavedSearch(user_id=admin.id, name="Haus", arguments="q=Haus", token="token"))
        event = make.an_event(db, slug="event")
        make.a_talk(db, either_parts, event, [make.a_person(db, slug="person")], slug="talk")
    return create_app(either_parts, secret_key="x", secure_cookies=False, trusted_proxies=0)


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    log_in(client, "admin")
    return client


def addresses(app: Flask, nonsense: str) -> Iterator[tuple[str, str]]:
    """Every address of the app that has a part which varies, with this part."""
    for rule in app.url_map.iter_rules():
        if rule.arguments:
            for method in sorted(rule.methods & {"GET", "POST"}):
                yield method, re.sub(r"<[^>]+>", nonsense, rule.rule)


def test_nothing_is_found_at_an_address_of_nonsense(app: Flask, admin: FlaskClient):
    data = {"csrf_token": token(admin, "/")}

    answers = {
        (method, address[:60]): admin.open(
            address, method=method, data=data if method == "POST" else None
        ).status_code
        for nonsense in NONSENSE.values()
        for method, address in addresses(app, nonsense)
    }

    assert {what: s for what, s in answers.items() if s not in (400, 404, 405, 308)} == {}


def test_query_of_nonsense_is_answered(admin: FlaskClient):
    answers = {
        (query, what): admin.get(query.format(nonsense)).status_code
        for query in QUERIES
        for what, nonsense in NONSENSE.items()
    }

    assert {what: s for what, s in answers.items() if s not in (200, 302, 400)} == {}


TALK = {"title": "Neu", "kind": "talk", "event": "1", "room": "0", "language": "de"}
FORMS = {
    "name with a NUL": ("/login", {"name": "a\x00b", "password": "x"}),
    "password with a NUL": ("/login", {"name": "admin", "password": "a\x00b"}),
    "person with a NUL": ("/desk/people/new", {"name": "a\x00b"}),
    "user with a NUL": ("/desk/users", {"name": "a\x00b", "role": "staff"}),
    "session with a NUL": ("/desk/sessions/new", TALK | {"title": "a\x00b"}),
    "session before all times": ("/desk/sessions/new", TALK | {"starts_at": "0001-01-01T00:00"}),
    "event that is no number": ("/desk/sessions/new", TALK | {"event": "x"}),
    "event of a huge number": ("/desk/sessions/new", TALK | {"event": "9" * 20}),
    "saved search with a NUL": (
        "/desk/searches",
        {"q": "a\x00b", "person": "\x00", "year": "\x00"},
    ),
    "name of a search with a NUL": ("/desk/searches/1", {"name": "a\x00b"}),
    "room of a huge number": ("/desk/sessions/new", TALK | {"room": "9" * 20}),
}


def test_form_of_nonsense_is_refused_or_taken_but_never_breaks(admin: FlaskClient):
    visitor = admin.application.test_client()

    answers = {
        what: submit(visitor if where == "/login" else admin, where, **values).status_code
        for what, (where, values) in FORMS.items()
    }

    assert {what: s for what, s in answers.items() if s not in (200, 302, 400)} == {}


def test_pages_are_well_after_all_that(admin: FlaskClient):
    """What one database takes and the other refuses must not break the lists it stands in."""
    for where, values in FORMS.values():
        if where != "/login":
            submit(admin, where, **values)

    lists = ("/", "/desk", "/desk/events", "/desk/people", "/desk/users", "/events/event")
    lists += ("/desk/searches", "/feeds/token.atom")
    assert {where: admin.get(where).status_code for where in lists} == dict.fromkeys(lists, 200)
