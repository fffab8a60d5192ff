"""Small recordings of every kind, made once, and a disk that can be filled."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.media.studio import QUICK, picture, shoot, sound


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the recordings that tests share; nobody changes them."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="session")
def talk(shelf: Path) -> Path:
    """Six seconds of H.264 and AAC in an MP4 whose index stands at the end."""
    return shoot(shelf / "talk.mp4", *picture(6), *sound(6), *QUICK, "-c:a", "aac")


@pytest.fixture(scope="session")
def podcast(shelf: Path) -> Path:
    """Four seconds of MP3."""
    return shoot(shelf / "podcast.mp3", *sound(4), "-c:a", "libmp3lame")


@pytest.fixture(scope="session")
def webcam(shelf: Path) -> Path:
    """Four seconds of VP8 and Opus, streamed, so without a length, as a browser records."""
    coding = ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "200k", "-c:a", "libopus"]
    return shoot(shelf / "webcam.webm", *picture(), *sound(), *coding, "-f", "webm", "-live", "1")


@pytest.fixture(scope="session")
def silent_film(shelf: Path) -> Path:
    """A video without any audio track."""
    return shoot(shelf / "film.mp4", *picture(2), *QUICK)


@pytest.fixture(scope="session")
def photo(shelf: Path) -> Path:
    """A JPEG."""
    return shoot(shelf / "photo.jpg", *picture(1), "-frames:v", "1")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
