"""Suggestions below the search field: with keys, mouse and a screen reader."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.components.test_accessibility import axe, violations_here  # noqa: F401  (a fixture)


@pytest.fixture
def start(browser, live_server, db, parts) -> Page:
    event = make.an_event(db, slug="event", title="Smart Region")
    person = make.a_person(db, slug="vera", name="Vera Lindqvist")
    make.a_talk(
        db,
        parts,
        event,
        [person],
        slug="first",
        title="Verwaltung von morgen",
        cues=[make.timed_cue("Die Verwaltung lebt vom Vertrauen.", 1, 3, "Vera Lindqvist")],
    )
    db.commit()
    context = browser.new_context(base_url=live_server, locale="de-DE")
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def test_arrow_keys_choose_and_enter_searches(start):
    field = start.get_by_role("combobox", name="Was wurde gesagt?")
    field.press_sequentially("Vert")
    option = start.get_by_role("option", name="Vertrauen")
    expect(option).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")

    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    field.press("Enter")

    start.wait_for_url("**/search?q=Vertrauen")
    expect(start.locator(".moment")).to_have_count(1)


def test_groups_have_names_and_their_number_is_announced(start):
    field = start.locator("#q")
    field.press_sequentially("Ver")

    expect(start.get_by_role("group", name="Wörter").get_by_role("option")).to_have_count(2)
    expect(start.get_by_role("group", name="Beiträge").get_by_role("option")).to_have_count(1)
    expect(start.get_by_role("group", name="Personen").get_by_role("option")).to_have_count(1)
    expect(start.get_by_role("status")).to_have_text("4 Vorschläge; wählen Sie mit den Pfeiltasten")


def test_person_is_reached_with_the_mouse(start):
    start.locator("#q").press_sequentially("Vera")
    start.get_by_role("option", name="Vera Lindqvist").click()

    start.wait_for_url("**/people/vera")


def test_escape_and_leaving_close_the_list_and_enter_asks_what_is_typed(start):
    field = start.locator("#q")
    for close in (lambda: field.press("Escape"), lambda: field.blur()):
        field.fill("")
        field.press_sequentially("Ver")
        expect(start.get_by_role("listbox")).to_be_visible()
        close()
        expect(start.get_by_role("listbox")).to_be_hidden()
        expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("")
    field.press_sequentially("Verw")
    expect(start.get_by_role("listbox")).to_be_visible()
    field.press("Enter")

    start.wait_for_url("**/search?q=Verw")


def test_keys_go_round_by_way_of_the_field(start):
    field = start.locator("#q")
    field.press_sequentially("Ver")
    expect(start.get_by_role("option")).to_have_count(4)

    field.press("ArrowUp")
    expect(start.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(field).not_to_have_attribute("aria-activedescendant", "")
    field.press("ArrowDown")
    expect(start.get_by_role("option").first).to_have_attribute("aria-selected", "true")


def test_list_fits_a_phone(start):
    start.set_viewport_size({"width": 360, "height": 640})
    start.locator("#q").press_sequentially("Ver")
    box = start.get_by_role("listbox").bounding_box()

    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert box["width"] > 250


def test_who_types_before_the_script_is_there_is_shown_something_too(start):
    held = []
    start.route("**/search.js*", lambda route: held.append(route))
    start.goto("/", wait_until="commit")
    start.locator("#q").press_sequentially("Ver")
    expect(start.locator("#q")).to_have_value("Ver")
    held[0].continue_()

    expect(start.get_by_role("option")).to_have_count(4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_list_has_no_violations(start, axe, scheme):  # noqa: F811
    start.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    start.locator("#q").press_sequentially("Ver")
    expect(start.get_by_role("option")).to_have_count(4)
    start.locator("#q").press("ArrowDown")

    assert violations_here(start, axe) == []
