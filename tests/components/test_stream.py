"""A video in several sizes, made by real ffmpeg and played by real hls.js."""

import subprocess

import pytest
from playwright.sync_api import expect

from media.hls import make_ladder
from media.probe import probe
from tests import factories as make
from tests.components.watching import opened, plays_the_stream, seek, time_of, wait_until
from tests.conftest import ROOT

LENGTH = 24  # seconds

pytestmark = pytest.mark.skipif(
    not (ROOT / "archive/static/vendor/hls/hls.mjs").exists(), reason="needs hls.js: make setup"
)


@pytest.fixture(scope="module")
def ladder(tmp_path_factory):
    """The plain file and the folder of its sizes."""
    folder = tmp_path_factory.mktemp("ladder")
    video = folder / "video.mp4"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error"]
        + ["-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=5:duration={LENGTH}"]
        + ["-f", "lavfi", "-i", f"sine=frequency=220:duration={LENGTH}"]
        + ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"]
        + ["-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart", str(video)],
        check=True,
        timeout=300,
    )
    made = make_ladder(video, probe(video), folder / "hls", heights=(720, 360))
    return video, made


@pytest.fixture
def talk(db, parts, ladder):
    video, made = ladder
    recording = make.a_recording(db, make.a_session(db, slug="talk"), duration=LENGTH)
    make.a_rendition(db, parts, recording, file=video)
    make.a_folder(db, parts, recording, made=made)
    make.a_transcript(db, recording)
    db.commit()


@pytest.fixture
def asked(page) -> list[str]:
    """The addresses that the page asks for."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def play(page) -> None:
    page.evaluate("document.querySelector('video').muted = true; document.activeElement.blur()")
    page.keyboard.press("k")


def test_library_is_fetched_when_play_is_pressed_and_the_place_is_kept(page, talk, asked):
    opened(page, "/sessions/talk?t=9")
    assert not [address for address in asked if address.endswith((".mjs", ".m3u8"))]
    page.get_by_label("Captions").select_option("German")
    page.get_by_label("Speed").select_option("1.25×")
    play(page)
    plays_the_stream(page)
    wait_until(page, "document.querySelector('video').currentTime > 9.2")
    assert time_of(page) < 14
    assert not page.evaluate("document.querySelector('video').paused")
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.25
    track = page.evaluate(
        "(({ mode, cues }) => [mode, cues.length])(document.querySelector('video').textTracks[0])"
    )
    assert track == ["showing", len(make.TALK)]
    expect(page.locator(".cue[aria-current=true]")).to_have_count(1)


def test_quality_is_offered_when_it_is_asked_for_and_can_be_chosen(page, talk):
    opened(page, "/sessions/talk")
    field = page.get_by_label("Quality")
    expect(field.locator("option")).to_have_text(["Automatic"])
    field.focus()
    expect(field.locator("option")).to_have_count(3)
    sizes = field.locator("option").all_text_contents()[1:]
    assert sizes == ["720p", "360p"]
    field.select_option("360p")
    wait_until(page, "document.querySelector('video').videoHeight === 360")
    seek(page, 12)
    play(page)
    field.select_option("720p")
    wait_until(page, "document.querySelector('video').videoHeight === 720")
    assert time_of(page) >= 12


@pytest.mark.parametrize("broken", ["**/*.m3u8", "**/*.{mjs,m3u8}"])
def test_plain_file_plays_where_the_stream_is_broken(page, talk, broken):
    page.route(broken, lambda route: route.abort())
    opened(page, "/sessions/talk?t=9")
    play(page)
    expect(page.locator("[data-quality]")).to_be_hidden()
    wait_until(page, "document.querySelector('video').currentTime > 9.2")
    assert (
        page.evaluate("document.querySelector('video').currentSrc").split("#")[0].endswith(".mp4")
    )
