"""Every address of the app, asked by everyone: the answers are those of one table.

A route that is not in the table fails the first test, so no new page is open by accident.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from archive.actions.delete_from_programme import delete_session
from archive.actions.migrate import migrate
from archive.app import create_app
from archive.db import make_engine
from archive.models.programme import Session, Visibility
from archive.models.recording import Recording, RenditionKind, State
from archive.models.registry import Base
from archive.models.searches import SavedSearch
from archive.models.users import UserRole
from archive.parts import Parts
from tests import factories as make
from tests.conftest import parts_on
from tests.forms import log_in, token

WHO = ("visitor", "staff", "organiser", "admin")
LOGIN = "302 to the log-in"

# What each of them is answered. A form is sent empty, with a valid token: 400 and 422 are its
# complaints, 302 is where it leads.
ALL = (200, 200, 200, 200)
DESK = (LOGIN, 200, 200, 200)
ORGANISERS = (LOGIN, 403, 200, 200)
ADMINS = (LOGIN, 403, 403, 200)
SAVED = "/desk/searches/<int(min=1,max=2147483647):search_id>"  # of the admin
TABLE = {
    "GET /": ALL,
    "GET /events/<slug>": ALL,
    "GET /people/<slug>": ALL,
    "GET /sessions/<slug>": ALL,
    "GET /sessions/<slug>/progress.json": ALL,
    "GET /sessions/<slug>/words.json": ALL,
    "GET /sessions/<slug>/chapters.vtt": ALL,
    "GET /sessions/<slug>/text": ALL,
    "GET /sessions/<slug>/transcript.<format>": ALL,
    "GET /media/<int(max=2147483647):rendition_id>/<filename>": ALL,
    "GET /media/<int(max=2147483647):rendition_id>/hls/<filename>": ALL,
    "GET /media/<int(max=2147483647):rendition_id>/sprites/<filename>": ALL,
    "GET /search": ALL,
    "GET /search.csv": (302, 302, 302, 302),
    "GET /search/suggestions": ALL,
    "GET /healthz": ALL,
    "GET /static/<path:filename>": ALL,
    "POST /language": (400, 400, 400, 400),
    "GET /login": (200, 302, 302, 302),
    "POST /login": (400, 302, 302, 302),
    "POST /logout": (302, 302, 302, 302),
    "GET /desk": DESK,
    "GET /desk/progress.json": DESK,
    "GET /desk/queue": DESK,
    "GET /desk/account": DESK,
    "POST /desk/account": (403, 400, 400, 400),
    "GET /desk/events": DESK,
    "GET /desk/events/new": ORGANISERS,
    "POST /desk/events/new": (403, 403, 400, 400),
    "GET /desk/events/<slug>": ORGANISERS,
    "POST /desk/events/<slug>": (403, 403, 400, 400),
    "GET /desk/events/<slug>/deletion": ORGANISERS,
    "POST /desk/events/<slug>/deletion": (403, 403, 302, 302),
    "GET /desk/events/<slug>/glossary": ORGANISERS,
    "POST /desk/events/<slug>/glossary": (403, 403, 409, 409),
    "POST /desk/events/<slug>/glossary/corrections": (403, 403, 302, 302),
    "POST /desk/events/<slug>/glossary/entries": (403, 403, 400, 400),
    "GET /desk/people": DESK,
    "GET /desk/people/new": ORGANISERS,
    "POST /desk/people/new": (403, 403, 400, 400),
    "GET /desk/people/<slug>": ORGANISERS,
    "POST /desk/people/<slug>": (403, 403, 302, 302),
    "GET /desk/people/<slug>/deletion": ORGANISERS,
    "POST /desk/people/<slug>/deletion": (403, 403, 302, 302),
    "GET /desk/sessions/new": ORGANISERS,
    "POST /desk/sessions/new": (403, 403, 400, 400),
    "GET /desk/sessions/<slug>": DESK,
    "GET /desk/sessions/<slug>/correction": DESK,
    "POST /desk/sessions/<slug>/correction": (403, 400, 400, 400),
    "POST /desk/sessions/<slug>/correction/discarding": (403, 200, 200, 200),
    "POST /desk/sessions/<slug>/correction/finishing": (403, 400, 400, 400),
    "GET /desk/sessions/<slug>/history": DESK,
    "GET /desk/sessions/<slug>/history/<int(min=1,max=2147483647):revision_id>": (
        LOGIN,
        404,
        404,
        404,
    ),
    "POST /desk/sessions/<slug>/history/<int(min=1,max=2147483647):revision_id>/restoration": (
        *(403, 302, 302, 302),
    ),
    "POST /desk/sessions/<slug>/history/<int(min=1,max=2147483647):revision_id>/part": (
        *(403, 404, 404, 404),
    ),
    "GET /desk/sessions/<slug>/history/translations/<language>/removal": (LOGIN, 403, 404, 404),
    "POST /desk/sessions/<slug>/history/translations/<language>/removal": (403, 403, 404, 404),
    "GET /desk/sessions/<slug>/import": DESK,
    "POST /desk/sessions/<slug>/import": (403, 422, 422, 422),
    "GET /desk/sessions/<slug>/import/<token>": (LOGIN, 302, 302, 302),
    "POST /desk/sessions/<slug>/import/<token>": (403, 302, 302, 302),
    "GET /desk/sessions/<slug>/voices": DESK,
    "POST /desk/sessions/<slug>/voices": (403, 302, 302, 302),
    "GET /desk/sessions/<slug>/edit": ORGANISERS,
    "POST /desk/sessions/<slug>/edit": (403, 403, 400, 400),
    "POST /desk/sessions/<slug>/visibility": (403, 403, 400, 400),
    "GET /desk/sessions/<slug>/deletion": ORGANISERS,
    "POST /desk/sessions/<slug>/deletion": (403, 403, 302, 302),
    "GET /desk/sessions/<slug>/recordings/new": ORGANISERS,
    "POST /desk/sessions/<slug>/recordings": (403, 403, 422, 422),
    "POST /desk/recordings/<int:recording_id>/attempt": (403, 403, 302, 302),
    "POST /desk/recordings/<int:recording_id>/course": (403, 403, 400, 400),
    "POST /desk/recordings/<int:recording_id>/streaming": (403, 403, 302, 302),
    "GET /desk/recordings/<int:recording_id>/cancellation": ORGANISERS,
    "GET /desk/recordings/<int:recording_id>/again": ORGANISERS,
    "POST /desk/recordings/<int:recording_id>/again": (403, 403, 409, 409),
    "POST /desk/recordings/<int:recording_id>/rest": (403, 403, 302, 302),
    "GET /desk/recordings/<int:recording_id>/removal": ORGANISERS,
    "POST /desk/recordings/<int:recording_id>/removal": (403, 403, 302, 302),
    "POST /desk/notices/<int(min=1):notice_id>/dismissal": (403, 302, 302, 302),
    "POST /desk/notices/dismissal": (403, 302, 302, 302),
    "GET /feeds/<token>.atom": (404, 404, 404, 404),
    "GET /desk/searches": DESK,
    "POST /desk/searches": (403, 302, 302, 302),
    f"GET {SAVED}": (LOGIN, 404, 404, 200),
    f"POST {SAVED}": (403, 404, 404, 302),
    f"POST {SAVED}/address": (403, 404, 404, 302),
    f"GET {SAVED}/deletion": (LOGIN, 404, 404, 200),
    f"POST {SAVED}/deletion": (403, 404, 404, 302),
    "GET /desk/users": ADMINS,
    "POST /desk/users": (403, 403, 403, 400),
    "POST /desk/users/<int:user_id>": (403, 403, 403, 400),
}
# What everybody who is logged in may do: with what is their own, and with transcripts.
OWN = (
    "POST /desk/account",
    "POST /desk/sessions/<slug>/correction",
    "POST /desk/sessions/<slug>/correction/discarding",
    "POST /desk/sessions/<slug>/correction/finishing",
    "POST /desk/sessions/<slug>/history/<int(min=1,max=2147483647):revision_id>/restoration",
    "POST /desk/sessions/<slug>/history/<int(min=1,max=2147483647):revision_id>/part",
    "POST /desk/sessions/<slug>/import",
    "POST /desk/sessions/<slug>/import/<token>",
    "POST /desk/sessions/<slug>/voices",
    "POST /desk/notices/<int(min=1):notice_id>/dismissal",
    "POST /desk/notices/dismissal",
    "POST /desk/searches",
    f"POST {SAVED}",
    f"POST {SAVED}/address",
    f"POST {SAVED}/deletion",
)
# Of a draft visitors find nothing; everything else is as in the table above.
OF_SESSIONS = [
    "GET /sessions/<slug>",
    "GET /sessions/<slug>/progress.json",
    "GET /sessions/<slug>/words.json",
    "GET /sessions/<slug>/chapters.vtt",
    "GET /sessions/<slug>/text",
    "GET /sessions/<slug>/transcript.<format>",
    "GET /media/<int(max=2147483647):rendition_id>/<filename>",
    "GET /media/<int(max=2147483647):rendition_id>/hls/<filename>",
    "GET /media/<int(max=2147483647):rendition_id>/sprites/<filename>",
]
SECRET = "Geheimsache"
# Of the public talk, the draft and the unlisted talk, whose videos are renditions 1, 3 and 5: the
# first folder of each kind, and a file in it.
FOLDERS = {"hls": (9, "360.mp4"), "sprites": (12, "sheet-1.jpg")}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of one public talk, one draft, one unlisted talk and three users."""
    folder = tmp_path_factory.mktemp("archive")
    engine = make_engine(f"sqlite:///{folder / 'podium.sqlite'}")
    migrate(engine)
    parts = parts_on(engine, folder)
    with parts.sessions.begin() as db:
        for role in UserRole:
            make.a_user(db, role)
        db.add(SavedSearch(user_id=1, name="Haus", arguments="q=Haus", token="of-the-admin"))
        event = make.an_event(db, slug="event")
        person = make.a_person(db, slug="person")
        make.a_talk(db, parts, event, [person], slug="talk", chapters="0:00 Anfang")
        for slug in (Visibility.DRAFT, Visibility.UNLISTED):
            make.a_talk(
                db,
                parts,
                event,
                [person, make.a_person(db, slug=f"person-of-{slug}", name=f"Eve {slug}")],
                slug=slug,
                title=f"{SECRET} {slug}",
                abstract="Verwaltung hinter verschlossenen Türen.",
                visibility=slug,
                chapters=f"0:00 {SECRET}",
                cues=[make.timed_cue(f"Das {SECRET} bleibt unter uns.", 0.0, 3.0)],
            )
        make.a_talk(
            db, parts, make.an_event(db, slug="quiet"), slug="quiet", visibility=Visibility.DRAFT
        )
        for kind in (RenditionKind.HLS, RenditionKind.SPRITES):
            for recording_id in (1, 2, 3):
                make.a_folder(db, parts, db.get_one(Recording, recording_id), kind)
        failed = make.a_recording(db, make.a_session(db, event, slug="failed"))
        failed.state = State.FAILED
    engine.dispose()
    return folder


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for all tests of this file: its pages are compiled once."""
    folder = tmp_path_factory.mktemp("app")
    engine = make_engine(f"sqlite:///{folder / 'podium.sqlite'}")
    yield create_app(
        parts_on(engine, folder),
        secret_key="only for tests",
        secure_cookies=False,
        trusted_proxies=0,
    )
    engine.dispose()


@pytest.fixture(autouse=True)
def parts(app: Flask, original: Path) -> Parts:
    """The app's parts, holding just what the original holds."""
    parts: Parts = app.extensions["podium"]
    parts.engine.dispose()
    folder = Path(parts.engine.url.database).parent
    shutil.rmtree(folder)
    shutil.copytree(original, folder)
    return parts


@pytest.fixture(scope="module")
def cookies() -> dict[str, str]:
    """The session cookies of those who are logged in; `as_user` fills it."""
    return {}


@pytest.fixture
def as_user(app: Flask, cookies: dict[str, str]) -> Callable[[str], FlaskClient]:
    """A client of the app for one of WHO, who prefers English."""

    def client(who: str) -> FlaskClient:
        made = app.test_client()
        made.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        if who == "visitor":
            return made
        if who not in cookies:
            log_in(made, who)
            cookies[who] = made.get_cookie("podium").value
        made.set_cookie("podium", cookies[who])
        return made

    return client


def test_table_names_every_route(app: Flask):
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert sorted(routes) == sorted(TABLE)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("route", TABLE)
def test_route_answers_as_the_table_says(
    as_user: Callable[[str], FlaskClient], route: str, who: str
):
    assert answered(as_user(who), route) == TABLE[route][WHO.index(who)]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("route", OF_SESSIONS)
def test_draft_is_there_for_those_who_work_here_and_nobody_else(
    as_user: Callable[[str], FlaskClient], route: str, who: str
):
    expected = 404 if who == "visitor" else TABLE[route][WHO.index(who)]

    assert answered(as_user(who), route, slug="draft", rendition_id=3) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-9"},
        {"If-None-Match": "*"},
        {"Accept": "application/json"},
        {"Accept-Language": "de"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("route", OF_SESSIONS)
def test_draft_answers_like_an_address_that_never_was(
    as_user: Callable[[str], FlaskClient], route: str, method: str, headers: dict[str, str]
):
    visitor = as_user("visitor")
    visitor.get("/")

    def asked(**values: object) -> tuple[int, str, list[tuple[str, str]]]:
        answer = visitor.open(address(route, **values), method=method, headers=headers)
        told = sorted(h for h in answer.headers if h[0] not in ("Set-Cookie", "Content-Length"))
        return answer.status_code, text(answer, **values), told

    draft = asked(slug="draft", rendition_id=3)
    nothing = asked(slug="never", rendition_id=99)
    assert draft == nothing
    assert draft[0] == 404


LISTS = [
    "/",
    "/events/event",
    "/people/person",
    "/people/person-of-draft",
    "/people/person-of-unlisted",
    "/events/quiet",
    "/search",
    *(
        f"/search?q={words}"
        for words in (
            SECRET,
            f"{SECRET}*",
            f'"{SECRET} bleibt"',
            "Verwaltung",
            "Verwaltung&event=event",
            "Verwaltung&person=person",
            "verschlossenen",
            "Eve",
            "draft",
        )
    ),
    *(f"/search.csv?q={words}" for words in (SECRET, "Verwaltung", "Eve")),
]


@pytest.mark.parametrize("visibility", [Visibility.DRAFT, Visibility.UNLISTED])
def test_lists_are_those_of_an_archive_without_it(
    parts: Parts, as_user: Callable[[str], FlaskClient], visibility: Visibility
):
    """What a visitor is shown does not differ by a letter, not even in a count."""
    visitor = as_user("visitor")
    if visibility == Visibility.UNLISTED:
        addresses = [a for a in LISTS if a != "/people/person-of-unlisted"]  # has its own page
    else:
        addresses = LISTS

    before = {address: text(visitor.get(address)) for address in addresses}
    delete_sessions(parts, visibility)
    after = {address: text(visitor.get(address)) for address in addresses}

    assert before == after


def test_lists_of_those_who_work_here_show_drafts(as_user: Callable[[str], FlaskClient]):
    """The counterpart of the test above: there is something that visitors are not shown."""
    staff, visitor = as_user("staff"), as_user("visitor")

    def showing(client: FlaskClient) -> set[str]:
        return {where for where in LISTS if "/sessions/draft" in text(client.get(where))}

    without = {"/events/quiet", "/people/person-of-unlisted", "/search"}
    assert (showing(staff), showing(visitor)) == (set(LISTS) - without, set())


def test_head_answers_like_get(as_user: Callable[[str], FlaskClient]):
    for who in WHO:
        client = as_user(who)
        for where in (address(route) for route in TABLE if route.startswith("GET")):
            get, head = client.get(where), client.head(where)
            assert (head.status_code, head.location) == (get.status_code, get.location), where


@pytest.mark.parametrize("where", ["/people/person-of-draft", "/events/quiet"])
def test_who_and_what_is_known_from_drafts_alone_is_not_there(
    as_user: Callable[[str], FlaskClient], where: str
):
    assert [as_user(who).get(where).status_code for who in WHO] == [404, 200, 200, 200]


def test_unlisted_session_opens_for_whoever_has_the_address(
    as_user: Callable[[str], FlaskClient],
):
    answers = {
        r: answered(as_user("visitor"), r, slug="unlisted", rendition_id=5) for r in OF_SESSIONS
    }

    assert answers == dict.fromkeys(OF_SESSIONS, 200)


@pytest.mark.parametrize("who", ["visitor", "staff"])
def test_nothing_is_changed_by_those_who_may_not(
    parts: Parts, as_user: Callable[[str], FlaskClient], who: str
):
    """All forms of the desk, filled in as an organiser would fill them in."""
    client = as_user(who)
    before = dump(parts)
    forms = {
        "title": "Neu",
        "name": "Neu",
        "starts_on": "2026-06-12",
        "ends_on": "2026-06-13",
        "timezone": "Europe/Berlin",
        "event": "1",
        "room": "0",
        "kind": "talk",
        "visibility": "public",
        "do": "disable",
        "role": "admin",
        "wordless": "1",
    }

    for route in TABLE:
        if route.startswith("POST /desk") and route not in OWN:
            data = forms | {"csrf_token": token(client, "/search")}
            assert client.post(address(route), data=data).status_code == 403, route

    assert dump(parts) == before


def answered(client: FlaskClient, route: str, **values: object) -> int | str:
    """The status of the answer, or LOGIN where one is sent to log in first."""
    method, _, _ = route.partition(" ")
    where = address(route, **values)
    data = {"csrf_token": token(client, "/search")} if method == "POST" else None
    answer = client.open(where, method=method, data=data)
    if answer.status_code == 302 and answer.location == f"/login?next={where}":
        return LOGIN
    return answer.status_code


def address(route: str, slug: str = "", rendition_id: int = 1) -> str:
    """An address of the route: that of the public talk, its event or its person."""
    rule = route.partition(" ")[2]
    if not slug:
        slug = "event" if "/events/" in rule else "person" if "/people/" in rule else "talk"
    folder = next((name for name in FOLDERS if f"/{name}/" in rule), None)
    number, filename = FOLDERS[folder] if folder else (0, f"{slug}.mp4")
    values = {
        "slug": slug,
        "rendition_id": number + rendition_id // 2 if folder else rendition_id,
        "filename": "css/base.css" if rule.startswith("/static") else filename,
        "format": "vtt",
        "recording_id": 5,
        "user_id": 1,
        "notice_id": 1,
        "search_id": 1,
        "revision_id": 1,
        "language": "fr",
        "token": "x",
    }
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: str(values[match[1]]), rule)


def text(answer: TestResponse, **values: object) -> str:
    """What is shown, without the token against forged requests and without the address asked for."""
    shown = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.get_data(as_text=True))
    if "slug" in values:
        shown = shown.replace(answer.request.path, "")
    return shown


def delete_sessions(parts: Parts, visibility: Visibility) -> None:
    with parts.sessions() as db:
        ids = db.scalars(select(Session.id).where(Session.visibility == visibility)).all()
    assert ids
    for session_id in ids:
        delete_session(parts, session_id)


def dump(parts: Parts) -> dict[str, list[tuple]]:
    with parts.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in Base.metadata.sorted_tables
        }
