"""A search index on each database, and hypothesis for busy machines: no deadlines, and the same
examples on every run; fewer in CI."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from tests.contracts.shelf import Backend, Shelf, empty_shelf
from tests.databases import postgres_engine, sqlite_engine
from transcripts.search.index import SearchIndex

settings.register_profile(
    "podium",
    deadline=None,
    derandomize=True,
    max_examples=30 if os.environ.get("CI") else 100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("podium")


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    engine = sqlite_engine(tmp_path_factory.mktemp("search") / "search.sqlite")
    yield created(engine, SearchIndex())
    engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Backend]:
    with postgres_engine() as engine:
        yield created(engine, SearchIndex())


def created(engine: Engine, index: SearchIndex) -> Backend:
    with engine.begin() as connection:
        index.create(connection)
    return Backend(engine, index)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.getfixturevalue(request.param)


@pytest.fixture
def shelf(backend: Backend) -> Iterator[Shelf]:
    with empty_shelf(backend) as shelf:
        yield shelf
