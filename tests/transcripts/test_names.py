import unicodedata

import pytest

from transcripts.names import terms_of


def terms(
    people=(), organisations=(), title: str = "", abstract: str = "", glossary=()
) -> tuple[str, ...]:
    return terms_of(
        people=people,
        organisations=organisations,
        title=title,
        abstract=abstract,
        glossary=glossary,
    )


def test_terms_of_nothing_are_none():
    assert terms() == ()
    assert terms(["", " "], [" "], " ", "\n", ["", " ,"]) == ()


def test_terms_come_most_useful_first():
    assert terms(
        people=["Mira Lenz", "Jürgen Groß"],
        organisations=["Digitalamt Musterstadt"],
        title="Die eAkte in der Fläche",
        abstract="Was das OZG verlangt.",
        glossary=["FIT-Connect", "NOOTS"],
    ) == (
        "Mira Lenz",
        "Jürgen Groß",
        "FIT-Connect",
        "NOOTS",
        "Digitalamt Musterstadt",
        "eAkte",
        "OZG",
    )


# --- people ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "Dr. Mira Lenz",
        "Prof. Dr. Mira Lenz",
        "Prof. Dr.-Ing. Mira Lenz",
        "Dipl.-Ing. Mira Lenz",
        "Dipl.-Inf. (FH) Mira Lenz",
        "Univ.-Prof. Dr. rer. nat. Mira Lenz",
        "Prof. Dr. Dr. h. c. Mira Lenz",
        "PD Dr. med. Mira Lenz",
        "Professorin Mira Lenz",
        "Frau Mira Lenz",
        "Mira Lenz, M.A.",
        "Mira Lenz M.Sc.",
        "Mira Lenz, Ph.D.",
        "Mira Lenz (sie/ihr)",
        "Mira Lenz MdB",
        "  Mira \t Lenz ",
    ],
)
def test_name_of_a_person_is_told_without_titles(written):
    assert terms(people=[written]) == ("Mira Lenz",)


@pytest.mark.parametrize(
    "name",
    [
        "Ingrid Doktorowski",
        "Frauke Herrmann",
        "Magnus Prof",
        "Drago Pdović",
        "Ida von der Öhe-Süß",
        "H. C. Andersen",
        "Ing Li",
    ],
)
def test_name_that_looks_like_a_title_stays_whole(name):
    assert terms(people=[name]) == (name,)


def test_initials_behind_a_title_stay():
    assert terms(people=["Dr. K. Müller"]) == ("K. Müller",)


def test_name_of_a_person_does_not_come_again_inside_a_longer_term():
    assert terms(
        people=["Mira Lenz"],
        organisations=["Mira Lenz Beratung", "Lenz"],
        glossary=["Dr. Mira Lenz", "mira lenz", "Lenz-Verfahren"],
    ) == ("Mira Lenz", "Lenz-Verfahren")


# --- glossary and organisations ----------------------------------------------------------------


def test_term_comes_once_in_whatever_case():
    assert terms(glossary=["BundID", "BUNDID", "Straße", "STRASSE"], abstract="Die BundID.") == (
        "BundID",
        "Straße",
    )


def test_whitespace_and_composed_letters_are_normalised():
    apart = unicodedata.normalize("NFD", "Prüf\u00a0Büro")

    assert terms(glossary=[f" {apart} "]) == ("Prüf Büro",)


def test_organisation_is_told_without_its_place_and_its_brackets():
    assert terms(organisations=["Institut für Statistik, Köln", "Föderales Amt (FA)"]) == (
        "Institut für Statistik",
        "Föderales Amt",
    )


def test_term_that_is_too_long_is_left_out():
    assert terms(glossary=["a" * 61, "b" * 60]) == ("b" * 60,)


def test_gender_form_of_the_glossary_stays_as_it_is_written():
    assert terms(glossary=["Teilnehmer*innen"]) == ("Teilnehmer*innen",)


# --- titles and abstracts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "OZG",
        "BundID",
        "eAkte",
        "XÖV",
        "FIT-Connect",
        "NOOTS",
        "KI-Verordnung",
        "DSGVO-konform",
        "Web3",
        "5G",
        "openDesk",
        "Ende-zu-Ende",
    ],
)
@pytest.mark.parametrize("form", ["Wir nutzen {} heute.", "„{}“, und nun?", "({})", "{}: ja"])
def test_telling_word_is_told_from_title_and_abstract(word, form):
    assert terms(abstract=form.format(word)) == (word,)
    assert terms(title=form.format(word)) == (word,)


@pytest.mark.parametrize(
    "text",
    [
        "Bürgerinnen und Bürger wünschen sich einfache Dienste.",
        "Teilnehmer*innen, Bürger:innen, Expert_innen und BürgerInnen reden.",
        "Am 17.09.2026 um 14:30 Uhr, zum 10. Mal, für 20er und 10-jährige.",
        "https://example.org/API www.Beispiel.de post@Amt.de",
        "KOMMT ALLE ZU UNS INS RATHAUS",
        "Hin- und Rückweg – und so weiter …",
    ],
)
def test_ordinary_words_are_not_told(text):
    assert terms(abstract=text) == ()


def test_words_parted_by_a_stroke_are_two():
    assert terms(abstract="Mit FIM/XÖV.") == ("FIM", "XÖV")


def test_long_compounds_of_a_german_title_are_told_and_short_nouns_are_not():
    title = "Registermodernisierung und Portale in der Kommunalverwaltung"

    assert terms(title=title) == ("Registermodernisierung", "Kommunalverwaltung")
    assert terms(abstract=title) == ()


def test_names_in_an_english_title_are_told():
    assert terms(title="How we moved to Open River in Bremen: Lessons from the field") == (
        "Open River",
        "Bremen",
    )


@pytest.mark.parametrize(
    "title",
    [
        "Open data in a smart region",
        "How To Build A Better Register",
        "Ein Portal für alle Dienste",
    ],
)
def test_capitals_that_tell_nothing_are_not_told(title):
    assert terms(title=title) == ()
