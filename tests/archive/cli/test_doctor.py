"""`flask doctor`: each thing that Podium needs, well or with what to do about it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session as DatabaseSession

from archive.cli import home
from archive.models.workers import Worker
from archive.parts import Parts
from archive.wiring import make_parts
from config import Settings
from tests import factories as make
from tests.archive.cli.conftest import Run, an_app, runner
from tests.archive.test_health import break_database
from transcripts.engines.weights import CT2_FILES, VOCABULARIES

LINE = re.compile(r"(ok  |look) ([a-z ]+): (.*)")
CHECKS = ["ffmpeg", "browser libraries", "database", "worker", "model", "disk", "files"]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the doctor looks for the browser libraries; there are two files."""
    vendor = tmp_path / "checkout" / "archive" / "static" / "vendor" / "hls"
    vendor.mkdir(parents=True)
    for name in ("hls.mjs", "LICENSE"):
        (vendor / name).write_text("x")
    monkeypatch.setattr(home, "ROOT", tmp_path / "checkout")
    return tmp_path / "checkout"


@pytest.fixture
def healthy(checkout: Path, settings: Settings, db: DatabaseSession, parts: Parts) -> None:
    """Everything that Podium needs, and a recording with its files."""
    model = settings.models / "small" / "small-ct2"
    model.mkdir(parents=True)
    for name in (*CT2_FILES, VOCABULARIES[0]):
        (model / name).write_bytes(b"x")
    db.add(Worker(name="machine-1"))
    recording = make.a_recording(db, make.a_session(db))
    make.a_rendition(db, parts, recording)
    upload = settings.work / "upload"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"x")
    parts.store.put(upload, recording.key)
    db.commit()


def findings(run: Run) -> dict[str, tuple[bool, str]]:
    """What the doctor found: whether it is well, and the sentence."""
    done = run("doctor")
    lines = [LINE.fullmatch(line) for line in done.output.splitlines()]
    found = {line[2]: (line[1] == "ok  ", line[3]) for line in lines}
    assert list(found) == CHECKS
    assert done.exit_code == (0 if all(well for well, _ in found.values()) else 1)
    return found


def test_healthy_installation_is_well_throughout(run: Run, healthy: None, settings: Settings):
    found = findings(run)

    assert [well for well, _ in found.values()] == [True] * len(CHECKS)
    sentences = {name: sentence for name, (_, sentence) in found.items()}
    assert re.fullmatch(r"ffmpeg \S+, ffprobe \S+", sentences["ffmpeg"])
    assert sentences["browser libraries"] == "2 files"
    assert re.fullmatch(r"sqlite 3\.\d+\.\d+, up to date", sentences["database"])
    assert sentences["worker"] == "1 running"
    assert sentences["model"].startswith("small for faster-whisper")
    assert re.fullmatch(rf"[\d.]+ [GT]B free in {settings.home}", sentences["disk"])
    assert sentences["files"] == "2 as recorded"


Break = Callable[[pytest.MonkeyPatch, Settings, Path, DatabaseSession, Parts], None]


def without_ffmpeg(monkeypatch: pytest.MonkeyPatch, *_: object) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def without_libraries(_m: object, _s: object, checkout: Path, *_: object) -> None:
    shutil.rmtree(checkout / "archive" / "static" / "vendor")


def with_an_old_database(
    _m: object, _s: object, _c: object, db: DatabaseSession, _p: object
) -> None:
    db.execute(text("update alembic_version set version_num = '0000'"))
    db.commit()


def without_a_worker(_m: object, _s: object, _c: object, db: DatabaseSession, _p: object) -> None:
    db.execute(text("delete from workers"))
    db.commit()


def without_the_model(_m: object, settings: Settings, *_: object) -> None:
    shutil.rmtree(settings.models)


def without_room(_m: object, _s: object, _c: object, _d: object, parts: Parts) -> None:
    object.__setattr__(parts, "reserve", 10**18)


def without_a_file(_m: object, settings: Settings, *_: object) -> None:
    next(settings.media.rglob("video.mp4")).unlink()


BROKEN: dict[str, tuple[Break, str]] = {
    "ffmpeg": (
        without_ffmpeg,
        r"The program ffmpeg is not installed\. Install Debian's package “ffmpeg”:"
        r" apt-get install ffmpeg",
    ),
    "browser libraries": (
        without_libraries,
        r"not there; pages work without them, `make run` fetches them where npm is",
    ),
    "database": (
        with_an_old_database,
        r"its tables are not up to date; run `flask --app wsgi prepare`",
    ),
    "worker": (
        without_a_worker,
        r"none is running; `make run` or `flask --app wsgi worker` starts one",
    ),
    "model": (
        without_the_model,
        r"The Whisper model “small” is not here for faster-whisper\."
        r" Fetch it with: flask --app wsgi models fetch small",
    ),
    "disk": (without_room, r"only [\d.]+ [GT]B free in \S+; uploads are refused"),
    "files": (without_a_file, r"missing from \S+/media: renditions/1/video\.mp4"),
}


def test_every_check_is_broken_once_below():
    assert list(BROKEN) == CHECKS


@pytest.mark.parametrize("check", BROKEN)
def test_what_is_missing_is_told_with_what_to_do(
    run: Run,
    healthy: None,
    settings: Settings,
    checkout: Path,
    db: DatabaseSession,
    parts: Parts,
    monkeypatch: pytest.MonkeyPatch,
    check: str,
):
    spoil, sentence = BROKEN[check]
    spoil(monkeypatch, settings, checkout, db, parts)

    found = findings(run)

    assert {name for name, (well, _) in found.items() if not well} == {check}
    assert re.fullmatch(sentence, found[check][1]), found[check][1]


def test_files_that_belong_to_nothing_are_counted(run: Run, healthy: None, settings: Settings):
    (settings.media / "recordings" / "lost.mp4").write_bytes(b"x")

    assert findings(run)["files"] == (True, "2 as recorded, 1 that belong to nothing")


def test_database_that_does_not_answer_is_told(
    run: Run, healthy: None, settings: Settings, parts: Parts
):
    break_database(parts, settings.home)

    found = findings(run)

    assert found["database"] == (
        False,
        "sqlite does not answer (unable to open database file); DATABASE_URL says where it is",
    )
    assert found["worker"] == (False, "not known before the database is right")


def test_fresh_folder_is_told_to_be_prepared(settings: Settings, checkout: Path):
    parts = make_parts(settings)

    found = findings(runner(an_app(parts, settings)))

    parts.engine.dispose()
    assert found["database"] == (
        False,
        "its tables are not up to date; run `flask --app wsgi prepare`",
    )
    assert found["files"][0] is False


def test_processor_that_is_not_exact_in_int8_is_told(
    run: Run, healthy: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cpuinfo = tmp_path / "cpuinfo"
    monkeypatch.setattr(home, "CPUINFO", cpuinfo)

    cpuinfo.write_text("flags : fpu avx2\n")
    assert "PODIUM_COMPUTE_TYPE=float32" in findings(run)["model"][1]

    cpuinfo.write_text("flags : fpu avx2 avx512_vnni\n")
    assert findings(run)["model"] == (True, "small for faster-whisper")
