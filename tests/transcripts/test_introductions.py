"""Everybody in these tests is invented."""

import pytest

from samples.programme import truth
from tests.factories import timed_cue
from transcripts.introductions import suggestions
from transcripts.voices.lines import Line

PEOPLE = (
    "Prof. Dr. Anna Berg",
    "Dr.-Ing. Emil Roth, M.Sc.",
    "Jürgen Müller",
    "Clara Weiß-Sommer (sie/ihr)",
    "Nora Hill",
    "Oskar von der Au",
)


def lines(*said: tuple[str, str]) -> list[Line]:
    """(voice, text) one after the other, five seconds each with one second between."""
    return [
        Line(timed_cue(text, 6.0 * place, 6.0 * place + 5.0), voice, place)
        for place, (voice, text) in enumerate(said)
    ]


def found(*said: tuple[str, str], people: tuple[str, ...] = PEOPLE) -> dict[str, str]:
    return {voice: one.person for voice, one in suggestions(lines(*said), people).items()}


ANNA, EMIL, MUELLER, CLARA, NORA, OSKAR = PEOPLE


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("Das Wort hat nun Frau Professor Berg.", ANNA),
        ("Das Wort hat Herr Dr. Roth.", EMIL),
        ("Frau Berg hat nun das Wort.", ANNA),
        ("Ich begrüße ganz herzlich Jürgen Müller.", MUELLER),
        ("Ich begrüsse Herrn Mueller.", MUELLER),
        ("Begrüßen Sie mit mir Juergen Muller!", MUELLER),
        ("Herzlich willkommen, Frau Weiss Sommer.", CLARA),
        ("Herzlich Willkommen, Frau Weiß-Sommer!", CLARA),
        ("Ich übergebe an Oskar von der Au.", OSKAR),
        ("Ich gebe weiter an Herrn Roth.", EMIL),
        ("Frau Berg, wie sicher ist die Cloud?", ANNA),
        ("Und Herr Roth, was sagen Sie dazu?", EMIL),
        ("Please welcome Nora Hill.", NORA),
        ("Over to you, Ms. Hill.", NORA),
        ("Mrs. Hill, the floor is yours.", NORA),
        ("I'd like to introduce Nora Hill from the fire service.", NORA),
        ("Now, Mr. Roth, what would you say?", EMIL),
    ],
)
def test_who_is_introduced_is_the_next_other_voice(said: str, person: str):
    assert found(("A", said), ("B", "Vielen Dank.")) == {"B": person}


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("Mein Name ist Anna Berg.", ANNA),
        ("Guten Morgen, mein Name ist Professor Anna Berg und ich leite das Amt.", ANNA),
        ("Ich bin Emil Roth.", EMIL),
        ("Ich bin Jürgen Müller aus Musterstadt.", MUELLER),
        ("Ich heiße Clara Weiß Sommer.", CLARA),
        ("Good morning, my name is Nora Hill.", NORA),
        ("I'm Nora Hill, and I work for the river.", NORA),
    ],
)
def test_who_says_their_own_name_is_that_voice(said: str, person: str):
    assert found(("A", said), ("B", "Hallo.")) == {"A": person}


@pytest.mark.parametrize(
    "said",
    [
        "Vielen Dank, Frau Berg.",
        "Vielen Dank, Frau Berg, und herzlich willkommen zurück.",
        "Frau Berg hat das schon gesagt.",
        "Wie Frau Berg sagt: Ist die Cloud sicher?",
        "Ich begrüße Anna Berg und Emil Roth.",
        "Ich bin Anna Berg sehr dankbar.",
        "Ich bin der Meinung von Herrn Roth.",
        "Herzlich willkommen zur Diskussion.",
        "Das Wort hat nun Frau Beispiel.",
        "Willkommen auf dem Bergfest.",
        "Das ist eine neue Frage.",
    ],
)
def test_nothing_is_suggested_where_nobody_is_introduced(said: str):
    assert found(("A", said), ("B", "Ja.")) == {}


def test_surname_of_two_people_is_no_name():
    people = ("Anna Berg", "Otto Berg")

    assert found(("A", "Das Wort hat Frau Berg."), ("B", "Danke."), people=people) == {}
    assert found(("A", "Das Wort hat Otto Berg."), ("B", "Danke."), people=people) == {
        "B": "Otto Berg"
    }


def test_voice_that_two_are_found_for_gets_none():
    assert (
        found(
            ("A", "Das Wort hat Frau Berg."),
            ("B", "Danke."),
            ("A", "Herr Roth, was sagen Sie?"),
            ("B", "Nichts."),
        )
        == {}
    )


def test_person_who_is_found_for_two_voices_is_neither():
    assert (
        found(
            ("A", "Das Wort hat Frau Berg."),
            ("B", "Danke."),
            ("A", "Frau Berg, was sagen Sie?"),
            ("C", "Nichts."),
        )
        == {}
    )


def test_what_somebody_says_of_themselves_goes_before_what_others_say():
    assert found(
        ("A", "Das Wort hat Frau Berg."),
        ("B", "Mein Name ist Nora Hill."),
        ("A", "Frau Berg, was sagen Sie?"),
        ("C", "Ich bin Anna Berg."),
    ) == {"B": NORA, "C": ANNA}


def test_who_does_not_speak_soon_is_not_meant():
    late = [
        Line(timed_cue("Das Wort hat Frau Berg.", 0.0, 2.0), "A", 0),
        Line(timed_cue("Guten Tag.", 40.0, 42.0), "B", 1),
    ]

    assert suggestions(late, PEOPLE) == {}


def test_question_counts_at_the_end_of_a_turn_alone():
    said = [("A", "Frau Berg, wer weiß das?"), *[("A", "Ich erzähle erst etwas anderes.")] * 3]

    assert found(*said, ("B", "Gern.")) == {}


def test_sentence_is_quoted_with_its_time_where_lines_break_it():
    told = suggestions(
        lines(("A", "Guten Tag. Das Wort hat"), ("A", "nun Frau Dr. Berg."), ("B", "Danke.")),
        PEOPLE,
    )["B"]

    assert (told.start, told.said) == (0.0, "Das Wort hat nun Frau Dr. Berg.")
    assert not told.own


def test_people_of_the_sample_panel_are_all_introduced():
    sentences = truth()["cloud-sicherheit-in-kommunen"]["sentences"]
    said = [
        Line(timed_cue(one["text"], one["start"], one["end"]), one["speaker"], place)
        for place, one in enumerate(sentences)
    ]
    people = ("Jonas Falk", "Anna Berg", "Emil Roth", "Clara Winter")

    told = suggestions(said, people)

    assert {voice: one.person for voice, one in told.items()} == {
        "jonas-falk": "Jonas Falk",
        "anna-berg": "Anna Berg",
        "emil-roth": "Emil Roth",
        "clara-winter": "Clara Winter",
    }
    assert [voice for voice, one in told.items() if one.own] == ["jonas-falk"]
