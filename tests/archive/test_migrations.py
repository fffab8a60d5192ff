"""The migrations make just the tables that the models describe, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect

from archive.actions.migrate import _config, is_current, migrate
from archive.db import make_engine
from archive.models.registry import Base
from tests.databases import postgres_engine
from transcripts.search.index import Document, Filters, Passage, SearchIndex
from transcripts.search.postgres import PostgresIndex
from transcripts.search.query import parse
from transcripts.search.sqlite import SqliteIndex


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


def test_what_was_searchable_is_so_by_speaker_after_an_upgrade(engine: Engine) -> None:
    index: SearchIndex = SqliteIndex() if engine.dialect.name == "sqlite" else PostgresIndex()
    session = Document(1, 1, "panel", "de", "public", None, "Ein Podium")
    said = [
        Passage(n, n + 1, text, "de", n, speaker)
        for n, (speaker, text) in enumerate(
            [("Ada Örtel", "Ein Haus,"), ("Ada Örtel", "aus Glas."), ("Jon Ek", "Ein Haus!")]
        )
    ]
    migrate(engine)
    with engine.begin() as connection:
        index.put(connection, session, said)
        _at(connection, command.downgrade, "0005")
        _forget_speakers(connection)

    migrate(engine)

    assert is_current(engine)
    with engine.connect() as connection:
        found = {
            query: [moment.cue_index for hit in hits for moment in hit.moments]
            for query in ("Haus", '"Haus aus Glas"', "speaker:oertel Haus", "speaker:Jon")
            for hits in [index.search(connection, parse(query), Filters()).hits]
        }
    assert found == {
        "Haus": [0, 2],
        '"Haus aus Glas"': [0],
        "speaker:oertel Haus": [0],
        "speaker:Jon": [2],
    }


def test_migrations_go_back(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        _at(connection, command.downgrade, "base")

    left = set(inspect(engine).get_table_names())
    assert not left & set(Base.metadata.tables)
    assert not any(name.startswith("search_") for name in left)


def _at(connection: Connection, go: Callable[..., None], revision: str) -> None:
    """Upgrades or downgrades to a revision."""
    config = _config()
    config.attributes["connection"] = connection
    go(config, revision)


def _forget_speakers(connection: Connection) -> None:
    """The words of the passages as 0001 had them on SQLite; on PostgreSQL they are so already."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("DROP TABLE search_passage_words")
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE search_passage_words USING fts5(exact, stems, border, content='',"
        " contentless_delete=1, tokenize='unicode61 remove_diacritics 0')"
    )
