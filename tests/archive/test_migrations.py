"""The migrations make just the tables that the models describe, on both databases."""

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, select, update

from archive.actions.migrate import _config, is_current, migrate
from archive.db import make_engine
from archive.models.registry import Base
from tests.databases import postgres_engine
from transcripts.search.blocks import read_blocks
from transcripts.search.index import SearchIndex
from transcripts.search.packing import encode
from transcripts.search.query import parse
from transcripts.search.results import Document, Filters, Passage
from transcripts.search.tables import postings, texts

OLD_INDEX = (  # as 0001 to 0006 had it, so far as 0007 reads it
    "CREATE TABLE search_documents (session_id INTEGER PRIMARY KEY, event_id INTEGER, kind VARCHAR(20),"
    " language VARCHAR(12), visibility VARCHAR(20), starts_at TIMESTAMP, title TEXT, subtitle TEXT,"
    " abstract TEXT)",
    "CREATE INDEX ix_search_documents_visibility ON search_documents (visibility)",
    "CREATE TABLE search_people (session_id INTEGER, position INTEGER, person_id INTEGER, name TEXT,"
    " PRIMARY KEY (session_id, position))",
    "CREATE TABLE search_passages (id INTEGER PRIMARY KEY, session_id INTEGER, cue_index INTEGER,"
    ' start FLOAT, "end" FLOAT, text TEXT, language VARCHAR(12), speaker VARCHAR(200))',
    "INSERT INTO search_documents VALUES (1, 1, 'panel', 'de', 'public', '2026-06-12 08:00:00.000000',"
    " 'Ein Podium', '', '')",
    "INSERT INTO search_people VALUES (1, 0, 7, 'Mara Lindqvist')",
    "INSERT INTO search_passages VALUES (1, 1, 0, 0, 1, 'Ein Haus,', 'de', 'Ada Örtel'),"
    " (2, 1, 1, 1, 2, 'aus Glas.', 'de', 'Ada Örtel'), (3, 1, 2, 2, 3, 'Ein Haus!', 'de', 'Jon Ek')",
)


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


def test_what_was_searchable_is_so_after_an_upgrade(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        _at(connection, command.downgrade, "0006")
        for statement in OLD_INDEX:
            connection.exec_driver_sql(statement)

    migrate(engine)

    assert is_current(engine)
    index = SearchIndex()
    with engine.connect() as connection:
        found = {
            query: [moment.cue_index for hit in hits for moment in hit.moments]
            for query in ("Haus", '"Haus aus Glas"', "speaker:oertel Haus", "speaker:Jon")
            for hits in [index.search(connection, parse(query), Filters()).hits]
        }
        assert index.search(connection, parse("Podium Mara"), Filters()).total_sessions == 1
    assert found == {
        "Haus": [0, 2],
        '"Haus aus Glas"': [0],
        "speaker:oertel Haus": [0],
        "speaker:Jon": [2],
    }
    assert not [name for name in inspect(engine).get_table_names() if name.startswith("old_")]


def test_index_with_a_row_for_each_posting_is_written_anew(engine: Engine) -> None:
    migrate(engine)
    index = SearchIndex()
    said = [Passage(0.0, 1.0, "Ein Haus", "de", 0, "Ada Örtel")]
    with engine.begin() as connection:
        index.put(
            connection, Document(5, 1, "panel", "de", "public", None, "Ein Podium", "", ""), said
        )
        row = [[0.0, 1.0, "Ein Haus", "de", 0, "Ada Örtel"]]
        connection.execute(update(texts).values(cues=zlib.compress(json.dumps(row).encode())))
        connection.exec_driver_sql("DROP TABLE search_postings")
        connection.exec_driver_sql(
            "CREATE TABLE search_postings (entry_id INTEGER, session_id INTEGER, cues INTEGER)"
        )
        _at(connection, command.stamp, "0008")

    migrate(engine)

    assert is_current(engine)
    with engine.connect() as connection:
        for query in ("Haus", "Podium", "speaker:oertel Haus"):
            assert index.search(connection, parse(query), Filters()).total_sessions == 1
        assert index.kept(connection, 5)[1] == said
    assert not [name for name in inspect(engine).get_table_names() if name.startswith("old_")]


def test_rows_of_postings_are_written_as_they_are_now(engine: Engine) -> None:
    migrate(engine)
    index, in_order = (
        SearchIndex(),
        select(postings).order_by(postings.c.entry_id, postings.c.block),
    )
    texts_of = {
        5: ["Ein Haus", "das Haus, ein Haus", *["und so fort"] * 200],
        6: ["Das Haus und ein Garten"],
        64: ["Ein Haus"],
    }
    with engine.begin() as connection:
        for id_, said in texts_of.items():
            passages = [Passage(n, n + 1.0, text, "de", n, "Jon") for n, text in enumerate(said)]
            document = Document(id_, 1, "panel", "de", "public", None, "Ein Podium im Haus", "", "")
            index.put(connection, document, passages)
        as_now = connection.execute(in_order).all()
        module = ScriptDirectory.from_config(_config()).get_revision("0010").module
        with mock.patch.object(module, "IN_ONE_GO", 3):
            assert [row for rows in module._all_rows(connection) for row in rows] == as_now
        as_before = [(_as_it_was(row.places), row.entry_id, row.block) for row in as_now]
        set_places = "UPDATE search_postings SET places = %s WHERE entry_id = %s AND block = %s"
        marks = "?" if engine.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(set_places.replace("%s", marks), as_before)
        connection.exec_driver_sql("ALTER TABLE search_postings RENAME COLUMN places TO runs")
        _at(connection, command.stamp, "0009")

    with (
        mock.patch("transcripts.search.bulk.set_rows", side_effect=OSError("disk full")),
        pytest.raises(OSError, match="disk full"),
    ):
        migrate(engine)
    assert "runs" in {column["name"] for column in inspect(engine).get_columns("search_postings")}
    migrate(engine)

    assert is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(in_order).all() == as_now


def _as_it_was(row: bytes) -> bytes:
    """A row of postings as 0009 had it."""
    runs = read_blocks([row], [0])
    alone = all(size == 1 for size in runs.sizes)
    numbers = [len(runs) * 2 + alone, *runs.sessions.tolist()]
    if not alone:
        numbers += [*runs.sizes.tolist(), *(runs.sizes - runs.cues).tolist()]
    for places in np.split(runs.places, np.cumsum(runs.sizes)[:-1]):
        numbers += np.diff(places, prepend=0).tolist()
    return encode(np.array(numbers, np.int64))[0].tobytes()


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
