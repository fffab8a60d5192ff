import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.strategies import any_text
from transcripts.search.terms import (
    LONGEST_WORD,
    analyse,
    fold,
    joined_hyphens,
    spelled,
    stems,
    words,
)

languages = st.sampled_from([None, "de", "en", "de-AT", "fr", "tlh"])


def exact(text: str) -> list[str]:
    return [term.exact for term in analyse(text, None)]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("HÄUSER", "haeuser"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("STRAẞE", "strasse"),
        ("Übergrößen", "uebergroessen"),
        ("Ha\u0308user", "haeuser"),
        ("Ver\u00adwaltung", "verwaltung"),
        ("naïve", "naive"),
        ("Łódź", "łodz"),
        ("ΛΌΓΟΣ", "λογοσ"),
        ("Ærø", "aeroe"),
        ("ǽ", "ae"),
        ("ℌaus", "haus"),
        ("ﬁnden", "finden"),
        ("O’Brien", "obrien"),
        ("5G", "5g"),
        ("…", ""),
        ("x" * 100, "x" * LONGEST_WORD),
    ],
)
def test_fold_writes_words_alike(written, folded):
    assert fold(written) == folded


@given(any_text)
def test_fold_of_a_folded_word_is_that_word(text):
    assert fold(fold(text)) == fold(text)


@given(any_text)
def test_fold_does_not_depend_on_how_accents_are_stored(text):
    stored = unicodedata.normalize("NFC", text)

    assert fold(unicodedata.normalize("NFD", stored)) == fold(stored)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Guten Morgen, liebe Leute!", "guten morgen liebe leute"),
        ("Das ist's: Anne-Maries „Haus“.", "das ists anne maries haus"),
        ("Ha\u0308user und Ver\u00adwaltung", "haeuser und verwaltung"),
        ("snake_case und 1.500 €", "snake case und 1500"),
        ("1,500 oder 1.5 oder 1.50.000", "1500 oder 1 5 oder 1 50 000"),
        ("die K.I. und z.B. die U.S.A", "die ki und zb die usa"),
        ("‘quoted’ words’", "quoted words"),
        (" \t\n… — * \u037a", ""),
        ("", ""),
    ],
)
def test_text_is_read_word_by_word(text, words):
    assert exact(text) == words.split()


@given(any_text, languages)
def test_terms_stand_in_the_text_in_order(text, language):
    terms = analyse(text, language)

    for term in terms:
        assert all(word.isalnum() for word in (term.exact, *term.stems))
        assert fold(text[term.start : term.end]).startswith(term.exact[:1])
    assert all(before.end <= after.start for before, after in pairwise(terms))


@pytest.mark.parametrize(
    "written",
    [
        *("Teilnehmer*innen", "Teilnehmer:innen", "Teilnehmer_innen", "Teilnehmer/innen"),
        *("Teilnehmer/-innen", "Teilnehmer(innen)", "TeilnehmerInnen", "Teilnehmerinnen"),
    ],
)
def test_gender_forms_are_the_plain_plural(written):
    (term,) = analyse(written, "de")

    assert (term.exact, term.start, term.end) == ("teilnehmerinnen", 0, len(written))
    assert term.stems == analyse("Teilnehmer", "de")[0].stems


def test_gender_form_of_one_person_is_the_plain_one():
    assert exact("Teilnehmer:in und Lehrer*in") == ["teilnehmerin", "und", "lehrerin"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Haus Häuser Hause Häusern"),
        ("de", "Straße Strasse Straßen STRASSEN"),
        ("de", "Verwaltung Verwaltungen"),
        ("de", "Kommune Kommunen"),
        ("de", "Zentrum Zentren Zentrums"),
        ("de", "Größe groß grosse"),
        ("de", "Bürger Bürgerinnen Bürgern"),
        ("de-AT", "Haus Häuser"),
        ("en", "city cities"),
        ("en", "service services"),
        ("en", "run running runs"),
        ("en", "organise organised organising"),
        ("en-GB", "community communities"),
        ("fr", "ville villes"),
    ],
)
def test_forms_of_a_word_share_their_stem(language, words):
    assert len({term.stems for term in analyse(words, language)}) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Haus Straße Verwaltung Kommune Zentrum Daten Datum Museum"),
        ("en", "city service organ organise community run rung"),
    ],
)
def test_other_words_keep_apart(language, words):
    assert len({term.stems for term in analyse(words, language)}) == len(words.split())


@pytest.mark.parametrize("language", [None, "", "tlh"])
def test_word_of_an_unknown_language_may_be_german_or_english(language):
    found = {term.exact: term.stems for term in analyse("Häuser cities", language)}

    assert found == {"haeuser": ("haeuser", "haus"), "cities": ("citi",)}


def test_number_is_its_own_stem():
    assert stems("2026", ("de", "en")) == ("2026",)


def test_stem_never_gets_too_short_to_mean_something():
    assert stems("oel", ("de",)) == ("oel",)


def test_small_words_are_found_by_their_exact_form_only():
    """The stem of “Sicherheit” is “sich”."""
    assert stems("sicherheit", ("de",)) == ("sich",)
    assert stems("sich", ("de",)) == ()


@pytest.mark.parametrize(
    ("text", "wholes"),
    [
        ("die IT-Sicherheit im E‑Government", ["itsicherheit", "egovernment"]),
        ("Ende-zu-Ende", ["endezuende"]),
        ("Ha\u0308user-Meer", ["haeusermeer"]),
        ("Stadt - Land -Fluss- und", []),
        ("\u037a-\u037a", []),
    ],
)
def test_words_with_hyphens_are_words_as_a_whole_too(text, wholes):
    found = joined_hyphens(text, "de")

    assert [term.exact for term in found] == wholes
    assert [fold(text[term.start : term.end]) for term in found] == wholes


@given(any_text | st.text("aZä1.,'’*:_/-()in \u00ad\u0301", max_size=30))
def test_the_fast_way_finds_the_same_words(text):
    found = analyse(text, None)

    assert words(text) == [term.exact for term in found]
    assert {text[term.start : term.end] for term in found} <= set(spelled(text))
