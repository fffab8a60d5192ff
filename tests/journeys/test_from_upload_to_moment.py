"""The main job, as people do it: upload a recording, find a sentence, watch the moment."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.components.watching import wait_until
from tests.pipeline.installation import PATIENCE, Installation

SECONDS = 1000  # milliseconds


@pytest.fixture
def window(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A German window on a whole Podium: the real web server and a real worker."""
    installation.start_worker()
    context = browser.new_context(
        base_url=installation.start_web(), locale="de", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(30 * SECONDS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def test_organiser_uploads_and_a_visitor_finds_the_moment(
    window: Page, installation: Installation, sample_video: Callable[[str], Path]
) -> None:
    log_in(window, "organiser", installation.password("organiser"))
    create_event(window, "Kommunaltag")
    create_person(window, "Nora Hill")
    create_session(window, "Open data in a smart region", language="en", person="Nora Hill")
    upload(window, sample_video("talk-en"))
    expect(window.locator(".badge--ready")).to_be_visible(timeout=PATIENCE * SECONDS)
    publish(window)
    log_out(window)

    moment = search_while_typing(window, "river sens", "river sensor")
    start = float(re.search(r"[?&]t=([\d.]+)", moment.get_attribute("href"))[1])
    moment.click()

    expect(window.locator(".cue[aria-current=true]")).to_contain_text("sensors")
    wait_until(window, "document.querySelector('video').readyState >= 1")
    wait_until(window, f"Math.abs(document.querySelector('video').currentTime - {start}) < 0.3")
    expect(window.locator(".samples-note")).to_be_visible()


def test_draft_is_nobody_elses(
    window: Page, installation: Installation, sample_video: Callable[[str], Path]
) -> None:
    log_in(window, "organiser", installation.password("organiser"))
    create_event(window, "Kommunaltag")
    create_session(window, "Noch geheim", language="en")
    upload(window, sample_video("talk-en"))
    window.goto("/sessions/noch-geheim")
    expect(window.locator("video")).to_be_attached(timeout=PATIENCE * SECONDS)
    media = window.locator("video source").get_attribute("src").partition("#")[0]
    expect(window.locator(".cue").first).to_be_visible(timeout=PATIENCE * SECONDS)
    log_out(window)

    statuses = {
        address: window.request.get(address).status
        for address in ("/sessions/noch-geheim", media, "/sessions/noch-geheim/transcript.vtt")
    }

    assert set(statuses.values()) == {404}, statuses
    window.goto("/search?q=sensors")
    expect(window.locator(".moment")).to_have_count(0)


def log_in(page: Page, name: str, password: str) -> None:
    page.goto("/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("/desk$"))


def create_event(page: Page, title: str) -> None:
    page.goto("/desk/events/new")
    page.locator("#title").fill(title)
    page.locator("#starts_on").fill("2026-10-01")
    page.locator("#ends_on").fill("2026-10-02")
    page.locator("#rooms").fill("Großer Saal")
    page.locator(".desk-form button[type=submit]").click()
    expect(page.locator(".notice--success")).to_contain_text(title)


def create_person(page: Page, name: str) -> None:
    page.goto("/desk/people/new")
    page.locator("#name").fill(name)
    page.locator(".desk-form button[type=submit]").click()
    expect(page.locator(".notice--success")).to_contain_text(name)


def create_session(page: Page, title: str, language: str, person: str = "") -> None:
    page.goto("/desk/sessions/new")
    page.locator("#title").fill(title)
    page.locator("#language").select_option(language)
    page.locator("#starts_at").fill("2026-10-01T10:00")
    page.locator("#room").select_option(index=1)
    if person:
        page.locator("#line_up-0-person").select_option(label=person)
    page.locator(".desk-form__actions button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(title)


def upload(page: Page, file: Path) -> None:
    page.locator("a[href$='/recordings/new']").click()
    page.locator("#file").set_input_files(file)
    page.locator(".upload__more summary").click()
    page.locator("#model").select_option("samples")
    page.locator("[data-upload-actions] button[type=submit]").click()
    expect(page.locator(".notice--success")).to_contain_text(file.name)


def publish(page: Page) -> None:
    page.locator("#visibility-public").check()
    page.locator(".visibility button").click()
    expect(page.locator("#visibility-public")).to_be_checked()


def log_out(page: Page) -> None:
    page.locator(".masthead form[action='/logout'] button").click()
    expect(page.locator(".masthead a[href='/desk']")).to_have_count(0)


def search_while_typing(page: Page, letters: str, words: str) -> Locator:
    """Types on the front page, as a visitor, and takes the suggestion; the first moment found."""
    page.goto("/")
    page.locator("#q").press_sequentially(letters)
    expect(page.get_by_role("option", name=words, exact=True)).to_be_visible()
    page.locator("#q").press("ArrowDown")
    page.locator("#q").press("Enter")
    expect(page.locator("#q")).to_have_value(words)
    return page.locator(".moment").first
