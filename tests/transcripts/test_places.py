"""Each place at which two texts differ can be taken by itself."""

import random
from dataclasses import replace

import pytest

from transcripts.align import retimed
from transcripts.cues import Cue
from transcripts.places import places
from transcripts.revisions import Patch, applied, word_changes


def cue(start: float, text: str, speaker: str | None = None, end: float | None = None) -> Cue:
    end = start + 3.0 if end is None else end
    return Cue(start, end, text, retimed(text, start, end, ()), speaker)


BEFORE = (
    cue(0, "Guten Morgen und herzlich willkommen."),
    cue(4, "Wir reden heute über das Rathaus."),
    cue(8, "Alle haben 35 Minuten."),
    cue(12, "Das Rechenzentrum öffnet um halb neun."),
    cue(16, "Vielen Dank für die Fragen."),
)


def heard_again(cues: tuple[Cue, ...], by: float = 0.07) -> tuple[Cue, ...]:
    """As another run of an engine hears the same words: nearly at the same times."""
    return tuple(
        replace(
            one,
            start=one.start + by,
            end=one.end + by,
            words=tuple(
                replace(word, start=word.start + by, end=word.end + by, probability=0.7)
                for word in one.words
            ),
        )
        for one in cues
    )


def changed(cues: tuple[Cue, ...], texts: dict[int, str]) -> tuple[Cue, ...]:
    return tuple(
        cue(one.start, texts[n], one.speaker, one.end) if n in texts else one
        for n, one in enumerate(cues)
    )


def said(cues: tuple[Cue, ...]) -> list[tuple[str, str | None]]:
    return [(word, one.speaker) for one in cues for word in one.text.split()]


def test_same_words_at_other_times_are_no_place():
    assert places(BEFORE, heard_again(BEFORE)) == ()
    assert places((), ()) == ()


def test_each_changed_cue_is_a_place_of_its_own():
    after = changed(
        heard_again(BEFORE), {1: "Wir reden heute über den Rathausplatz.", 3: "Es öffnet."}
    )

    one, other = places(BEFORE, after)

    assert (one.first, one.last, other.first, other.last) == (1, 1, 3, 3)
    assert [c.text for c in applied(BEFORE, [other])][1:4] == [
        BEFORE[1].text,
        BEFORE[2].text,
        "Es öffnet.",
    ]


def test_neighbours_that_changed_by_themselves_can_be_taken_one_by_one():
    after = changed(heard_again(BEFORE), {1: "Wir sprechen nun.", 2: "Jede hat 40 Stunden."})

    assert [(p.first, p.last) for p in places(BEFORE, after)] == [(1, 1), (2, 2)]


def test_word_that_moved_into_the_next_cue_is_neither_lost_nor_doubled():
    after = changed(
        heard_again(BEFORE),
        {1: "Wir reden heute über das.", 2: "Rathaus, alle haben 35 Minuten."},
    )

    (place,) = places(BEFORE, after)

    assert (place.first, place.last, len(place.cues)) == (1, 2, 2)


def test_what_was_added_and_what_is_gone_are_places():
    after = (*heard_again(BEFORE[:2]), cue(7.2, "Applaus.", end=7.9), *heard_again(BEFORE[2:4]))

    added, gone = places(BEFORE, after)

    assert (added.first, added.last, [c.text for c in added.cues]) == (2, 1, ["Applaus."])
    assert (gone.first, gone.last, gone.cues) == (4, 4, ())


def test_who_speaks_stays_where_the_other_text_names_nobody():
    named = tuple(replace(one, speaker="Ada" if n < 3 else "Bea") for n, one in enumerate(BEFORE))
    after = changed(heard_again(BEFORE), {3: "Es öffnet."})

    (place,) = places(named, after)

    assert [c.speaker for c in place.cues] == ["Bea"]


def test_who_speaks_is_a_place_where_both_name_somebody():
    named = tuple(replace(one, speaker="Ada") for one in BEFORE)
    after = tuple(replace(one, speaker="Bea" if n == 2 else "Ada") for n, one in enumerate(BEFORE))

    assert [(p.first, p.last) for p in places(named, heard_again(after))] == [(2, 2)]


WORDS = "der die das und ein Haus Stadt Morgen heute geht um es nicht viel Glas".split()


def some_text(chance: random.Random) -> tuple[Cue, ...]:
    cues, time = [], 0.0
    for _ in range(chance.randint(0, 14)):
        time += chance.choice((0.0, 0.4, 2.0))
        length = chance.uniform(0.5, 5.0)
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 7)))
        cues.append(cue(time, text, chance.choice((None, "Ada", "Bea")), time + length))
        time += length
    return tuple(cues)


def another_run(chance: random.Random, cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """The same, cut, timed and heard somewhat differently."""
    heard: list[Cue] = []
    for one in cues:
        kind = chance.choice(("same", "same", "later", "word", "split", "gone", "join", "more"))
        texts = one.text.split()
        if kind == "later":
            heard += heard_again((one,), chance.uniform(0.0, 0.4))
        elif kind == "word":
            texts[chance.randrange(len(texts))] = chance.choice(WORDS)
            heard.append(replace(one, text=" ".join(texts), speaker=None))
        elif kind == "split" and len(texts) > 1:
            middle = (one.start + one.end) / 2
            heard.append(cue(one.start, " ".join(texts[:1]), one.speaker, middle))
            heard.append(cue(middle, " ".join(texts[1:]), one.speaker, one.end))
        elif kind == "join" and heard:
            last = heard.pop()
            heard.append(cue(last.start, f"{last.text} {one.text}", last.speaker, one.end))
        elif kind == "more":
            heard += [one, cue(one.end, chance.choice(WORDS), None, one.end + 0.2)]
        elif kind != "gone":
            heard.append(one)
    return tuple(sorted(heard, key=lambda one: one.start))


@pytest.mark.parametrize("seed", range(400))
def test_any_choice_of_places_stands_in_order_and_all_of_them_say_what_the_other_says(seed: int):
    chance = random.Random(seed)
    before = some_text(chance)
    after = another_run(chance, before)
    found = places(before, after)

    taken = applied(before, found)
    assert [word for word, _ in said(taken)] == [word for word, _ in said(after)]
    for _ in range(4):
        chosen = [patch for patch in found if chance.random() < 0.5]
        starts = [one.start for one in applied(before, chosen)]
        assert starts == sorted(starts)
    assert all(_differs(before, patch) for patch in found)


def _differs(before: tuple[Cue, ...], patch: Patch) -> bool:
    return bool(word_changes(before[patch.first : patch.last + 1], patch.cues))
