"""Databases for tests: an SQLite file, and a PostgreSQL database of its own that goes afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from archive.db import make_engine

POSTGRES = os.environ.get(
    "PODIUM_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"
)


def sqlite_engine(path: Path) -> Engine:
    """An engine on the file at `path`, as the app makes it."""
    return make_engine(f"sqlite:///{path}")


@contextmanager
def postgres_engine() -> Iterator[Engine]:
    """An engine on a fresh database; skips the test, saying why, where no server answers."""
    server = create_engine(
        POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5}
    )
    name = f"podium_test_{secrets.token_hex(6)}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError as error:
        server.dispose()
        pytest.skip(f"no PostgreSQL at {make_url(POSTGRES)}: {error.orig}")
    engine = make_engine(make_url(POSTGRES).set(database=name).render_as_string(False))
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
