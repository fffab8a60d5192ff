"""The queue renews itself and leaves the focus where it is; it and its forms are fit for everyone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from archive.actions.put_first import put_first
from archive.db import now
from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkState
from archive.models.users import Notice
from archive.models.workers import Worker
from tests import factories as make
from tests.components.test_accessibility import (
    AXE,
    LONG_WORD,
    unfit_for_a_small_phone,
    violations_here,
    violations_on,
)

PAGES = (
    "/desk",
    "/desk/queue",
    "/desk/sessions/talk",
    "/desk/recordings/1/again",
    "/desk/recordings/2/again",
    "/desk/recordings/2/cancellation",
    "/desk/recordings/1/cancellation",
)


@pytest.fixture
def two(db) -> list[Recording]:
    event, made = make.an_event(db), []
    for title in ("Erster Vortrag", "Zweiter Vortrag"):
        session = make.a_session(db, event, title=title)
        recording = make.a_recording(
            db, session, state=State.WORKING, step=Step.TRANSCRIPTION, original_name=f"{title}.mp4"
        )
        for number in range(10):
            make.a_chunk(db, recording, number)
        made.append(recording)
    db.commit()
    return made


@pytest.fixture
def queue_page(page: Page, db, two: list[Recording]) -> Page:
    make.a_user(db)
    db.commit()
    page.goto("/login")
    page.fill("#name", "organiser")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    page.goto("/desk/queue")
    return page


def titles(page: Page):
    return page.locator(".line--ordered .line__title")


def test_page_follows_what_happens_and_the_focus_stays(queue_page: Page, db, parts, two):
    _, second = two
    expect(titles(queue_page)).to_have_text(["Erster Vortrag", "Zweiter Vortrag"])
    queue_page.focus(f"#first-{second.id}")

    put_first(parts, second.id)
    chunk = second.chunk_rows[0]
    chunk.state, chunk.worker, chunk.heard = ChunkState.RUNNING, "machine-7", 5.0
    chunk.started_at = now() - timedelta(seconds=10)
    db.commit()

    expect(titles(queue_page)).to_have_text(["Zweiter Vortrag", "Erster Vortrag"])
    expect(queue_page.locator("#running")).to_contain_text("machine-7")
    expect(queue_page.locator(f"#first-{second.id}")).to_be_focused()

    chunk.heard = 10.0
    db.commit()
    expect(queue_page.locator("#running .work-state__percent")).to_have_text(
        "50\N{NO-BREAK SPACE}%"
    )


def test_what_holds_the_focus_stays_until_the_focus_leaves(queue_page: Page, db, two):
    first, second = two
    queue_page.focus(f"#pause-{second.id}")
    second.state = State.READY
    first.state = State.PAUSED
    db.commit()

    expect(queue_page.locator("#paused")).to_contain_text("Erster Vortrag")
    expect(queue_page.locator(f"#pause-{second.id}")).to_be_focused()

    queue_page.locator(f"#pause-{second.id}").blur()
    expect(titles(queue_page)).to_have_count(0)


def test_buttons_work_without_a_script(browser, live_server: str, db, two):
    make.a_user(db)
    db.commit()
    context = browser.new_context(base_url=live_server, locale="en", java_script_enabled=False)
    page = context.new_page()
    page.goto("/login")
    page.fill("#name", "organiser")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.goto("/desk/queue")

    page.click(f"#first-{two[1].id}")
    expect(titles(page)).to_have_text(["Zweiter Vortrag", "Erster Vortrag"])
    page.click(f"#pause-{two[0].id}")
    expect(page.locator("#paused")).to_contain_text("Erster Vortrag")
    context.close()


# Fit for everyone, and for a small phone


@pytest.fixture
def desk(page, db, parts):
    """A desk where everything is going on, with an organiser logged in who has five notices."""
    user = make.a_user(db)
    event = make.an_event(db)
    talk = make.a_talk(db, parts, event, slug="talk", title=LONG_WORD).recordings[0]
    talk.plan = make.a_plan(3)
    talk.transcripts[0].current.details = {
        "caught": [
            {"kind": "loop", "start": 5.0, "end": 9.0, "remedy": "decoded_again", "text": LONG_WORD}
        ],
        "failed": [{"start": 20.0, "end": 40.0, "reason": "its worker died 3 times"}],
    }
    for state, step in (
        (State.WORKING, Step.TRANSCRIPTION),
        (State.PAUSED, Step.TRANSCRIPTION),
        (State.WAITING_FOR_MODEL, Step.TRANSCRIPTION),
        (State.WORKING, Step.RENDITION),
        (State.QUEUED, None),
        (State.CANCELLED, None),
    ):
        session = make.a_session(db, event, title=f"{LONG_WORD} {state}")
        recording = make.a_recording(
            db, session, state=state, step=step, progress=0.4, original_name=f"{LONG_WORD}.mp4"
        )
        if step == Step.TRANSCRIPTION:
            make.a_chunk(
                db, recording, 0, state=ChunkState.RUNNING, worker="machine-7", heard=5.0,
                started_at=now() - timedelta(seconds=10),
            )  # fmt: skip
            make.a_chunk(db, recording, 1)
        db.add(Notice(user_id=user.id, recording_id=recording.id, attempt=1, state=State.READY))
    db.add(Worker(name="machine-7"))
    db.commit()
    page.goto("/login")
    page.fill("#name", "organiser")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return page


def axe() -> str:
    if not AXE.exists():
        pytest.skip("needs axe-core: npm ci --ignore-scripts")
    return AXE.read_text()


def test_pages_have_no_violations_in_either_scheme(desk):
    assert violations_on(desk, PAGES, axe()) == {}


def test_what_is_unfolded_and_what_is_refused_has_none_either(desk):
    desk.goto("/desk/sessions/talk")
    for summary in desk.locator("summary").all():
        summary.click()
    assert violations_here(desk, axe()) == []

    desk.goto("/desk/recordings/1/again")
    desk.check("input[name=extent][value=stretch]")
    desk.fill("#start", "soon")
    desk.click(".desk-form button[type=submit]")
    assert "error-summary" in desk.locator(":focus").get_attribute("class")
    assert violations_here(desk, axe()) == []


def test_pages_fit_a_small_phone(desk):
    assert unfit_for_a_small_phone(desk, PAGES) == ({}, {})
