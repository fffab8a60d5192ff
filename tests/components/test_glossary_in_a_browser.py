"""The page of an event's glossary in a browser: with the keyboard alone, without scripts, on a phone."""

import pytest
from playwright.sync_api import Page, expect

from archive.models.users import UserRole
from archive.queries.transcript import current_revision
from tests import factories as make
from tests.archive.actions.test_glossary import GLOSSARY, ONE, OTHER
from tests.components.test_accessibility import (  # noqa: F401  (a fixture)
    axe,
    unfit_for_a_small_phone,
    violations_here,
    violations_on,
)

WHERE = "/desk/events/event/glossary"


@pytest.fixture
def session(db, parts):
    event = make.an_event(db, slug="event", title="Smart Region", glossary=GLOSSARY)
    long = [make.timed_cue("Datenschutzgrundverordnungszuständigkeitsfindung e-kom 21.", 0, 4)]
    make.a_talk(db, parts, event, cues=OTHER, slug="two", title="Zwei")
    make.a_talk(db, parts, event, cues=long, slug="three", title="Zuständigkeitsfindung" * 4)
    session = make.a_talk(db, parts, event, cues=ONE, slug="one", title="Eins")
    make.a_user(db, UserRole.ORGANISER)
    db.commit()
    return session


def logged_in(page: Page) -> Page:
    page.goto("/login")
    page.fill("#name", "organiser")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return page


def texts(db, session) -> list[str]:
    db.expire_all()
    return [cue.text for cue in current_revision(db, session.id).cues]


def test_places_are_corrected_with_the_keyboard_alone(page, db, session):
    logged_in(page).goto(WHERE)
    page.locator(".glossary__place input").first.focus()
    page.keyboard.press("Space")  # not this one
    for _ in range(20):
        if page.locator(":focus").inner_text() == "Correct the chosen places":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("4 places are corrected.")).to_be_visible()
    expect(page.locator(".glossary__place del")).to_have_text(["E-Kom 21"])
    assert texts(db, session)[1] == "Das OZG und das OZG."


def test_page_works_without_scripts(browser, live_server, db, session):
    context = browser.new_context(base_url=live_server, locale="en", java_script_enabled=False)
    page = logged_in(context.new_page())
    page.goto(WHERE)
    page.get_by_role("link", name="Choose none").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.get_by_role("checkbox", name="Das Ozett ge OZG und").check()
    page.get_by_role("button", name="Correct the chosen places").click()
    expect(page.get_by_text("1 place is corrected.")).to_be_visible()
    assert texts(db, session)[1] == "Das OZG und das ozett ge."

    page.get_by_label("Terms, one per line").fill("OZG = ozett ge\nEGG =")
    page.get_by_role("button", name="Save glossary").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2: After “=” it is missing")
    page.get_by_label("Terms, one per line").fill("OZG = ozett ge")
    page.get_by_role("button", name="Save glossary").click()
    expect(page.get_by_text("The glossary is saved.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(1)
    context.close()


def test_moment_of_a_place_opens_there(page, session):
    logged_in(page).goto(WHERE)
    page.get_by_role("link", name="0:07").first.click()
    page.wait_for_url("**/sessions/one?t=7")


def test_page_has_no_violations_and_fits_a_phone(page, axe, session):  # noqa: F811
    logged_in(page)
    assert violations_on(page, [WHERE], axe) == {}
    assert unfit_for_a_small_phone(page, [WHERE]) == ({}, {})
    page.goto(WHERE)
    page.get_by_label("Terms, one per line").fill("OZG =")
    page.get_by_role("button", name="Save glossary").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert violations_here(page, axe) == []
