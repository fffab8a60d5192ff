"""What a search shows: hits with their best moments, how many there are, and pages of them."""

from unittest import mock

import pytest

from tests.contracts.shelf import document, plain
from transcripts.search.highlight import Fragment
from transcripts.search.results import Moment, Passage

# --- hits --------------------------------------------------------------------------------------


def test_hit_shows_its_best_moments_with_second_cue_and_speaker(shelf):
    shelf.put(
        document(1, title="Ein Haus", subtitle="aus Glas", people=((7, "Mara Haus"), (8, "Jon"))),
        [
            Passage(0.4, 2.2, "Guten Morgen.", "de", 0, "Mara Haus"),
            Passage(2.4, 4.6, "Häuser sind schön.", "de", 1, "Mara Haus"),
            Passage(61.5, 64.25, "Dieses Haus steht.", "de", 2, "Jon"),
        ],
    )

    (hit,) = shelf.search("Haus").hits

    assert plain(hit.title) == "Ein [Haus]"
    assert plain(hit.subtitle) == "aus Glas"
    assert [(id_, plain(name)) for id_, name in hit.people] == [(7, "Mara [Haus]")]
    assert hit.abstract is None
    assert hit.moments == (
        Moment(
            2.4, 4.6, 1, (Fragment("Häuser", True), Fragment(" sind schön.", False)), "Mara Haus"
        ),
        Moment(
            61.5,
            64.25,
            2,
            (Fragment("Dieses ", False), Fragment("Haus", True), Fragment(" steht.", False)),
            "Jon",
        ),
    )
    assert (hit.moment_count, hit.moment_starts) == (2, (2.4, 61.5))


def test_hit_shows_the_abstract_where_it_matches(shelf):
    shelf.add(1, abstract="Vom Bauen. " * 30 + "Ein Haus am Meer. " + "Vom Wohnen. " * 30)

    (hit,) = shelf.search("Haus").hits

    assert "Ein [Haus] am Meer" in plain(hit.abstract)
    assert plain(hit.abstract).startswith("… ") and plain(hit.abstract).endswith(" …")
    assert hit.moments == ()


def test_best_moments_are_shown_in_the_order_of_the_recording(shelf):
    shelf.add(1, "Häuser", "Häuser", "Haus", "Häuser", "Haus aus Holz, Haus aus Stein")

    (hit,) = shelf.search("Haus", moments_per_session=2).hits

    assert [moment.cue_index for moment in hit.moments] == [2, 4]
    assert (hit.moment_count, hit.moment_starts) == (5, (0.0, 5.0, 10.0, 15.0, 20.0))


def test_moments_are_those_where_all_words_meet_if_there_are_any(shelf):
    shelf.add(1, "ein Haus", "aus Glas", "ein Haus aus Glas")
    shelf.add(2, "ein Haus", "aus Glas")

    assert shelf.moments("Haus Glas") == {1: [2], 2: [0, 1]}
    assert [hit.moment_count for hit in shelf.search("Haus Glas").hits] == [1, 2]
    assert shelf.search("Haus Glas").total_moments == 3


def test_phrase_that_begins_at_the_end_of_a_cue_is_marked_there(shelf):
    shelf.add(1, "ein offenes Haus", "aus Glas")

    (hit,) = shelf.search('"Haus aus Glas"').hits

    assert [plain(moment.fragments) for moment in hit.moments] == ["ein offenes [Haus]"]


# --- how many ----------------------------------------------------------------------------------


def test_many_moments_are_counted_and_the_first_500_told(shelf):
    shelf.add(1, *["ein Haus"] * 1201)

    (hit,) = shelf.search("Haus").hits

    assert (hit.moment_count, len(hit.moment_starts), len(hit.moments)) == (1201, 500, 3)
    assert hit.moment_starts[-1] == 499 * 5.0


def test_what_was_not_looked_at_is_said(shelf):
    for session_id in range(1, 6):
        shelf.add(session_id, "ein Haus aus Glas", "und ein Haus aus Glas")

    assert not shelf.search('"Haus aus Glas"').more
    with mock.patch("transcripts.search.ranking.MOST_LOOKED_AT", 3):
        results = shelf.search('"Haus aus Glas"')

    assert (results.more, results.total_sessions, results.total_moments) == (True, 3, 6)


def test_moments_beyond_the_number_that_is_counted_are_more_than_that(shelf):
    for session_id in range(1, 4):
        shelf.add(session_id, "das Haus", "zwei Häuser", "ein Haus neben Häusern")

    assert (shelf.search("Haus").total_moments, shelf.search("Haus").more) == (9, False)
    with mock.patch("transcripts.search.ranking.COUNTED", 5):
        results = shelf.search("Haus")

    assert (results.more, results.total_sessions, results.total_moments) == (True, 3, 5)


@pytest.mark.parametrize("query", ["Tag OR Tage", "Tage OR Tag OR Tages", "Tage OR Tag*"])
def test_cue_that_answers_several_alternatives_is_one_moment(shelf, query):
    shelf.add(1, "zwei Tage", "Tage her", "die Tage")
    shelf.add(2, "Tag und Tage")

    results = shelf.search(query)

    assert (results.total_moments, results.more) == (4, False)
    assert {hit.session_id: hit.moment_count for hit in results.hits} == {1: 3, 2: 1}


# --- pages -------------------------------------------------------------------------------------


def test_pages_share_out_the_hits(shelf):
    for session_id in range(1, 6):
        shelf.add(session_id, "Haus")

    pages = [shelf.search("Haus", page=page, per_page=2) for page in (1, 2, 3, 4)]

    assert [[hit.session_id for hit in page.hits] for page in pages] == [[5, 4], [3, 2], [1], []]
    assert {(page.total_sessions, page.total_moments, page.pages) for page in pages} == {(5, 5, 3)}
    assert [page.page for page in pages] == [1, 2, 3, 4]
    assert len({str(page.facets) for page in pages}) == 1


def test_page_before_the_first_is_the_first(shelf):
    shelf.add(1, "Haus")

    assert shelf.search("Haus", page=-3) == shelf.search("Haus", page=1)


def test_many_sessions_are_found(shelf):
    for session_id in range(1, 520):
        shelf.index.put_document(
            shelf.connection, document(session_id, title="Haus", people=((session_id, "Mara"),))
        )

    results = shelf.search("Haus", page=52)

    assert (results.total_sessions, results.pages) == (519, 52)
    assert len(results.hits) == 9
    assert len(results.facets.people) == 519
