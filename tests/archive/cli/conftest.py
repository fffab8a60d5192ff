"""A Podium whose commands run in the process of the test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session as DatabaseSession

from archive.app import create_app
from archive.cli import register
from archive.parts import Parts
from archive.wiring import make_parts
from config import Settings

Run = Callable[..., Result]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        database_url="",
        model="small",
        engine="faster-whisper",
        reserve_bytes=0,
        max_upload_bytes=10_000_000,
        timezone="Europe/Berlin",
        _env_file=None,
    )


@pytest.fixture
def database(settings: Settings, empty_database: Path) -> None:
    """The tables are there; without this the home folder is as fresh as it can be."""
    settings.home.mkdir()
    shutil.copy(empty_database, settings.home / "podium.sqlite")


@pytest.fixture
def parts(settings: Settings, database: None) -> Iterator[Parts]:
    parts = make_parts(settings)
    yield parts
    parts.engine.dispose()


@pytest.fixture
def app(parts: Parts, settings: Settings) -> Flask:
    return an_app(parts, settings)


@pytest.fixture
def db(parts: Parts) -> Iterator[DatabaseSession]:
    with parts.sessions() as session:
        yield session


@pytest.fixture
def run(app: Flask) -> Run:
    return runner(app)


def an_app(parts: Parts, settings: Settings) -> Flask:
    app = create_app(parts, secret_key="only for tests", secure_cookies=False, trusted_proxies=0)
    register.register_commands(app, settings)
    return app


def runner(app: Flask) -> Run:
    """A function that runs a command with its arguments, and never lets a traceback pass."""

    def run(*arguments: str, **options: object) -> Result:
        result = app.test_cli_runner().invoke(args=[*map(str, arguments)], **options)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
