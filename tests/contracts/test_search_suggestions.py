"""What was meant by a word that nobody said, and what is suggested to someone who types."""

import pytest

from transcripts.search.results import Filters
from transcripts.search.suggesting import Suggestions


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Verwaltugn", "Verwaltung"),
        ("Verwltung", "Verwaltung"),
        ("Fervaltung", "Verwaltung"),
        ("Grösse Verwaltunk", "Grösse Verwaltung"),
        ("groese", "Größe"),
        ('"die Gröse der" Stadt', '"die Größe der" Stadt'),
        ("Lindqist", "Lindqvist"),
        ("Verwaltung", None),
        ("Größen", None),
        ("Xylophon", None),
        ("Stat", "Stadt"),
        ("Sta", None),
    ],
)
def test_what_was_meant_is_offered_in_its_own_letters(shelf, typed, meant):
    shelf.add(1, "Die Größe der Stadt", "Unsere Verwaltung", people=((7, "Mara Lindqvist"),))

    assert shelf.search(typed).meant == meant


def test_hyphenated_words_are_offered_in_their_parts_only(shelf):
    shelf.add(1, "Die IT-Sicherheit der Stadt")

    assert shelf.search("itzsicherheit").meant is None
    assert shelf.search("Sicherhet").meant == "Sicherheit"


def test_word_of_many_sessions_is_offered_first(shelf):
    shelf.add(1, "Hase")
    shelf.add(2, "Hose")
    shelf.add(3, "Hose")

    assert shelf.search("Huse").meant == "Hose"


def test_words_of_drafts_are_not_offered(shelf):
    shelf.add(
        1, "Geheimnis", title="Verschluss", visibility="draft", people=((7, "Ida Lindqvist"),)
    )
    shelf.add(2, "ein Haus")

    for typed in ("Geheimniss", "Verschlus", "Lindqist"):
        assert shelf.search(typed).meant is None
    for typed in ("Geh", "Ver", "Ida", "Lin"):
        assert shelf.suggested(typed) == Suggestions()
    assert shelf.search("Geheimniss", Filters()).meant == "Geheimnis"
    assert shelf.suggested("Geh", Filters()).words == ("Geheimnis",)


def test_drafts_do_not_change_which_word_is_offered_first(shelf):
    for session_id in (1, 2):
        shelf.add(session_id, "Hose")
    shelf.add(3, "Hase")
    for session_id in range(4, 9):
        shelf.add(session_id, "Hase", visibility="draft")

    assert shelf.search("Huse").meant == "Hose"
    assert shelf.search("Huse", Filters()).meant == "Hase"
    assert shelf.suggested("H").words == ()
    assert shelf.suggested("Ha").words == ("Hase",)
    shelf.add(9, "Hafen Hafen")
    shelf.add(10, "Hafen")
    assert shelf.suggested("Ha").words == ("Hafen", "Hase")
    assert shelf.suggested("Ha", Filters()).words == ("Hase", "Hafen")


def test_words_sessions_and_people_are_suggested(shelf):
    mara, max_ = (7, "Mara Lindqvist"), (8, "Max Örtel")
    shelf.add(1, "im Magen", "viele Märkte", title="Markt und Macht", people=(mara,))
    shelf.add(2, "viele Märkte", title="Der Markt", people=(max_, mara))

    assert shelf.suggested("Mag").words == ("Magen",)
    assert shelf.suggested("mae").words == ("Märkte",)
    assert shelf.suggested("viele Mär").words == ("Märkte",)
    assert shelf.suggested("ma") == Suggestions(
        ("Märkte", "Magen"),
        ((2, "Der Markt"), (1, "Markt und Macht")),
        ((7, "Mara Lindqvist"), (8, "Max Örtel")),
    )
    assert shelf.suggested("Macht Mar").sessions == ((1, "Markt und Macht"),)
    assert shelf.suggested("Örtel Ma").people == ((8, "Max Örtel"),)
    assert shelf.suggested("der ma").sessions == ((2, "Der Markt"),)
    for nothing in ("", "m", " ", "Haus ", '"', "x" * 2000):
        assert shelf.suggested(nothing) == Suggestions()
