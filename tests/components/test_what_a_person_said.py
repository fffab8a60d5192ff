"""What a person said: from their page to the second, and through search, by mouse and keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.components.test_accessibility import (
    LONG_WORD,
    axe,  # noqa: F401  (a fixture)
    unfit_for_a_small_phone,
    violations_on,
)
from tests.components.watching import time_of, wait_until

ADDRESSES = (
    "/people/mara",
    "/people/mara?session=talk",
    "/search",
    '/search?q=speaker:"Mara Lindqvist"',
    "/search?q=speaker:mara -Haus speaker:jon&kind=talk",
    "/search?q=speaker:ida Haus",
    "/search?q=speaker:ida Haus&kind=panel",
    f"/search?q=speaker:{LONG_WORD.replace(' ', '')} Haus",
    "/search?q=speaker:mara xylophon",
)


@pytest.fixture
def said(db, parts) -> None:
    """Mara in 14 turns of a second each, Jon between them."""
    mara = make.a_person(db, slug="mara", name="Mara Lindqvist")
    texts = [f"Satz {n} vom Haus." for n in range(26)] + [f"{LONG_WORD} " * 4, "Schluss."]
    cues = [
        make.timed_cue(text, n / 2, n / 2 + 0.5, ("Mara Lindqvist", "Jon Ek")[n % 2])
        for n, text in enumerate(texts)
    ]
    make.a_talk(db, parts, people=[mara], cues=cues, slug="talk", title="Ein Gespräch")
    db.commit()


def test_turn_opens_the_session_at_its_second(page: Page, said):
    page.goto("/people/mara")
    expect(page.locator(".page-head__spoken")).to_have_text(
        "Speaks for 7\N{NO-BREAK SPACE}sec in 1 session"
    )
    page.click(".moment >> nth=3")

    expect(page).to_have_url(re.compile(r"/sessions/talk\?t=3$"))
    wait_until(page, "document.querySelector('video').readyState >= 1")
    wait_until(page, "document.querySelector('video').currentTime > 0")
    assert time_of(page) == pytest.approx(3, abs=0.3)


def test_all_turns_are_a_click_away_and_back(page: Page, said):
    page.goto("/people/mara")
    expect(page.locator(".moment")).to_have_count(5)
    page.get_by_role("link", name="All 14 moments – Ein Gespräch").click()

    expect(page.locator(".moment")).to_have_count(14)
    expect(page.locator("#said-talk")).to_be_in_viewport()
    page.get_by_role("link", name="Only the first moments – Ein Gespräch").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".moment")).to_have_count(5)


def test_keyboard_asks_what_the_person_said_and_takes_the_name_away(page: Page, said):
    page.goto("/people/mara")
    page.get_by_label("What did Mara Lindqvist say?").focus()
    page.keyboard.type("Haus")
    page.keyboard.press("Enter")

    expect(page.locator(".search__count")).to_have_text("13 moments in 1 session")
    expect(page.locator("#q")).to_have_value('speaker:"Mara Lindqvist" Haus')
    assert set(page.locator(".moment__speaker").all_inner_texts()) == {"Mara Lindqvist"}
    chip = page.get_by_role("link", name="Said by Mara Lindqvist remove")
    chip.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".search__count")).to_have_text("26 moments in 1 session")
    expect(page.locator("#q")).to_have_value("Haus")
    expect(page.locator(".chip")).to_have_count(0)


def test_chip_goes_by_mouse_and_leaves_the_other(page: Page, said):
    page.goto("/search?q=sprecher:mara speaker:jon Haus")
    page.get_by_role("link", name="Said by mara").click()

    expect(page.locator("#q")).to_have_value("speaker:jon Haus")
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".moment").first.click()
    expect(page).to_have_url(re.compile(r"/sessions/talk\?t=[\d.]+&q=Haus$"))


def test_unknown_speaker_leads_on(page: Page, said):
    page.goto("/search?q=speaker:Ida Haus")
    expect(page.locator(".empty__title")).to_have_text("No speaker here is called “Ida”")
    page.get_by_role("link", name="Search without this name").click()

    expect(page.locator(".search__count")).to_have_text("26 moments in 1 session")


def test_pages_work_without_javascript(browser, live_server, said):
    context = browser.new_context(base_url=live_server, java_script_enabled=False, locale="de")
    page = context.new_page()
    page.goto("/people/mara")
    page.fill("#q", "Haus")
    page.click(".search-box__button")

    expect(page.locator("#q")).to_have_value('sprecher:"Mara Lindqvist" Haus')
    expect(page.locator(".chip")).to_contain_text("Gesagt von Mara Lindqvist")
    context.close()


def test_pages_have_no_violations_in_either_scheme(page: Page, said, axe):  # noqa: F811
    assert violations_on(page, ADDRESSES, axe) == {}


def test_pages_fit_a_small_phone(page: Page, said):
    assert unfit_for_a_small_phone(page, ADDRESSES) == ({}, {})
