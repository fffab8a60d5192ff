"""/healthz tells machines what is well, what is missing, and when to send nobody here."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.workers import Worker
from archive.parts import Parts
from archive.queries.workers import DEAD_AFTER
from tests import factories as make
from tests.forms import log_in
from transcripts.engines.weights import CT2_FILES, VOCABULARIES

WELL = {
    "status": "ok",
    "database": {"ok": True},
    "worker": {"ok": True, "count": 1},
    "model": {"ok": True, "name": "small", "engine": "faster-whisper"},
    "disk": {"ok": True, "free_bytes": ANY},
}


@pytest.fixture
def model(parts: Parts) -> Path:
    """The files of the configured model."""
    folder = parts.models / "small" / "small-ct2"
    folder.mkdir(parents=True)
    for name in (*CT2_FILES, VOCABULARIES[0]):
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture
def worker(db: DatabaseSession) -> Worker:
    worker = Worker(name="machine-1")
    db.add(worker)
    db.commit()
    return worker


def health(client: FlaskClient) -> tuple[int, dict]:
    answer = client.get("/healthz")
    return answer.status_code, answer.json


def test_everything_is_well(client: FlaskClient, model: Path, worker: Worker):
    status, found = health(client)

    assert (status, found) == (200, WELL)
    assert found["disk"]["free_bytes"] > 0


def test_missing_model_is_told_and_pages_go_on(client: FlaskClient, worker: Worker):
    missing = WELL["model"] | {"ok": False}

    assert health(client) == (200, WELL | {"status": "degraded", "model": missing})


def test_model_that_lacks_a_file_is_missing(client: FlaskClient, model: Path, worker: Worker):
    (model / "model.bin").unlink()

    assert health(client)[1]["model"]["ok"] is False


@pytest.mark.parametrize("silent", [None, DEAD_AFTER + timedelta(seconds=1)])
def test_missing_worker_is_told(
    client: FlaskClient, model: Path, db: DatabaseSession, silent: timedelta | None
):
    if silent:
        db.add(Worker(name="machine-1", seen_at=now() - silent))
        db.commit()

    expected = {"status": "degraded", "worker": {"ok": False, "count": 0}}
    assert health(client) == (200, WELL | expected)


def test_every_worker_that_lives_is_counted(
    client: FlaskClient, model: Path, worker: Worker, db: DatabaseSession
):
    db.add(Worker(name="machine-2", seen_at=now() - DEAD_AFTER + timedelta(seconds=20)))
    db.commit()

    assert health(client)[1]["worker"] == {"ok": True, "count": 2}


def test_full_disk_is_told(client: FlaskClient, parts: Parts, model: Path, worker: Worker):
    object.__setattr__(parts, "reserve", 10**18)

    status, found = health(client)

    assert (status, found["status"], found["disk"]["ok"]) == (200, "degraded", False)


def test_database_that_does_not_answer_is_503(client: FlaskClient, parts: Parts, tmp_path: Path):
    break_database(parts, tmp_path)

    assert health(client) == (503, {"status": "down", "database": {"ok": False}})


def test_health_is_the_same_for_somebody_logged_in(
    client: FlaskClient, parts: Parts, db: DatabaseSession, tmp_path: Path
):
    make.a_user(db)
    db.commit()
    log_in(client, "organiser")
    break_database(parts, tmp_path)

    assert health(client)[0] == 503


def break_database(parts: Parts, folder: Path) -> None:
    """From here on there is no database at its place."""
    parts.engine.dispose()
    (folder / "podium.sqlite").rename(folder / "away")
    (folder / "podium.sqlite").mkdir()
