"""Sharing, keys, and a page that renews itself while its recording is worked on."""

import re

import pytest
from playwright.sync_api import expect

from archive.models.recording import State, Step
from tests import factories as make
from tests.components.watching import opened, seek, time_of, wait_until


@pytest.fixture
def talk(db, parts):
    make.a_talk(db, parts, people=[make.a_person(db)], slug="talk")
    db.commit()


def test_link_to_the_moment_is_copied_and_announced(page, talk):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, "/sessions/talk")
    seek(page, 10.4)
    expect(page.locator("[data-now]")).to_have_text("0:10")
    page.get_by_role("button", name="Link to this moment").click()
    expect(page.locator("[data-announce]")).to_have_text("Link to 0:10 copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("/sessions/talk?t=10.4")


def test_share_dialog_lets_choose_the_start(page, talk):
    opened(page, "/sessions/talk?t=10.4")
    page.get_by_role("button", name="Share").click()
    link = page.get_by_label("Address")
    expect(link).to_have_value(ending("/sessions/talk?t=10.4"))
    page.get_by_label("Start time").fill("1:05")
    expect(link).to_have_value(ending("/sessions/talk?t=65"))
    page.get_by_label("Start at").uncheck()
    expect(link).to_have_value(ending("/sessions/talk"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Share")).to_be_focused()


def ending(end: str) -> re.Pattern[str]:
    return re.compile(re.escape(end) + "$")


def test_downloads_open_and_close(page, talk):
    opened(page, "/sessions/talk")
    page.get_by_text("Downloads").click()
    subtitles = page.get_by_role("link", name="Subtitles, SRT")
    with page.expect_download() as download:
        subtitles.click()
    assert download.value.suggested_filename == "talk.srt"
    expect(subtitles).to_be_hidden()
    page.get_by_text("Downloads").click()
    page.keyboard.press("Escape")
    expect(subtitles).to_be_hidden()


def test_keys_skip_find_and_can_be_switched_off(page, talk):
    opened(page, "/sessions/talk?t=12")
    page.keyboard.press("j")
    wait_until(page, "document.querySelector('video').currentTime < 3")
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Find in this transcript")
    expect(field).to_be_focused()
    page.keyboard.type("jkl")
    expect(field).to_have_value("jkl")
    assert time_of(page) == pytest.approx(2, abs=0.1)

    field.blur()
    page.keyboard.press("?")
    page.get_by_label("Use these single keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("l")
    page.wait_for_timeout(200)
    assert time_of(page) == pytest.approx(2, abs=0.1)


def test_video_and_text_appear_by_themselves(page, db, parts):
    session = make.a_session(db, slug="busy")
    recording = make.a_recording(db, session, state=State.WORKING, step=Step.PROBE, progress=0.1)
    db.commit()
    page.goto("/sessions/busy")
    expect(page.get_by_text("The recording is being prepared").first).to_be_visible()

    recording.step, recording.progress = Step.RENDITION, 0.42
    db.commit()
    expect(page.locator("[data-percent]")).to_have_text("42")
    expect(page.locator("[data-label]")).to_have_text("Preparing the video")

    make.a_rendition(db, parts, recording)
    recording.step = Step.TRANSCRIPTION
    db.commit()
    expect(page.get_by_role("button", name="Play:")).to_be_visible()
    wait_until(page, "document.querySelector('video').readyState >= 1")
    seek(page, 5.2)

    make.a_transcript(db, recording)
    recording.state = State.READY
    db.commit()
    expect(page.locator(".word--spoken")).to_have_text("Häuser")
    expect(page.locator("[data-progress]")).to_have_count(0)
    expect(page.locator("video track")).to_have_count(1)
    assert time_of(page) == pytest.approx(5.2, abs=0.1)


def test_page_works_without_javascript(browser, live_server, talk):
    context = browser.new_context(base_url=live_server, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/sessions/talk")
    page.get_by_role("link", name="um Häuser aus Glas").click()
    expect(page.locator(".cue[aria-current=true]")).to_have_text(
        "um Häuser aus Glas und um Straßen ohne Namen."
    )
    assert page.locator("video source").get_attribute("src").endswith("#t=4.7")
    expect(page.get_by_role("switch")).to_have_count(0)
    context.close()
