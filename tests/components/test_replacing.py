"""Find and replace in a transcript that is corrected, and the way of a word into the glossary."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from archive.models.programme import Event
from archive.models.users import UserRole
from archive.queries.transcript import current_revision
from tests import factories as make
from tests.components.test_accessibility import axe, violations_here  # noqa: F401  (a fixture)
from tests.components.test_correcting import KEPT, error, state, texts
from tests.components.watching import opened
from transcripts.cues import Cue

SAID = (
    "Willkommen bei der E-Kom 21 in Gießen.",
    "Das Haus der e-kom 21 ist offen.",
    "Häuser und das Haus, das HAUS.",
    "Vielen Dank.",
)


@pytest.fixture
def session(db, parts):
    cues = [make.timed_cue(text, 4.0 * n, 4.0 * n + 3) for n, text in enumerate(SAID)]
    event = make.an_event(db, slug="event", title="Smart Region")
    session = make.a_talk(db, parts, event, cues=cues, slug="corrected", title="Rede")
    for role in (UserRole.STAFF, UserRole.ORGANISER):
        make.a_user(db, role)
    db.commit()
    return session


def correcting(page: Page, name: str = "staff") -> Page:
    page.goto("/login")
    if page.locator("#password").count():
        page.fill("#name", name)
        page.fill("#password", make.PASSWORD)
        page.click("main form button")
        page.wait_for_url("**/desk")
    opened(page, "/sessions/corrected")
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(page.get_by_role("textbox", name="What is said")).to_be_focused()
    return page


def panel(page: Page):
    return page.get_by_role("region", name="Find and replace")


def looking(page: Page, find: str, by: str) -> None:
    page.get_by_role("button", name="Find and replace").click()
    expect(page.get_by_role("textbox", name="Find", exact=True)).to_be_focused()
    page.get_by_role("textbox", name="Find", exact=True).fill(find)
    page.get_by_role("textbox", name="Replace with").fill(by)


def lines(page: Page) -> list[str]:
    return page.locator(".line:not(.line--open) .line__said").all_inner_texts()


def count(page: Page):
    return page.locator("[data-count]")


def told(page: Page):
    return page.locator("[data-done]")


def test_every_place_is_shown_then_replaced_and_finished(page, db, session):
    correcting(page)
    looking(page, "e-kom 21", "ekom21")
    expect(count(page)).to_have_text("2 places in 2 lines")
    expect(page.locator(".replace__place del")).to_have_text(["E-Kom 21", "e-kom 21"])
    expect(page.locator(".replace__place ins")).to_have_text(["ekom21"] * 2)
    expect(page.get_by_role("button", name="Play from 0:04")).to_be_visible()

    page.get_by_role("button", name="Replace 2 places").click()

    expect(told(page)).to_have_text("2 places are replaced.")
    expect(count(page)).to_have_text("Not found")
    expect(page.get_by_role("textbox", name="What is said")).to_have_value(
        "Willkommen bei der ekom21 in Gießen."  # the line that is open has it too
    )
    expect(state(page)).to_contain_text(KEPT)
    assert texts(db, session) == list(SAID)
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#cue-1")).to_have_text("Das Haus der ekom21 ist offen.")
    assert texts(db, session)[:2] == [
        "Willkommen bei der ekom21 in Gießen.",
        "Das Haus der ekom21 ist offen.",
    ]
    words = current_revision(db, session.id).cues[1].words
    assert [word[0] for word in words] == ["Das", "Haus", "der", "ekom21", "ist", "offen."]


def test_whole_words_case_and_single_places_are_chosen(page, db, session):
    correcting(page)
    looking(page, "haus", "Rathaus")
    expect(count(page)).to_have_text("3 places in 2 lines")
    page.get_by_label("Match case").check()
    expect(count(page)).to_have_text("Not found")
    expect(page.get_by_role("button", name="Replace 0 places")).to_be_disabled()
    page.get_by_label("Match case").uncheck()
    page.get_by_label("Whole words").uncheck()
    page.get_by_role("textbox", name="Find", exact=True).fill("äus")
    expect(count(page)).to_have_text("1 place")
    page.get_by_label("Whole words").check()
    expect(count(page)).to_have_text("Not found")

    page.get_by_role("textbox", name="Find", exact=True).fill("haus")
    page.locator(".replace__place input").nth(1).uncheck()
    page.get_by_role("button", name="Replace 2 places").click()

    expect(told(page)).to_have_text("2 places are replaced.")
    assert lines(page)[:2] == [
        "Das Rathaus der e-kom 21 ist offen.",
        "Häuser und das Haus, das Rathaus.",
    ]


def test_one_step_undoes_all_of_it_and_the_server_forgets_it_too(page, db, session):
    correcting(page)
    page.get_by_role("textbox", name="What is said").fill("Willkommen bei der e-kom 21 hier.")
    expect(state(page)).to_contain_text(KEPT)
    looking(page, "e-kom 21", "ekom21")
    page.get_by_role("button", name="Replace 2 places").click()
    expect(page.get_by_role("button", name="Undo all of it")).to_be_focused()
    expect(state(page)).to_contain_text(KEPT)

    page.keyboard.press("Enter")

    expect(told(page)).to_have_text("All is as it was before.")
    expect(state(page)).to_contain_text(KEPT)
    expect(page.locator(".line--changed")).to_have_count(1)
    correcting(page)
    expect(state(page)).to_have_text("1 place changed")
    expect(page.get_by_role("textbox", name="What is said")).to_have_value(
        "Willkommen bei der e-kom 21 hier."
    )
    assert lines(page) == list(SAID[1:])


def test_undo_leaves_what_was_changed_since(page, db, session):
    correcting(page)
    looking(page, "e-kom 21", "ekom21")
    page.get_by_role("button", name="Replace 2 places").click()
    page.get_by_role("textbox", name="What is said").fill("Anders.")
    page.get_by_role("button", name="Undo all of it").click()

    expect(told(page)).to_have_text(
        "Brought back. Lines that have been changed since stay as they are: 1."
    )
    expect(page.get_by_role("textbox", name="What is said")).to_have_value("Anders.")
    assert lines(page) == list(SAID[1:])


def test_nothing_becomes_a_line_without_words(page, db, session):
    correcting(page)
    looking(page, "Vielen Dank.", "")
    page.get_by_role("button", name="Replace 1 place").click()

    expect(told(page)).to_contain_text("Places that stay as they are: 1. A line needs words")
    assert lines(page)[-1] == "Vielen Dank."


def test_signs_are_signs_and_spaces_stay_single(page, db, session):
    correcting(page)
    looking(page, "offen.", "$& (offen)")
    expect(count(page)).to_have_text("1 place")
    page.get_by_role("button", name="Replace 1 place").click()
    assert lines(page)[0] == "Das Haus der e-kom 21 ist $& (offen)"
    page.get_by_role("textbox", name="Find", exact=True).fill("der")
    page.get_by_role("textbox", name="Replace with").fill("")
    page.get_by_role("button", name="Replace 2 places").click()
    assert lines(page)[0] == "Das Haus e-kom 21 ist $& (offen)"


def test_everything_works_with_the_keyboard_alone(page, db, session):
    correcting(page)
    field = page.get_by_role("textbox", name="What is said")
    field.evaluate("field => field.setSelectionRange(19, 27)")
    page.keyboard.press("Alt+r")  # with what is selected
    find = page.get_by_role("textbox", name="Find", exact=True)
    expect(find).to_be_focused()
    expect(find).to_have_value("E-Kom 21")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Replace with")).to_be_focused()
    page.keyboard.type("ekom21")
    expect(page.locator(".replace__place ins").first).to_have_text("ekom21")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")  # not the first place
    expect(page.get_by_role("button", name="Replace 1 place")).to_be_visible()
    page.get_by_role("textbox", name="Replace with").focus()
    page.keyboard.press("Enter")
    expect(told(page)).to_have_text("1 place is replaced.")
    expect(page.get_by_role("button", name="Undo all of it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(field).to_be_focused()
    assert lines(page)[0] == "Das Haus der ekom21 ist offen."


def test_what_is_replaced_survives_a_lost_network(page, db, session):
    correcting(page)
    page.route("**/correction", lambda route: route.abort())
    looking(page, "e-kom 21", "ekom21")
    page.get_by_role("button", name="Replace 2 places").click()
    expect(error(page)).to_contain_text("No connection")
    page.unroute("**/correction")

    page.on("dialog", lambda dialog: dialog.accept())
    correcting(page)

    assert lines(page)[0] == "Das Haus der ekom21 ist offen."
    expect(state(page)).to_contain_text(KEPT)


def test_undo_without_a_network_survives_too(page, db, session):
    correcting(page)
    looking(page, "e-kom 21", "ekom21")
    page.get_by_role("button", name="Replace 2 places").click()
    expect(state(page)).to_contain_text(KEPT)
    page.route("**/correction", lambda route: route.abort())
    page.get_by_role("button", name="Undo all of it").click()
    expect(error(page)).to_contain_text("No connection")
    page.unroute("**/correction")

    page.on("dialog", lambda dialog: dialog.accept())
    correcting(page)

    assert lines(page) == list(SAID[1:])
    expect(state(page)).to_contain_text(KEPT)
    correcting(page)
    expect(state(page)).to_have_text("Nothing changed yet.")


def test_organisers_put_it_into_the_glossary_too(page, db, session):
    correcting(page, "organiser")
    looking(page, "e-kom 21", "ekom21")
    page.get_by_role("button", name="Replace 2 places").click()
    page.get_by_role("button", name="Also put it into the event’s glossary").click()

    expect(told(page)).to_have_text("“ekom21 = e-kom 21” is in the glossary of “Smart Region” now.")
    db.expire_all()
    assert db.get_one(Event, session.event_id).glossary == "ekom21 = e-kom 21"
    expect(page.get_by_role("link", name="Open the glossary")).to_be_focused()
    expect(state(page)).to_contain_text(KEPT)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Glossary")).to_be_visible()
    expect(page.locator(".difference del")).to_have_text(["E-Kom 21", "e-kom 21"])


def test_glossary_says_why_it_does_not_take_something(page, db, session):
    correcting(page, "organiser")
    looking(page, "offen.", "offen!")
    page.get_by_role("button", name="Replace 1 place").click()
    page.get_by_role("button", name="Also put it into the event’s glossary").click()

    expect(told(page)).to_contain_text("“offen.” has to begin and end with a letter or a digit.")


def test_staff_are_not_offered_the_glossary(page, db, session):
    correcting(page)
    looking(page, "e-kom 21", "ekom21")
    page.get_by_role("button", name="Replace 2 places").click()
    expect(told(page)).to_have_text("2 places are replaced.")
    expect(page.get_by_text(re.compile("glossary", re.I))).to_have_count(0)


def test_panel_has_no_violations_in_either_scheme_and_fits_a_phone(page, axe, db, session):  # noqa: F811
    page.set_viewport_size({"width": 360, "height": 740})
    correcting(page, "organiser")
    looking(page, "haus", "Rathaus")
    expect(count(page)).to_have_text("3 places in 2 lines")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert not violations_here(page, axe)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Replace 3 places").click()
    expect(told(page)).to_have_text("3 places are replaced.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not violations_here(page, axe)


@pytest.mark.thorough
def test_thousands_of_places_are_replaced_at_once(page, db, parts, session):
    """30,000 words in 3,000 lines: well below what a person notices as waiting."""
    event = db.get_one(Event, session.event_id)
    cues = [
        Cue(n * 3.0, n * 3.0 + 2.9, f"Satz {n} sagt etwas über die e-kom 21 und mehr.")
        for n in range(3000)
    ]
    make.a_talk(db, parts, event, cues=cues, slug="long", title="Lang")
    db.commit()
    correcting(page)
    opened(page, "/sessions/long")
    page.click("[data-correct]")
    page.click("[data-open-replace]")
    page.fill("[data-find-text]", "e-kom 21")
    page.fill("[data-by]", "ekom21")
    expect(count(page)).to_have_text("3000 places in 3000 lines", timeout=60_000)
    expect(page.locator(".replace__place")).to_have_count(500)
    page.click("button[data-more]")
    expect(page.locator(".replace__place")).to_have_count(1000)
    expect(page.locator("button[data-more]")).to_have_text("Show more of the 2000 further places")

    took = page.evaluate(
        """() => {
          const begun = performance.now();
          document.querySelector("[data-replace-all]").click();
          document.querySelector("[data-lines]").getBoundingClientRect();
          return performance.now() - begun;
        }"""
    )
    print(f"a replacement in 3000 lines: {took:.0f} ms")
    expect(told(page)).to_have_text("3000 places are replaced.")
    begun = time.monotonic()
    expect(state(page)).to_contain_text(KEPT, timeout=120_000)
    print(f"kept on the server after {time.monotonic() - begun:.1f} s")
    assert took < 10_000  # a machine may be busy; one that looks at every pair of lines is slower
    page.click("[data-finish]")
    expect(page.locator("#cue-2999")).to_contain_text("ekom21", timeout=120_000)
    print(f"finished after {time.monotonic() - begun:.1f} s")
