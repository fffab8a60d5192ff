"""The row under the video: speed, captions, small window, wide picture; by mouse and by key."""

import pytest
from playwright.sync_api import expect

from archive.models.recording import RenditionKind
from tests import factories as make
from tests.components.watching import opened, wait_until


@pytest.fixture
def talk(db, parts):
    make.a_talk(db, parts, slug="talk")
    db.commit()


def rate(page) -> float:
    return page.evaluate("document.querySelector('video').playbackRate")


def captions(page) -> list[str]:
    return page.evaluate("[...document.querySelector('video').textTracks].map((t) => t.mode)")


def test_speed_is_chosen_and_kept_for_all_sessions(page, talk, db, parts):
    make.a_talk(db, parts, slug="other")
    db.commit()
    opened(page, "/sessions/talk")
    page.get_by_label("Speed").select_option("1.25×")
    assert rate(page) == 1.25
    opened(page, "/sessions/other")
    assert rate(page) == 1.25
    expect(page.get_by_label("Speed")).to_have_value("1.25")


def test_keys_make_it_slower_and_faster_and_say_so(page, talk):
    opened(page, "/sessions/talk")
    for key in (".", ">"):
        page.keyboard.press(key)
    assert rate(page) == 1.5
    expect(page.locator("[data-told]")).to_have_text("Speed 1.5×")
    for _ in range(9):
        page.keyboard.press(",")
    assert rate(page) == 0.5
    page.keyboard.press("<")
    assert rate(page) == 0.5


def test_speed_of_the_browsers_own_menu_is_shown(page, talk):
    opened(page, "/sessions/talk")
    page.evaluate("document.querySelector('video').playbackRate = 3")
    expect(page.get_by_label("Speed").locator("option:checked")).to_have_text("3×")


def test_captions_are_chosen_and_mirror_the_players_own_choice(page, talk):
    opened(page, "/sessions/talk")
    field = page.get_by_label("Captions")
    expect(field.locator("option")).to_have_text(["Off", "German"])
    field.select_option("German")
    assert captions(page)[0] == "showing"
    page.evaluate("document.querySelector('video').textTracks[0].mode = 'disabled'")
    expect(field.locator("option:checked")).to_have_text("Off")
    page.keyboard.press("v")
    expect(field.locator("option:checked")).to_have_text("German")
    expect(page.locator("[data-told]")).to_have_text("Captions: German")
    page.keyboard.press("v")
    assert captions(page)[0] == "disabled"


def test_wide_picture_puts_the_text_below_and_is_kept(page, talk):
    opened(page, "/sessions/talk")
    button = page.get_by_role("button", name="Wide picture")
    beside = page.locator("[data-player]").bounding_box()["width"]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    player = page.locator("[data-player]").bounding_box()
    assert player["width"] > 1.5 * beside
    text = page.locator("[data-transcript]").bounding_box()
    assert text["y"] >= player["y"] + player["height"]

    opened(page, "/sessions/talk")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("t")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.locator("[data-player]").bounding_box()["width"] == pytest.approx(beside, abs=1)


def test_small_window_is_offered_where_there_is_one(page, talk):
    opened(page, "/sessions/talk")
    button = page.get_by_role("button", name="Picture in picture")
    assert button.is_visible() == page.evaluate("document.pictureInPictureEnabled")


def test_full_screen_by_key(page, talk):
    opened(page, "/sessions/talk")
    page.keyboard.press("f")
    wait_until(page, "document.fullscreenElement?.localName === 'video'")
    page.keyboard.press("f")
    wait_until(page, "document.fullscreenElement === null")


def test_single_keys_can_be_switched_off(page, talk):
    opened(page, "/sessions/talk")
    page.keyboard.press("?")
    page.get_by_label("Use these single keys").uncheck()
    page.get_by_role("button", name="Close").click()
    for key in (".", "t", "v", "q"):
        page.keyboard.press(key)
    assert rate(page) == 1
    assert captions(page)[0] == "disabled"
    expect(page.locator("[data-wide]")).to_have_attribute("aria-pressed", "false")


def test_sound_alone_has_speed_alone(page, db, parts):
    make.a_talk(db, parts, slug="radio", kind_of_file=RenditionKind.AUDIO)
    db.commit()
    page.goto("/sessions/radio")
    row = page.locator("[data-controls]")
    expect(row.get_by_label("Speed")).to_be_visible()
    assert row.locator("select:visible, button:visible").count() == 1
    page.keyboard.press(".")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25


def test_controls_are_large_on_a_phone_and_the_wide_picture_is_not_offered(page, talk):
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, "/sessions/talk")
    controls = page.locator("[data-controls] select:visible, [data-controls] button:visible")
    heights = controls.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert len(heights) >= 2 and min(heights) >= 44
    expect(page.locator("[data-wide]")).to_be_hidden()


def test_row_is_not_there_without_javascript(browser, live_server, talk):
    context = browser.new_context(base_url=live_server, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/sessions/talk")
    for part in ("[data-controls]", "[data-seek-bar]", "[data-resume]", "[data-quote-copy]"):
        expect(page.locator(part)).to_be_hidden()
    context.close()
