"""The previews of a video: how many, of which moments, and what of broken ones."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from media.errors import Cancelled, MediaError
from media.probe import probe
from media.sprites import make_sprites
from tests.media.studio import QUICK, picture, shoot, sound, streams


def levels(sheet: Path, number: int, width: int, height: int) -> np.ndarray:
    """The grey levels of a picture on a sheet that is ten pictures wide."""
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", str(sheet), "-vf", "format=gray"]
        + ["-f", "rawvideo", "-"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    whole = np.frombuffer(done.stdout, np.uint8).reshape(10 * height, 10 * width)
    top, left = number // 10 * height, number % 10 * width
    return whole[top : top + height, left : left + width]


def test_a_small_picture_each_two_seconds_stands_on_a_sheet(talk: Path, tmp_path: Path):
    made = make_sprites(talk, probe(talk), tmp_path / "sprites")

    assert (made.interval, made.count, made.columns, made.rows) == (2.0, 3, 10, 10)
    assert (made.width, made.height, made.files) == (160, 90, ("sheet-1.jpg",))
    sheet = made.folder / "sheet-1.jpg"
    assert sheet.read_bytes()[:3] == b"\xff\xd8\xff"
    assert (streams(sheet)["video"]["width"], streams(sheet)["video"]["height"]) == (1600, 900)
    assert made.size == sheet.stat().st_size
    assert list(tmp_path.iterdir()) == [made.folder]
    assert [levels(sheet, n, 160, 90).std() > 20 for n in range(5)] == [True] * 3 + [False] * 2


def test_picture_is_of_its_moment(tmp_path: Path):
    """Each two seconds are lighter than those before them."""
    light = "color=black:s=320x180:r=10:d=12,geq=lum='30+floor(T/2)*30':cb=128:cr=128"
    film = shoot(tmp_path / "film.mp4", "-f", "lavfi", "-i", light, *sound(12), *QUICK, "-g", "10")

    made = make_sprites(film, probe(film), tmp_path / "sprites")

    means = [levels(made.folder / "sheet-1.jpg", n, 160, 90).mean() for n in range(made.count)]
    assert len(means) == 6
    assert all(15 < b - a < 50 for a, b in zip(means, means[1:], strict=False))


def test_long_video_has_two_hundred_pictures_at_most(tmp_path: Path):
    """Three hours at one frame a minute."""
    film = shoot(
        *(
            tmp_path / "long.mp4",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=64x36:rate=1/60:duration=10800",
        ),
        *("-f", "lavfi", "-i", "anullsrc=r=8000:duration=2"),
        *(*QUICK, "-g", "1", "-c:a", "aac", "-b:a", "8k"),
    )

    made = make_sprites(film, probe(film), tmp_path / "sprites")

    assert (made.interval, made.count) == (54.0, 200)
    assert made.files == ("sheet-1.jpg", "sheet-2.jpg")
    assert {path.name for path in made.folder.iterdir()} == set(made.files)
    assert levels(made.folder / "sheet-2.jpg", 99, 160, 90).std() > 20  # the very last


def test_video_of_one_key_frame_shows_it_throughout(tmp_path: Path):
    film = shoot(tmp_path / "film.mp4", *picture(8), *sound(8), *QUICK, "-g", "999")

    made = make_sprites(film, probe(film), tmp_path / "sprites")

    sheet = made.folder / "sheet-1.jpg"
    assert made.count == 4
    assert all(levels(sheet, n, 160, 90).std() > 20 for n in range(4))


def test_upright_video_keeps_its_shape(tmp_path: Path):
    film = shoot(tmp_path / "phone.mp4", *picture(4, "180x320"), *sound(4), *QUICK)

    made = make_sprites(film, probe(film), tmp_path / "sprites")

    assert (made.width, made.height) == (90, 160)


def test_sound_alone_has_no_previews(podcast: Path, tmp_path: Path):
    with pytest.raises(ValueError, match="has no picture"):
        make_sprites(podcast, probe(podcast), tmp_path / "sprites")


def test_broken_or_cancelled_leaves_nothing(talk: Path, tmp_path: Path):
    info = probe(talk)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(1000))

    with pytest.raises(MediaError):
        make_sprites(broken, info, tmp_path / "sprites")
    with pytest.raises(Cancelled):
        make_sprites(talk, info, tmp_path / "sprites", cancelled=lambda: True)

    assert list(tmp_path.iterdir()) == [broken]
