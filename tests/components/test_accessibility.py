"""Every page: no violation that axe-core finds, nothing wider than a small phone, everything
big enough to hit."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.actions.lay_aside import LaidAside, lay_aside
from archive.actions.store_transcript import store_transcript
from archive.models.programme import Kind, Session
from archive.models.recording import RenditionKind, State, Step
from archive.models.searches import SavedSearch
from archive.models.users import User, UserRole
from tests import factories as make
from tests.conftest import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
LONG_WORD = "Datenschutzgrundverordnungskonforme Zuständigkeitsfindungsverfahren"
PAGES = (
    "/",
    "/events/event",
    "/people/mara",
    "/search",
    "/search?q=Verwaltung",
    "/search?q=Verwaltung&event=event",
    "/search?q=xylophon",
    "/sessions/talk?t=5&q=Verwaltung",
    "/sessions/talk?language=en",
    "/sessions/talk/text",
    "/sessions/audio",
    "/sessions/busy",
    "/sessions/half",
    "/sessions/failed",
    "/sessions/bare",
    "/sessions/unknown",
)
DESK_PAGES = (
    "/desk",
    "/desk?title=nothing",
    "/desk/queue",
    "/desk/events",
    "/desk/events/new",
    "/desk/events/event",
    "/desk/events/event/deletion",
    "/desk/events/event/glossary",
    "/desk/people",
    "/desk/people/new",
    "/desk/people/mara",
    "/desk/people/mara/deletion",
    "/desk/sessions/new",
    "/desk/sessions/talk",
    "/desk/sessions/failed",
    "/desk/sessions/bare",
    "/desk/sessions/talk/edit",
    "/desk/sessions/talk/deletion",
    "/desk/sessions/talk/history",
    "/desk/sessions/talk/history/translations/en/removal",
    "/desk/sessions/talk/import",
    "/desk/sessions/bare/import",
    "/desk/sessions/talk/voices",
    "/desk/sessions/half/voices",
    "/desk/sessions/bare/recordings/new",
    "/desk/recordings/1/again",
    "/desk/recordings/1/removal",
    "/desk/recordings/3/cancellation",
    "/desk/searches",
    "/desk/searches/1",
    "/desk/searches/1/deletion",
    "/search?q=Verwaltung",
    "/search?q=xylophon",
    "/desk/users",
    "/desk/account",
    "/sessions/failed",
)
FOR_SCRIPTS = {"desk.progress", "desk_corrections.show"}


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("needs axe-core: npm ci --ignore-scripts")
    return Path(AXE).read_text()


@pytest.fixture
def archive(db, parts):
    event = make.an_event(
        db, slug="event", title="Smart Region", description="Zwei Tage.",
        glossary="E-Verwaltung = digitale Verwaltung\nPodium",
    )  # fmt: skip
    room = make.a_room(db, event)
    mara = make.a_person(db, slug="mara", name="Mara Lindqvist", biography="Sie spricht.")
    cues = [
        make.timed_cue("Was ist digitale Verwaltung?", 0, 4, "Ada Örtel"),
        make.timed_cue(f"{LONG_WORD} der Verwaltung.", 4, 9, "Mara Lindqvist"),
    ]
    talk = make.a_talk(
        db, parts, event, [mara], cues=cues, slug="talk", title=LONG_WORD, subtitle=LONG_WORD,
        abstract="Es geht um viel.", model="samples", room_id=room.id, kind=Kind.PANEL,
        chapters="0:00 Anfang\n0:05 Mitte\n0:10 Ende",
    )  # fmt: skip
    (recording,) = talk.recordings
    recording.duration = 120  # long enough to go on where one stopped
    recording.voices = [[0.0, 4.0, "A"], [4.0, 9.0, "B"]]
    make.a_transcript(db, recording, cues, language="en").transcript.translation = True
    make.a_talk(
        db, parts, event, slug="audio", language="en", kind_of_file=RenditionKind.AUDIO,
        starts_at=datetime(2026, 6, 13, 9, 0, tzinfo=UTC),
    )  # fmt: skip
    make.a_session(db, event, slug="bare", starts_at=None)
    for slug, state in (("busy", State.WORKING), ("half", State.WORKING), ("failed", State.FAILED)):
        session = make.a_session(db, event, [mara], slug=slug)
        recording = make.a_recording(
            db, session, state=state, step=Step.TRANSCRIPTION, progress=0.4, failure="not_media"
        )
        if slug == "half":
            make.a_rendition(db, parts, recording)
    db.commit()


@pytest.fixture
def admin_page(page, db):
    """The same window with an admin logged in."""
    admin = make.a_user(db, UserRole.ADMIN)
    db.add(SavedSearch(user_id=admin.id, name=LONG_WORD, arguments="q=Verwaltung", token="t" * 32))
    db.commit()
    page.goto("/login")
    page.fill("#name", "admin")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return page


@pytest.fixture
def desk_pages(admin_page, archive, db, parts) -> tuple[str, ...]:
    """`DESK_PAGES`, and those of a file that is looked at and of a text that is offered."""
    talk = db.scalars(select(Session).where(Session.slug == "talk")).one()
    admin = db.scalars(select(User)).one()
    file = f"WEBVTT\n\n00:01.000 --> 00:09.000\n<v Jemand anders>{LONG_WORD}.\n"
    about = LaidAside(admin.id, talk.id, f"{LONG_WORD}.vtt", "de", translation=False)
    token = lay_aside(parts, about, file.encode())
    said = [make.timed_cue("Was ist die Verwaltung?", 0, 4), make.timed_cue(LONG_WORD, 4, 9)]
    offered = store_transcript(
        db, talk.recordings[0].id, said, language="de", engine="faster-whisper 1.2.1",
        model="turbo", attempt=2, offered=True,
    )  # fmt: skip
    db.commit()
    history = f"/desk/sessions/talk/history/{offered.id}"
    return (*DESK_PAGES, f"/desk/sessions/talk/import/{token}", history)


def test_every_page_of_the_desk_is_among_them(app, desk_pages):
    addresses = app.url_map.bind("localhost")
    looked_at = {addresses.match(page.partition("?")[0])[0] for page in desk_pages}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk")]
    assert {rule.endpoint for rule in rules if "GET" in rule.methods} - looked_at == FOR_SCRIPTS


def test_public_pages_have_no_violations_in_either_scheme(page, archive, axe):
    assert violations_on(page, (*PAGES, "/login"), axe) == {}


def test_desk_pages_have_no_violations_in_either_scheme(admin_page, desk_pages, axe):
    assert violations_on(admin_page, desk_pages, axe) == {}


STATES = {  # of a session's page: what somebody does to get there
    "looking ahead": lambda page: page.locator("[data-line]").hover(),
    "help": lambda page: page.keyboard.press("?"),
    "share": lambda page: page.get_by_role("button", name="Share").click(),
    "going on": lambda page: None,
    "quoting": lambda page: page.evaluate(
        "getSelection().selectAllChildren(document.querySelector('#cue-1'))"
    ),
    "wide": lambda page: page.keyboard.press("t"),
}


@pytest.mark.parametrize("state", STATES)
def test_states_of_a_session_page_have_no_violations(page, archive, axe, state):
    page.add_init_script("""localStorage.setItem("podium-places", '[["talk", 40]]')""")
    page.goto("/sessions/talk")
    page.locator("[data-session][data-mounted=yes]").wait_for()
    STATES[state](page)
    page.wait_for_timeout(300)
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found[scheme] = violations_here(page, axe)
    assert found == {"light": [], "dark": []}


def test_refused_form_leads_to_what_is_wrong(admin_page, archive, axe):
    admin_page.goto("/desk/events/new")
    admin_page.fill("#title", "Smart Region")
    admin_page.click(".desk-form button[type=submit]")

    focused = admin_page.locator(":focus")
    assert "error-summary" in focused.get_attribute("class")
    admin_page.keyboard.press("Tab")
    admin_page.keyboard.press("Enter")
    assert admin_page.locator(":focus").get_attribute("id") == "starts_on"
    assert violations_here(admin_page, axe) == []


def violations_on(page, addresses, axe) -> dict:
    violations = {}
    for address in addresses:
        page.goto(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if found := violations_here(page, axe):
                violations[address, scheme] = found
    return violations


def violations_here(page, axe) -> list:
    page.evaluate(axe)
    return page.evaluate(
        """async () => (await axe.run(document, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          iframes: false,
        })).violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 200))])"""
    )


@pytest.fixture(params=["de", "en"])
def in_both_languages(request, page, live_server):
    """The pages speak German, whose words are longer, or English."""
    page.context.add_cookies([{"name": "language", "value": request.param, "url": live_server}])


def test_public_pages_fit_a_small_phone(page, archive, in_both_languages):
    assert unfit_for_a_small_phone(page, (*PAGES, "/login")) == ({}, {})


def test_desk_pages_fit_a_small_phone(admin_page, desk_pages, in_both_languages):
    assert unfit_for_a_small_phone(admin_page, desk_pages) == ({}, {})


def unfit_for_a_small_phone(page, addresses) -> tuple[dict, dict]:
    """Pages wider than 320 px, and what on them is smaller than 24 px; both should be empty."""
    page.set_viewport_size({"width": 320, "height": 640})
    too_wide, too_small = {}, {}
    for address in addresses:
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            too_wide[address] = width
        small = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, summary")]
              .filter((node) => !node.closest("p, .cue, .visually-hidden, .skip-link, dialog"))
              .filter((node) => node.checkVisibility() && !node.closest("[aria-hidden=true]"))
              .map((node) => [node.outerHTML.slice(0, 120), node.getBoundingClientRect()])
              .filter(([, box]) => box.width < 24 || box.height < 24)
              .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
        )
        if small:
            too_small[address] = small
    return too_wide, too_small
