"""Copying what is selected in the transcript as a quotation."""

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.components.watching import opened, seek


@pytest.fixture
def talk(db, parts):
    event = make.an_event(db, title="Smart Region")
    cues = [
        make.timed_cue("Guten Morgen und willkommen.", 0.4, 2.2, "Ada Örtel"),
        make.timed_cue("Wir reden über „Häuser“ aus Glas.", 2.4, 5.4, "Ada Örtel"),
        make.timed_cue("Gern, danke.", 6, 7.5, "Ben Kaya"),
    ]
    make.a_talk(db, parts, event, cues=cues, slug="talk", title="Straßen ohne Namen")
    db.commit()


@pytest.fixture
def page(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


def select_words(page, first: str, last: str) -> None:
    """Selects from a cue's first letter to another's last one."""
    page.evaluate(
        """([first, last]) => {
          const from = document.querySelector(first), to = document.querySelector(last);
          getSelection().setBaseAndExtent(from, 0, to, to.childNodes.length);
        }""",
        [first, last],
    )


def copied(page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def button(page):
    return page.get_by_role("button", name="Copy quotation")


def test_selection_by_mouse_is_copied_with_its_source(page, talk, live_server):
    opened(page, "/sessions/talk")
    expect(button(page)).to_be_hidden()
    page.locator("#cue-1").hover()
    lines = page.locator("#cue-1").evaluate(
        "cue => [...cue.getClientRects()].map((r) => [r.left, r.right, (r.top + r.bottom) / 2])"
    )
    page.mouse.move(lines[0][0] + 1, lines[0][2])
    page.mouse.down()
    page.mouse.move(lines[-1][1] - 1, lines[-1][2], steps=5)
    page.mouse.up()
    button(page).click()
    expect(page.locator("[data-quote-done]")).to_have_text("Quotation copied")
    assert copied(page) == (
        "„Wir reden über ‚Häuser‘ aus Glas.“ – Ada Örtel, Straßen ohne Namen, Smart Region, 0:02,"
        f" {live_server}/sessions/talk?t=2.4"
    )


def test_two_speakers_are_both_named(page, talk, live_server):
    opened(page, "/sessions/talk")
    select_words(page, "#cue-1", "#cue-2")
    button(page).click()
    expect(page.locator("[data-quote-done]")).to_have_text("Quotation copied")
    assert copied(page) == (
        "Ada Örtel: „Wir reden über ‚Häuser‘ aus Glas.“\nBen Kaya: „Gern, danke.“ –"
        f" Straßen ohne Namen, Smart Region, 0:02, {live_server}/sessions/talk?t=2.4"
    )


def test_selection_by_keyboard_alone(page, talk):
    opened(page, "/sessions/talk")
    page.locator(".cue[tabindex='0']").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowUp")
    expect(button(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(button(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-quote-done]")).to_have_text("Quotation copied")
    assert copied(page).startswith(
        "„Guten Morgen und willkommen. Wir reden über ‚Häuser‘ aus Glas.“ – Ada Örtel,"
    )
    page.keyboard.press("Escape")
    expect(button(page)).to_be_hidden()


def test_key_copies_the_spoken_line_where_nothing_is_selected(page, talk):
    opened(page, "/sessions/talk")
    seek(page, 6.5)
    expect(page.locator(".cue[aria-current=true]")).to_have_id("cue-2")
    page.keyboard.press("q")
    expect(page.locator("[data-quote-done]")).to_have_text("Quotation copied")
    assert copied(page).startswith("„Gern, danke.“ – Ben Kaya, Straßen ohne Namen,")


def test_part_of_a_line_is_quoted_from_its_word_on(page, talk):
    opened(page, "/sessions/talk")
    page.evaluate(
        """() => {
          const text = document.querySelector("#cue-0").firstChild;
          const node = text.nodeType === 3 ? text : text.firstChild;
          const end = document.querySelector("#cue-0");
          getSelection().setBaseAndExtent(node, 6, end, end.childNodes.length);
        }"""
    )
    button(page).click()
    assert copied(page).startswith("„Morgen und willkommen.“ – Ada Örtel")
    assert copied(page).endswith("?t=0.9")  # when the second of four words is said


def test_text_elsewhere_is_no_quotation(page, talk):
    opened(page, "/sessions/talk")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    page.wait_for_timeout(300)
    expect(button(page)).to_be_hidden()


def test_browser_that_copies_nothing_shows_the_quotation(page, talk):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    opened(page, "/sessions/talk")
    select_words(page, "#cue-2", "#cue-2")
    button(page).click()
    field = page.get_by_role("dialog").get_by_role("textbox")
    expect(field).to_be_focused()
    assert field.input_value().startswith("„Gern, danke.“ – Ben Kaya")


def test_on_a_phone_the_button_leaves_the_handles_free(browser, live_server, talk):
    context = browser.new_context(
        base_url=live_server, locale="de", viewport={"width": 360, "height": 740},
        has_touch=True, is_mobile=True,
    )  # fmt: skip
    page = context.new_page()
    opened(page, "/sessions/talk")
    page.locator("#cue-1").scroll_into_view_if_needed()
    select_words(page, "#cue-1", "#cue-1")
    shown = page.get_by_role("button", name="Zitat kopieren")
    expect(shown).to_be_visible()
    box = shown.bounding_box()
    selected = page.evaluate(
        "(({ top, bottom }) => ({ top, bottom }))(getSelection().getRangeAt(0).getBoundingClientRect())"
    )
    assert box["y"] >= selected["bottom"] + 40 or box["y"] + box["height"] <= selected["top"]
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert box["height"] >= 44
    context.close()
