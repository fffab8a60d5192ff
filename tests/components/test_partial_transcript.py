"""A text that grows while the video plays, in a real browser: nobody who reads it is disturbed."""

import pytest
from playwright.sync_api import expect

from archive.models.recording import State, Step
from archive.models.transcript import ChunkState
from tests import factories as make
from tests.components.watching import seek, time_of, wait_until
from transcripts.cues import Cue

PATIENCE = 20_000  # milliseconds until a page has asked and renewed itself
STRETCHES = 4
LENGTH = 4.0  # seconds of each; the video of the factories has sixteen
LINES = 12  # of each stretch


def said(number: int) -> list[list]:
    """What is heard in a stretch: a line every third of a second, in paragraphs of their own."""
    return [
        [number * LENGTH + n / 3, number * LENGTH + n / 3 + 0.3, line(number, n), "de"]
        for n in range(LINES)
    ]


def line(number: int, n: int) -> str:
    return f"Satz {n} des Abschnitts {number}, lang genug, dass er mehr als eine Zeile einnimmt."


@pytest.fixture
def recording(db, parts):
    """A recording of which the second of four stretches is heard, and nothing else yet."""
    session = make.a_session(db, slug="half")
    recording = make.a_recording(
        db, session, state=State.WORKING, step=Step.TRANSCRIPTION, progress=0.5
    )
    make.a_rendition(db, parts, recording)
    for number in range(STRETCHES):
        start, end = (int((number + n) * LENGTH * 16_000) for n in (0, 1))
        make.a_chunk(db, recording, number, start=start, end=end)
    db.commit()
    done(db, recording, 1)
    return recording


def done(db, recording, number: int) -> None:
    db.refresh(recording)
    row = recording.chunk_rows[number]
    row.state, row.cues = ChunkState.DONE, said(number)
    db.commit()


def opened(page, address: str = "/sessions/half"):
    page.goto(address)
    expect(page.locator("[data-session][data-mounted=yes]")).to_be_attached()
    wait_until(page, "document.querySelector('video').readyState >= 1")
    page.evaluate("document.querySelector('video').muted = true")


def cue(page, text: str):
    return page.locator(".cue", has_text=text)


def test_video_plays_on_while_text_comes_in(page, db, recording):
    opened(page)
    expect(page.locator(".missing")).to_have_text(
        ["0:00–0:04 is still being written down", "0:08–0:16 is still being written down"]
    )
    page.evaluate("window.before = document.querySelector('video'); window.stops = 0")
    page.evaluate("before.addEventListener('pause', () => (stops += 1))")
    page.evaluate("before.play()")
    done(db, recording, 2)

    expect(page.locator(".missing")).to_have_text(
        ["0:00–0:04 is still being written down", "0:12–0:16 is still being written down"],
        timeout=PATIENCE,
    )
    assert page.evaluate("before === document.querySelector('video') && stops === 0")
    assert page.evaluate("!before.paused") and time_of(page) > 1
    assert page.locator(".cue").count() == 2 * LINES
    assert page.locator(".cue").evaluate_all("all => all.map((cue) => cue.id)") == [
        f"cue-{n}" for n in range(2 * LINES)
    ]


def test_reader_keeps_place_focus_and_search_when_text_comes_in_above(page, db, recording):
    opened(page)
    page.locator("#find").fill("Satz 3 des")
    expect(page.locator("[data-find-count]")).to_have_text("1 of 1")
    target = cue(page, "Satz 9 des Abschnitts 1")
    target.focus()
    page.locator("[data-scroller]").evaluate("node => node.scrollTo(0, 200)")
    page.wait_for_timeout(200)
    before = target.bounding_box()["y"]
    done(db, recording, 0)

    expect(cue(page, "Satz 0 des Abschnitts 0")).to_be_attached(timeout=PATIENCE)
    page.wait_for_timeout(300)
    assert target.bounding_box()["y"] == pytest.approx(before, abs=1)
    expect(target).to_be_focused()
    expect(page.locator("[data-find-count]")).to_have_text("1 of 2")
    assert page.locator(".cue[tabindex='0']").count() == 1


def test_player_in_a_stretch_to_come_marks_it_until_its_text_is_there(page, db, recording):
    opened(page)
    seek(page, 9)
    expect(page.locator(".missing[aria-current=true]")).to_contain_text("0:08–0:16")
    expect(page.locator(".cue[aria-current]")).to_have_count(0)
    done(db, recording, 2)

    expect(page.locator(".cue[aria-current=true]")).to_have_text(line(2, 3), timeout=PATIENCE)
    expect(page.locator(".missing[aria-current]")).to_have_count(0)


def test_click_on_a_line_plays_from_there(page, recording):
    opened(page)
    cue(page, "Satz 6 des Abschnitts 1").click()
    wait_until(page, "document.querySelector('video').currentTime >= 6")


def test_finished_transcript_comes_where_the_reader_is(page, db, recording):
    opened(page)
    page.evaluate("window.before = document.querySelector('video')")
    page.evaluate("before.play()")
    page.get_by_role("switch", name="Follow along").click()
    target = cue(page, "Satz 9 des Abschnitts 1")
    target.focus()
    page.locator("[data-scroller]").evaluate("node => node.scrollTo(0, 250)")
    page.wait_for_timeout(200)
    before = target.bounding_box()["y"]

    cues = [
        Cue(start, end, text, (), None, code)
        for number in range(STRETCHES)
        for start, end, text, code in said(number)
    ]
    make.a_transcript(db, recording, cues)
    recording.state = State.READY
    db.commit()

    expect(page.locator("[data-transcript][data-words=ready]")).to_be_attached(timeout=PATIENCE)
    page.wait_for_timeout(300)
    assert page.evaluate("before === document.querySelector('video') && !before.paused")
    expect(target).to_be_focused()
    assert target.bounding_box()["y"] == pytest.approx(before, abs=2)
    expect(page.get_by_role("switch", name="Follow along")).to_have_attribute(
        "aria-checked", "false"
    )
    expect(page.locator(".missing")).to_have_count(0)


def test_reader_on_a_phone_keeps_the_place_too(page, db, recording):
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page)
    target = cue(page, "Satz 9 des Abschnitts 1")
    target.evaluate("node => node.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(400)
    before = target.bounding_box()["y"]
    done(db, recording, 0)

    expect(cue(page, "Satz 0 des Abschnitts 0")).to_be_attached(timeout=PATIENCE)
    page.wait_for_timeout(300)
    assert target.bounding_box()["y"] == pytest.approx(before, abs=1)
