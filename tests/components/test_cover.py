"""What is over a video until it plays: poster, title and a way to begin; by mouse and by key."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import factories as make
from tests.components.watching import opened, seek, wait_until


@pytest.fixture
def talk(db, parts):
    make.a_talk(db, parts, slug="talk", title="Offenes Haus")
    db.commit()


def cover(page: Page) -> Locator:
    return page.get_by_role("button", name="Play: Offenes Haus")


def video(page: Page) -> Locator:
    return page.locator("video")


def expect_playing(page: Page) -> None:
    wait_until(page, "!document.querySelector('video').paused")
    expect(video(page)).to_be_visible()
    expect(cover(page)).to_have_count(0)


def test_poster_and_title_are_there_before_it_plays(page, talk):
    opened(page, "/sessions/talk")
    expect(cover(page)).to_be_visible()
    expect(video(page)).to_be_hidden()
    wait_until(page, "document.querySelector('.cover__poster').naturalWidth > 0")


def test_a_click_begins(page, talk):
    opened(page, "/sessions/talk")
    cover(page).click()
    expect_playing(page)
    expect(video(page)).to_be_focused()


def test_it_begins_by_key_too_and_the_controls_come_next(page, talk):
    opened(page, "/sessions/talk")
    cover(page).focus()
    page.keyboard.press("Enter")
    expect_playing(page)
    expect(video(page)).to_be_focused()
    assert video(page).evaluate("video => video.controls")


@pytest.mark.parametrize("start", ["k", "line"])
def test_whatever_else_begins_lifts_it(page, talk, start):
    opened(page, "/sessions/talk")
    if start == "k":
        page.keyboard.press("k")
    else:
        page.locator(".cue").nth(1).click()
    expect_playing(page)


def test_who_goes_somewhere_sees_the_picture_there(page, talk):
    opened(page, "/sessions/talk")
    seek(page, 5.0)
    expect(video(page)).to_be_visible()
    expect(cover(page)).to_have_count(0)


def test_an_address_with_a_moment_shows_the_picture_there(page, talk):
    opened(page, "/sessions/talk?t=5")
    expect(video(page)).to_be_visible()
    expect(cover(page)).to_have_count(0)


@pytest.mark.parametrize("size", [(1440, 900), (1440, 400), (360, 740), (740, 360)])
def test_its_place_is_that_of_the_video(page, talk, size):
    """Nothing jumps where it is lifted."""
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    opened(page, "/sessions/talk")
    before = cover(page).bounding_box()
    page.keyboard.press("k")
    expect_playing(page)
    assert video(page).bounding_box() == pytest.approx(before, abs=1)


def test_without_scripts_the_video_is_there_itself(browser, live_server, talk):
    context = browser.new_context(base_url=live_server, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/sessions/talk")
    expect(video(page)).to_be_visible()
    expect(cover(page)).to_have_count(0)
    context.close()
