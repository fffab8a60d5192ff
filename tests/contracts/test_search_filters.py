"""What filters leave and facets count; sessions that nobody may see leave no trace."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.contracts.shelf import PUBLIC, Shelf, document
from transcripts.search.clauses import Restriction
from transcripts.search.query import parse
from transcripts.search.results import Facets, Filters, Reviewed


@pytest.fixture
def programme(shelf: Shelf) -> Shelf:
    """Sessions that all say “Haus”."""
    mara, jon = (7, "Mara Lindqvist"), (8, "Jon Ek")
    earlier = {"starts_at": datetime(2025, 5, 2, 8, tzinfo=UTC), "reviewed": Reviewed.ALL}
    shelf.add(1, "Haus", event_id=1, kind="talk", language="de", people=(mara,), **earlier)
    shelf.add(2, "Haus", event_id=1, kind="panel", language="de", people=(mara, jon))
    shelf.add(3, "Haus", event_id=2, kind="talk", language="en", people=(jon,))
    shelf.add(
        4, "Haus", event_id=2, kind="workshop", language=None, people=(), reviewed=Reviewed.NONE
    )
    for session_id, visibility in ((5, "draft"), (6, "unlisted")):
        values = {"title": "Haus", "abstract": "Haus", "people": (mara, (9, "Ida Haus"))}
        shelf.add(session_id, "Haus", event_id=3, kind="keynote", visibility=visibility, **values)
    return shelf


# --- filters and facets ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "sessions"),
    [
        ({}, [4, 3, 2, 1]),
        ({"event_id": 1}, [2, 1]),
        ({"event_id": 3}, []),
        ({"person_id": 8}, [3, 2]),
        ({"language": "de"}, [2, 1]),
        ({"language": "en"}, [3]),
        ({"kind": "talk"}, [3, 1]),
        ({"year": 2025}, [1]),
        ({"year": 2026, "kind": "talk"}, [3]),
        ({"reviewed": Reviewed.ALL}, [1]),
        ({"reviewed": Reviewed.SOME}, []),
        ({"restrictions": (Restriction("event", ("2",)),)}, [4, 3]),
        ({"restrictions": (Restriction("event", ()),)}, []),
        ({"restrictions": (Restriction("event", ("1",), unwanted=True),)}, [4, 3]),
        ({"restrictions": (Restriction("year", ("2024", "2025")),)}, [1]),
        ({"restrictions": (Restriction("kind", ("talk", "panel")),)}, [3, 2, 1]),
        ({"restrictions": (Restriction("language", ("de",)),)}, [2, 1]),
        ({"restrictions": (Restriction("session", ("1", "4", "5")),)}, [4, 1]),
        ({"event_id": 1, "person_id": 8}, [2]),
        ({"event_id": 1, "person_id": 7, "language": "de", "kind": "talk"}, [1]),
        ({"event_id": 2, "person_id": 7}, []),
        ({"event_id": -1}, []),
    ],
)
def test_filters_narrow_what_is_found(programme, choice, sessions):
    results = programme.search("Haus", replace(PUBLIC, **choice))

    assert [hit.session_id for hit in results.hits] == sessions
    assert results.total_sessions == results.total_moments == len(sessions)
    assert (
        programme.index.found(programme.connection, parse("Haus"), replace(PUBLIC, **choice))
        == sessions
    )


def test_facets_count_what_each_value_would_leave(programme):
    facets = programme.search("Haus", PUBLIC).facets

    assert facets == Facets(
        events={1: 2, 2: 2},
        people={7: 2, 8: 2},
        languages={"de": 2, "en": 1},
        kinds={"talk": 2, "panel": 1, "workshop": 1},
        years={2025: 1, 2026: 3},
        reviewed={"all": 1, "none": 1},
    )


def test_facets_keep_all_other_filters(programme):
    facets = programme.search("Haus", replace(PUBLIC, event_id=1, kind="talk")).facets

    assert facets == Facets(
        events={1: 1, 2: 1},
        people={7: 1},
        languages={"de": 1},
        kinds={"talk": 1, "panel": 1},
        years={2025: 1},
        reviewed={"all": 1},
    )


# --- visibility --------------------------------------------------------------------------------


def test_draft_and_unlisted_sessions_leave_no_trace(programme):
    with_them = programme.search("Haus")

    for session_id in (5, 6):
        programme.index.remove(programme.connection, session_id)

    without = programme.search("Haus")
    assert without.facets == with_them.facets
    assert [hit.session_id for hit in without.hits] == [hit.session_id for hit in with_them.hits]
    assert (without.total_sessions, without.total_moments, without.pages) == (4, 4, 1)
    assert (with_them.total_sessions, with_them.total_moments, with_them.pages) == (4, 4, 1)
    assert programme.found("Ida") == []


def test_order_does_not_tell_of_sessions_that_nobody_may_see(shelf):
    shelf.add(1, "Haus Haus", title="Glas")
    shelf.add(2, "Glas Glas", title="Haus")
    before = shelf.search("Haus Glas").hits

    for session_id in range(3, 30):
        shelf.add(session_id, "Haus", title="Haus", visibility="draft")

    assert shelf.search("Haus Glas").hits == before


def test_visibilities_say_what_may_be_found(programme):
    def found(*visibilities: str) -> list[int]:
        return sorted(programme.found("Haus", Filters(visibilities=frozenset(visibilities))))

    assert found("draft") == [5]
    assert found("draft", "unlisted", "public") == [1, 2, 3, 4, 5, 6]
    assert found() == []
    assert sorted(programme.found("Haus", Filters())) == [1, 2, 3, 4, 5, 6]


def test_session_made_public_is_found_at_once(programme):
    programme.index.put_document(programme.connection, document(5, title="Haus"))

    assert 5 in programme.found("Haus")
