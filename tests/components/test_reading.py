"""Reading and printing: the article, the session's page on paper, right to left, zoom, few colours."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.components.watching import opened


@pytest.fixture
def talk(db, parts):
    cues = [
        make.timed_cue(f"Satz {n} über Verwaltung und Glas.", n * 0.05, n * 0.05 + 0.04, "Ada")
        for n in range(300)
    ]
    make.a_talk(
        db, parts, people=[make.a_person(db, name="Ada Örtel")], cues=cues, slug="talk",
        title="Straßen ohne Namen", chapters="0:00 Anfang\n0:05 Mitte\n0:10 Schluss",
    )  # fmt: skip
    db.commit()


@pytest.fixture
def arabic(db, parts):
    cues = [
        make.timed_cue("مرحبا بكم في هذا المساء الجميل", 0.5, 3, "مارا"),
        make.timed_cue("نتحدث اليوم عن المدن", 3.2, 6, "مارا"),
    ]
    make.a_talk(db, parts, cues=cues, slug="arabic", language="ar", title="بيوت من زجاج")
    db.commit()


def test_article_needs_no_script_and_leads_to_the_moment(browser, live_server, talk):
    context = browser.new_context(base_url=live_server, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/sessions/talk")
    page.get_by_role("link", name="Read as an article").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Straßen ohne Namen")
    expect(page.get_by_role("heading", level=2)).to_have_text(
        ["Chapters", "Anfang", "Mitte", "Schluss"]
    )
    page.get_by_role("link", name="Mitte").click()
    assert page.url.endswith("#at-5")
    page.locator(".article__chapter", has_text="Mitte").locator(
        "xpath=following-sibling::div[1]/a"
    ).click()
    assert re.search(r"/sessions/talk\?t=5", page.url)
    context.close()


@pytest.mark.parametrize("address", ["/sessions/talk", "/sessions/talk/text"])
def test_paper_holds_the_whole_text_and_no_controls(page, talk, address):
    page.goto(address)
    page.emulate_media(media="print")
    for part in ("video", "[data-controls]", "[data-seek-bar]", ".session__tools", ".masthead"):
        if page.locator(part).count():
            expect(page.locator(part).first).to_be_hidden()
    assert page.locator(".cue, .article__para p, h1, .article__chapter").evaluate_all(
        "all => all.every((node) => node.checkVisibility() && node.getClientRects().length)"
    )
    times = page.locator(".para__time, .article__time").all_text_contents()
    assert "0:10" in times
    sheets = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", sheets)) >= 3


def test_text_from_right_to_left_has_its_times_on_the_right(page, arabic):
    opened(page, "/sessions/arabic")
    text = page.locator(".para__text").first
    time = page.locator(".para__time").first
    assert text.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert time.bounding_box()["x"] > text.bounding_box()["x"] + text.bounding_box()["width"] - 1
    expect(time).to_have_text("0:00")
    page.locator(".cue").first.hover()
    words = page.locator(".cue").first.locator(".word")
    assert words.nth(0).bounding_box()["x"] > words.nth(1).bounding_box()["x"]
    page.goto("/sessions/arabic/text")
    box = page.locator(".article__time").first.bounding_box()
    para = page.locator(".article__para p").first.bounding_box()
    assert box["x"] >= para["x"] + para["width"] - 1


@pytest.mark.parametrize("address", ["/sessions/talk?t=5&q=Verwaltung", "/sessions/talk/text"])
def test_nothing_is_lost_at_200_percent(browser, live_server, talk, address):
    """A window of 1280 px at twice the size is one of 640 px."""
    context = browser.new_context(
        base_url=live_server, locale="de", viewport={"width": 640, "height": 360},
        device_scale_factor=2,
    )  # fmt: skip
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    context.close()


def test_few_colours_still_tell_what_is_spoken_found_and_played(page, talk):
    page.emulate_media(forced_colors="active")
    opened(page, "/sessions/talk?t=5&q=Verwaltung")
    spoken = page.locator(".cue[aria-current=true]")
    assert spoken.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    played, line, mark = (
        page.locator(part).first.evaluate("node => getComputedStyle(node).backgroundColor")
        for part in ("[data-played]", "[data-line]", "[data-marks] span")
    )
    assert len({played, line, mark}) == 3


def test_text_jumps_instead_of_gliding_where_motion_is_unwanted(page, talk):
    page.emulate_media(reduced_motion="reduce")
    page.add_init_script(
        """window.glides = [];
        const scroll = Element.prototype.scrollBy;
        Element.prototype.scrollBy = function (how) {
          glides.push(how.behavior);
          return scroll.call(this, how);
        };"""
    )
    opened(page, "/sessions/talk?t=1")
    page.evaluate("document.querySelector('video').currentTime = 11.97")
    expect(page.locator(".cue[aria-current=true]")).to_have_id("cue-240")
    glides = page.evaluate("glides")
    assert glides and set(glides) == {"instant"}
