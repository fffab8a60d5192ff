"""The transcript beside the video, in a real browser with a real video."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.components.watching import opened, seek, time_of


@pytest.fixture
def talk(db, parts):
    make.a_talk(db, parts, people=[make.a_person(db)], slug="talk")
    db.commit()


@pytest.fixture
def long_talk(db, parts):
    """A text much longer than the window, of which 16 s are heard."""
    cues = [
        make.timed_cue(f"Satz {n} über Verwaltung und Häuser.", n * 0.5, n * 0.5 + 0.45, "Ada")
        for n in range(300)
    ]
    make.a_talk(db, parts, cues=cues, slug="long")
    db.commit()


def in_sight(page: Page, selector: str) -> bool:
    """Whether an element lies within the part of the transcript that is shown."""
    return page.locator(selector).evaluate(
        """node => {
          const pane = node.closest("[data-scroller]").getBoundingClientRect();
          const box = node.getBoundingClientRect();
          const top = Math.max(0, pane.top), bottom = Math.min(innerHeight, pane.bottom);
          return box.top >= top - 1 && box.bottom <= bottom + 1;
        }"""
    )


def spoken(page: Page):
    return page.locator(".cue[aria-current=true]")


def test_spoken_cue_and_word_follow_the_video(page, talk):
    opened(page, "/sessions/talk")
    seek(page, 5.2)
    expect(spoken(page)).to_have_text("um Häuser aus Glas und um Straßen ohne Namen.")
    expect(page.locator(".word--spoken")).to_have_text("Häuser")
    seek(page, 14.7)
    expect(spoken(page)).to_have_text("Vielen Dank für Ihre Aufmerksamkeit.")
    expect(page.locator(".word--spoken")).to_have_text("Ihre")


def test_playing_moves_the_mark(page, talk):
    opened(page, "/sessions/talk")
    page.evaluate("document.querySelector('video').muted = true")
    seek(page, 1.8)
    expect(spoken(page)).to_have_text("Guten Morgen und herzlich willkommen.")
    page.keyboard.press("k")
    expect(spoken(page)).to_have_text("Heute geht es um digitale Verwaltung,")
    page.keyboard.press("k")
    assert page.evaluate("document.querySelector('video').paused")


def test_t_opens_at_that_second_and_marks_the_cue(page, talk):
    opened(page, "/sessions/talk?t=10.4")
    expect(spoken(page)).to_have_text("Die Verwaltung der Zukunft ist ein offenes Haus.")
    assert time_of(page) == pytest.approx(10.4, abs=0.15)


def test_click_on_a_word_seeks_to_it(page, talk):
    opened(page, "/sessions/talk")
    page.evaluate(
        """() => { const video = document.querySelector('video');
        video.addEventListener('seeking', () => { window.sought ??= video.currentTime }) }"""
    )
    page.locator("#cue-3").hover()
    page.locator("#cue-3 .word", has_text="Zukunft").click()
    expect(spoken(page)).to_have_id("cue-3")
    assert page.evaluate("window.sought") == pytest.approx(11.45, abs=0.5)
    assert re.search(r"\?t=11\.\d$", page.url)


def test_enter_on_a_word_reached_by_arrows_seeks_to_it(page, talk):
    opened(page, "/sessions/talk")
    page.locator(".cue[tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("*:focus")).to_have_text("Häuser")
    page.keyboard.press("Enter")
    assert time_of(page) == pytest.approx(5.02, abs=0.4)


def test_transcript_is_one_stop_for_the_tab_key(page, long_talk):
    opened(page, "/sessions/long")
    assert page.locator(".cue[tabindex='0']").count() == 1


def test_only_spoken_and_touched_cues_have_word_elements(page, long_talk):
    opened(page, "/sessions/long?t=5")
    assert page.locator(".cue:has(.word)").count() <= 3


def test_words_of_cues_left_behind_become_plain_text_again(page, long_talk):
    opened(page, "/sessions/long?t=5")
    page.locator(".cue[tabindex='0']").focus()
    for _ in range(70):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#cue-80")).to_be_focused()
    assert page.locator(".cue:has(.word)").count() <= 41
    expect(page.locator("#cue-10 .word--spoken")).to_have_count(1)


def test_text_follows_until_scrolled_away_and_comes_back(page, long_talk):
    opened(page, "/sessions/long?t=2")
    follow = page.get_by_role("switch", name="Follow along")
    seek(page, 15)
    expect(spoken(page)).to_have_id("cue-30")
    page.wait_for_timeout(600)
    assert in_sight(page, "#cue-30")

    page.locator("[data-scroller]").hover()
    page.mouse.wheel(0, 4000)
    expect(follow).to_have_attribute("aria-checked", "false")
    back = page.get_by_role("button", name="Back to the spoken line")
    expect(back).to_be_visible()
    seek(page, 3)
    expect(spoken(page)).to_have_id("cue-6")
    assert not in_sight(page, "#cue-6")

    back.click()
    expect(follow).to_have_attribute("aria-checked", "true")
    expect(back).to_be_hidden()
    page.wait_for_timeout(100)
    assert in_sight(page, "#cue-6")


def test_follow_switch_keeps_the_text_where_it_is(page, long_talk):
    opened(page, "/sessions/long?t=0.1")
    page.get_by_role("switch", name="Follow along").click()
    seek(page, 15.5)
    expect(spoken(page)).to_have_id("cue-31")
    page.wait_for_timeout(600)
    assert page.locator("[data-scroller]").evaluate("node => node.scrollTop") == 0


def test_find_counts_and_goes_round(page, talk):
    opened(page, "/sessions/talk")
    field = page.get_by_role("searchbox", name="Find in this transcript")
    field.fill("verwaltung")
    count = page.locator("[data-find-count]")
    expect(count).to_have_text("1 of 2")
    expect(page.locator(".transcript__text mark")).to_have_text(["Verwaltung", "Verwaltung"])
    page.get_by_role("button", name="Next").click()
    expect(count).to_have_text("2 of 2")
    expect(page.locator("mark.found--current")).to_have_count(1)
    field.press("Enter")
    expect(count).to_have_text("1 of 2")
    field.press("Shift+Enter")
    expect(count).to_have_text("2 of 2")
    field.press("Escape")
    expect(page.locator(".transcript__text mark")).to_have_count(0)


def test_find_ignores_accents_and_runs_over_cues(page, talk):
    opened(page, "/sessions/talk")
    field = page.get_by_role("searchbox", name="Find in this transcript")
    count = page.locator("[data-find-count]")
    field.fill("STRASSEN")
    expect(count).to_have_text("1 of 1")
    field.fill("verwaltung, um hauser")
    expect(count).to_have_text("1 of 1")
    expect(page.locator(".cue:has(mark)")).to_have_count(2)
    field.fill("xyz")
    expect(count).to_have_text("Not found")


def test_find_shows_a_place_far_away(page, long_talk):
    opened(page, "/sessions/long")
    page.get_by_role("searchbox", name="Find in this transcript").fill("Satz 250")
    expect(page.locator("[data-find-count]")).to_have_text("1 of 1")
    page.wait_for_timeout(300)
    assert in_sight(page, "#cue-250")


def test_search_words_are_marked_when_a_hit_is_opened(page, talk):
    opened(page, "/sessions/talk?t=10.4&q=Verwaltung")
    expect(page.locator("[data-find-count]")).to_have_text("2 of 2")
    expect(page.locator("#cue-3 mark")).to_have_text("Verwaltung")


def test_text_stays_whole_when_words_and_finds_are_marked(page, talk):
    opened(page, "/sessions/talk?t=5&q=Verwaltung")
    for number in range(len(make.TALK)):
        page.locator(f"#cue-{number}").hover()
    assert page.locator(".cue").all_text_contents() == [text for _, text, _, _ in make.TALK]


def test_speech_of_three_hours_opens_fast(page, db, parts):
    words = "und die Verwaltung der Zukunft ist ein offenes Haus."
    cues = [make.timed_cue(words, n * 3.2, n * 3.2 + 3) for n in range(3400)]  # 30,600 words
    make.a_talk(db, parts, cues=cues, slug="epic")
    db.commit()
    opened(page, "/sessions/epic?t=9")
    interactive = page.evaluate(
        "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    )
    assert interactive < 5000  # about 600 ms on an idle machine
    slowest = page.evaluate(
        """async () => {
          const media = document.querySelector("video");
          const start = performance.now();
          for (let n = 0; n < 100; n += 1) media.dispatchEvent(new Event("timeupdate"));
          return (performance.now() - start) / 100;
        }"""
    )
    assert slowest < 5  # milliseconds for one step of following
