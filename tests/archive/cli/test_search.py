"""`flask search`: the index is built again beside a living archive, and compared with it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session, index_sessions
from archive.actions.migrate import migrate
from archive.actions.rebuild_index import rebuild_index
from archive.models.programme import Session
from archive.parts import Parts
from archive.queries.index_check import index_check
from archive.wiring import make_parts
from config import Settings
from tests import factories as make
from tests.archive.actions.finding import found
from tests.archive.cli.conftest import Run
from tests.databases import postgres_engine
from transcripts.search import rebuilding
from transcripts.search.query import parse
from transcripts.search.results import Document, Filters, Passage, Results
from transcripts.search.tables import documents, entries, stems, tallies


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.thorough)])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """On each database."""
    if request.param == "sqlite":
        yield settings
        return
    with postgres_engine() as engine:
        url = engine.url.render_as_string(hide_password=False)
        yield settings.model_copy(update={"database_url": url})


@pytest.fixture
def parts(settings: Settings) -> Iterator[Parts]:
    parts = make_parts(settings)
    migrate(parts.engine)
    yield parts
    parts.engine.dispose()


def talks(db: DatabaseSession, parts: Parts, count: int) -> list[int]:
    """The ids of some public talks, all of the same words."""
    event = make.an_event(db)
    ids = [make.a_talk(db, parts, event).id for _ in range(count)]
    db.commit()
    return ids


def results(parts: Parts, words: str = "willkommen") -> Results:
    with parts.sessions() as db:
        return parts.index.search(db.connection(), parse(words), Filters(), per_page=50)


def stamps(db: DatabaseSession) -> dict[int, int]:
    """Of each session in the index; another one whenever it was written."""
    return dict(db.execute(select(documents.c.session_id, documents.c.stamp)).all())


def place(parts: Parts) -> int:
    with parts.engine.connect() as connection:
        return rebuilding.place(connection)


def test_lost_index_is_built_again(run: Run, parts: Parts, db: DatabaseSession):
    ids = talks(db, parts, 3)
    parts.index.drop(db.connection())
    db.commit()

    done = run("search", "rebuild")

    assert done.exit_code == 0, done.output
    assert {hit.session_id for hit in results(parts).hits} == set(ids)
    assert place(parts) == 0


def test_changes_made_past_the_index_are_found(run: Run, parts: Parts, db: DatabaseSession):
    talk = make.a_talk(db, parts, title="Wege aus Sand")
    talk.title = "Brücken aus Stahl"
    db.commit()

    run("search", "rebuild")

    assert (found(parts, db, "Brücke"), found(parts, db, "Sand")) == ([talk.slug], [])


def test_what_is_gone_leaves_the_index_with_its_words(run: Run, parts: Parts, db: DatabaseSession):
    (id_,) = talks(db, parts, 1)
    ghost = Document(4711, 1, "talk", "de", "public", None, "Ein Geist, willkommen")
    parts.index.put(db.connection(), ghost, [Passage(0, 1, "willkommen im Spukschloss", "de", 0)])
    db.commit()

    run("search", "rebuild")

    assert [hit.session_id for hit in results(parts).hits] == [id_]
    with parts.engine.connect() as connection:
        known = set(connection.scalars(select(entries.c.word)))
        assert "spukschloss" not in known and "willkommen" in known
        assert connection.scalar(select(entries.c.id).where(entries.c.sessions == 0)) is None
        for table in (stems, tallies):
            of_none = table.c.entry_id.not_in(select(entries.c.id))
            assert connection.scalar(select(table.c.entry_id).where(of_none).limit(1)) is None


def test_twice_is_as_good_as_once(run: Run, parts: Parts, db: DatabaseSession):
    talks(db, parts, 2)

    run("search", "rebuild")
    run("search", "rebuild")

    assert (results(parts).total_sessions, results(parts).total_moments) == (2, 2)


def test_stopped_rebuild_goes_on_and_from_start_begins_anew(
    run: Run, parts: Parts, db: DatabaseSession
):
    ids = talks(db, parts, 20)
    steps = rebuild_index(parts)
    assert [next(steps), next(steps)] == [(0, 20), (8, 20)]
    steps.close()
    before = stamps(db)

    done = run("search", "rebuild")

    assert done.output.startswith("8 of 20 sessions were done before; --from-start begins anew.\n")
    after = stamps(db)
    assert [after[id_] == before[id_] for id_ in ids] == [True] * 8 + [False] * 12

    next(rebuild_index(parts))
    steps = rebuild_index(parts)
    [next(steps) for _ in range(3)]
    steps.close()
    assert run("search", "rebuild", "--from-start").output.startswith("Indexing sessions")
    assert not set(after.values()) & set(stamps(db).values())


def test_rebuild_stopped_from_the_keyboard_says_where_it_goes_on(
    run: Run, parts: Parts, db: DatabaseSession, monkeypatch: pytest.MonkeyPatch
):
    talks(db, parts, 20)

    def stopped(*_: object) -> Iterator[tuple[int, int]]:
        steps = rebuild_index(parts)
        yield next(steps)
        yield next(steps)
        raise KeyboardInterrupt

    monkeypatch.setattr("archive.cli.search.rebuild_index", stopped)

    done = run("search", "rebuild")

    assert done.exit_code == 1
    assert done.output.endswith(
        "Error: Stopped after 8 of 20 sessions. `flask --app wsgi search rebuild` goes on there.\n"
    )


def test_searches_find_all_the_while(parts: Parts, db: DatabaseSession):
    """Somebody searches without a pause, and between any two batches."""
    talks(db, parts, 24)
    before = results(parts)
    assert (before.total_sessions, before.total_moments) == (24, 24)
    seen: list[tuple[int, int, int]] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            one = results(parts)
            seen.append((one.total_sessions, one.total_moments, len(one.hits)))

    searching = threading.Thread(target=search)
    searching.start()
    for _ in rebuild_index(parts):
        one = results(parts)
        assert [hit.session_id for hit in one.hits] == [hit.session_id for hit in before.hits]
    done.set()
    searching.join()

    assert len(seen) > 3
    assert set(seen) == {(24, 24, 24)}


def rename(parts: Parts, id_: int) -> None:
    with parts.sessions.begin() as db:
        db.get_one(Session, id_).title = "Brücken aus Stahl"
        index_session(db, parts.index, id_)


def assert_renamed(parts: Parts) -> None:
    """The index has the new title, all that was said, and no word of the old title."""
    counts = [
        results(parts, words).total_sessions
        for words in ("title:Stahl", "willkommen", "title:Verwaltung")
    ]
    assert counts == [1, 1, 0]
    with parts.sessions() as db:
        assert index_check(db, parts.index).faults == {}


def test_who_changes_a_session_waits_for_the_batch_that_has_it(parts: Parts, db: DatabaseSession):
    (id_,) = talks(db, parts, 1)
    with ThreadPoolExecutor(1) as threads, parts.sessions.begin() as batch:
        rebuilding.move_on(batch.connection(), id_)
        index_sessions(batch, parts.index, [id_])
        renamed = threads.submit(rename, parts, id_)
        time.sleep(0.5)
        assert not renamed.done()
        batch.commit()
        renamed.result()

    assert_renamed(parts)


def test_batch_reads_what_somebody_was_about_to_change(parts: Parts, db: DatabaseSession):
    (id_,) = talks(db, parts, 1)
    with ThreadPoolExecutor(1) as threads, parts.sessions.begin() as other:
        other.get_one(Session, id_).title = "Brücken aus Stahl"
        index_session(other, parts.index, id_)
        rebuilt = threads.submit(list, rebuild_index(parts))
        time.sleep(0.5)
        assert not rebuilt.done()
        other.commit()
        rebuilt.result()

    assert_renamed(parts)


def test_whole_index_passes_the_check(run: Run, parts: Parts, db: DatabaseSession):
    talks(db, parts, 2)

    done = run("search", "check")

    assert (done.exit_code, done.output) == (
        0,
        "Sessions in the index, all as they should be: 2.\n",
    )


def test_check_names_what_differs_and_a_rebuild_mends_it(
    run: Run, parts: Parts, db: DatabaseSession
):
    missing, titled, spoken = (
        make.a_talk(db, parts, slug=slug) for slug in ("eins", "zwei", "drei")
    )
    connection = db.connection()
    parts.index.remove(connection, missing.id)
    parts.index.put_document(connection, Document(4711, 1, "talk", "de", "public", None, "Geist"))
    titled.title = "Brücken aus Stahl"
    db.flush()
    db.execute(text("update cues set text = 'Anders' where position = 0 and revision_id = 3"))
    db.commit()
    assert spoken.id == 3

    done = run("search", "check")

    assert (done.exit_code, done.output.splitlines()) == (
        1,
        [
            "Not in the index: 1 (eins)",
            "Only in the index, by number: 1 (4711)",
            "Out of date in the index: 2 (zwei, drei)",
            "Error: Search does not find what is there."
            " `flask --app wsgi search rebuild` mends it.",
        ],
    )
    run("search", "rebuild")
    assert run("search", "check").exit_code == 0


def test_check_counts_what_it_does_not_name(run: Run, parts: Parts, db: DatabaseSession):
    for id_ in talks(db, parts, 12):
        parts.index.remove(db.connection(), id_)
    db.commit()

    assert " and 2 more)" in run("search", "check").output.splitlines()[0]


def test_check_without_an_index_says_what_makes_it(run: Run, parts: Parts, db: DatabaseSession):
    parts.index.drop(db.connection())
    db.commit()

    done = run("search", "check")

    assert (done.exit_code, done.output) == (
        1,
        "Error: There is no whole index. `flask --app wsgi search rebuild` makes it.\n",
    )
