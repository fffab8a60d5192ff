"""How a text was made, beside the text itself, as those who work here meet it in a browser."""

import pytest
from playwright.sync_api import expect

from archive.models.recording import State, Step
from archive.models.transcript import ChunkState
from archive.models.users import UserRole
from tests import factories as make
from tests.components.test_accessibility import (  # noqa: F401  (a fixture)
    axe,
    unfit_for_a_small_phone,
    violations_on,
)
from tests.components.watching import opened, wait_until
from transcripts.cues import Cue, Word


@pytest.fixture
def made(db, parts):
    """A fast draft of many lines; in the first one word is uncertain and one inaudible."""
    sure = [("Die", 0.9), ("Verwaltunk", 0.3), ("ist", 0.9), ("[unverständlich]", 0.0)]
    words = tuple(Word(text, n, n + 0.9, p) for n, (text, p) in enumerate(sure))
    first = Cue(0.0, 3.9, " ".join(word.text for word in words), words)
    others = [make.timed_cue(f"Satz {n} über Häuser.", n, n + 0.9, "Ada") for n in range(4, 150)]
    session = make.a_session(db, slug="made")
    recording = make.a_recording(db, session)
    make.a_rendition(db, parts, recording)
    revision = make.a_transcript(db, recording, [first, *others])
    caught = {"start": 12.0, "end": 14.0, "remedy": "decoded_again", "text": "und und und"}
    revision.details = {
        "draft": True,
        "terms": "Mara Lindqvist, OZG",
        "caught": [{"kind": "loop", **caught}],
        "failed": [{"start": 200.0, "end": 240.0, "reason": "its worker died 3 times"}],
    }
    db.commit()


@pytest.fixture
def half(db, parts):
    """A recording with a stretch that is heard, one that failed, and one to come."""
    session = make.a_session(db, slug="half")
    recording = make.a_recording(db, session, state=State.WORKING, step=Step.TRANSCRIPTION)
    make.a_rendition(db, parts, recording)
    cues = [[0.0, 4.0, "Guten [unverständlich] Morgen.", "de"], [4.0, 8.0, "Good morning.", "en"]]
    make.a_chunk(db, recording, 0, state=ChunkState.DONE, cues=cues)
    make.a_chunk(db, recording, 1, state=ChunkState.FAILED)
    make.a_chunk(db, recording, 2)
    db.commit()


@pytest.fixture
def staff_page(page, db):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    page.goto("/login")
    page.fill("#name", "staff")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return page


def line_below(page) -> str:
    return page.locator(".doubtful").evaluate("node => getComputedStyle(node).textDecorationStyle")


def test_special_words_stay_what_they_are_when_the_line_is_spoken_or_searched(staff_page, made):
    page = opened(staff_page, "/sessions/made?t=1.5")
    expect(page.locator(".word--spoken > u.doubtful")).to_have_text("Verwaltunk")
    expect(page.locator(".word > .inaudible[role=note]")).to_have_text("[unverständlich]")
    page.get_by_role("searchbox", name="Find in this transcript").fill("verwaltunk ist")
    expect(page.locator("u.doubtful mark")).to_have_text("Verwaltunk")
    expect(page.locator("#cue-0")).to_have_text("Die Verwaltunk ist [unverständlich]")


def test_phrase_over_an_uncertain_word_is_found_once(staff_page, made):
    page = opened(staff_page, '/sessions/made?q="die verwaltunk"')
    expect(page.locator("[data-find-count]")).to_have_text("1 of 1")


def test_marks_of_uncertain_words_can_be_switched_off_and_stay_off(staff_page, made):
    page = opened(staff_page, "/sessions/made")
    switch = page.get_by_role("switch", name="Mark uncertain words")
    assert line_below(page) == "dotted"
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert line_below(page) != "dotted"
    page = opened(page, "/sessions/made")
    expect(page.get_by_role("switch", name="Mark uncertain words")).not_to_be_checked()


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=str)
def test_way_to_how_the_text_was_made_leads_there_and_stays(staff_page, made, size):
    staff_page.set_viewport_size({"width": size[0], "height": size[1]})
    page = opened(staff_page, "/sessions/made")
    page.get_by_role("link", name="How this text was made").click()
    expect(page.locator("#making")).to_be_focused()
    expect(page.locator("#making-title")).to_be_in_viewport()
    expect(page.get_by_role("switch", name="Follow along")).not_to_be_checked()


def test_moment_of_a_repair_is_played_and_its_line_shown(staff_page, made):
    page = opened(staff_page, "/sessions/made")
    page.get_by_role("link", name="How this text was made").click()
    page.get_by_role("link", name="0:12").click()
    wait_until(page, "document.querySelector('video').currentTime >= 12")
    expect(page.locator(".cue[aria-current=true]")).to_be_in_viewport()


def test_growing_and_judged_texts_have_no_violations(staff_page, made, half, axe):  # noqa: F811
    assert violations_on(staff_page, ["/sessions/half", "/sessions/made?t=1.5"], axe) == {}


def test_growing_and_judged_texts_fit_a_small_phone(staff_page, made, half):
    assert unfit_for_a_small_phone(staff_page, ["/sessions/half", "/sessions/made"]) == ({}, {})
