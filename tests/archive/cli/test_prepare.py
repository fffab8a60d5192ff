"""`flask prepare`: a fresh folder becomes ready to start, and a ready one stays as it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.delete_from_programme import delete_event
from archive.actions.log_in import log_in
from archive.actions.migrate import is_current
from archive.cli.home import _make_first_logins
from archive.models.programme import Event
from archive.models.recording import Recording
from archive.models.users import User, UserRole
from archive.parts import Parts
from archive.wiring import make_parts, secret_key
from config import Settings
from tests.archive.actions.arrivals import queued
from tests.archive.cli.conftest import Run, an_app, runner
from transcripts.engines import weights


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Parts, Run]]:
    """A folder that was prepared once; the sample model takes seconds to write."""
    settings = Settings(
        home=tmp_path_factory.mktemp("podium") / "home", database_url="", _env_file=None
    )
    parts = make_parts(settings)
    run = runner(an_app(parts, settings))
    assert run("prepare").exit_code == 0
    yield settings, parts, run
    parts.engine.dispose()


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its mode and the moment of its last change; the database changes by itself."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("podium.sqlite")
    }


def test_folders_tables_and_sample_model_are_there(prepared: tuple[Settings, Parts, Run]):
    settings, parts, _ = prepared

    assert is_current(parts.engine)
    assert all(folder.is_dir() for folder in (settings.media, settings.models, settings.work))
    for engine in weights.ENGINES:
        assert weights.check("samples", engine, settings.models) == []


def test_there_is_a_log_in_for_each_role_with_a_password_of_its_own(
    prepared: tuple[Settings, Parts, Run],
):
    settings, parts, _ = prepared
    file = settings.home / "logins.txt"

    lines = [line.split("  ") for line in file.read_text().splitlines()]

    assert [(role, name) for role, name, _ in lines] == [(r.value, r.value) for r in UserRole]
    assert all(re.fullmatch(r"[\w-]{16,}", password) for _, _, password in lines)
    assert len({password for _, _, password in lines}) == len(lines)
    with parts.sessions() as db:
        roles = {user.id: user.role for user in db.scalars(select(User))}
    assert {roles[log_in(parts.sessions, name, word, "")] for _, name, word in lines} == set(
        UserRole
    )


def test_only_the_owner_reads_passwords_and_key(prepared: tuple[Settings, Parts, Run]):
    settings, _, _ = prepared
    secret_key(settings.home)

    modes = {
        name: (settings.home / name).stat().st_mode & 0o777 for name in ("logins.txt", "secret_key")
    }

    assert modes == {"logins.txt": 0o600, "secret_key": 0o600}


def test_second_time_changes_nothing(prepared: tuple[Settings, Parts, Run]):
    settings, parts, run = prepared
    before = everything(settings.home)
    with parts.sessions() as db:
        hashes = db.scalars(select(User.password_hash).order_by(User.id)).all()

    assert run("prepare").exit_code == 0

    assert everything(settings.home) == before
    with parts.sessions() as db:
        assert db.scalars(select(User.password_hash).order_by(User.id)).all() == hashes


def test_passwords_are_never_printed(settings: Settings, app: Flask, parts: Parts, capfd):
    """They are shown by whoever started this, who knows who is watching."""
    with app.app_context():
        _make_first_logins(settings.home / "logins.txt")

    assert capfd.readouterr() == ("", "")


def test_passwords_differ_from_one_installation_to_the_next(
    prepared: tuple[Settings, Parts, Run], settings: Settings, app: Flask
):
    with app.app_context():
        _make_first_logins(settings.home / "logins.txt")

    here, there = ((s.home / "logins.txt").read_text() for s in (settings, prepared[0]))
    assert set(here.split()) & set(there.split()) == {role.value for role in UserRole}


def test_file_that_others_could_read_is_closed_before_passwords_are_in_it(
    settings: Settings, app: Flask
):
    file = settings.home / "logins.txt"
    file.write_text("old")
    file.chmod(0o644)

    with app.app_context():
        _make_first_logins(file)

    assert file.stat().st_mode & 0o777 == 0o600


def test_passwords_that_cannot_be_told_make_no_log_ins(
    settings: Settings, app: Flask, db: DatabaseSession
):
    file = settings.home / "logins.txt"
    file.mkdir()

    with app.app_context(), pytest.raises(IsADirectoryError):
        _make_first_logins(file)

    assert db.scalars(select(User)).all() == []


def test_archive_with_a_log_in_gets_no_others(
    run: Run, settings: Settings, app: Flask, db: DatabaseSession
):
    run("users", "add", "ada", "--password", "ein langes Kennwort")

    with app.app_context():
        _make_first_logins(settings.home / "logins.txt")

    assert db.scalars(select(User.name)).all() == ["ada"]
    assert not (settings.home / "logins.txt").exists()


# What follows in `make run`: the samples ----------------------------------------------------


def test_samples_are_imported_once(run: Run, db: DatabaseSession):
    first, second = run("samples", "import"), run("samples", "import")

    count = db.scalar(select(func.count()).select_from(Recording))
    assert (first.output, second.output) == (f"Sample recordings on the queue: {count}.\n", "")
    assert len(queued(db)) == count == 3


def test_samples_that_were_removed_stay_away_until_they_are_asked_for(
    run: Run, db: DatabaseSession, parts: Parts
):
    run("samples", "import")
    delete_event(parts, db.scalars(select(Event.id)).one())

    run("samples", "import")
    assert db.scalars(select(Event)).all() == []
    run("samples", "import", "--again")
    assert len(db.scalars(select(Recording)).all()) == 3


def test_samples_without_room_are_refused_and_tried_again(
    run: Run, db: DatabaseSession, parts: Parts
):
    object.__setattr__(parts, "reserve", 10**18)
    refused = run("samples", "import")
    object.__setattr__(parts, "reserve", 0)

    again = run("samples", "import")

    assert refused.exit_code == 1
    assert refused.output.startswith("Error: There is no room for “")
    assert again.output == "Sample recordings on the queue: 3.\n"
