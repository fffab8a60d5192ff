"""Going on where one stopped: offered, never done; kept in this browser alone."""

import json
import subprocess

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from archive.models.recording import Rendition, RenditionKind
from tests import factories as make
from tests.components.watching import opened, seek, time_of, wait_until

LENGTH = 120  # seconds


@pytest.fixture(scope="module")
def long_video(tmp_path_factory):
    path = tmp_path_factory.mktemp("long") / "video.mp4"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi"]
        + ["-i", f"testsrc=size=64x36:rate=2:duration={LENGTH}", "-c:v", "libx264", "-g", "2"]
        + ["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path)],
        check=True,
        timeout=120,
    )
    return path


@pytest.fixture
def talk(db, parts, long_video):
    for slug in ("talk", "other"):
        session = make.a_talk(db, parts, slug=slug)
        recording = session.recordings[0]
        recording.duration = LENGTH
        video = db.scalars(
            select(Rendition).where(
                Rendition.recording_id == recording.id, Rendition.kind == RenditionKind.VIDEO
            )
        ).one()
        video.duration = LENGTH
        parts.store.path(video.key).write_bytes(long_video.read_bytes())
    db.commit()


def line(page):
    return page.locator("[data-resume]")


def places(page) -> list:
    return json.loads(page.evaluate("localStorage.getItem('podium-places')") or "[]")


def stopped_at(page, time: float, slug: str = "talk") -> None:
    """Watches a session until `time`, seconds, and leaves it."""
    opened(page, f"/sessions/{slug}")
    seek(page, time)
    wait_until(page, f"Math.abs(document.querySelector('video').currentTime - {time}) < 0.5")
    page.wait_for_timeout(100)
    page.goto("/")


def test_offers_to_go_on_and_does_so_when_asked(page, talk):
    stopped_at(page, 61)
    assert places(page) == [["talk", 61]]
    opened(page, "/sessions/talk")
    expect(line(page)).to_be_visible()
    assert time_of(page) == 0
    page.get_by_role("button", name="Continue at 1:01").click()
    wait_until(page, "document.querySelector('video').currentTime >= 61")
    expect(line(page)).to_be_hidden()


def test_by_keyboard_alone(page, talk):
    stopped_at(page, 61)
    opened(page, "/sessions/talk")
    page.get_by_role("slider").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Continue at 1:01")).to_be_focused()
    page.keyboard.press("Enter")
    wait_until(page, "document.querySelector('video').currentTime >= 61")
    assert page.evaluate("document.activeElement.localName") == "video"


def test_forgets_when_asked_and_hides_when_dismissed(page, talk):
    stopped_at(page, 61)
    opened(page, "/sessions/talk")
    page.get_by_role("button", name="Do not show now").click()
    expect(line(page)).to_be_hidden()
    opened(page, "/sessions/talk")
    page.get_by_role("button", name="Forget this place").click()
    expect(line(page)).to_be_hidden()
    assert places(page) == []


@pytest.mark.parametrize("time", [20, 95, 116])
def test_beginning_and_end_are_no_places(page, talk, time):
    stopped_at(page, time)
    assert places(page) == []


def test_end_forgets_the_place(page, talk):
    stopped_at(page, 61)
    stopped_at(page, 100)
    assert places(page) == []


def test_place_beyond_a_shorter_recording_is_not_offered(page, talk):
    page.add_init_script("localStorage.setItem('podium-places', '[[\"talk\", 754]]')")
    opened(page, "/sessions/talk")
    expect(line(page)).to_be_hidden()


@pytest.mark.parametrize("address", ["/sessions/talk?t=10", "/sessions/talk?q=Verwaltung"])
def test_address_that_names_a_place_wins(page, talk, address):
    stopped_at(page, 61)
    opened(page, address)
    expect(line(page)).to_be_hidden()


def test_switched_off_in_the_help_nothing_is_remembered(page, talk):
    stopped_at(page, 61)
    opened(page, "/sessions/other")
    page.keyboard.press("?")
    page.get_by_label("Remember on this device where I stopped").uncheck()
    assert places(page) == []
    stopped_at(page, 70)
    assert places(page) == []


def test_number_of_places_is_bounded(page, talk):
    page.goto("/")
    page.evaluate(
        """localStorage.setItem("podium-places",
          JSON.stringify([...Array(150).keys()].map((n) => [`session-${n}`, 40])))"""
    )
    stopped_at(page, 61)
    assert len(places(page)) == 100
    assert places(page)[0] == ["talk", 61]


@pytest.mark.parametrize("kept", ["nonsense", "{}", "[1, null]", '[["talk"]]', '"x"'])
def test_what_somebody_else_wrote_there_does_no_harm(page, talk, kept):
    page.goto("/")
    page.evaluate("kept => localStorage.setItem('podium-places', kept)", kept)
    stopped_at(page, 61)
    assert places(page) == [["talk", 61]]


def test_browser_that_keeps_nothing_shows_the_page_all_the_same(page, talk):
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('private') } })"
    )
    opened(page, "/sessions/talk")
    seek(page, 61)
    page.keyboard.press(".")
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.25
