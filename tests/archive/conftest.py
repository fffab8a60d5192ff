"""The parts of the app on each of the two databases, for what databases do differently."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.actions.migrate import migrate
from archive.parts import Parts
from tests.conftest import parts_on
from tests.databases import postgres_engine


@pytest.fixture(params=["sqlite", "postgres"])
def either_parts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Parts]:
    if request.param == "sqlite":
        yield request.getfixturevalue("parts")
        return
    with postgres_engine() as engine:
        migrate(engine)
        yield parts_on(engine, tmp_path)


@pytest.fixture
def no_loop() -> Iterator[None]:
    """A browser of earlier tests leaves its event loop running in this thread; DBOS wants none."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)
