import random
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.strategies import worded_cues
from transcripts.align import retimed
from transcripts.cues import Cue, Word
from transcripts.revisions import (
    Change,
    Conflict,
    Patch,
    applied,
    corrected_share,
    patches_between,
    rebased,
    word_changes,
)

SENTENCES = (
    "Guten Morgen und herzlich willkommen.",
    "Wir reden heute über das Onlinezugangsgesetz.",
    "Alle Teilnehmer*innen haben 35 Minuten.",
    "Our first speaker comes from Kiel.",
    "Das Rechenzentrum öffnet um 8:30 Uhr.",
    "Vielen Dank für die Fragen.",
)


def cue(number: int, text: str, speaker: str | None = None) -> Cue:
    """Each four seconds after the one before it, and spoken for three."""
    start, end = 4.0 * number, 4.0 * number + 3.0
    return Cue(start, end, text, retimed(text, start, end, ()), speaker)


BASE = tuple(cue(n, text) for n, text in enumerate(SENTENCES))


def with_text(changed: Cue, text: str) -> Cue:
    """As the desk saves it."""
    words = retimed(text, changed.start, changed.end, changed.words)
    return replace(changed, text=text, words=words)


def with_times(changed: Cue, start: float, end: float) -> Cue:
    words = retimed(changed.text, start, end, changed.words)
    return replace(changed, start=start, end=end, words=words)


def with_cues(cues: Sequence[Cue], changed: dict[int, Cue]) -> tuple[Cue, ...]:
    return tuple(changed.get(n, cue) for n, cue in enumerate(cues))


# --- patches -------------------------------------------------------------------------------------


def test_patches_take_the_place_of_cues():
    one, other = cue(7, "eins"), cue(8, "zwei")

    patches = [
        Patch(0, 0, (one,)),
        Patch(2, 3, ()),
        Patch(5, 4, (other, one)),
        Patch(6, 5, (other,)),
    ]

    assert applied(BASE, patches) == (one, BASE[1], BASE[4], other, one, BASE[5], other)
    assert applied(BASE, patches[::-1]) == applied(BASE, patches)
    assert applied(BASE, []) == BASE


def test_patches_at_one_place_come_in_the_order_given():
    one, other = cue(7, "eins"), cue(8, "zwei")

    assert applied(BASE[:1], [Patch(0, 0, ()), Patch(0, -1, (one,)), Patch(0, -1, (other,))]) == (
        one,
        other,
    )


@pytest.mark.parametrize(
    ("patches", "problem"),
    [
        ([Patch(0, 1, ()), Patch(1, 2, ())], "cues 1 to 2 overlaps the one before it, up to cue 1"),
        ([Patch(3, 3, ()), Patch(3, 3, ())], "cues 3 to 3 overlaps"),
        (
            [Patch(2, 4, ()), Patch(3, 2, BASE)],
            "cues 3 to 2 overlaps the one before it, up to cue 4",
        ),
        ([Patch(6, 6, ())], "cues 6 to 6 lies outside of 6 cues"),
        ([Patch(7, 6, BASE)], "cues 7 to 6 lies outside"),
        ([Patch(-1, 0, ())], "cues -1 to 0 lies outside"),
        ([Patch(3, 1, ())], "cues 3 to 1 ends before it begins"),
    ],
)
def test_patches_that_cannot_be_applied_say_why(patches, problem):
    with pytest.raises(ValueError, match=problem):
        applied(BASE, patches)


def test_changes_make_small_patches():
    after = list(BASE)
    after[1] = with_text(BASE[1], "Wir reden heute übers OZG.")
    after[2] = replace(BASE[2], speaker="Mira Lenz")
    after[3] = with_times(BASE[3], 12.5, 15.5)
    after[5:6] = [cue(5, "Vielen Dank"), cue(6, "für die Fragen.")]
    new = cue(9, "Am Anfang.")

    assert patches_between(BASE, [new, *after]) == (
        Patch(0, -1, (new,)),
        Patch(1, 1, (after[1],)),
        Patch(2, 2, (after[2],)),
        Patch(3, 3, (after[3],)),
        Patch(5, 5, (after[5],)),
        Patch(6, 5, (after[6],)),
    )


def test_cues_of_which_nothing_stayed_are_patched_together():
    merged = Cue(4.0, 11.0, "Wir reden heute über das OZG, alle Teilnehmer*innen.")

    assert patches_between(BASE, (BASE[0], merged, *BASE[3:])) == (Patch(1, 2, (merged,)),)


def test_cues_at_other_moments_do_not_stand_for_each_other():
    first, second = Cue(4.0, 5.0, "Wir reden"), Cue(5.0, 7.0, "heute.")

    after = (BASE[0], first, second, *BASE[3:])
    assert patches_between(BASE, after) == (Patch(1, 2, (first, second)),)


def test_cue_that_moved_to_the_time_of_another_is_still_the_same():
    later = [with_times(c, c.start + 4.0, c.end + 4.0) for c in BASE]
    later[2] = with_text(later[2], "Alle haben 35 Minuten.")

    assert patches_between(BASE, later) == tuple(Patch(n, n, (c,)) for n, c in enumerate(later))


def test_cue_that_changed_in_text_and_time_is_patched_alone():
    later = [Cue(c.start + 0.5, c.end + 0.5, f"{c.text} Ja.") for c in BASE]

    assert patches_between(BASE, later) == tuple(Patch(n, n, (c,)) for n, c in enumerate(later))


def test_every_difference_of_a_cue_is_a_patch():
    for changed in (
        replace(BASE[0], language="en"),
        replace(BASE[0], words=()),
        replace(BASE[0], end=3.5),
        replace(BASE[0], speaker=""),
    ):
        assert patches_between(BASE[:2], (changed, BASE[1])) == (Patch(0, 0, (changed,)),)


few_cues = st.builds(
    Cue,
    st.sampled_from([0.0, 1.0, 2.0]),
    st.sampled_from([2.0, 3.0]),
    st.sampled_from(["ja", "nein", "ja nein"]),
    speaker=st.sampled_from([None, "Mira"]),
)
transcripts = st.lists(few_cues, max_size=9) | st.lists(worded_cues(), max_size=4)


@given(transcripts, transcripts)
def test_patches_between_two_versions_make_one_of_the_other(before, after):
    patches = patches_between(before, after)

    assert applied(before, patches) == tuple(after)
    assert [p.first for p in patches] == sorted(p.first for p in patches)
    assert all(tuple(before[p.first : p.last + 1]) != p.cues for p in patches)


# --- what others changed meanwhile ---------------------------------------------------------------


def mine_and_theirs(mine: Sequence[Cue], theirs: Sequence[Cue]):
    return rebased(patches_between(BASE, mine), BASE, theirs)


def test_patches_move_with_what_theirs_put_in_and_took_out():
    changed, gone = with_text(BASE[4], "Das Rechenzentrum schließt."), Patch(5, 5, ())
    new = cue(0, "Herzlich willkommen!")

    patches, conflicts = rebased(
        [Patch(4, 4, (changed,)), gone], BASE, (new, new, new, *BASE[1:3], *BASE[4:])
    )

    assert patches == (Patch(5, 5, (changed,)), Patch(6, 6, ()))
    assert conflicts == ()


def test_patch_that_theirs_made_too_is_dropped():
    changed = with_text(BASE[4], "Das Rechenzentrum schließt.")

    same = with_cues(BASE, {4: changed})
    assert mine_and_theirs(same, same) == ((), ())
    assert mine_and_theirs(BASE[1:], (*BASE[1:5],)) == ((), ())
    assert mine_and_theirs((*BASE, BASE[0]), (*BASE, BASE[0])) == ((), ())


def test_one_cue_that_both_write_differently_is_a_conflict():
    mine = with_text(BASE[4], "Das Rechenzentrum schließt.")
    theirs = with_text(BASE[4], "Das Rathaus öffnet.")

    patches, conflicts = mine_and_theirs(
        with_cues(BASE, {4: mine}), with_cues(BASE, {4: theirs})[1:]
    )

    assert patches == ()
    assert conflicts == (Conflict(Patch(3, 3, (mine,)), (BASE[4],), (theirs,)),)


def test_cue_that_theirs_took_out_and_i_changed_is_a_conflict():
    mine = with_text(BASE[4], "Das Rechenzentrum schließt.")

    _, conflicts = mine_and_theirs(with_cues(BASE, {4: mine}), BASE[:4] + BASE[5:])

    assert conflicts == (Conflict(Patch(4, 3, (mine,)), (BASE[4],), ()),)


def test_cue_that_i_took_out_and_theirs_changed_is_a_conflict():
    theirs = with_text(BASE[4], "Das Rechenzentrum schließt.")

    _, conflicts = mine_and_theirs(BASE[:4] + BASE[5:], with_cues(BASE, {4: theirs}))

    assert conflicts == (Conflict(Patch(4, 4, ()), (BASE[4],), (theirs,)),)


def test_cues_that_theirs_made_one_are_one_conflict_with_all_that_i_changed_in_them():
    mine = (with_text(BASE[1], "Wir reden."), with_text(BASE[2], "Alle haben Zeit."))
    merged = Cue(4.0, 11.0, "Wir reden heute, und alle haben 35 Minuten.")

    patches, conflicts = mine_and_theirs(
        (BASE[0], *mine, *BASE[3:5], BASE[0]), (BASE[0], merged, *BASE[3:])
    )

    assert conflicts == (Conflict(Patch(1, 1, mine), BASE[1:3], (merged,)),)
    assert patches == (Patch(4, 4, (BASE[0],)),)


def test_cues_that_both_put_in_at_one_place_are_a_conflict():
    one, other = cue(7, "eins"), cue(8, "zwei")

    _, conflicts = mine_and_theirs((*BASE, one), (*BASE, other))

    assert conflicts == (Conflict(Patch(6, 6, (one,)), (), (other,)),)


def test_cue_that_is_put_in_beside_a_changed_one_is_no_conflict():
    new, changed = cue(7, "eins"), with_text(BASE[3], "Our last speaker.")

    for place, moved in ((3, Patch(3, 2, (new,))), (4, Patch(4, 3, (new,)))):
        patches, conflicts = rebased(
            [Patch(place, place - 1, (new,))], BASE, with_cues(BASE, {3: changed})
        )
        assert (patches, conflicts) == ((moved,), ())


def test_cue_that_is_put_in_between_cues_that_theirs_joined_is_a_conflict():
    new, merged = cue(7, "eins"), Cue(4.0, 11.0, "Wir reden heute.")

    _, conflicts = rebased([Patch(2, 1, (new,))], BASE, (BASE[0], merged, *BASE[3:]))

    assert conflicts == (Conflict(Patch(1, 1, (BASE[1], new, BASE[2])), BASE[1:3], (merged,)),)


OTHER_TEXT = with_text(BASE[4], "Das Rechenzentrum schließt um 8:30 Uhr.")
OTHER_SPEAKER = replace(BASE[4], speaker="Mira Lenz")
OTHER_TIMES = with_times(BASE[4], 16.5, 20.0)
OTHER_LANGUAGE = replace(BASE[4], language="en")


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (OTHER_TEXT, OTHER_SPEAKER, replace(OTHER_TEXT, speaker="Mira Lenz")),
        (OTHER_TEXT, OTHER_LANGUAGE, replace(OTHER_TEXT, language="en")),
        (OTHER_TIMES, OTHER_SPEAKER, replace(OTHER_TIMES, speaker="Mira Lenz")),
        (OTHER_LANGUAGE, OTHER_SPEAKER, replace(OTHER_LANGUAGE, speaker="Mira Lenz")),
        (
            replace(OTHER_TEXT, speaker="Mira Lenz"),
            replace(OTHER_LANGUAGE, speaker="Mira Lenz"),
            replace(OTHER_TEXT, speaker="Mira Lenz", language="en"),
        ),
        (
            OTHER_TEXT,
            OTHER_TIMES,
            replace(
                OTHER_TEXT,
                start=16.5,
                end=20.0,
                words=retimed(OTHER_TEXT.text, 16.5, 20.0, OTHER_TIMES.words),
            ),
        ),
        (
            replace(OTHER_TEXT, words=()),
            OTHER_SPEAKER,
            replace(OTHER_TEXT, words=(), speaker="Mira Lenz"),
        ),
    ],
)
def test_different_fields_of_one_cue_are_merged(one, other, merged):
    for mine, theirs in ((one, other), (other, one)):
        patches, conflicts = mine_and_theirs(
            with_cues(BASE, {4: mine}), with_cues(BASE, {4: theirs})
        )
        assert (patches, conflicts) == ((Patch(4, 4, (merged,)),), ())


def test_words_that_theirs_timed_anew_carry_my_text():
    """As after an alignment with the sound: the words moved, and nothing else."""
    moved = tuple(replace(w, start=w.start + 0.1, end=w.end + 0.1) for w in BASE[4].words[:-1])
    theirs = replace(BASE[4], words=(*moved, BASE[4].words[-1]))

    ((patch,), _) = mine_and_theirs(with_cues(BASE, {4: OTHER_TEXT}), with_cues(BASE, {4: theirs}))

    (merged,) = patch.cues
    assert merged.text == OTHER_TEXT.text
    assert merged.words[:2] == moved[:2] and merged.words[2].start == moved[2].start


def test_words_of_one_side_follow_the_times_of_the_other():
    theirs = replace(OTHER_TIMES, words=())

    ((patch,), _) = mine_and_theirs(with_cues(BASE, {4: OTHER_TEXT}), with_cues(BASE, {4: theirs}))

    assert patch.cues[0].words == retimed(OTHER_TEXT.text, 16.5, 20.0, OTHER_TEXT.words)


def test_cue_without_words_is_merged_without_words():
    base = [replace(c, words=()) for c in BASE]
    mine, theirs = replace(base[4], text="Neu"), replace(base[4], end=20.0)

    patches, _ = rebased([Patch(4, 4, (mine,))], base, with_cues(base, {4: theirs}))

    assert patches == (Patch(4, 4, (replace(mine, end=20.0),)),)


def test_what_does_not_contradict_is_merged_in_a_conflict_too():
    theirs = replace(with_text(BASE[4], "Das Rathaus öffnet."), speaker="Mira Lenz")

    _, (conflict,) = mine_and_theirs(with_cues(BASE, {4: OTHER_TEXT}), with_cues(BASE, {4: theirs}))

    assert conflict.mine.cues == (replace(OTHER_TEXT, speaker="Mira Lenz"),)


def test_corrections_survive_that_everything_moved_and_got_names():
    theirs = [replace(with_times(c, c.start + 0.5, c.end + 0.5), speaker="Mira Lenz") for c in BASE]

    (patch,), conflicts = mine_and_theirs(with_cues(BASE, {4: OTHER_TEXT}), theirs)

    (merged,) = patch.cues
    assert conflicts == ()
    assert (merged.text, merged.start, merged.speaker) == (OTHER_TEXT.text, 16.5, "Mira Lenz")


def test_patches_that_overlap_cannot_be_rebased():
    with pytest.raises(ValueError, match="overlaps"):
        rebased([Patch(0, 1, ()), Patch(1, 1, ())], BASE, BASE)


edits = st.sampled_from(["kept", "kept", "text", "speaker", "times", "gone", "split", "joined"])
# Of each cue: what becomes of it, and whether one is put in before it.
histories = st.lists(
    st.tuples(edits, st.sampled_from([False] * 5 + [True])), min_size=8, max_size=8
)
LONGER = tuple(cue(n, f"Satz {n} bleibt") for n in range(8))


def edited(history: Sequence[tuple[str, bool]], name: str) -> tuple[Cue, ...]:
    """LONGER after edits whose texts and names nobody else would write."""
    cues: list[Cue] = []
    for n, (edit, put_in) in enumerate(history):
        base, text = LONGER[n], f"Satz {n} von {name}"
        cues += [Cue(base.start - 0.9, base.start - 0.1, f"Neu {n} von {name}")] if put_in else []
        if edit == "joined" and cues:
            cues[-1] = replace(cues[-1], end=base.end, text=f"{cues[-1].text} + {text}", words=())
            continue
        cues += {
            "kept": [base],
            "joined": [base],
            "text": [with_text(base, text)],
            "speaker": [replace(base, speaker=f"{name} {n}")],
            "times": [with_times(base, base.start + {"Mira": 0.25, "Paul": 0.5}[name], base.end)],
            "gone": [],
            "split": [
                Cue(base.start, base.start + 1, f"{text}, Anfang"),
                Cue(base.start + 1, base.end, f"{text}, Ende"),
            ],
        }[edit]
    return tuple(cues)


def sayings(cues: Sequence[Cue]) -> set[object]:
    """What somebody might miss."""
    return {
        said for c in cues for said in (c.text, ("says", c.speaker), ("at", c.start, c.end)) if said
    }


@given(histories, histories)
def test_nothing_of_mine_and_nothing_of_theirs_is_lost(my_history, their_history):
    mine, theirs = edited(my_history, "Mira"), edited(their_history, "Paul")
    base = sayings(LONGER)

    patches, conflicts = rebased(patches_between(LONGER, mine), LONGER, theirs)

    without = sayings(applied(theirs, patches))
    assert sayings(theirs) - base <= without  # what they changed stays, unless I win
    assert (base - sayings(theirs)) & without == set()  # and what they took out does not come back
    won = sayings(applied(theirs, [*patches, *(conflict.mine for conflict in conflicts)]))
    assert sayings(mine) - base <= won
    assert (base - sayings(mine)) & won == set()
    for conflict in conflicts:
        place = slice(conflict.mine.first, conflict.mine.last + 1)
        assert theirs[place] == conflict.theirs
        assert conflict.theirs != conflict.base and conflict.mine.cues != conflict.theirs


@given(histories, histories)
def test_who_comes_first_does_not_matter_where_nothing_contradicts(one_history, other_history):
    one, other = edited(one_history, "Mira"), edited(other_history, "Paul")

    my_patches, my_conflicts = rebased(patches_between(LONGER, one), LONGER, other)
    their_patches, their_conflicts = rebased(patches_between(LONGER, other), LONGER, one)

    assert len(my_conflicts) == len(their_conflicts)
    if not my_conflicts:
        assert applied(other, my_patches) == applied(one, their_patches)


@given(histories, histories, st.lists(st.booleans(), min_size=8, max_size=8))
def test_patches_of_different_cues_never_contradict(one_history, other_history, turns):
    """Between two edits stays one cue that nobody touches."""
    untouched = ("kept", False)
    one_history, other_history = (
        [
            edit if edit[0] != "joined" and n % 2 and turns[n] == turn else untouched
            for n, edit in enumerate(history)
        ]
        for history, turn in ((one_history, True), (other_history, False))
    )
    one, other = edited(one_history, "Mira"), edited(other_history, "Paul")
    both = applied(LONGER, [*patches_between(LONGER, one), *patches_between(LONGER, other)])

    patches, conflicts = rebased(patches_between(LONGER, one), LONGER, other)

    assert conflicts == ()
    assert applied(other, patches) == both
    assert len(patches) == len(patches_between(LONGER, one))


# --- changes to look at --------------------------------------------------------------------------


def test_same_words_are_no_change_whatever_their_cues():
    again = [Cue(0.5, 9.0, f"{SENTENCES[0]} {SENTENCES[1]}"), *BASE[2:]]

    assert word_changes(BASE, again) == ()
    assert word_changes(BASE, BASE) == ()


def test_change_is_told_with_the_words_around_it():
    after = with_cues(
        BASE, {1: with_text(BASE[1], "Wir reden heute übers Onlinezugangsgesetz (OZG).")}
    )

    assert word_changes(BASE, after) == (
        (
            Change("kept", "herzlich willkommen. Wir reden heute", BASE[0].words[3].start),
            Change("removed", "über das Onlinezugangsgesetz.", BASE[1].words[3].start),
            Change("added", "übers Onlinezugangsgesetz (OZG).", after[1].words[3].start),
            Change("kept", "Alle Teilnehmer*innen haben 35 Minuten.", 8.0),
        ),
    )


def test_changes_close_to_each_other_are_one_place_and_others_two():
    before = [cue(0, " ".join(f"w{n}" for n in range(40)))]

    def places(*changed: int) -> list[list[tuple[str, str]]]:
        texts = [f"neu{n}" if n in changed else f"w{n}" for n in range(40)]
        return [
            [(c.kind, c.text) for c in p] for p in word_changes(before, [cue(0, " ".join(texts))])
        ]

    near = places(10, 21)
    assert [kind for kind, _ in near[0]] == "kept removed added kept removed added kept".split()
    assert near[0][3] == ("kept", "w11 w12 w13 w14 w15 w16 w17 w18 w19 w20")
    assert places(10, 22) == places(10) + places(22)
    assert places(0)[0][0] == ("removed", "w0")
    assert places(39)[0][-1] == ("added", "neu39")


def test_speaker_who_changes_is_a_change_of_the_words_said():
    before = [cue(0, "Guten Tag zusammen", "A"), cue(1, "Danke sehr", "A"), cue(2, "Bitte", "B")]
    after = [before[0], replace(before[1], speaker="Mira Lenz"), before[2]]

    assert word_changes(before, after) == (
        (
            Change("kept", "Guten Tag zusammen", 0.0, "A", "A"),
            Change("speaker", "Danke sehr", 4.0, "A", "Mira Lenz"),
            Change("kept", "Bitte", 8.0, "B", "B"),
        ),
    )


def test_removed_and_added_words_name_who_says_them():
    before, after = [cue(0, "Danke sehr", "A")], [cue(0, "Bitte sehr", "B")]

    (place,) = word_changes(before, after)

    assert [(c.kind, c.text, c.speaker_before, c.speaker_after) for c in place] == [
        ("removed", "Danke", "A", None),
        ("added", "Bitte", None, "B"),
        ("speaker", "sehr", "A", "B"),
    ]


def test_word_that_two_sentences_share_by_chance_does_not_tear_them_apart():
    before = [cue(0, "Gestern waren viele Leute und alle kamen pünktlich.")]
    after = [cue(0, "Niemand wusste davon etwas und so begann es.")]

    assert [(c.kind, c.text) for c in word_changes(before, after)[0]] == [
        ("removed", before[0].text),
        ("added", after[0].text),
    ]


def test_change_where_only_cues_are_timed_is_found_about_where_it_is():
    before = [Cue(10.0, 20.0, "aaaa bbbb cc")]
    after = [Cue(10.0, 20.0, "aaaa bbbb dd", (Word("aaaabbbbdd", 12.0, 13.0),))]

    assert [c.start for c in word_changes(before, after)[0]] == [10.0, 18.0, 18.0]


def words_of(cues: Sequence[Cue]) -> list[tuple[str, str | None]]:
    return [(word, cue.speaker) for cue in cues for word in cue.text.split()]


def stretches(words: list, size: int) -> list[list]:
    return [words[n : n + size] for n in range(len(words) - size + 1)]


@given(st.lists(few_cues, max_size=9), st.lists(few_cues, max_size=9))
def test_places_tell_what_stood_and_what_stands(before, after):
    places = word_changes(before, after)

    assert (places == ()) == (words_of(before) == words_of(after))
    for place in places:
        assert {change.kind for change in place} != {"kept"}
        stood = [
            (word, c.speaker_before) for c in place if c.kind != "added" for word in c.text.split()
        ]
        stands = [
            (word, c.speaker_after) for c in place if c.kind != "removed" for word in c.text.split()
        ]
        assert stood in stretches(words_of(before), len(stood))
        assert stands in stretches(words_of(after), len(stands))


# --- how much is corrected -----------------------------------------------------------------------


def test_share_counts_cues_with_another_text_or_speaker():
    shown = list(BASE)
    shown[1], shown[4] = replace(BASE[1], speaker="Mira Lenz"), OTHER_TEXT
    shown[2] = replace(with_times(BASE[2], 8.5, 11.0), language="en")

    assert corrected_share(BASE, BASE) == 0
    assert corrected_share(BASE, shown) == pytest.approx(2 / 6)
    assert corrected_share(BASE, [cue(9, "Neu"), *BASE]) == pytest.approx(1 / 7)
    assert corrected_share(BASE, BASE[3:]) == 0
    assert corrected_share((), BASE) == 1
    assert corrected_share(BASE, ()) == 0


# --- long transcripts ----------------------------------------------------------------------------


def long_talk(count: int) -> tuple[Cue, ...]:
    """Ten words a cue, of a thousand that are in use."""
    choice = random.Random(7)
    texts = (" ".join(f"w{choice.randrange(1000)}" for _ in range(10)) for _ in range(count))
    return tuple(Cue(4.0 * n, 4.0 * n + 3.0, text) for n, text in enumerate(texts))


def test_patches_and_changes_of_long_transcripts_are_found_in_time():
    before = long_talk(3000)
    change = random.Random(8)
    after = [
        replace(c, text=" ".join(w if change.random() < 0.9 else "neu" for w in c.text.split()))
        for c in before
    ]

    begun = time.process_time()
    patches = patches_between(before, after)
    places = word_changes(before, after)
    _, conflicts = rebased(patches, before, after[1:])

    assert time.process_time() - begun < 3
    assert len(patches) == sum(one != other for one, other in zip(before, after, strict=True))
    assert len(places) > 100
    assert len(conflicts) <= 1
