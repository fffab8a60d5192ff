"""What a query finds: words, phrases, words near each other, titles; and what “without” takes out."""

import pytest

from tests.contracts.search_cases import CASES
from tests.contracts.shelf import ADA, document, empty_shelf, plain
from transcripts.search.results import Facets, Results

# --- words, phrases, beginnings, without -------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=str)
def test_words_are_found_as_they_were_said(shelf, case):
    shelf.add(1, case.text, passage_language=case.language)

    assert shelf.found(case.query) == [1] * case.found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_words_are_found_in_titles(sqlite, case):
    with empty_shelf(sqlite) as shelf:
        shelf.put(document(1, language=case.language, title=case.text), [])

        assert shelf.found(case.query) == [1] * case.found


@pytest.mark.parametrize("field", ["subtitle", "abstract"])
def test_subtitle_and_abstract_are_searched(shelf, field):
    shelf.put(document(1, **{field: "ein Haus aus Glas"}), [])

    assert shelf.found("Häuser") == shelf.found('"aus Glas"') == shelf.found("Gl*") == [1]
    assert shelf.found("Garten") == []


def test_people_are_found_by_their_names(shelf):
    shelf.add(1, people=((7, "Mara Lindqvist"), (8, "Jon Ek")))
    shelf.add(2, people=((9, "Zoë Müller-Lüdenscheidt"),))

    assert shelf.found("lindqvist jon") == [1]
    assert shelf.found('"Mara Lindqvist"') == [1]
    assert shelf.found("zoe mueller") == [2]
    assert shelf.found('"Lindqvist Jon"') == []


def test_name_is_found_by_the_whole_word_only(shelf):
    shelf.add(1, people=((7, "Eva Lindenberg"),))
    shelf.add(2, people=((8, "Eva Linden"),))
    shelf.add(3, people=((9, "Eva Berg"),))

    assert shelf.found("Berg") == [3]
    assert shelf.found("Lindenberg") == [1]


def test_phrase_does_not_go_from_subtitle_into_abstract(shelf):
    shelf.add(1, subtitle="Ein offenes", abstract="Haus aus Glas")

    assert shelf.found('"offenes Haus"') == []


def test_words_may_be_spread_over_title_people_and_speech(shelf):
    shelf.add(1, "ein Haus", "aus Glas", title="Verwaltung", people=((7, "Mara Lindqvist"),))

    assert shelf.found("Haus Glas Verwaltung Lindqvist") == [1]
    assert shelf.found("Haus Glas Verwaltung Ek") == []


def test_phrase_is_found_across_two_cues(shelf):
    shelf.add(1, "ein offenes Haus", "aus Glas und Stein", "am Meer")

    assert shelf.moments('"Haus aus Glas"') == {1: [0]}
    assert shelf.moments('"Haus aus"') == {1: [0]}
    assert shelf.moments('"Glas und Stein am Meer"') == {1: [1]}
    assert shelf.moments('"Haus aus Glas und Stein am"') == {1: [0]}
    assert shelf.moments('"Meer ein"') == {}
    assert shelf.moments('"Haus Glas"') == {}


def test_parts_of_a_compound_are_looked_for_together_and_not_in_names(shelf):
    shelf.add(1, "die Stadt und ihr Haus", title="Haus", people=((7, "Eva Haus"),))
    shelf.add(2, "die Stadt", people=((8, "Eva Stadt Haus"),))

    (hit,) = shelf.search("Stadthaus").hits

    assert (hit.session_id, plain(hit.title)) == (1, "Haus")
    assert plain(hit.moments[0].fragments) == "die [Stadt] und ihr [Haus]"


def test_unwanted_word_takes_out_the_cue_in_which_it_was_said(shelf):
    shelf.add(1, "Haus aus Glas", "Haus aus Stein")
    shelf.add(2, "Haus aus Glas")

    assert shelf.moments("Haus -Glas") == {1: [1]}


@pytest.mark.parametrize(
    "where", [{"title": "Glas"}, {"subtitle": "Glas"}, {"abstract": "Glas"}, {"people": ((7, "Glas"),)}]
)  # fmt: skip
def test_unwanted_word_takes_out_the_session_that_is_about_it(shelf, where):
    shelf.add(1, "ein Haus", **where)
    shelf.add(2, "ein Haus")

    assert shelf.found("Haus -Glas") == [2]


def test_search_for_nothing_finds_nothing(shelf):
    shelf.add(1, "Haus")

    assert shelf.search("") == Results(0, 0, (), Facets(), 1, 0)


# --- nearness, titles --------------------------------------------------------------------------


def test_words_may_be_near_each_other_across_cues(shelf):
    shelf.add(1, "ein Haus", "ganz aus Glas", "am Meer")

    assert shelf.moments("Glas near:3 Haus") == {1: [0]}
    assert shelf.moments("Meer near:2 Glas") == {1: [1]}
    assert shelf.moments("Haus near:2 Glas") == {}


def test_nearness_holds_in_titles_too(shelf):
    shelf.add(1, title="Ein Haus aus Glas")

    assert shelf.found("Glas near:2 Haus") == [1]
    assert shelf.found("Glas near:1 Haus") == []


def test_title_is_asked_for_alone(shelf):
    shelf.talk(1, (ADA, "Haus aus Glas"), title="Garten")
    shelf.talk(2, (ADA, "Garten aus Glas"), title="Haus")

    assert shelf.found("title:Haus") == [2]
    assert shelf.moments("title:Haus Glas") == {2: [0]}
    assert shelf.moments("title:Häuser OR Haus") == {1: [0], 2: []}
    assert shelf.moments("title:Haus speaker:Ada Glas") == {2: [0]}
    assert shelf.found('title:"Haus Garten"') == []
