import random
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.transcripts.sound import ENGLISH, GERMAN, words
from tests.transcripts.strategies import any_text
from transcripts.align import common, retimed
from transcripts.cues import Word


def said(text: str, start: float = 0.0, each: float = 0.4) -> tuple[Word, ...]:
    """The words of a text, one after the other, as an engine heard them."""
    return tuple(
        Word(word, round(start + n * each, 2), round(start + (n + 1) * each, 2), 0.9)
        for n, word in enumerate(text.split())
    )


def times(words: tuple[Word, ...]) -> list[tuple[str, float, float]]:
    return [(word.text, word.start, word.end) for word in words]


def corrected(before: str, after: str) -> list[tuple[str, float, float]]:
    """What becomes of words of 0.4 s each."""
    heard = said(before)
    return times(retimed(after, 0.0, heard[-1].end, heard))


# --- words that stay -----------------------------------------------------------------------------


@pytest.mark.parametrize("slug", [GERMAN, ENGLISH])
def test_text_that_did_not_change_keeps_every_word(slug):
    heard = words(slug)

    text = " ".join(word.text for word in heard)
    assert retimed(text, heard[0].start, heard[-1].end, heard) == tuple(heard)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("das rathaus öffnet", "Das Rathaus öffnet."),
        ("Guten Tag wie geht's", "»Guten Tag, wie geht’s?«"),
        ("die Teilnehmerinnen kommen", "die Teilnehmer*innen kommen"),
        ("alle Bürger:innen und", "alle BürgerInnen – und"),
        ("ein O Ton", "ein „O“-Ton"),
        ("E-Government Gesetz", "E-Government-Gesetz"),
        ("U\u0308ber Bru\u0308cken", "Über Brücken"),
        ("Es sind 1.000 Euro", "Es sind 1.000 Euro!"),
        ("the state of the art", "The state-of-the-art"),
    ],
)
def test_words_whose_letters_are_the_same_keep_their_times(before, after):
    heard, shown = said(before), retimed(after, 0.0, 10.0, said(before))

    start = {word.start for word in heard}
    assert {word.start for word in shown if word.text != "–"} <= start
    assert shown[0].start == heard[0].start and shown[-1].end == heard[-1].end


def test_words_whose_letters_are_the_same_keep_their_probability():
    heard = said("das rathaus u\u0308ber der strasse misst 35 Masse")

    shown = retimed("Das Rathaus, über der Straße, misst 3,5 Maße.", 0.0, 3.2, heard)

    assert [word.probability for word in shown] == [0.9] * 4 + [None, 0.9, None, None]
    assert [word.start for word in shown] == [word.start for word in heard]


def test_word_that_was_said_often_is_found_where_its_neighbours_are():
    before = "die Stadt und die Verwaltung und die Bürger"

    assert corrected(before, "die Verwaltung und die Bürger") == times(said(before))[3:]
    assert corrected(before, "die Stadt und die Bürger")[:2] == times(said(before))[:2]


def test_alignment_is_the_best_of_the_whole_text():
    """Whoever takes the first “und” that fits loses all words before the second."""
    before = "und wir haben lange gewartet und dann kam er"
    after = "wir haben lange gewartet und dann kam er"

    assert corrected(before, after) == times(said(before))[1:]


# --- words that change ---------------------------------------------------------------------------


def test_word_that_stands_for_another_has_its_time_and_no_probability():
    heard = (Word("Die", 1.0, 1.2, 0.9), Word("Heuser", 2.0, 2.5, 0.3), Word("da", 4.0, 4.1, 0.9))

    shown = retimed("Die Häuser da", 0.0, 5.0, heard)

    assert shown == (heard[0], Word("Häuser", 2.0, 2.5, None), heard[2])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "die Podiums Diskussion beginnt",
            "die Podiumsdiskussion beginnt",
            [("die", 0, 0.4), ("Podiumsdiskussion", 0.4, 1.2), ("beginnt", 1.2, 1.6)],
        ),
        (
            "die Podiums Diskusion beginnt",  # misheard too
            "die Podiumsdiskussion beginnt",
            [("die", 0, 0.4), ("Podiumsdiskussion", 0.4, 1.2), ("beginnt", 1.2, 1.6)],
        ),
        (
            "im Rechen Zentrum der Stadt",
            "im Rechenzentrum der Stadt",
            [("im", 0, 0.4), ("Rechenzentrum", 0.4, 1.2), ("der", 1.2, 1.6), ("Stadt", 1.6, 2)],
        ),
        (
            "On line Zugangs Gesetz Fragen",
            "Onlinezugangsgesetz-Fragen",
            [("Onlinezugangsgesetz-Fragen", 0, 2)],
        ),
        (
            "the database of Podium",
            "the data base of Podium",
            [("the", 0, 0.4), ("data", 0.4, 0.6), ("base", 0.6, 0.8), ("of", 0.8, 1.2)]
            + [("Podium", 1.2, 1.6)],
        ),
        (
            "the databace of Podium",
            "the data base of Podium",
            [("the", 0, 0.4), ("data", 0.4, 0.6), ("base", 0.6, 0.8), ("of", 0.8, 1.2)]
            + [("Podium", 1.2, 1.6)],
        ),
        (
            "am Onlinezugangsgesetzrahmen",
            "am Online Zugangs Gesetz Rahmen",
            [("am", 0, 0.4), ("Online", 0.4, 0.496), ("Zugangs", 0.496, 0.608)]
            + [("Gesetz", 0.608, 0.704), ("Rahmen", 0.704, 0.8)],
        ),
        ("今日 は 天気 が", "今日は天気が", [("今日は天気が", 0, 1.6)]),
        ("今日は店気が いい", "今日は天気が いい", [("今日は天気が", 0, 0.4), ("いい", 0.4, 0.8)]),
    ],
)
def test_words_written_together_or_apart_have_the_time_of_all(before, after, expected):
    assert corrected(before, after) == expected


def test_joined_word_was_measured_by_nobody():
    heard = said("die Podiums Diskussion")

    assert [w.probability for w in retimed("die Podiumsdiskussion", 0, 1.2, heard)] == [0.9, None]


def test_words_that_stand_for_others_share_their_time_by_their_letters():
    heard = (Word("Ja", 0.0, 0.4), Word("XYZ", 1.0, 2.0), Word("gut", 3.0, 3.4))

    assert times(retimed("Ja, das wird gut", 0.0, 4.0, heard)) == [
        ("Ja,", 0.0, 0.4),
        ("das", 1.0, 1.429),
        ("wird", 1.429, 2.0),
        ("gut", 3.0, 3.4),
    ]


def test_inserted_words_share_what_is_free_between_their_neighbours():
    heard = (Word("Ja", 0.0, 0.4, 0.9), Word("gut", 1.4, 1.8, 0.9))

    shown = retimed("Also Ja, das ist so gut. Danke", 0.0, 2.0, heard)

    assert shown == (
        Word("Also", 0.0, 0.0, None),
        Word("Ja,", 0.0, 0.4, 0.9),
        Word("das", 0.4, 0.775, None),
        Word("ist", 0.775, 1.15, None),
        Word("so", 1.15, 1.4, None),
        Word("gut.", 1.4, 1.8, 0.9),
        Word("Danke", 1.8, 2.0, None),
    )


def test_words_that_are_taken_out_leave_the_others_alone():
    before = "also ähm wir haben äh begonnen"

    kept = times(said(before))
    assert corrected(before, "also wir haben begonnen") == [kept[0], kept[2], kept[3], kept[5]]
    assert corrected(before, "") == []


def test_words_of_a_text_that_nobody_heard_are_spread_by_their_letters():
    assert times(retimed("Vielen Dank 2025", 10.0, 11.5, ())) == [
        ("Vielen", 10.0, 10.643),
        ("Dank", 10.643, 11.071),
        ("2025", 11.071, 11.5),
    ]


# --- times that changed --------------------------------------------------------------------------


def test_words_keep_their_times_when_their_cue_becomes_longer():
    heard = said("Guten Tag zusammen", start=3.0)

    assert retimed("Guten Tag zusammen", 1.0, 9.0, heard) == heard


def test_words_are_cut_where_their_cue_becomes_shorter():
    heard = said("eins zwei drei vier")

    assert times(retimed("eins zwei drei vier", 0.2, 1.5, heard)) == [
        ("eins", 0.2, 0.4),
        ("zwei", 0.4, 0.8),
        ("drei", 0.8, 1.2),
        ("vier", 1.2, 1.5),
    ]


def test_words_outside_of_their_cue_are_spread_over_it():
    heard = said("Guten Tag")

    assert retimed("Guten Tag", 10.0, 10.8, heard) == (
        Word("Guten", 10.0, 10.5, 0.9),
        Word("Tag", 10.5, 10.8, 0.9),
    )


def test_word_that_only_touches_its_cue_has_what_is_free():
    heard = (Word("Guten", 9.0, 10.0, 0.9), Word("Tag", 11.0, 11.4, 0.9))

    assert times(retimed("Guten Tag", 10.0, 12.0, heard)) == [("Guten", 10, 11), ("Tag", 11, 11.4)]


def test_word_outside_does_not_push_the_others():
    heard = (Word("eins", 9.0, 10.0), Word("zwei", 1.0, 2.0), Word("drei", 2.0, 3.0))

    assert times(retimed("eins zwei drei", 0.0, 5.0, heard)) == [
        ("eins", 0.0, 1.0),
        ("zwei", 1.0, 2.0),
        ("drei", 2.0, 3.0),
    ]


def test_words_that_overlap_come_one_after_the_other():
    heard = (Word("eins", 0.0, 1.0), Word("zwei", 0.6, 1.2), Word("drei", 0.5, 2.0))

    assert times(retimed("eins zwei drei", 0.0, 2.0, heard)) == [
        ("eins", 0.0, 0.6),
        ("zwei", 0.6, 0.6),
        ("drei", 0.6, 2.0),
    ]


# --- whatever comes ------------------------------------------------------------------------------

seconds = st.floats(0, 1e5) | st.integers(0, 6).map(float)
lengths = st.sampled_from([0.0, 0.001, 0.3, 1.0])
few_words = st.lists(
    st.sampled_from("ja Ja, ja. nein jaja und – ... 3,5 35 今日".split()), max_size=12
)


@st.composite
def spans(draw) -> tuple[float, float]:
    start, end = sorted((draw(seconds), draw(seconds)))
    return start, end


@given(
    few_words.map(" ".join) | any_text,
    spans(),
    st.lists(
        st.builds(
            lambda text, span: Word(text, *span, 0.5),
            st.sampled_from("ja nein ja, jaja und – 35 今".split()) | any_text,
            spans(),
        ),
        max_size=12,
    ),
)
@example("a", (1.0, 1.0), [Word("", 0.0, 2.0)])
def test_times_are_always_in_order_and_inside(text, span, before):
    shown = retimed(text, *span, before)

    assert [word.text for word in shown] == text.split()
    borders = [span[0], *(at for word in shown for at in (word.start, word.end)), span[1]]
    assert borders == sorted(borders)


PLAIN = "alpha bravo kuckuck delta echo foxtrot golf hotel india lima mike xaver".split()
NEW = "überzeugt früh sprung *".split()


@given(
    st.lists(st.tuples(lengths, lengths), min_size=len(PLAIN), max_size=len(PLAIN)),
    st.lists(
        st.tuples(st.sampled_from(["kept", "kept", "removed", "changed"]), st.sampled_from(NEW)),
        min_size=len(PLAIN),
        max_size=len(PLAIN),
    ),
    st.dictionaries(st.integers(0, len(PLAIN)), st.sampled_from(NEW), max_size=3),
)
def test_words_that_stay_keep_their_times_whatever_happens_around_them(timing, fates, inserted):
    heard, at = [], 0.0
    for text, (pause, length) in zip(PLAIN, timing, strict=True):
        start, at = at + pause, at + pause + length
        heard.append(Word(text, start, at, 0.5))
    texts, kept = [], []
    for n, (word, (fate, other)) in enumerate(zip(heard, fates, strict=True)):
        texts += [inserted[n]] if n in inserted else []
        texts += {"kept": [word.text.upper() + "!"], "removed": [], "changed": [other]}[fate]
        kept += [word] if fate == "kept" else []

    shown = retimed(" ".join(texts), 0.0, at, heard)

    stayed = [word for word in shown if word.text[:-1].lower() in PLAIN]
    assert [(w.text[:-1].lower(), w.start, w.end, w.probability) for w in stayed] == [
        (w.text, w.start, w.end, w.probability) for w in kept
    ]
    assert all(w.probability is None for w in shown if w.text in NEW)
    assert all(one.end <= other.start for one, other in pairwise(shown))


def length_of_the_longest(before, after) -> int:
    """By the textbook."""
    row = [0] * (len(after) + 1)
    for one in before:
        above, row = row, [0]
        for n, other in enumerate(after):
            row.append(above[n] + 1 if one == other else max(row[n], above[n + 1]))
    return row[-1]


@given(
    st.integers(1, 6).flatmap(
        lambda most: st.tuples(*[st.lists(st.integers(0, most), max_size=40)] * 2)
    ),
    st.integers(1, 8),
)
def test_common_is_a_longest_common_subsequence(both, times_over):
    before, after = both[0] * times_over, both[1] * times_over

    pairs = common(before, after)

    assert all(before[n] == after[m] for n, m in pairs)
    assert all(n < following and m < next_m for (n, m), (following, next_m) in pairwise(pairs))
    assert len(pairs) == length_of_the_longest(before, after)


def test_common_of_long_texts_is_a_longest_common_subsequence():
    """Longer than the rows that are kept at once."""
    letters = random.Random(7)
    before, after = ([letters.randrange(9) for _ in range(500)] for _ in "ab")

    assert len(common(before, after)) == length_of_the_longest(before, after)


# --- long texts ----------------------------------------------------------------------------------


def long_talk() -> list[Word]:
    """3,000 words."""
    heard = [*words(GERMAN), *words(ENGLISH)]
    texts = [word.text for word in heard] * (3000 // len(heard) + 1)
    return [Word(text, n * 0.4, n * 0.4 + 0.3, 0.9) for n, text in enumerate(texts[:3000])]


def test_words_of_a_long_text_keep_their_times():
    heard = long_talk()
    texts = [word.text for word in heard]
    texts[1000:1001] = ["Zwischenruf", "Querkopf"]
    del texts[2000:2010]
    texts[10:300] = ["ganz", "anders"]

    shown = retimed(" ".join(texts), 0.0, 1200.0, heard)

    same = set(heard)
    assert shown[:10] == tuple(heard[:10])
    assert [word.text for word in shown if word not in same] == texts[10:12] + texts[712:714]
    assert sum(word in same for word in shown) == 3000 - 1 - 10 - 290


def test_words_of_a_long_text_that_were_misheard_keep_their_times():
    heard = long_talk()
    heard[1500:1502] = [Word("Heuserzeile", 600.0, 600.1), Word("steet", 600.4, 600.7)]
    texts = [word.text for word in heard]
    texts[1500:1502] = ["Häuserzeile", "steht"]

    shown = retimed(" ".join(texts), 0.0, 1200.0, heard)

    assert [(word.start, word.end) for word in shown] == [(word.start, word.end) for word in heard]


def test_long_text_is_timed_in_less_than_a_second():
    heard = long_talk()
    change = random.Random(7)
    texts = [w.text if change.random() < 0.7 else f"neu{change.random()}" for w in heard]

    begun = time.process_time()
    shown = retimed(" ".join(texts), 0.0, 1200.0, heard)

    assert time.process_time() - begun < 1
    assert [word.text for word in shown] == texts
