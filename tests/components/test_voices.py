"""Staff name the voices of a recording, with the mouse, with the keyboard alone, and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from archive.models.recording import Recording
from archive.models.users import UserRole
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from tests.archive.actions.test_name_voices import CUES, VOICES
from tests.components.test_accessibility import (  # noqa: F401  (a fixture)
    axe,
    unfit_for_a_small_phone,
    violations_here,
    violations_on,
)

WHERE = "/desk/sessions/gespraech/voices"
LONG_NAME = "Prof. Dr. Dr. h. c. Annegret Freifrau von Zuständigkeitsfindungsverfahren-Berg"


@pytest.fixture
def session(db, parts):
    people = [make.a_person(db, name=name) for name in ("Jonas Falk", "Anna Berg", LONG_NAME)]
    session = make.a_talk(
        db, parts, None, people, CUES, slug="gespraech", title="Ein Gespräch über Zuständigkeiten"
    )
    db.query(Recording).one().voices = VOICES
    db.commit()
    return session


@pytest.fixture
def staff_page(page: Page, db, session) -> Page:
    make.a_user(db, UserRole.STAFF)
    db.commit()
    page.goto("/login")
    page.fill("#name", "staff")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return page


def speakers(db, session) -> list[str | None]:
    db.expire_all()
    return [cue.speaker for cue in cues_of(db, current_revision(db, session.id).id)]


def test_voices_are_named_from_the_transcript_on(staff_page: Page, db, session):
    staff_page.goto("/sessions/gespraech")
    staff_page.get_by_role("link", name="2 voices are not named yet").click()

    expect(staff_page.get_by_label("Who is voice B?")).to_have_value(
        re.compile("[0-9]+")
    )  # suggested
    staff_page.get_by_label("Who is voice A?").select_option("Jonas Falk")
    staff_page.get_by_role("button", name="Name the voices").click()

    expect(staff_page).to_have_url(re.compile("/sessions/gespraech$"))
    expect(staff_page.get_by_role("status").first).to_contain_text("revision 2")
    expect(staff_page.locator(".para__speaker").first).to_have_text("Jonas Falk")
    assert speakers(db, session)[2:4] == ["Anna Berg"] * 2


def test_name_of_ones_own_is_asked_for_where_it_is_wanted(staff_page: Page):
    staff_page.goto(WHERE)
    own = staff_page.get_by_label("Name of voice A, if it is someone else")
    expect(own).to_be_hidden()

    staff_page.get_by_label("Who is voice A?").select_option("Someone else")
    expect(own).to_be_visible()
    staff_page.get_by_role("button", name="Name the voices").click()

    expect(staff_page.locator(":focus")).to_contain_text("Write down who voice A is")
    staff_page.locator(":focus a").click()
    expect(own).to_be_focused()


def test_everything_is_reached_from_the_keyboard(staff_page: Page, db, session):
    staff_page.goto(WHERE)
    staff_page.get_by_label("Who is voice A?").focus()
    staff_page.keyboard.type("Jonas")
    for _ in range(12):
        if staff_page.locator(":focus").get_attribute("type") == "submit":
            break
        staff_page.keyboard.press("Tab")
    staff_page.keyboard.press("Enter")

    expect(staff_page).to_have_url(re.compile("/sessions/gespraech$"))
    assert speakers(db, session)[0] == "Jonas Falk"


def test_moment_plays_beside_the_form(staff_page: Page):
    staff_page.goto(WHERE)
    with staff_page.expect_popup() as opening:
        staff_page.get_by_role("link", name="0:09").first.click()

    expect(opening.value).to_have_url(re.compile(r"/sessions/gespraech\?t=9$"))


def test_page_fits_a_small_phone(staff_page: Page):
    assert unfit_for_a_small_phone(staff_page, [WHERE]) == ({}, {})


def test_page_has_no_violations_in_either_scheme(staff_page: Page, db, session, axe):  # noqa: F811
    assert violations_on(staff_page, [WHERE], axe) == {}
    staff_page.get_by_label("Who is voice A?").select_option("Someone else")
    staff_page.get_by_role("button", name="Name the voices").click()
    expect(staff_page.locator(".error-summary")).to_be_visible()
    assert violations_here(staff_page, axe) == []

    db.query(Recording).one().voices = None
    db.commit()
    assert violations_on(staff_page, [WHERE, "/sessions/gespraech"], axe) == {}
