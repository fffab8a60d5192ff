"""Installations on SQLite and on PostgreSQL, and the sample files they take in."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from archive.models.programme import Event
from tests.databases import postgres_engine
from tests.pipeline.installation import ROOT, Installation


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of a Podium on SQLite that was prepared and never started."""
    installation = Installation(tmp_path_factory.mktemp("prepared") / "home")
    installation.flask("prepare")
    return installation.home


@pytest.fixture
def installation(tmp_path: Path, prepared: Path) -> Iterator[Installation]:
    """A fresh Podium on SQLite, with nothing in it."""
    yield from _installed(tmp_path, prepared, "")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.thorough)])
def either_installation(
    request: pytest.FixtureRequest, tmp_path: Path, prepared: Path
) -> Iterator[Installation]:
    """The same on each database."""
    if request.param == "sqlite":
        yield from _installed(tmp_path, prepared, "")
        return
    with postgres_engine() as engine:
        url = engine.url.render_as_string(hide_password=False)
        yield from _installed(tmp_path, prepared, url)


@pytest.fixture(scope="session")
def sample_video() -> Callable[[str], Path]:
    """The path of a sample video by the start of its name."""

    def find(start: str) -> Path:
        return next((ROOT / "samples").rglob(f"{start}*.mp4"))

    return find


def _installed(folder: Path, prepared: Path, database_url: str) -> Iterator[Installation]:
    home = shutil.copytree(prepared, folder / "home")
    installation = Installation(
        home, database_url, PODIUM_CHUNK_SECONDS="20", PODIUM_VOICES="no", PODIUM_LADDER="off"
    )
    if database_url:
        installation.flask("prepare")
    try:
        yield installation
    finally:
        installation.stop()
        installation.sessions.kw["bind"].dispose()


@pytest.fixture(scope="session")
def add_event() -> Callable[[Installation], None]:
    """Puts an event with the slug `probe` into an installation's database."""

    def add(installation: Installation) -> None:
        with installation.sessions.begin() as db:
            db.add(
                Event(
                    slug="probe",
                    title="Probe",
                    starts_on=date(2026, 9, 1),
                    ends_on=date(2026, 9, 3),
                    timezone="Europe/Berlin",
                )
            )

    return add


@pytest.fixture(scope="session")
def silent_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of a picture and of silence."""
    path = tmp_path_factory.mktemp("silent") / "silent.mp4"
    source = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=s=320x180:r=5:d=20",
        "-f",
        "lavfi",
        "-i",
        "anullsrc=d=20",
    ]
    subprocess.run(
        ["ffmpeg", "-v", "error", *source, "-pix_fmt", "yuv420p", "-shortest", path],
        check=True,
    )
    return path


@pytest.fixture(scope="session")
def long_sound(
    tmp_path_factory: pytest.TempPathFactory, sample_video: Callable[[str], Path]
) -> Path:
    """The German talk said fourteen times over: some fifty chunks of the tests' length."""
    path = tmp_path_factory.mktemp("long") / "long.flac"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-stream_loop", "13", "-i", sample_video("talk-de"), "-vn", path],
        check=True,
    )
    return path
