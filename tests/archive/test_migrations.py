"""The migrations make just the tables that the models describe, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from archive.actions.migrate import _config, is_current, migrate
from archive.db import make_engine
from archive.models.registry import Base
from tests.databases import postgres_engine


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgres":
        with postgres_engine() as engine:
            yield engine
        return
    engine = make_engine(f"sqlite:///{tmp_path / 'podium.sqlite'}")
    yield engine
    engine.dispose()


def test_migrations_make_what_the_models_describe(engine: Engine) -> None:
    assert not is_current(engine)

    migrate(engine)
    migrate(engine)

    assert is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, parents: (
                    kind != "table" or name in Base.metadata.tables
                )
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_back(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    left = set(inspect(engine).get_table_names())
    assert not left & set(Base.metadata.tables)
    assert not any(name.startswith("search_") for name in left)
