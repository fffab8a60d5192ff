"""A long text, of which the page opens with the beginning and the rest comes a moment later."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.components.watching import opened, seek, wait_until

TURNS = 120
SPEAKERS = ("Ada Örtel", "Jon Ek")


@pytest.fixture
def panel(db, parts):
    """Two speakers who take turns after every sentence; each turn is a paragraph."""
    cues = [
        make.timed_cue(
            f"Satz {n} über <Häuser> & Straßen.", n * 0.1, n * 0.1 + 0.09, SPEAKERS[n % 2]
        )
        for n in range(TURNS)
    ]
    make.a_talk(db, parts, cues=cues, slug="panel")
    db.commit()


def whole(page: Page, address: str) -> Page:
    opened(page, address)
    expect(page.locator("[data-session][data-mounted=yes]")).to_be_attached()
    return page


def test_rest_comes_in_its_order(page, panel):
    whole(page, "/sessions/panel")

    ids = page.eval_on_selector_all(".cue", "cues => cues.map((cue) => cue.id)")
    assert ids == [f"cue-{n}" for n in range(TURNS)]
    expect(page.locator("#cue-119")).to_have_text("Satz 119 über <Häuser> & Straßen.")
    assert page.locator("noscript[data-rest]").count() == 0
    assert page.locator(".para__speaker").count() == TURNS


def test_rest_is_not_laid_out_before_the_page_can_be_used(client, panel):
    page = client.get("/sessions/panel").text

    before, _, rest = page.partition("<noscript data-rest>")
    assert before.count('class="cue"') == 36
    assert rest.count('class="cue"') == TURNS - 36
    assert rest.count("<noscript data-rest>") + 1 == rest.count("</noscript>") == 7


def test_text_opened_at_a_second_or_a_find_comes_as_a_whole(client, panel):
    for query in ("?t=11", "?q=Satz"):
        page = client.get(f"/sessions/panel{query}").text
        assert page.count('class="cue"') == TURNS
        assert "<noscript" not in page


def test_rest_is_followed_found_and_reached_by_keys(page, panel):
    whole(page, "/sessions/panel")

    seek(page, 11.52)
    expect(page.locator(".cue[aria-current=true]")).to_have_id("cue-115")
    page.locator("#find").fill("Satz 118")
    expect(page.locator("[data-find-count]")).to_have_text("1 of 1")
    page.locator(".cue[tabindex='0']").focus()
    page.keyboard.press("End")
    expect(page.locator("#cue-119")).to_be_focused()
    assert page.locator(".cue[tabindex='0']").count() == 1


def test_quotation_from_the_rest_names_who_spoke(page, panel):
    whole(page, "/sessions/panel")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.locator("#cue-101").focus()
    page.keyboard.press("q")
    wait_until(page, "document.querySelector('[data-quote-done]').textContent !== ''")

    assert "Jon Ek" in page.evaluate("navigator.clipboard.readText()")


def test_whole_text_is_there_without_scripts(browser, live_server, panel):
    context = browser.new_context(base_url=live_server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sessions/panel")

    assert page.locator(".cue").count() == TURNS
    page.locator("#cue-119").scroll_into_view_if_needed()
    expect(page.locator("#cue-119")).to_be_visible()
    expect(page.locator("#cue-119")).to_have_text("Satz 119 über <Häuser> & Straßen.")
    context.close()
