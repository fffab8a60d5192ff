from dataclasses import replace
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.sound import ENGLISH, GERMAN, words
from transcripts.cues import Cue, Word
from transcripts.formats.lines import two_lines
from transcripts.stitch import CLINGING, cues_of_words, stitch
from transcripts.transcribe import ChunkTranscript


def said(text: str, start: float = 0.0, each: float = 0.4) -> tuple[Word, ...]:
    """The words of a text, one after the other, each as long as the other."""
    return tuple(
        Word(word, round(start + n * each, 2), round(start + (n + 1) * each, 2))
        for n, word in enumerate(text.split())
    )


def chunk(
    words: tuple[Word, ...], start: float, end: float, language: str = "de"
) -> ChunkTranscript:
    return ChunkTranscript(start, end, start, end, language, 1.0, words)


def length(cue: Cue) -> float:
    return round(cue.end - cue.start, 2)


def text_of(cues: tuple[Cue, ...] | list[Cue]) -> str:
    return " ".join(cue.text for cue in cues)


def texts_of(words: tuple[Word, ...]) -> list[str]:
    return [cue.text for cue in cues_of_words(words)]


# --- seams -------------------------------------------------------------------------------------


def test_stitch_of_nothing_is_nothing():
    assert stitch([]) == ()


def test_chunks_that_do_not_overlap_are_joined_as_they_are():
    first, second = said("Guten Morgen."), said("Morgen Morgen.", 1.0)

    cues = stitch([chunk(first, 0, 1, "de"), chunk(second, 1, 2, "en")])

    assert [(cue.text, cue.words, cue.language) for cue in cues] == [
        ("Guten Morgen.", first, "de"),
        ("Morgen Morgen.", second, "en"),
    ]


OVERLAP = ("eins zwei drei vier fünf sechs", "vier fünf sechs sieben acht")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        OVERLAP,
        ("eins zwei drei vier Fünf, sechs.", "Vier fünf, sechs sieben acht"),
        ("eins zwei drei vier fünf Sex", "vier fünf sechs sieben acht"),
        ("eins zwei drei vier fünf sechs", "hier fünf sechs sieben acht"),
        ("eins zwei drei vier fünf sechs", "Tier fünf sechs sieben acht"),
        ("eins zwei drei vier fünf", "vier fünf sechs sieben acht"),
    ],
)
def test_words_that_both_chunks_heard_come_once(left, right):
    cues = stitch([chunk(said(left), 0, 2.4), chunk(said(right, 1.2), 1.2, 3.2)])

    plain = text_of(cues).casefold().replace(",", "").replace(".", "")
    assert plain == "eins zwei drei vier fünf sechs sieben acht"


@pytest.mark.parametrize("late", [-0.35, -0.1, 0.1, 0.35])
def test_words_that_both_chunks_time_differently_come_once(late):
    left, right = OVERLAP

    cues = stitch([chunk(said(left), 0, 2.4), chunk(said(right, 1.2 + late), 1.2, 3.2)])

    assert text_of(cues) == "eins zwei drei vier fünf sechs sieben acht"


def test_seam_lies_in_the_middle_of_what_both_chunks_heard():
    left, right = OVERLAP

    cues = stitch([chunk(said(left), 0, 2.4), chunk(said(right, 1.3), 1.2, 3.3)])

    starts = [word.start for cue in cues for word in cue.words]
    assert starts == [0, 0.4, 0.8, 1.2, 1.7, 2.1, 2.5, 2.9]


def test_one_word_that_both_chunks_heard_comes_once_however_it_is_written():
    cues = stitch([chunk(said("eins zwei Drei,"), 0, 1.2), chunk(said("drei vier", 0.9), 0.8, 2)])

    assert text_of(cues) == "eins zwei drei vier"


def test_repeated_words_are_joined_where_they_were_said_at_the_same_time():
    """The last “nein” of the first chunk is a “doch” that it heard in half."""
    left, right = said("ja nein nein nein", 0.6), said("nein nein doch", 1.0)

    cues = stitch([chunk(left, 0, 2.2), chunk(right, 0.9, 2.6)])

    assert text_of(cues) == "ja nein nein doch"


def test_repeated_words_are_counted():
    left, right = "nein nein nein nein nein", "nein nein nein doch"

    cues = stitch([chunk(said(left), 0, 2.0), chunk(said(right, 0.8), 0.8, 2.4)])

    assert text_of(cues) == "nein nein nein nein nein doch"


def test_small_word_that_comes_twice_does_not_swallow_what_is_between():
    left, right = said("hier und dort Häuser"), said("Heuser stehen und fallen", 1.2)

    cues = stitch([chunk(left, 0, 2.8), chunk(right, 0, 2.8)])

    assert text_of(cues) == "hier und dort Häuser stehen und fallen"


def test_chunks_that_agree_on_nothing_are_cut_in_the_middle_of_what_both_heard():
    left, right = said("a b c d e f", 0.1), said("u v w x y z", 1.3)

    cues = stitch([chunk(left, 0, 2.5), chunk(right, 1.1, 3.7)])

    assert text_of(cues) == "a b c d v w x y z"


def test_words_never_run_backwards_at_a_seam():
    left = (Word("eins", 0, 1.0), Word("zwei", 1.0, 2.4))
    right = (Word("drei", 1.6, 2.9), Word("vier", 1.7, 2.9))

    cues = stitch([chunk(left, 0, 2.4), chunk(right, 1.6, 3.0)])

    spoken = [word for cue in cues for word in cue.words]
    assert [word.text for word in spoken] == ["eins", "zwei", "drei", "vier"]
    assert all(before.end <= after.start for before, after in pairwise(spoken))


few = st.sampled_from("ja nein und und das die Stadt Verwaltung".split())
lengths = st.sampled_from([0.2, 0.3, 0.4, 0.5])


@given(
    st.lists(st.tuples(few, lengths), min_size=40, max_size=90),
    st.integers(0, 1000),
    st.sampled_from([-0.08, 0.0, 0.08]),
    st.booleans(),
)
def test_every_seam_neither_loses_nor_doubles_a_word(spoken, place, wobble, garbled):
    """Both chunks hear every whole word; the words cut at their edges they may mishear."""
    true, at = [], 0.0
    for text, length in (next(same) for _, same in groupby(spoken, lambda word: word[0])):
        true.append(Word(text, round(at, 2), round(at + length, 2)))
        at += length
    middle = 2.0 + place / 1000 * max(at - 4.0, 0.0)
    left_end, right_start = middle + 1.5, middle - 1.5
    left = [w for w in true if w.end <= left_end]
    right = [w for w in true if w.start >= right_start]
    shifted = [replace(w, start=w.start + wobble, end=w.end + wobble) for w in right]
    if garbled:
        left += [Word("Ver", w.start, left_end) for w in true if w.start < left_end < w.end]
        cut = [w for w in true if w.start < right_start < w.end]
        shifted = [Word("waltung", right_start, w.end) for w in cut] + shifted

    cues = stitch(
        [chunk(tuple(left), 0, left_end), chunk(tuple(shifted), right_start, at + wobble)]
    )

    assert text_of(cues).split() == [word.text for word in true]


# --- cues --------------------------------------------------------------------------------------


def test_cue_ends_where_a_sentence_ends():
    first = "Das Rathaus öffnet heute erst am späten Nachmittag."
    second = "Bringen Sie bitte alle Unterlagen für den Antrag mit."

    assert texts_of(said(f"{first} {second}")) == [first, second]


def test_short_sentences_share_a_cue():
    text = "Das ist ein Haus. Es steht in Hamburg."

    assert texts_of(said(text)) == [text]


def test_long_sentence_is_broken_at_a_comma():
    first = "Wir haben in drei Jahren viele Dienste gebaut,"
    second = "die heute jeder Bürger am Abend nutzen kann."

    assert texts_of(said(f"{first} {second}")) == [first, second]


def test_long_clause_is_broken_before_a_conjunction():
    first = "Alle Gemeinden wollen einfache Dienste anbieten"
    second = "und niemand wartet gern lange im Rathaus."

    assert texts_of(said(f"{first} {second}")) == [first, second]


@pytest.mark.parametrize("clinging", ["der", "eine", "für", "nicht", "the", "of"])
def test_cue_does_not_end_with_a_word_that_belongs_to_the_next(clinging):
    others = "Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo".split()

    for place in range(1, len(others)):
        sentence = " ".join([*others[:place], clinging, *others[place:]])
        first, second = texts_of(said(sentence, each=0.6))
        assert f"{first} {second}" == sentence
        assert first.split()[-1] != clinging


def test_pause_of_more_than_a_second_ends_a_cue():
    words = (*said("Das ist"), *said("ein Haus.", start=1.81))

    assert texts_of(words) == ["Das ist", "ein Haus."]
    assert texts_of((*said("Das ist"), *said("ein Haus.", start=1.8))) == ["Das ist ein Haus."]


def test_cue_lasts_no_longer_than_seven_seconds():
    cues = cues_of_words(said("a b c d e f g h i j", each=1.0))

    assert text_of(cues) == "a b c d e f g h i j"
    assert max(cue.end - cue.start for cue in cues) <= 7


def test_cue_whose_words_do_not_fit_into_two_lines_is_broken():
    long = "Verwaltungsdigitalisierungsgesetz"
    words = said(f"{long} {long} Haus Hof", each=0.5)

    for cue in cues_of_words(words):
        lines = two_lines(cue.text)
        assert len(lines) <= 2 and max(map(len, lines)) <= 42


def test_short_cue_stays_for_a_second():
    assert [(c.start, c.end) for c in stitch([chunk(said("Ja."), 0, 9)])] == [(0, 1)]


def test_short_cue_leaves_when_the_next_one_comes():
    words = (*said("Ja."), *said("Nein, das glaube ich nicht.", start=0.7))

    cues = stitch([chunk(words[:1], 0, 0.5), chunk(words[1:], 0.5, 9)])

    assert [(cue.start, cue.end) for cue in cues] == [(0, 0.7), (0.7, 2.7)]


def test_text_that_is_spoken_fast_stays_until_it_is_read():
    (cue,) = stitch([chunk(said("Vierzig Zeichen in nur einer Sekunde sind", each=0.15), 0, 9)])

    assert (cue.start, cue.end) == (0, len(cue.text) / 20)


spoken_words = st.lists(
    st.tuples(
        st.sampled_from(["a", "und", "der", "Haus", "Haus.", "Straße,", "Verwaltungsgebäude", "x" * 50]),
        st.sampled_from([0.05, 0.2, 0.5, 1.0, 8.0]),  # how long it lasts
        st.sampled_from([0.0, 0.0, 0.0, 0.3, 1.0, 1.2, 30.0]),  # the pause after it
    ),
    max_size=60,
)  # fmt: skip


def timed(parts: list[tuple[str, float, float]]) -> tuple[Word, ...]:
    words, at = [], 0.0
    for text, length, pause in parts:
        words.append(Word(text, round(at, 2), round(at + length, 2)))
        at += length + pause
    return tuple(words)


@given(spoken_words)
def test_every_cue_obeys_the_rules(parts):
    words = timed(parts)

    cues = stitch([chunk(words, 0, 1e4)])

    assert [word for cue in cues for word in cue.words] == list(words)
    for cue in cues:
        lines = two_lines(cue.text)
        assert cue.text == " ".join(word.text for word in cue.words)
        assert len(cue.words) == 1 or max(map(len, lines)) <= 42
        assert len(cue.words) == 1 or cue.words[-1].end - cue.start <= 7
        assert all(b.start - a.end <= 1 for a, b in pairwise(cue.words))
        assert cue.start == cue.words[0].start and cue.words[-1].end <= cue.end
    for cue, following in pairwise(cues):
        assert cue.end <= following.start
        assert length(cue) >= 1 or cue.end == following.start
    assert not cues or length(cues[-1]) >= 1


@pytest.mark.parametrize("slug", [GERMAN, ENGLISH])
def test_real_talk_is_broken_at_sentences_and_clauses(slug):
    cues = cues_of_words(words(slug))

    assert text_of(cues) == " ".join(word.text for word in words(slug))
    assert [cue for cue in cues if cue.words[-1].text.casefold() in CLINGING] == []
    torn = [cue.text for cue in cues if cue.text[-1] not in ".?!,:;"]
    assert len(torn) / len(cues) < 0.1, torn


def test_no_cue_is_in_two_languages():
    words = said("Guten Tag und willkommen. Good morning and welcome. Vielen Dank für die Frage.")
    begin, end = words[4].start, words[8].start
    both = replace(chunk(words, 0, 20), other_languages=((begin, end, "en"),))

    cues = stitch([both])

    assert [
        (code, text_of(list(group))) for code, group in groupby(cues, lambda c: c.language)
    ] == [
        ("de", "Guten Tag und willkommen."),
        ("en", "Good morning and welcome."),
        ("de", "Vielen Dank für die Frage."),
    ]


def test_what_one_chunk_alone_heard_after_the_words_both_agree_on_is_kept():
    """The right one was silent where the left one heard a sentence to its end."""
    sentence = said("Mein Name ist Paul Stein.", start=10.0)
    thanks = said("Vielen Dank dafür.", start=12.2, each=0.2)
    left = chunk((*said("Guten Tag.", start=8.0), *sentence, *thanks), 0, 13.2)
    right = chunk((*sentence, *said("Deshalb haben wir begonnen.", start=14.0)), 9.8, 20)

    assert text_of(stitch([left, right])) == (
        "Guten Tag. Mein Name ist Paul Stein. Vielen Dank dafür. Deshalb haben wir begonnen."
    )
