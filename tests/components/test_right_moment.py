"""A picture is of its moment, whatever shows it: each size of the ladder as the plain file, the look
ahead too. The films tell their time in their picture.
"""

from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from archive.models.recording import RenditionKind
from media.hls import make_ladder
from media.probe import probe
from media.renditions import make_rendition
from media.sprites import make_sprites
from tests import factories as make
from tests.components.watching import opened, plays_the_stream, seek, wait_until
from tests.conftest import ROOT
from tests.media.studio import FIELDS, QUICK, grey, shoot, sound, telling_picture, told

LENGTH = 24  # seconds
PLACES = (1.2, 5.8, 7.3, 13.4, 23.4, 2.5)  # seconds, on both sides of borders, to and fro
LOOK = """(fields) => {
  const video = document.querySelector("video");
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext("2d");
  canvas.drawImage(video, 0, 0);
  const field = (n) => [((n + 0.5) * video.videoWidth) / fields, video.videoHeight / 16];
  const level = (n) => canvas.getImageData(...field(n).map(Math.floor), 1, 1).data[1];
  return [Array.from({ length: fields }, (_, n) => level(n)), video.currentTime];
}"""
LONG = 211  # seconds: more previews than one sheet holds


def seen_at(page: Page, time: float) -> tuple[float, float]:
    """Seeks; the seconds that the picture tells then, and those that the video says."""
    page.evaluate(
        """(time) => new Promise((done, failed) => {
          const video = document.querySelector("video");
          video.addEventListener("seeked", done, { once: true });
          setTimeout(() => failed(new Error(`never at ${time}`)), 20000);
          video.currentTime = time;
        })""",
        time,
    )
    deadline = monotonic() + 3
    while True:  # the picture comes a little later
        levels, says = page.evaluate(LOOK, FIELDS)
        tells = told(levels)
        if abs(tells - says) < 0.5 or monotonic() > deadline:
            return tells, says
        page.wait_for_timeout(50)


@pytest.fixture(
    scope="module",
    params=[
        "together",
        pytest.param("picture later", marks=pytest.mark.thorough),
        pytest.param("sound later", marks=pytest.mark.thorough),
    ],
)
def film(request, tmp_path_factory):
    """A rendition and its ladder; of films of which one part begins a second after the other."""
    folder = tmp_path_factory.mktemp("film")
    late = ["-itsoffset", "1"]
    picture, tone = telling_picture(LENGTH, "1280x720"), sound(LENGTH)
    inputs = {
        "together": [*picture, *tone],
        "picture later": [*tone, *late, *picture],
        "sound later": [*picture, *late, *tone],
    }[request.param]
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-pix_fmt", "yuv420p"]
    upload = shoot(folder / "upload.mp4", *inputs, *coding, "-c:a", "aac")
    plain = make_rendition(upload, probe(upload), folder / "plain").path
    ladder = make_ladder(plain, probe(plain), folder / "hls", heights=(720, 360))
    return plain, ladder


@pytest.fixture
def talk(db, parts, film):
    plain, ladder = film
    recording = make.a_recording(db, make.a_session(db, slug="talk"), duration=LENGTH)
    make.a_rendition(db, parts, recording, file=plain)
    make.a_folder(db, parts, recording, made=ladder)
    make.a_transcript(db, recording)
    db.commit()


@pytest.mark.skipif(
    not (ROOT / "archive/static/vendor/hls/hls.mjs").exists(), reason="needs hls.js: make setup"
)
def test_each_size_shows_the_moment_that_the_plain_file_shows(page, talk):
    opened(page, "/sessions/talk")
    plain = [seen_at(page, time) for time in PLACES]
    assert [says for _, says in plain] == pytest.approx(PLACES, abs=0.1)
    assert max(tells for tells, _ in plain) > 22  # the picture can be read

    field = page.get_by_label("Quality")
    field.focus()
    plays_the_stream(page)
    for size in (720, 360):
        field.select_option(f"{size}p")
        seek(page, 10)
        wait_until(page, f"document.querySelector('video').videoHeight === {size}")
        for time, (tells, _) in zip(PLACES, plain, strict=True):
            assert seen_at(page, time) == pytest.approx((tells, time), abs=0.5), (size, time)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """A film of which there is a picture each two seconds, on two sheets."""
    folder = tmp_path_factory.mktemp("sheets")
    scene = telling_picture(LONG, "320x180", fps=5)
    film = shoot(folder / "film.mp4", *scene, *sound(LONG), *QUICK, "-g", "10", "-c:a", "aac")
    made = make_sprites(film, probe(film), folder / "sprites")
    assert (made.interval, len(made.files)) == (2, 2)
    return film, made


@pytest.fixture
def long_talk(db, parts, sheets):
    film, made = sheets
    recording = make.a_recording(db, make.a_session(db, slug="talk"), duration=LONG)
    make.a_rendition(db, parts, recording, file=film)
    make.a_folder(db, parts, recording, RenditionKind.SPRITES, made)
    make.a_transcript(db, recording)
    db.commit()


@pytest.mark.parametrize("time", [0.5, 3, 19, 21, 101, 199, 201, 210.5])
def test_look_ahead_shows_the_picture_of_its_moment(page, long_talk, tmp_path, time):
    opened(page, "/sessions/talk")
    line = page.locator("[data-line]")
    line.scroll_into_view_if_needed()
    box = line.bounding_box()
    with page.expect_response("**/sprites/*"):
        page.mouse.move(box["x"] + box["width"] * time / LONG, box["y"] + box["height"] / 2)
    picture = page.locator("[data-picture]")
    expect(picture).to_be_visible()

    picture.screenshot(path=tmp_path / "picture.png")

    assert told(grey(tmp_path / "picture.png", FIELDS, 8)[0]) == time // 2 * 2
