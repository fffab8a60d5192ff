"""Putting sessions into an index, replacing and removing them, and loading what it keeps."""

from sqlalchemy import inspect

from tests.contracts.shelf import ADA, JON, Shelf, document
from transcripts.search.results import Passage

# --- putting and removing ----------------------------------------------------------------------


def test_put_replaces_what_was_there(shelf):
    shelf.add(1, "ein Haus", "aus Glas", title="Alt", people=((7, "Mara"), (8, "Jon")))
    shelf.add(1, "ein Garten", title="Neu", people=((8, "Jon"),))

    assert shelf.moments("Garten") == {1: [0]}
    assert [shelf.found(word) for word in ("Haus", "Glas", "Alt", "Mara")] == [[], [], [], []]
    assert [shelf.found(word) for word in ("Neu", "Jon")] == [[1], [1]]


def test_put_document_leaves_the_passages(shelf):
    shelf.add(1, "ein Haus", title="Alt")

    shelf.index.put_document(shelf.connection, document(1, title="Neu"))

    assert [shelf.found(word) for word in ("Haus", "Neu", "Alt")] == [[1], [1], []]


def test_removed_session_is_gone_and_the_others_stay(shelf):
    shelf.add(1, "ein Haus", title="Eins")
    shelf.add(2, "ein Haus", title="Zwei")

    for _ in range(2):
        shelf.index.remove(shelf.connection, 1)

    assert shelf.found("Haus") == [2]
    assert shelf.found("Eins") == []
    shelf.add(1, "ein Garten")
    assert shelf.found("Haus") == [2]


def test_put_takes_any_iterable_of_passages(shelf):
    shelf.index.put(
        shelf.connection, document(1), (Passage(0, 1, "Haus", "de", n) for n in range(2))
    )

    assert shelf.moments("Haus") == {1: [0, 1]}


def test_index_that_is_loaded_with_what_it_keeps_finds_what_it_found(shelf):
    shelf.talk(1, (ADA, "ein offenes Haus"), (ADA, "aus Glas"), (JON, "ein Haus"), title="Glas")
    shelf.talk(2, (JON, "ein Haus"), (None, "und ein Garten"))
    queries = ("Haus", '"Haus aus Glas"', "speaker:Jon", "speaker:Ada Glas", "Garten -Haus", "Glas")
    before = [shelf.search(query) for query in queries]

    ids = shelf.index.sessions(shelf.connection)
    shelf.index.load(shelf.connection, [shelf.index.kept(shelf.connection, id_) for id_ in ids])

    assert [shelf.search(query) for query in queries] == before
    shelf.talk(1, (JON, "ein Garten"))
    assert shelf.moments("speaker:Jon") == {2: [0], 1: [0]}
    assert shelf.moments("speaker:Ada") == {}


def test_index_follows_the_transaction(backend):
    with backend.engine.connect() as connection:
        transaction = connection.begin()
        Shelf(connection, backend.index).add(1, "Haus", title="Haus")
        transaction.rollback()

    with backend.engine.connect() as connection:
        assert Shelf(connection, backend.index).found("Haus") == []


# --- tables ------------------------------------------------------------------------------------


def test_create_is_harmless_where_the_tables_are(shelf):
    shelf.add(1, "Haus")

    shelf.index.create(shelf.connection)

    assert shelf.found("Haus") == [1]


def test_drop_removes_every_table(backend):
    with backend.engine.begin() as connection:
        before = inspect(connection).get_table_names()
        backend.index.drop(connection)
        after = inspect(connection).get_table_names()
        backend.index.create(connection)

    assert {"search_documents", "search_postings", "search_texts"} < set(before)
    assert [name for name in after if name.startswith("search_")] == []
