"""A glossary is read with clear problems, and corrects whole words, once, and nothing that is right."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import timed_cue
from transcripts.cues import Cue, Word
from transcripts.glossary import Change, Entry, Finder, Problem, corrected, parse, written

EKOM = parse("ekom21 = e-kom 21, Ekom einundzwanzig\nOZG = ozg, O Z G\nFITKO").entries


def says(text: str, glossary: str | None = None) -> str:
    """The text as the glossary has it, without one as EKOM has it."""
    entries = EKOM if glossary is None else parse(glossary).entries
    return written(text, Finder(entries).found(text))


# --- reading -----------------------------------------------------------------------------------


def test_line_tells_the_right_writing_and_the_wrong_ones():
    glossary = parse("ekom21 = e-kom 21, Ekom  einundzwanzig ; ECOM 21,\n\nFITKO\nOZG, BundID; XÖV")

    assert glossary.problems == ()
    assert glossary.entries == (
        Entry("ekom21", ("e-kom 21", "Ekom einundzwanzig", "ECOM 21")),
        *map(Entry, ("FITKO", "OZG", "BundID", "XÖV")),
    )
    assert glossary.terms == ("ekom21", "FITKO", "OZG", "BundID", "XÖV")


def test_empty_glossary_says_nothing():
    for text in ("", "\n \n", " , ;"):
        assert parse(text) == parse("")
    assert parse("").entries == ()


def test_one_term_may_have_several_lines():
    glossary = parse("OZG = O Z G\nOZG = ozett ge, o z g")

    assert glossary.problems == ()
    assert says("o z g und Ozett Ge", "OZG = O Z G\nOZG = ozett ge, o z g") == "OZG und OZG"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("OZG\n\n = ozett", Problem(3, "no_right")),
        ("OZG =", Problem(1, "no_wrong", "OZG")),
        ("OZG = , ;", Problem(1, "no_wrong", "OZG")),
        ("OZG = ozett = o z g", Problem(1, "two_signs")),
        ("OZG, EGovG = ozett", Problem(1, "several_right", "OZG, EGovG")),
        ("– = ozett", Problem(1, "no_letters", "–")),
        ("OZG = -ozett", Problem(1, "edges", "-ozett")),
        ("OZG = ozett!", Problem(1, "edges", "ozett!")),
        ("OZG = OZG", Problem(1, "same", "OZG")),
        ("OZG = ozett\nEGovG = Ozett", Problem(2, "wrong_twice", "Ozett", "OZG")),
        ("OZG = egovg\nEGovG", Problem(1, "wrong_is_right", "egovg", "EGovG")),
        ("OZG = ozg\nOzg = Otze", Problem(1, "wrong_is_right", "ozg", "Ozg")),
        ("x" * 81, Problem(1, "too_long", "x" * 81)),
        ("x" * 81 + " = y", Problem(1, "too_long", "x" * 81)),
        ("OZG = " + "x" * 81, Problem(1, "too_long", "x" * 81)),
        ("OZG\n" * 501, Problem(501, "too_many")),
    ],
)
def test_what_is_wrong_with_a_line_is_told(text: str, problem: Problem):
    assert parse(text).problems == (problem,)


def test_problem_of_one_writing_leaves_the_others_in_force():
    glossary = "OZG = OZG, ozett\nEGovG = Ozett, egov"

    assert [one.line for one in parse(glossary).problems] == [1, 2]
    assert says("Ozett und Egov", glossary) == "OZG und EGovG"


# --- correcting --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Die E-Kom 21 sitzt in Gießen.", "Die ekom21 sitzt in Gießen."),
        ("(EKOM  EINUNDZWANZIG)", "(ekom21)"),  # over spaces as they come, in any case
        ("e-kom 21, e-kom 21!", "ekom21, ekom21!"),
        ("o z g", "OZG"),
        ("ekom 21", "ekom 21"),  # as written: a hyphen is a hyphen
        ("Die e-kom 212 und Reh-e-kom 21ste", "Die e-kom 212 und Reh-e-kom 21ste"),  # whole words
        ("Das ozg heißt OZG, nie Ozg.", "Das OZG heißt OZG, nie Ozg."),  # case alone, as listed
    ],
)
def test_what_is_written_wrongly_is_corrected(said: str, right: str):
    assert says(said) == right


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("die E-Kom 21-Messe", "die ekom21-Messe"),
        ("die Nicht-E-Kom 21-Kunden", "die Nicht-ekom21-Kunden"),
        ("e-kom 21's und O Z G’s", "ekom21's und OZG’s"),
        ("E-Kom 21s Kunden", "ekom21s Kunden"),
        ("die ekom einundzwanzigS", "die ekom21S"),
    ],
)
def test_tails_of_compounds_and_of_the_genitive_stay(said: str, right: str):
    assert says(said) == right


def test_an_s_behind_a_single_word_makes_it_another_word():
    assert says("Im Haus des Hau", "Howe = Hau") == "Im Haus des Howe"
    assert says("Mara Lindkwists Buch", "Mara Lindqvist = Mara Lindkwist") == "Mara Lindqvists Buch"
    assert says("das ozgs") == "das ozgs"


def test_longest_writing_comes_first():
    glossary = "FITKO = fit\nFIT-Connect = fit connect, fit connect zwei\nkon = connect zwei"

    assert says("fit connect zwei drei", glossary) == "FIT-Connect drei"
    assert says("fit connect", glossary) == "FIT-Connect"
    assert says("fit, connect zwei", glossary) == "FITKO, kon"


def test_right_writing_that_contains_a_wrong_one_is_left_alone():
    glossary = "Podium-Archiv = Archiv, Podium Archiv\nE-Rechnung = Rechnung"

    said = "Podium-Archiv, podium-archiv und E-Rechnungs-Gesetz"
    assert says(said, glossary) == said
    assert says("Podium Archiv, Archiv", glossary) == "Podium-Archiv, Podium-Archiv"


def test_writing_with_signs_at_its_edges_may_be_right():
    assert says("see sharp und dot net", "C# = see sharp\n.NET = dot net, net") == "C# und .NET"
    assert says(".NET und C#", "C# = C\n.NET = net") == ".NET und C#"


def test_words_that_stay_keep_their_times():
    cue = timed_cue("Wir von der E-Kom 21 sagen", 10.0, 16.0)

    (after,), changes = corrected([cue], EKOM)

    assert after.text == "Wir von der ekom21 sagen"
    assert [word.text for word in after.words] == after.text.split()
    assert (*after.words[:3], after.words[4]) == (*cue.words[:3], cue.words[5])
    assert (after.words[3].start, after.words[3].end) == (cue.words[3].start, cue.words[4].end)
    assert changes == (Change(13.0, "E-Kom 21", "ekom21"),)


def test_change_tells_when_its_word_begins():
    cue = timed_cue("Die Nicht-E-Kom 21 und o z g", 0.0, 7.0)

    assert [change.start for change in corrected([cue], EKOM)[1]] == [1.0, 4.0]
    assert [change.start for change in corrected([replace(cue, words=())], EKOM)[1]] == [0.0, 0.0]


def test_writing_does_not_run_from_one_cue_into_the_next():
    cues = [timed_cue("Das ist e-kom", 0.0, 3.0), timed_cue("21 also", 3.0, 5.0)]

    assert corrected(cues, EKOM) == (tuple(cues), ())


def test_only_chosen_places_are_corrected():
    cues = [timed_cue("o z g und o z g", 0.0, 7.0), timed_cue("o z g", 7.0, 9.0)]

    after, changes = corrected(cues, EKOM, only={(0, 10), (1, 3)})

    assert [cue.text for cue in after] == ["o z g und OZG", "o z g"]
    assert after[1] is cues[1]
    assert changes == (Change(4.0, "o z g", "OZG"),)


PIECES = [
    "a",
    "b",
    "A",
    "c1",
    "C1",
    "as",
    "c1s",
    "bb",
    "s",
    "1",
    "é",
    "ς",
    "Σ",
    "İ",
    "ß",
    "e\u0301",
]
SIGNS = [" ", "-", " - ", "", "#", ".", "'", "  ", "\u00a0"]
scraps = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(SIGNS)), max_size=7).map(
    lambda pairs: "".join(part for pair in pairs for part in pair)
)
glossaries = st.lists(
    st.tuples(scraps, st.lists(scraps, max_size=3)).map(lambda e: f"{e[0]} = {', '.join(e[1])}")
    | scraps,
    max_size=5,
).map("\n".join)


@st.composite
def worded(draw, wrong: list[str]) -> Cue:
    """A cue that says some of what is wrong, its words with times or without."""
    pieces = st.sampled_from([*wrong, "a", "-"]) if wrong else scraps
    said = draw(st.lists(st.tuples(pieces, st.sampled_from(SIGNS)), min_size=1, max_size=4))
    text = " ".join("".join(part for pair in said for part in pair).split()) or "a"
    step = draw(st.sampled_from([0.0, 0.25, 1.0]))
    words = tuple(Word(w, n * step, (n + 1) * step, 0.5) for n, w in enumerate(text.split()))
    return Cue(0.0, len(words) * step, text, draw(st.sampled_from([words, ()])))


@st.composite
def told(draw) -> tuple[str, list[Cue]]:
    """A glossary and what was said."""
    glossary = draw(glossaries)
    wrong = [form for entry in parse(glossary).entries for form in entry.wrong]
    return glossary, draw(st.lists(worded(wrong), max_size=4))


@given(told())
def test_correcting_twice_is_correcting_once(told: tuple[str, list[Cue]]):
    glossary, cues = told
    entries = parse(glossary).entries

    once, changes = corrected(cues, entries)

    assert corrected(once, entries) == (once, ())
    assert bool(changes) == (list(once) != cues)


@given(told())
def test_what_is_right_stays(told: tuple[str, list[Cue]]):
    glossary, cues = told
    entries = parse(glossary).entries

    for before, cue in zip(cues, corrected(cues, entries)[0], strict=True):
        for entry in entries:
            whole = rf"(?<![\w\u0301]){re.escape(entry.right)}(?![\w\u0301])"
            assert len(re.findall(whole, before.text)) <= len(re.findall(whole, cue.text))


@given(told())
def test_words_stay_in_order_inside_their_cue(told: tuple[str, list[Cue]]):
    glossary, cues = told
    for before, cue in zip(cues, corrected(cues, parse(glossary).entries)[0], strict=True):
        assert (before.start, before.end, bool(before.words)) == (
            cue.start,
            cue.end,
            bool(cue.words),
        )
        if cue.words:
            assert [word.text for word in cue.words] == cue.text.split()
        times = [time for word in cue.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert all(cue.start <= time <= cue.end for time in times)


@given(glossaries)
def test_what_is_read_can_be_written_and_read_again(glossary: str):
    entries = parse(glossary).entries
    again = "\n".join(
        f"{entry.right} = {', '.join(entry.wrong)}" if entry.wrong else entry.right
        for entry in entries
    )

    assert parse(again).entries == entries
