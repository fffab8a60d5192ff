"""Sessions change while somebody searches: the answer is what is there then, and never an error."""

from unittest import mock

import pytest

from tests.contracts.shelf import PUBLIC, Backend, Shelf
from transcripts.search import hits, reading
from transcripts.search.query import parse


@pytest.fixture
def shelves(backend: Backend):
    """Two connections of their own to an archive with two sessions, which go afterwards."""
    with backend.engine.connect() as asking, backend.engine.connect() as changing:
        shelf = Shelf(changing, backend.index)
        for session_id in (1, 2):
            shelf.add(session_id, "ein Haus", "und ein Garten", title="Haus")
        changing.commit()
        yield Shelf(asking, backend.index), shelf
        asking.rollback()
        shelf.index.drop(changing)
        shelf.index.create(changing)
        changing.commit()


@pytest.mark.parametrize(
    ("part", "name"), [(hits, "_passages"), (hits, "names_of"), (reading, "read_places")]
)
def test_session_is_taken_out_in_the_middle_of_a_search(shelves, part, name):
    asking, changing = shelves
    as_it_is, gone = getattr(part, name), []

    def meanwhile(*given):
        if not gone:
            gone.append(1)
            changing.index.remove(changing.connection, 1)
            changing.connection.commit()
        return as_it_is(*given)

    with mock.patch.object(part, name, meanwhile):
        found = asking.index.search(asking.connection, parse("Haus Garten"), PUBLIC)

    assert gone
    assert {hit.session_id for hit in found.hits} <= {1, 2}
    assert [hit.session_id for hit in asking.search("Haus Garten").hits] == [2]


def test_session_says_something_else_in_the_middle_of_a_search(shelves):
    asking, changing = shelves
    as_it_is, changed = hits._passages, []

    def meanwhile(*given):
        if not changed:
            changed.append(1)
            changing.add(1, title="Haus")
            changing.connection.commit()
        return as_it_is(*given)

    with mock.patch.object(hits, "_passages", meanwhile):
        found = asking.search("Haus")

    assert {hit.session_id: hit.moment_count for hit in found.hits} == {1: 0, 2: 1}
