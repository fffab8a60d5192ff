"""Staff correct a transcript in its place, with the mouse, with the keyboard alone, and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from archive.actions.finish_correction import finish_correction
from archive.actions.save_correction import Said, save_correction
from archive.models.users import User, UserRole
from archive.queries.transcript import current_revision
from tests import factories as make
from tests.components.test_accessibility import (  # noqa: F401  (a fixture)
    axe,
    violations_here,
    violations_on,
)
from tests.components.watching import opened, time_of, wait_until
from transcripts.cues import Cue

ADDRESS = "/sessions/corrected"
KEPT = "All is kept"


@pytest.fixture
def session(db, parts):
    """A talk of five lines, in the second of which one word is uncertain, and its line-up."""
    session = make.a_session(
        db, people=[make.a_person(db, name="Ada Lovelace")], slug="corrected", title="Rede"
    )
    recording = make.a_recording(db, session)
    make.a_rendition(db, parts, recording)
    make.a_transcript(db, recording)
    revision = recording.transcripts[0].current
    row = revision.cues[1]
    row.words = [
        [text, start, end, 0.2 if text == "digitale" else p] for text, start, end, p in row.words
    ]
    db.commit()
    return session


def logged_in(page: Page, db, name: str = "staff") -> User:
    user = make.a_user(db, UserRole.STAFF, name=name)
    db.commit()
    page.goto("/login")
    page.fill("#name", name)
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return user


@pytest.fixture
def user(page, db):
    return logged_in(page, db)


def correcting(page: Page) -> Page:
    opened(page, ADDRESS)
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(page.get_by_role("textbox", name="What is said")).to_be_focused()
    return page


def texts(db, session) -> list[str]:
    db.expire_all()
    return [cue.text for cue in current_revision(db, session.id).cues]


def state(page: Page):
    return page.locator("[data-state]")


def error(page: Page):
    return page.locator("[data-editor] [data-error]")


def test_line_is_corrected_kept_and_finished(page, db, session, user):
    correcting(page)
    page.get_by_role("textbox", name="What is said").fill("Guten Abend und willkommen.")
    expect(state(page)).to_contain_text(KEPT)
    assert texts(db, session)[0] == "Guten Morgen und herzlich willkommen."

    page.get_by_role("button", name="Finish").click()

    expect(page.locator("#cue-0")).to_have_text("Guten Abend und willkommen.")
    expect(page.locator(".provenance")).to_contain_text("Corrected by people")
    assert texts(db, session)[0] == "Guten Abend und willkommen."


def test_everything_works_with_the_keyboard_alone(page, db, session, user):
    opened(page, ADDRESS)
    page.get_by_role("button", name="Correct", exact=True).focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="What is said")
    expect(field).to_be_focused()
    page.keyboard.press("Alt+n")  # to the uncertain word, which is played
    expect(field).to_have_value("Heute geht es um digitale Verwaltung,")
    wait_until(page, "document.querySelector('video').currentTime >= 2.4")
    assert field.evaluate("field => field.selectionStart") == len("Heute geht es um ")
    page.keyboard.press("Alt+p")
    wait_until(page, "document.querySelector('video').paused")
    before = time_of(page)
    page.keyboard.press("Alt+b")
    wait_until(page, f"document.querySelector('video').currentTime < {before - 1}")
    page.keyboard.press("Shift+Enter")  # splits at the caret
    expect(field).to_have_value("digitale Verwaltung,")
    page.keyboard.press("Enter")
    expect(field).to_have_value("um Häuser aus Glas und um Straßen ohne Namen.")
    page.keyboard.press("Alt+ArrowUp")
    expect(field).to_have_value("digitale Verwaltung,")
    page.keyboard.press("Escape")
    expect(page.locator(".line__said:focus")).to_have_text("digitale Verwaltung,")
    expect(state(page)).to_contain_text(KEPT)
    page.get_by_role("button", name="Finish").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#cue-2")).to_have_text("digitale Verwaltung,")
    assert texts(db, session)[1:3] == ["Heute geht es um", "digitale Verwaltung,"]


def test_lines_are_joined_removed_and_brought_back(page, db, session, user):
    correcting(page)
    page.get_by_role("button", name="Join with the next line").click()
    field = page.get_by_role("textbox", name="What is said")
    joined = "Guten Morgen und herzlich willkommen. Heute geht es um digitale Verwaltung,"
    expect(field).to_have_value(joined)
    page.get_by_role("button", name="Undo").click()
    expect(field).to_have_value("Guten Morgen und herzlich willkommen.")
    expect(page.locator(".line")).to_have_count(5)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".line")).to_have_count(4)
    expect(state(page)).to_contain_text(KEPT)
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#cue-0")).to_have_text("Heute geht es um digitale Verwaltung,")
    assert len(texts(db, session)) == 4


def test_speaker_is_given_to_all_lines_until_the_next_one(page, db, session, user):
    correcting(page)
    page.get_by_label("Who speaks").fill("Ada Lovelace")
    page.get_by_role("button", name="This speaker until the next one").click()
    expect(page.locator(".line:not(.line--open) .line__speaker")).to_have_text(["Ada Lovelace"] * 4)
    expect(state(page)).to_contain_text(KEPT)
    page.get_by_role("button", name="Finish").click()
    expect(page.locator(".para__speaker")).to_have_text(["Ada Lovelace"])


def test_what_was_typed_survives_a_closed_tab(page, db, session, user):
    correcting(page)
    page.get_by_role("textbox", name="What is said").fill("Moin.")
    expect(state(page)).to_contain_text(KEPT)

    correcting(page)

    expect(page.get_by_role("textbox", name="What is said")).to_have_value("Moin.")
    expect(state(page)).to_have_text("1 place changed")


def test_what_was_typed_survives_a_lost_network(page, db, session, user):
    correcting(page)
    page.route("**/correction", lambda route: route.abort())
    page.get_by_role("textbox", name="What is said").fill("Moin.")
    expect(error(page)).to_contain_text("No connection")
    page.unroute("**/correction")

    page.on("dialog", lambda dialog: dialog.accept())  # leaving although something is not kept
    correcting(page)

    expect(page.get_by_role("textbox", name="What is said")).to_have_value("Moin.")
    expect(state(page)).to_contain_text(KEPT)


def test_what_the_server_refuses_is_not_lost(page, db, session, user):
    correcting(page)
    refuse = {"status": 400, "body": "logged out"}
    page.route("**/correction", lambda route: route.fulfill(**refuse))
    page.get_by_role("textbox", name="What is said").fill("Moin.")
    expect(error(page)).to_contain_text("log in again")
    page.unroute("**/correction")

    page.on("dialog", lambda dialog: dialog.accept())
    correcting(page)

    expect(page.get_by_role("textbox", name="What is said")).to_have_value("Moin.")
    expect(state(page)).to_contain_text(KEPT)


def test_finishing_waits_for_what_is_on_its_way(page, db, session, user):
    correcting(page)

    def slowly(route):
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/correction", slowly)
    with page.expect_request("**/correction"):
        page.get_by_role("textbox", name="What is said").fill("Moin.")
    page.get_by_role("textbox", name="What is said").fill("Moin, moin.")
    page.get_by_role("button", name="Finish").click()

    expect(page.locator("#cue-0")).to_have_text("Moin, moin.")
    assert texts(db, session)[0] == "Moin, moin."


def test_line_that_was_emptied_says_again_what_it_said(page, db, session, user):
    correcting(page)
    page.get_by_role("textbox", name="What is said").fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".line__said").first).to_have_text("Guten Morgen und herzlich willkommen.")


def test_changes_are_dropped_after_a_question(page, db, session, user):
    correcting(page)
    page.get_by_role("textbox", name="What is said").fill("Moin.")
    expect(state(page)).to_contain_text(KEPT)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Drop changes").click()
    expect(page.locator("[data-editor]")).to_have_count(0)
    expect(page.locator("#cue-0")).to_have_text("Guten Morgen und herzlich willkommen.")

    correcting(page)
    expect(state(page)).to_have_text("Nothing changed yet.")


def test_true_conflict_is_shown_and_decided(page, db, parts, session, user):
    other = make.a_user(db, UserRole.STAFF, name="Bea")
    db.commit()
    base = current_revision(db, session.id)
    theirs = Said(0, 0, (Cue(0.4, 2.2, "Grüß Gott."),))
    save_correction(parts, other.id, base.transcript_id, base.id, [theirs])
    correcting(page)
    expect(page.locator(".editor__others")).to_contain_text("Bea")
    page.get_by_role("textbox", name="What is said").fill("Moin.")
    expect(state(page)).to_contain_text(KEPT)
    finish_correction(parts, other.id, base.transcript_id)

    page.get_by_role("button", name="Finish").click()

    rival = page.get_by_role("group", name="Changed by somebody else as well")
    expect(rival).to_contain_text("Grüß Gott.")
    rival.get_by_role("button", name="Keep mine").click()
    expect(state(page)).to_contain_text(KEPT)
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#cue-0")).to_have_text("Moin.")
    assert texts(db, session)[0] == "Moin."


def test_history_shows_what_changed_and_brings_it_back(page, db, parts, session, user):
    base = current_revision(db, session.id)
    save_correction(
        parts, user.id, base.transcript_id, base.id, [Said(0, 0, (Cue(0.4, 2.2, "Guten Abend."),))]
    )
    finish_correction(parts, user.id, base.transcript_id)
    opened(page, ADDRESS)
    page.get_by_role("link", name="History").click()
    expect(page.locator(".revision")).to_have_count(2)
    page.get_by_role("link", name="What it changed").first.click()
    expect(page.locator(".difference del")).to_contain_text(["Morgen und herzlich willkommen."])
    expect(page.locator(".difference ins")).to_contain_text(["Abend."])
    page.go_back()
    page.get_by_role("button", name="Show it again").click()
    expect(page.locator(".revision")).to_have_count(3)
    assert texts(db, session)[0] == "Guten Morgen und herzlich willkommen."


def test_editor_and_history_have_no_violations_in_either_scheme(page, axe, db, session, user):  # noqa: F811
    correcting(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert not violations_here(page, axe)
    addresses = ["/desk/sessions/corrected/history"]
    assert not violations_on(page, addresses, axe)


def test_editor_fits_a_phone(page, db, session, user):
    page.set_viewport_size({"width": 360, "height": 740})
    correcting(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("textbox", name="What is said").fill("Moin.")
    expect(state(page)).to_contain_text(KEPT)


def test_visitor_is_not_offered_to_correct(page, db, session):
    opened(page, ADDRESS)
    expect(page.locator("[data-correct]")).to_have_count(0)
    expect(page.get_by_role("link", name="History")).to_have_count(0)
