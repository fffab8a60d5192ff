"""`flask reindex`: search finds again what the catalogue and the transcripts hold, and only that."""

from sqlalchemy.orm import Session as DatabaseSession

from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.finding import found
from tests.archive.cli.conftest import Run
from transcripts.search.query import parse
from transcripts.search.results import Document, Filters, Passage


def test_lost_index_is_built_again(run: Run, parts: Parts, db: DatabaseSession):
    slugs = {make.a_talk(db, parts).slug for _ in range(3)}
    connection = db.connection()
    parts.index.drop(connection)
    parts.index.create(connection)
    db.commit()
    assert found(parts, db, "willkommen") == []
    db.rollback()

    done = run("reindex")

    assert done.exit_code == 0
    assert set(found(parts, db, "willkommen")) == slugs


def test_index_without_its_tables_is_built_too(run: Run, parts: Parts, db: DatabaseSession):
    slug = make.a_talk(db, parts).slug
    parts.index.drop(db.connection())
    db.commit()

    run("reindex")

    assert found(parts, db, "willkommen") == [slug]


def test_changes_made_past_the_index_are_found(run: Run, parts: Parts, db: DatabaseSession):
    talk = make.a_talk(db, parts, title="Wege aus Sand")
    talk.title = "Brücken aus Stahl"
    db.commit()

    run("reindex")

    assert (found(parts, db, "Brücke"), found(parts, db, "Sand")) == ([talk.slug], [])


def test_what_is_gone_leaves_the_index(run: Run, parts: Parts, db: DatabaseSession):
    talk = make.a_talk(db, parts)
    ghost = Document(4711, 1, "talk", "de", "public", None, "Ein Geist, willkommen")
    parts.index.put(db.connection(), ghost, [Passage(0, 1, "willkommen", "de", 0)])
    db.commit()

    run("reindex")

    results = parts.index.search(db.connection(), parse("willkommen"), Filters())
    assert [hit.session_id for hit in results.hits] == [talk.id]


def test_twice_is_as_good_as_once(run: Run, parts: Parts, db: DatabaseSession):
    slug = make.a_talk(db, parts).slug
    db.commit()

    run("reindex")
    run("reindex")

    results = parts.index.search(db.connection(), parse("willkommen"), Filters())
    assert (results.total_sessions, results.total_moments) == (1, 1)
    assert found(parts, db, "willkommen") == [slug]
