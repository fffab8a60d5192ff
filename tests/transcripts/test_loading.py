"""Loading many sessions at once gives what putting them one by one gives."""

from collections.abc import Iterator
from unittest import mock

import pytest
from sqlalchemy import Engine, select

from tests.databases import sqlite_engine
from transcripts.search import loading
from transcripts.search.index import SearchIndex
from transcripts.search.query import parse
from transcripts.search.results import Document, Filters, Passage
from transcripts.search.tables import entries, metadata, postings

COUNT = 40


def sessions() -> Iterator[tuple[Document, list[Passage]]]:
    for n in range(1, COUNT + 1):
        document = Document(
            session_id=n,
            event_id=1,
            kind="talk",
            language="de" if n % 3 else "en",
            visibility="public",
            starts_at=None,
            title=f"Rede {n} zur IT-Sicherheit",
            people=((n, f"Ada Örtel {n}"),),
        )
        yield (
            document,
            [
                Passage(c * 2.0, c * 2.0 + 2, text, document.language, c, "Ada" if c else None)
                for c, text in enumerate(
                    [f"Das Rechenzentrum {n}", "größer, K.I.", "* * *", "Ende"]
                )
            ],
        )


@pytest.fixture
def engine(tmp_path):
    engine = sqlite_engine(tmp_path / "index.sqlite")
    with engine.begin() as connection:
        SearchIndex().create(connection)
    yield engine
    engine.dispose()


def rows_of(engine: Engine) -> dict[str, list]:
    """What is in all tables; numbers of entries go by what they stand for, stamps are left out."""
    with engine.connect() as connection:
        words = {
            row.id: (row.field, row.language, row.word)
            for row in connection.execute(select(entries))
        }
        kept = {
            table.name: connection.execute(select(table)).mappings().all()
            for table in metadata.sorted_tables
        }
    return {
        name: sorted(
            str({k: words.get(v, v) if k == "entry_id" else v for k, v in row.items()})
            for row in (dict(row, stamp=0, id=0, entries=b"") for row in rows)
        )
        for name, rows in kept.items()
    }


def test_other_processes_give_the_same_rows(engine, tmp_path):
    with mock.patch.object(loading, "MANY", 8), mock.patch.object(loading, "IN_ONE_TASK", 3):
        told = list(loading.load(engine.begin, sessions()))
    assert told == [COUNT]
    other = sqlite_engine(tmp_path / "other.sqlite")
    index = SearchIndex()
    with other.begin() as connection:
        index.create(connection)
        for document, passages in sessions():
            index.put(connection, document, passages)
    loaded = rows_of(engine)
    assert loaded == rows_of(other)
    assert loaded[postings.name]
    other.dispose()


def test_it_tells_after_each_transaction(engine):
    with mock.patch.object(loading, "IN_ONE_GO", 15):
        steps = loading.load(engine.begin, sessions())
        assert next(steps) == 14
        with engine.connect() as connection:
            assert SearchIndex().sessions(connection) == list(range(1, 15))
        assert list(steps) == [29, COUNT]
    with engine.connect() as connection:
        found = SearchIndex().search(connection, parse("Zentrum"), Filters())
    assert found.total_sessions == COUNT


def test_what_cannot_be_analysed_stops_it_and_leaves_no_process(engine):
    def broken() -> Iterator[tuple[Document, list[Passage]]]:
        yield from sessions()
        yield (*next(sessions())[:1], ["not a passage"])  # type: ignore[misc]

    with (
        mock.patch.object(loading, "MANY", 8),
        mock.patch.object(loading, "IN_ONE_GO", 16),
        pytest.raises(AttributeError),
    ):
        list(loading.load(engine.begin, broken()))
    with engine.connect() as connection:
        assert SearchIndex().sessions(connection) == list(range(1, 32))
