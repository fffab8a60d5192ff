"""Which cue a word is in, from memory: after a change only what has changed is read."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.databases import sqlite_engine
from transcripts.search import cues
from transcripts.search.index import SearchIndex
from transcripts.search.query import parse
from transcripts.search.results import Document, Filters, Passage


@pytest.fixture
def connection(tmp_path):
    engine = sqlite_engine(tmp_path / "index.sqlite")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def put(index: SearchIndex, connection, session_id: int, *texts: str) -> None:
    document = Document(session_id, 1, "talk", "de", "public", None, "Rede")
    passages = [Passage(n * 2.0, n * 2.0 + 2, text, "de", n) for n, text in enumerate(texts)]
    index.put(connection, document, passages)


def found(index: SearchIndex, connection) -> tuple[dict[int, list[float]], list[list[int]]]:
    """When “Haus” is said in each session, and of which sessions the cues were read for that."""
    with mock.patch.object(cues, "_read", wraps=cues._read) as read:
        hits = index.search(connection, parse("Haus"), Filters()).hits
    asked = [call.args[1].tolist() for call in read.call_args_list]
    return {hit.session_id: list(hit.moment_starts) for hit in hits}, asked


def test_only_sessions_that_changed_are_read(connection):
    index = SearchIndex()
    index.create(connection)
    put(index, connection, 2, "ein Haus", "", "am See", "das Haus")
    put(index, connection, 5, "das Haus")
    put(index, connection, 7)
    assert found(index, connection) == ({2: [0.0, 6.0], 5: [0.0]}, [[2, 5, 7]])
    assert found(index, connection) == ({2: [0.0, 6.0], 5: [0.0]}, [])

    put(index, connection, 5, "erst ein Garten", "dann das Haus")
    assert found(index, connection) == ({2: [0.0, 6.0], 5: [2.0]}, [[5]])

    put(index, connection, 3, "noch ein Haus")  # between others
    assert found(index, connection) == ({2: [0.0, 6.0], 3: [0.0], 5: [2.0]}, [[3]])

    index.remove(connection, 2)
    assert found(index, connection) == ({3: [0.0], 5: [2.0]}, [[]])


lengths = st.one_of(st.integers(0, 3), st.integers(0, 200))  # words of a cue


@given(st.lists(st.lists(lengths, max_size=30), min_size=1, max_size=5))
def test_cue_of_each_place(sessions):
    runs = [cues._with_steps(np.cumsum(np.array(each, np.int64)) - each) for each in sessions]
    places, expected = [], []
    for row, each in enumerate(sessions):
        first_cue = sum(len(other) for other in sessions[:row])
        said = [first_cue + cue for cue, length in enumerate(each) for _ in range(length)]
        expected += said
        places += [row << cues.SHIFT | at for at in range(len(said))]

    joined = cues._joined(cues.NONE, np.full(len(runs), -1), runs)
    assert joined.of_places(np.array(places, np.int64)).tolist() == expected
