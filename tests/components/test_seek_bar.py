"""The line under the video: chapters, what was found, a look ahead; by mouse, keyboard and finger."""

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.components.watching import opened, time_of, wait_until

CHAPTERS = "0:00 Begrüßung\n0:04 Häuser aus Glas\n0:10 Dank"


@pytest.fixture
def talk(db, parts):
    make.a_talk(db, parts, slug="talk", chapters=CHAPTERS)
    db.commit()


@pytest.fixture
def phone(browser, live_server):
    """A window of 360 px that is touched."""
    context = browser.new_context(
        base_url=live_server,
        locale="en",
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    yield context.new_page()
    context.close()


def spot(page, time: float) -> tuple[float, float]:
    """Where in the window the line is at `time`, seconds of the 16 that are there."""
    page.locator("[data-line]").scroll_into_view_if_needed()
    box = page.locator("[data-line]").bounding_box()
    return box["x"] + box["width"] * time / 16, box["y"] + box["height"] / 2


def sought(page, time: float) -> None:
    wait_until(page, f"Math.abs(document.querySelector('video').currentTime - {time}) < 0.3")


def test_look_ahead_says_time_chapter_and_words(page, talk):
    opened(page, "/sessions/talk")
    page.mouse.move(*spot(page, 5.2))
    preview = page.locator("[data-preview]")
    expect(preview.locator("[data-time]")).to_have_text("0:05")
    expect(preview.locator("[data-title]")).to_have_text("Häuser aus Glas")
    expect(preview.locator("[data-said]")).to_have_text(
        "um Häuser aus Glas und um Straßen ohne Namen."
    )
    assert time_of(page) == 0
    page.mouse.move(10, 10)
    expect(preview).to_be_hidden()


def test_click_and_drag_seek(page, talk):
    opened(page, "/sessions/talk")
    page.mouse.click(*spot(page, 10.8))
    sought(page, 10.8)
    expect(page.locator(".cue[aria-current=true]")).to_have_id("cue-3")
    expect(page.locator("[data-chapter][aria-current=true]")).to_contain_text("Dank")

    page.mouse.move(*spot(page, 3))
    page.mouse.down()
    page.mouse.move(*spot(page, 6))
    assert time_of(page) == pytest.approx(10.8, abs=0.3)  # only looked at so far
    page.mouse.up()
    sought(page, 6)


def test_finger_drags_along_the_line(phone, talk):
    opened(phone, "/sessions/talk")
    phone.locator("[data-line]").tap()
    wait_until(phone, "Math.abs(document.querySelector('video').currentTime - 8) < 0.3")
    expect(phone.locator("[data-preview]")).to_be_hidden()


def test_slider_is_one_for_keyboard_and_screen_reader(page, talk):
    opened(page, "/sessions/talk")
    slider = page.get_by_role("slider", name="Place in the recording")
    slider.focus()
    page.keyboard.press("ArrowRight")
    sought(page, 5)
    expect(slider).to_have_attribute("aria-valuetext", "0:05 of 0:16, Häuser aus Glas")
    page.keyboard.press("PageUp")
    sought(page, 10)
    expect(slider).to_have_attribute("aria-valuetext", "0:10 of 0:16, Dank")
    page.keyboard.press("PageDown")
    sought(page, 4)
    page.keyboard.press("ArrowLeft")
    sought(page, 0)
    page.keyboard.press("End")
    wait_until(page, "document.querySelector('video').currentTime > 15.5")
    page.keyboard.press("Home")
    sought(page, 0)


def test_what_is_found_is_marked_and_leads_to_its_place(page, talk):
    opened(page, "/sessions/talk")
    marks = page.locator("[data-marks] span")
    expect(marks).to_have_count(0)
    page.get_by_role("searchbox", name="Find in this transcript").fill("verwaltung")
    expect(marks).to_have_count(2)
    expect(page.locator(".seek-bar__mark--current")).to_have_count(1)

    page.mouse.click(*spot(page, 10.45))  # the second lies at 10.4
    sought(page, 10.4)
    expect(page.locator("[data-find-count]")).to_have_text("2 of 2")
    expect(page.locator("mark.found--current")).to_have_text("Verwaltung")

    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    sought(page, 2.4)
    expect(page.locator("[data-find-count]")).to_have_text("1 of 2")


def test_words_of_the_search_that_led_here_are_marked_on_the_line(page, talk):
    opened(page, "/sessions/talk?t=10.4&q=Verwaltung")
    expect(page.locator("[data-marks] span")).to_have_count(2)


def test_chapters_seek_and_the_one_that_plays_is_marked(page, talk):
    opened(page, "/sessions/talk")
    current = page.locator("[data-chapter][aria-current=true]")
    expect(current).to_contain_text("Begrüßung")
    link = page.get_by_role("link", name="0:04 Häuser aus Glas")
    link.focus()
    page.keyboard.press("Enter")
    wait_until(page, "document.querySelector('video').currentTime >= 4")
    expect(current).to_contain_text("Häuser aus Glas")
    assert page.url.endswith("?t=4")


def test_pictures_are_shown_where_there_are_some(page, talk):
    """The sheet of pictures is the page's icon here: what counts is which part of it is shown."""
    page.route(
        "**/sessions/talk",
        lambda route: route.fulfill(response=(answer := route.fetch()), body=with_sprites(answer)),
    )
    opened(page, "/sessions/talk")
    page.mouse.move(*spot(page, 9))
    picture = page.locator("[data-picture]")
    expect(picture).to_be_visible()
    # At 9 s the fifth of them: the first of the second sheet.
    expect(picture).to_have_css("background-position", "0px 0px")
    assert "podium.svg?2" in picture.evaluate("node => getComputedStyle(node).backgroundImage")
    page.mouse.move(*spot(page, 6.5))
    expect(picture).to_have_css("background-position", "-160px -90px")
    expect(picture).to_have_css("width", "160px")


def with_sprites(answer) -> str:
    sprites = (
        '{"interval": 2, "columns": 2, "rows": 2, "width": 160, "height": 90, "count": 8,'
        ' "urls": ["/static/icons/podium.svg?1", "/static/icons/podium.svg?2"]}'
    ).replace('"', "&quot;")
    return answer.text().replace("<video ", f'<video data-sprites="{sprites}" ', 1)
