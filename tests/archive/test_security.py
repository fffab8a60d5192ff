"""Headers, forged requests, cookies, redirects, guessing: what an attacker would try first."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session as DatabaseSession
from werkzeug.test import TestResponse

from archive.actions.edit_user import set_active, set_password, set_role
from archive.actions.log_in import MOST_BY_ADDRESS, MOST_BY_NAME, WINDOW
from archive.app import create_app
from archive.auth import safe_target
from archive.models.programme import Session, Visibility
from archive.models.users import LoginAttempt, User, UserRole
from archive.parts import Parts
from tests import factories as make
from tests.forms import log_in, submit, token

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; media-src 'self' blob:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def talk(parts: Parts, db: DatabaseSession) -> Session:
    talk = make.a_talk(
        db, parts, make.an_event(db, slug="event"), [make.a_person(db, slug="person")], slug="talk"
    )
    db.commit()
    return talk


@pytest.fixture
def admin(client: FlaskClient, db: DatabaseSession) -> FlaskClient:
    make.a_user(db, UserRole.ADMIN)
    db.commit()
    log_in(client, "admin")
    return client


# Headers ------------------------------------------------------------------------------------


def test_every_kind_of_answer_carries_the_headers(client: FlaskClient, talk: Session, app: Flask):
    app.add_url_rule("/broken", view_func=lambda: 1 / 0)
    answers = {
        "page": client.get("/sessions/talk"),
        "nothing there": client.get("/sessions/nothing"),
        "no such route": client.get("/a/b/c"),
        "wrong method": client.post("/search", data={"csrf_token": token(client)}),
        "forged": client.post("/logout"),
        "our fault": client.get("/broken"),
        "redirect": client.get("/desk"),
        "numbers": client.get("/sessions/talk/progress.json"),
        "health": client.get("/healthz"),
        "transcript": client.get("/sessions/talk/transcript.vtt"),
        "video": client.get("/media/1/talk.mp4"),
        "part of a video": client.get("/media/1/talk.mp4", headers={"Range": "bytes=0-9"}),
        "nothing new": client.get("/media/1/talk.mp4", headers={"If-None-Match": "*"}),
        "stylesheet": client.get("/static/css/base.css"),
    }

    assert {what: answer.status_code for what, answer in answers.items()} == {
        "page": 200,
        "nothing there": 404,
        "no such route": 404,
        "wrong method": 405,
        "forged": 400,
        "our fault": 500,
        "redirect": 302,
        "numbers": 200,
        "health": 200,
        "transcript": 200,
        "video": 200,
        "part of a video": 206,
        "nothing new": 304,
        "stylesheet": 200,
    }
    for what, answer in answers.items():
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, what


def test_pages_are_kept_by_nobody_but_their_reader(client: FlaskClient, talk: Session):
    answer = client.get("/sessions/talk")

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert set(answer.vary) == {"Cookie", "Accept-Language", "Accept-Encoding"}


@pytest.mark.parametrize("address", ["/", "/desk", "/desk/progress.json?id=1", "/search?q=Haus"])
def test_what_a_log_in_shows_is_kept_by_nobody(admin: FlaskClient, talk: Session, address: str):
    assert "no-store" in admin.get(address).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("visibility", "kept"),
    [(Visibility.PUBLIC, "public, no-cache"), (Visibility.DRAFT, "private, no-cache")],
)
def test_files_of_a_session_are_asked_for_again_each_time(
    admin: FlaskClient, talk: Session, db: DatabaseSession, visibility: Visibility, kept: str
):
    talk.visibility = visibility
    db.commit()

    for address in (
        "/media/1/talk.mp4",
        "/sessions/talk/transcript.vtt",
        "/sessions/talk/words.json",
    ):
        assert admin.get(address).headers["Cache-Control"] == kept, address


def test_what_people_typed_is_never_markup(admin: FlaskClient, db: DatabaseSession, parts: Parts):
    hostile = "\"'></script><img src=x onerror=alert(1)>"
    event = make.an_event(
        db, slug="event", title=hostile, subtitle=hostile, description=hostile, place=hostile
    )
    room = make.a_room(db, event, name=hostile)
    person = make.a_person(db, slug="person", name=hostile, affiliation=hostile, biography=hostile)
    talk = make.a_talk(
        db,
        parts,
        event,
        [person],
        [make.timed_cue(f"Haus {hostile}", 0, 3, hostile)],
        slug="talk",
        title=hostile,
        subtitle=hostile,
        abstract=hostile,
        room_id=room.id,
    )
    talk.recordings[0].original_name = hostile
    make.a_user(db, name=hostile)
    db.commit()
    addresses = [
        *("/", "/events/event", "/people/person", "/sessions/talk", "/sessions/talk?q=Haus"),
        *("/search?q=Haus", f"/search?q={hostile}", f"/search?q=Haus&event={hostile}"),
        *(f"/login?next={hostile}", f"/{hostile}", f"/desk?title={hostile}"),
        *("/desk", "/desk/events", "/desk/events/event", "/desk/events/event/deletion"),
        *("/desk/people", "/desk/people/person", "/desk/people/person/deletion"),
        *("/desk/sessions/talk", "/desk/sessions/talk/edit", "/desk/sessions/talk/deletion"),
        *("/desk/sessions/talk/recordings/new", "/desk/recordings/1/removal", "/desk/users"),
    ]

    for address in addresses:
        page = admin.get(address).get_data(as_text=True)
        assert "<img src=x" not in page, address


# Forged requests ----------------------------------------------------------------------------


def unsafe_routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and address of the app that could change something."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & UNSAFE):
            yield (
                method,
                re.sub(r"<int(?:\([^)]*\))?:\w+>", "1", rule.rule).replace("<slug>", "talk"),
            )


def test_no_route_accepts_a_request_without_its_token(
    app: Flask, admin: FlaskClient, talk: Session, parts: Parts
):
    other = app.test_client()
    foreign = token(other)
    routes = list(unsafe_routes(app))
    written = []
    event.listen(
        parts.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: (
            written.append(statement) if not statement.startswith(("SELECT", "PRAGMA")) else None
        ),
    )
    forgeries = {
        "no token": {},
        "empty token": {"data": {"csrf_token": ""}},
        "made-up token": {"data": {"csrf_token": "ImFiYyI.aaaa.bbbb"}},
        "token of somebody else": {"data": {"csrf_token": foreign}},
        "token of somebody else in a header": {"headers": {"X-CSRFToken": foreign}},
        "token in the address": {"query_string": {"csrf_token": token(admin, "/")}},
        "JSON": {"json": {"csrf_token": token(admin, "/")}},
        "bare file": {"data": b"0" * 100, "content_type": "application/octet-stream"},
    }

    answers = {
        (method, address, forgery): admin.open(address, method=method, **sent).status_code
        for method, address in routes
        for forgery, sent in forgeries.items()
    }

    assert ("POST", "/login") in routes
    assert answers == dict.fromkeys(answers, 400)
    assert written == []


def test_forged_request_is_explained(client: FlaskClient):
    answer = client.post("/login", data={"name": "ada", "password": "x"})

    assert answer.status_code == 400
    assert "This form is out of date" in answer.get_data(as_text=True)


def test_bare_upload_brings_its_token_in_a_header(admin: FlaskClient, talk: Session):
    answer = admin.post(
        "/desk/sessions/talk/recordings?name=neu.mp4",
        data=make.sample_files()["video"].read_bytes(),
        content_type="application/octet-stream",
        headers={"X-CSRFToken": token(admin, "/")},
    )

    assert answer.json == {"location": "/desk/sessions/talk"}


def test_token_of_the_header_is_the_one_of_the_forms(admin: FlaskClient, talk: Session):
    answer = admin.post("/logout", headers={"X-CSRFToken": token(admin, "/sessions/talk")})

    assert (answer.status_code, answer.location) == (302, "/")


# Cookies ------------------------------------------------------------------------------------


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_out_of_reach_for_scripts_and_other_sites(
    parts: Parts, db: DatabaseSession, secure: bool
):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    app = create_app(parts, secret_key="x", secure_cookies=secure, trusted_proxies=0)
    client = app.test_client()
    here = {"base_url": "https://localhost"}
    forged = re.search(r'"csrf_token"[^>]*value="([^"]+)"', client.get("/login", **here).text)[1]
    common = {"headers": {"Referer": "https://localhost/login"}, **here}

    answers = [
        client.post(
            "/login",
            data={
                "csrf_token": forged,
                "name": "staff",
                "password": make.PASSWORD,
                "remember": "y",
            },
            **common,
        ),
        client.post("/language", data={"csrf_token": forged, "language": "en"}, **common),
    ]

    flags = {
        name: (morsel["httponly"], morsel["samesite"], morsel["secure"], morsel["path"])
        for answer in answers
        for header in answer.headers.getlist("Set-Cookie")
        for name, morsel in SimpleCookie(header).items()
    }
    expected = (True, "Lax", True if secure else "", "/")
    assert flags == dict.fromkeys(["podium", "podium_remember", "language"], expected)


def test_log_in_ends_with_the_browser_unless_it_is_to_stay(
    client: FlaskClient, db: DatabaseSession
):
    make.a_user(db, UserRole.STAFF)
    db.commit()

    brief = submit(client, "/login", name="staff", password=make.PASSWORD)
    submit(client, "/", to="/logout")
    lasting = submit(client, "/login", name="staff", password=make.PASSWORD, remember="y")

    def remembered(answer: TestResponse) -> list[str]:
        return [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("podium_remember=")]

    assert remembered(brief) == []
    assert len(remembered(lasting)) == 1
    client.delete_cookie("podium")
    assert client.get("/desk").status_code == 200


@pytest.mark.parametrize("cookie", ["podium", "podium_remember"])
@pytest.mark.parametrize(
    "forgery", ["", "x", "{}|deadbeef", "1:00000000", "eyJfdXNlcl9pZCI6IjE6MSJ9.a.b"]
)
def test_forged_cookie_is_a_visitor(
    client: FlaskClient, db: DatabaseSession, cookie: str, forgery: str
):
    make.a_user(db, UserRole.ADMIN)
    db.commit()
    client.set_cookie(cookie, forgery)

    assert client.get("/desk").location == "/login?next=/desk"


def test_cookie_signed_with_another_key_is_a_visitor(
    parts: Parts, admin: FlaskClient, db: DatabaseSession
):
    other = create_app(parts, secret_key="another", secure_cookies=False, trusted_proxies=0)
    stranger = other.test_client()
    stranger.set_cookie("podium", admin.get_cookie("podium").value)

    assert stranger.get("/desk").status_code == 302


# Log-ins that end ---------------------------------------------------------------------------


@pytest.fixture
def devices(app: Flask, db: DatabaseSession) -> list[FlaskClient]:
    """Two devices with one log-in: one with its session, one that was only remembered."""
    make.a_user(db, UserRole.ORGANISER)
    db.commit()
    devices = [app.test_client(), app.test_client()]
    for device in devices:
        submit(device, "/login", name="organiser", password=make.PASSWORD, remember="y")
    devices[1].delete_cookie("podium")
    return devices


def reached(devices: list[FlaskClient], address: str = "/desk") -> list[int]:
    return [device.get(address).status_code for device in devices]


@pytest.mark.parametrize(
    "change",
    [
        lambda db, user: set_password(user, "a whole new password"),
        lambda db, user: set_active(db, user, False),
        lambda db, user: setattr(user, "active", False),
        lambda db, user: db.delete(user),
    ],
    ids=["new password", "switched off", "switched off past the action", "deleted"],
)
def test_log_in_ends_on_every_device(devices: list[FlaskClient], db: DatabaseSession, change):
    user = db.scalars(select(User)).one()
    assert reached(devices) == [200, 200]

    change(db, user)
    db.commit()

    assert reached(devices) == [302, 302]


def test_log_in_of_a_user_switched_on_again_stays_ended(
    devices: list[FlaskClient], db: DatabaseSession
):
    user = db.scalars(select(User)).one()
    for active in (False, True):
        set_active(db, user, active)
        db.commit()

    assert reached(devices) == [302, 302]


def test_new_role_is_in_force_at_once(devices: list[FlaskClient], db: DatabaseSession):
    assert reached(devices, "/desk/events/new") == [200, 200]

    set_role(db, db.scalars(select(User)).one(), UserRole.STAFF)
    db.commit()

    assert reached(devices, "/desk/events/new") == [403, 403]


def test_own_new_password_ends_the_other_devices_alone(devices: list[FlaskClient]):
    submit(
        devices[0],
        "/desk/account",
        current=make.PASSWORD,
        new="a whole new password",
        again="a whole new password",
    )

    assert reached(devices) == [200, 302]


def test_log_out_forgets_the_device(devices: list[FlaskClient]):
    submit(devices[1], "/", to="/logout")

    assert reached(devices) == [200, 302]


# Redirects ----------------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example/",
    "http:evil.example",
    "https:/evil.example",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "",
]
HERE = [
    "/",
    "/desk",
    "/search?q=Haus&page=2",
    "/sessions/talk?t=83.4",
    "/search?q=https://evil.example/",
    "/@evil.example",
    "/search?q=%22Stra%C3%9Fe%22",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_target_elsewhere_is_replaced(target: str):
    assert safe_target(target, "/otherwise") == "/otherwise"


@pytest.mark.parametrize("target", HERE)
def test_target_here_is_kept(target: str):
    assert safe_target(target, "/otherwise") == target


def test_missing_target_is_replaced():
    assert safe_target(None, "/otherwise") == "/otherwise"


def landing(answer: TestResponse) -> str:
    """Where a browser goes, which reads backslashes as slashes and skips tabs and line ends."""
    location = re.sub(r"[\t\r\n]", "", answer.location.strip()).replace("\\", "/")
    return urljoin("http://localhost/page", location)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_log_in_leads_nowhere_else(client: FlaskClient, db: DatabaseSession, target: str):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    query = {"next": target}

    first = client.post(
        "/login",
        query_string=query,
        data={"csrf_token": token(client), "name": "staff", "password": make.PASSWORD},
    )
    already_there = client.get("/login", query_string=query)

    assert [landing(first), landing(already_there)] == ["http://localhost/desk"] * 2


@pytest.mark.parametrize("target", ELSEWHERE)
def test_choice_of_language_leads_nowhere_else(client: FlaskClient, target: str):
    answer = submit(client, "/login", to="/language", language="en", next=target)

    assert landing(answer) == "http://localhost/"


def test_log_in_leads_to_the_page_that_asked_for_it(client: FlaskClient, db: DatabaseSession):
    make.a_user(db, UserRole.STAFF)
    db.commit()

    asked = client.get("/desk?state=failed&title=Haus")
    done = submit(client, asked.location, name="staff", password=make.PASSWORD)

    assert done.location == "/desk?state=failed&title=Haus"


@pytest.mark.parametrize(
    "address", ["/desk", "//desk", "/desk//events", "///sessions//talk", "/media//1/x"]
)
def test_redirects_do_not_believe_the_host_of_the_request(
    client: FlaskClient, talk: Session, address: str
):
    answer = client.get(
        "/",
        environ_overrides={"PATH_INFO": address},
        headers={
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "gopher",
            "Forwarded": "host=evil.example",
        },
    )

    assert answer.status_code in (302, 308)
    assert urlsplit(answer.location)[:2] == ("", "")
    assert not answer.location.startswith("//")


@pytest.mark.parametrize(
    ("proxies", "expected"), [(0, "http://direct.example"), (1, "https://front.example")]
)
def test_forwarded_address_is_believed_from_trusted_proxies_alone(
    parts: Parts, talk: Session, proxies: int, expected: str
):
    app = create_app(parts, secret_key="x", secure_cookies=False, trusted_proxies=proxies)

    page = app.test_client().get(
        "/events/event",
        headers={
            "Host": "direct.example",
            "X-Forwarded-Host": "evil.example, front.example",
            "X-Forwarded-Proto": "gopher, https",
        },
    )

    assert canonical(page) == f"{expected}/events/event"


@pytest.mark.parametrize("address", ["/events/event", "/people/person", "/sessions/talk"])
def test_public_address_is_the_configured_one(
    client: FlaskClient, parts: Parts, talk: Session, address: str
):
    object.__setattr__(parts, "site_url", "https://archive.example.org")

    page = client.get(address, headers={"Host": "evil.example"})

    assert canonical(page) == f"https://archive.example.org{address}"
    assert "evil.example" not in page.get_data(as_text=True)


def canonical(page: TestResponse) -> str:
    return re.search(r'rel="canonical" href="([^"]+)"', page.get_data(as_text=True))[1]


# Guessing -----------------------------------------------------------------------------------


def guess(client: FlaskClient, password: str = "wrong", **environ: str) -> TestResponse:
    return client.post(
        "/login",
        data={"csrf_token": token(client), "name": "staff", "password": password},
        environ_overrides=environ,
    )


@pytest.fixture
def staff(db: DatabaseSession) -> User:
    user = make.a_user(db, UserRole.STAFF)
    db.commit()
    return user


def test_wrong_password_and_unknown_name_are_told_the_same(client: FlaskClient, staff: User):
    pages = [submit(client, "/login", name=name, password="wrong") for name in ("staff", "nobody")]

    assert [page.status_code for page in pages] == [400, 400]
    wrong, unknown = (re.sub(r'value="[^"]*"', "", page.get_data(as_text=True)) for page in pages)
    assert "Name or password is wrong." in wrong
    assert wrong == unknown


def test_password_that_was_typed_is_not_in_the_answer(client: FlaskClient, staff: User):
    assert "s3cret-guess" not in guess(client, "s3cret-guess").get_data(as_text=True)


def test_guessing_is_stopped_with_a_sentence_that_says_until_when(
    client: FlaskClient, staff: User, db: DatabaseSession
):
    answers = [guess(client).status_code for _ in range(MOST_BY_NAME)]
    refused = guess(client, make.PASSWORD)

    until = db.scalar(select(func.min(LoginAttempt.at))) + WINDOW
    shown = (until + timedelta(seconds=59)).astimezone(ZoneInfo("Europe/Berlin"))
    clock = f"{shown:%I:%M\N{NARROW NO-BREAK SPACE}%p}".lstrip("0")
    assert answers == [400] * MOST_BY_NAME
    assert refused.status_code == 429
    assert f"Too many tries. Try again after {clock}." in refused.get_data(as_text=True)
    assert 0 < int(refused.headers["Retry-After"]) <= WINDOW.total_seconds()
    assert client.get("/desk").status_code == 302


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 302)])
def test_limit_of_an_address_is_not_dodged_by_a_header(
    parts: Parts, db: DatabaseSession, staff: User, proxies: int, status: int
):
    """Behind a proxy the visitor's address is in a header; elsewhere that is anybody's invention."""
    app = create_app(parts, secret_key="x", secure_cookies=False, trusted_proxies=proxies)
    client = app.test_client()
    for number in range(MOST_BY_ADDRESS):
        db.add(LoginAttempt(name=f"guess {number}", address="127.0.0.1"))
    db.commit()

    answer = guess(client, make.PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.9")

    assert answer.status_code == status


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "staff"},
        {"password": "x"},
        {"name": "staff", "password": "x" * 1001},
        {"name": "x" * 121, "password": "x"},
    ],
    ids=["nothing", "no password", "no name", "endless password", "endless name"],
)
def test_incomplete_form_is_no_try(
    client: FlaskClient, staff: User, db: DatabaseSession, data: dict[str, str]
):
    answer = submit(client, "/login", **data)

    assert answer.status_code == 400
    assert db.scalars(select(LoginAttempt)).all() == []


# Files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "css/../../app.py",
        "..\\app.py",
        "/etc/passwd",
        "//etc/passwd",
        "css",
        "",
    ],
)
def test_static_files_are_those_of_their_folder(client: FlaskClient, path: str):
    answer = client.get("/static/" + path)

    assert answer.status_code in (404, 308)
    assert "def create_app" not in answer.get_data(as_text=True)


def test_large_body_is_refused_before_it_is_read(client: FlaskClient, staff: User):
    """A visitor's file in a form would fill the disk before anyone asked who sends it."""
    body = io.BytesIO(b"x" * 3_000_000)

    answer = client.post("/login", data={"csrf_token": token(client), "file": (body, "large.bin")})

    assert answer.status_code == 413
    assert "The file is too large" in answer.get_data(as_text=True)
