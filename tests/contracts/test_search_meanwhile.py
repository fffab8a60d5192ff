"""Sessions change while somebody searches: the answer is what is there then, and never an error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from unittest import mock

import pytest
from sqlalchemy import event

from tests.contracts.shelf import Backend, Shelf
from transcripts.search import hits, letters, ranking, reading
from transcripts.search.index import SearchIndex
from transcripts.search.results import Filters


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


@contextmanager
def meanwhile(part: ModuleType, name: str, change: Callable[[], None]) -> Iterator[None]:
    """Inside, a session changes just before a function of the search is called for the first time."""
    as_it_is, changes = getattr(part, name), [change]

    def changed_before(*given):
        if changes:
            changes.pop()()
        return as_it_is(*given)

    with mock.patch.object(part, name, changed_before):
        yield
    assert not changes


@pytest.mark.parametrize(
    ("part", "name"), [(hits, "_passages"), (hits, "names_of"), (reading, "read_places")]
)
def test_session_is_taken_out_in_the_middle_of_a_search(shelves, part, name):
    asking, changing = shelves

    def take_out():
        changing.index.remove(changing.connection, 1)
        changing.connection.commit()

    with meanwhile(part, name, take_out):
        found = asking.found("Haus Garten")

    assert set(found) <= {1, 2}
    assert asking.found("Haus Garten") == [2]


def test_session_is_taken_out_while_its_words_are_offered(shelves):
    asking, changing = shelves
    changing.add(3, title="Verwaltung")
    changing.connection.commit()

    def take_out():
        changing.index.remove(changing.connection, 3)
        changing.connection.commit()

    with meanwhile(letters, "_told", take_out):
        assert asking.search("Verwaltunk").meant is None


def test_session_says_something_else_in_the_middle_of_a_search(shelves):
    asking, changing = shelves

    def say_nothing():
        changing.add(1, title="Haus")
        changing.connection.commit()

    with meanwhile(hits, "_passages", say_nothing):
        found = asking.search("Haus")

    assert {hit.session_id: hit.moment_count for hit in found.hits} == {1: 0, 2: 1}


def test_session_that_comes_in_the_middle_of_a_search_is_not_taken_for_another(shelves):
    asking, changing = shelves
    changing.add(9, "noch ein Garten")
    changing.connection.commit()

    def come():
        changing.add(5, "Quark")
        changing.connection.commit()

    with meanwhile(ranking, "asked_for", come):
        assert asking.found("Quark") == [5]


def test_people_that_change_while_they_are_read_are_known_afterwards(shelves):
    asking, changing = shelves
    changing.add(3, "ein Steg", people=((7, "Ada Örtel"),))
    changing.connection.commit()

    def stand_on_stage():
        changing.add(3, "ein Steg", people=((8, "Jon Ek"),))
        changing.connection.commit()

    fresh, read = Shelf(asking.connection, SearchIndex()), []

    @event.listens_for(asking.connection, "before_cursor_execute")
    def between_both(_connection, _cursor, statement, *_):
        if "search_documents.starts_at" in statement or "search_people.person_id" in statement:
            read.append(statement)
            if len(read) == 2:
                stand_on_stage()

    fresh.found("Steg")

    assert fresh.found("Steg", Filters(person_id=8)) == [3]
    assert fresh.found("Steg", Filters(person_id=7)) == []
