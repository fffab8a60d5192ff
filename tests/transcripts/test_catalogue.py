"""What search knows of all sessions: after changes the same as if all of it were read anew."""

from dataclasses import fields
from datetime import UTC, datetime
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.databases import sqlite_engine
from transcripts.search import catalogue
from transcripts.search.catalogue import Catalogue, Values
from transcripts.search.index import SearchIndex
from transcripts.search.results import Document, Reviewed

documents = st.builds(
    Document,
    session_id=st.integers(1, 6),
    event_id=st.integers(1, 3),
    kind=st.sampled_from(["talk", "panel"]),
    language=st.sampled_from([None, "de", "en-GB"]),
    visibility=st.sampled_from(["draft", "public"]),
    starts_at=st.sampled_from(
        [None, *(datetime(year, 6, 12, tzinfo=UTC) for year in (2025, 2026))]
    ),
    title=st.just("Rede"),
    people=st.lists(
        st.sampled_from([(7, "Ödön Vér"), (8, "Ada Örtel"), (9, "Jon Ek")]), max_size=3, unique=True
    ).map(tuple),
    reviewed=st.sampled_from([None, Reviewed.ALL]),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = sqlite_engine(tmp_path_factory.mktemp("catalogue") / "index.sqlite")
    with engine.begin() as connection:
        SearchIndex().create(connection)
    yield engine
    engine.dispose()


def as_lists(known: Catalogue) -> dict:
    """All that is known, as it can be compared."""

    def listed(value):
        if isinstance(value, Values):
            return value.known[value.codes].tolist()
        return value.tolist() if isinstance(value, np.ndarray) else value

    return {field.name: listed(getattr(known, field.name)) for field in fields(known)}


@given(st.lists(st.one_of(documents, st.integers(1, 6)), max_size=8))
def test_changes_are_known_as_if_all_were_read_anew(engine, changes):
    index = SearchIndex()
    with engine.connect() as connection:
        known = catalogue.read(connection)
        for change in changes:
            if isinstance(change, int):
                index.remove(connection, change)
            else:
                index.put(connection, change, [])
            known = catalogue.read(connection, known)
            assert as_lists(known) == as_lists(catalogue.read(connection))
        connection.rollback()


def test_only_sessions_that_changed_are_read(engine):
    index = SearchIndex()
    with (
        engine.connect() as connection,
        mock.patch.object(catalogue, "_read", wraps=catalogue._read) as read,
    ):
        for id_ in (2, 5, 7):
            index.put(connection, Document(id_, 1, "talk", "de", "public", None, "Rede"), [])
        known = catalogue.read(connection)
        index.put_document(connection, Document(5, 1, "panel", "de", "public", None, "Rede"))
        index.remove(connection, 2)
        known = catalogue.read(connection, known)
        assert catalogue.read(connection, known) is known
        connection.rollback()

    assert [set(call.args[1]) for call in read.call_args_list] == [{2, 5, 7}, {5}]
    assert known.rows_as_in(known).tolist() == [0, 1]
