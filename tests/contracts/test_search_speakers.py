"""What a speaker said: found by parts of their name, and only where they said it themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contracts.shelf import ADA, JON, PUBLIC, plain
from transcripts.search.results import Facets, Filters, Results


@pytest.mark.parametrize(
    ("query", "cues"),
    [
        ("speaker:Örtel", [0, 4]),
        ("sprecher:Jon", [2]),
        ("Sprecherin:ada", [0, 4]),
        ("speaker:OERTEL", [0, 4]),
        ('speaker:"Nagy Ada"', [0, 4]),
        ('speaker:"Ada Örtel-Nagy"', [0, 4]),
        ("speaker:Nag*", [0, 4]),
        ('speaker:"Ada Ek"', []),
        ("speaker:Ört", []),
        ("speaker:Örteln", []),
        ("speaker:Ida", []),
        ("speaker:Jon speaker:Ada", [0, 2, 4]),
        ("speaker:Jon speaker:Ida", [2]),
        ("speaker:Ada Haus", [0, 4]),
        ("speaker:Jon Häuser", [2]),
        ("speaker:Jon Garten", []),
        ("speaker:Ada Haus -Glas", [4]),
        ("Haus -speaker:Ada", [2, 3]),
        ("Haus -speaker:Jon -sprecher:ada", [3]),
        ("speaker:Ada speaker:Jon Haus -speaker:Jon", [0, 4]),
        ("-speaker:Ada", []),
        ("speaker:Podium", []),
    ],
)
def test_speaker_is_found_by_parts_of_the_name(shelf, query, cues):
    shelf.talk(
        1,
        (ADA, "ein Haus aus Glas"),
        (ADA, "und ein Garten"),
        (JON, "ein Haus"),
        (None, "ein Haus"),
        (ADA, "noch ein Haus"),
        title="Podium",
    )

    assert shelf.moments(query) == ({1: cues} if cues else {})


def test_speaker_alone_finds_where_turns_begin(shelf):
    shelf.talk(1, (ADA, "eins"), (ADA, "zwei"), (JON, "drei"), (ADA, "vier"), (ADA, "fünf"))
    shelf.talk(2, (None, "eins"), (ADA, "zwei"), (None, "drei"), (ADA, "vier"), (ADA, "fünf"))

    results = shelf.search("speaker:ada")

    assert shelf.moments("speaker:ada") == {2: [1, 3], 1: [0, 3]}
    assert (results.total_sessions, results.total_moments) == (2, 4)
    assert {moment.speaker for hit in results.hits for moment in hit.moments} == {ADA}
    assert [plain(m.fragments) for m in results.hits[1].moments] == ["eins", "vier"]


def test_speaker_alone_finds_the_newest_session_first(shelf):
    noon = datetime(2026, 6, 12, 12, tzinfo=UTC)
    shelf.talk(1, (ADA, "eins"), (JON, "zwei"), (ADA, "drei"), starts_at=noon)
    shelf.talk(2, (ADA, "eins"), starts_at=noon + timedelta(days=1))
    shelf.talk(3, (ADA, "eins"), starts_at=noon - timedelta(days=1))

    assert shelf.found("speaker:ada") == [2, 1, 3]  # fmt: skip


def test_what_is_asked_of_a_speaker_must_be_said_by_them(shelf):
    shelf.talk(1, (ADA, "guten Morgen"), (JON, "ein Haus"), title="Haus", people=((7, "Haus"),))
    shelf.talk(2, (ADA, "ein Haus"))

    assert shelf.found("speaker:Ada Haus") == [2]


def test_what_is_said_about_a_session_does_not_order_what_a_speaker_said(shelf):
    shelf.talk(1, (ADA, "ein Haus, ein Haus"), (ADA, "ein Haus"), abstract="Haus")
    shelf.talk(2, (ADA, "ein Haus"), title="Haus")

    assert shelf.found("Haus") == [2, 1]
    assert shelf.found("speaker:Ada Haus") == [1, 2]


def test_phrase_is_said_by_one(shelf):
    shelf.talk(1, (ADA, "ein offenes Haus"), (JON, "aus Glas"))
    shelf.talk(2, (ADA, "ein offenes Haus"), (ADA, "aus Glas"), (None, "und Stein"))

    assert shelf.moments('"Haus aus Glas"') == {2: [0]}
    assert shelf.moments('speaker:Ada "Haus aus Glas"') == {2: [0]}
    assert shelf.moments('"Glas und Stein"') == {}


def test_name_of_a_speaker_is_no_word_that_was_said(shelf):
    shelf.talk(1, (ADA, "ein Haus"))

    assert shelf.found("Ada") == []
    assert shelf.found("Haus Örtel") == []


def test_speakers_of_drafts_leave_no_trace(shelf):
    shelf.talk(1, (ADA, "ein Haus"), visibility="draft")
    shelf.talk(2, (JON, "ein Haus"))

    assert shelf.search("speaker:Ada") == Results(0, 0, (), Facets(), 1, 0)
    assert shelf.search("speaker:Ada speaker:Jon").total_moments == 1
    assert shelf.found("speaker:Ada", Filters()) == [1]


def test_filters_and_facets_hold_for_speakers(shelf):
    shelf.talk(1, (ADA, "ein Haus"), event_id=1)
    shelf.talk(2, (ADA, "ein Haus"), (JON, "ja"), (ADA, "ein Garten"), event_id=2)

    results = shelf.search("speaker:Ada", replace(PUBLIC, event_id=2))

    assert (results.total_sessions, results.total_moments) == (1, 2)
    assert results.facets.events == {1: 1, 2: 1}
