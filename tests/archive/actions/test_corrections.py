"""Corrections are kept as they are typed, become revisions, and never silently replace another's."""

import math
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.finish_correction import Finished, finish_correction
from archive.actions.restore_revision import restore_revision
from archive.actions.save_correction import (
    CorrectionRefused,
    Said,
    drop_correction,
    save_correction,
)
from archive.models.programme import Visibility
from archive.models.transcript import Correction, CorrectionPatch, CueRow, Origin, Revision
from archive.models.users import UserRole
from archive.parts import Parts
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from transcripts.cues import Cue
from transcripts.search.query import parse
from transcripts.search.results import Filters

EVERYTHING = Filters(visibilities=frozenset(Visibility))


class Desk:
    """A talk with a machine's transcript, and two people who correct it."""

    def __init__(self, db: DatabaseSession) -> None:
        self.db = db
        self.session = make.a_session(db, title="Rede")
        recording = make.a_recording(db, self.session)
        self.machine = make.a_transcript(db, recording)
        self.one = make.a_user(db, UserRole.STAFF, name="one").id
        self.other = make.a_user(db, UserRole.STAFF, name="other").id
        self.transcript = self.machine.transcript_id
        db.commit()

    def shown(self) -> Revision:
        self.db.expire_all()
        return current_revision(self.db, self.session.id)

    def texts(self) -> list[str]:
        return [cue.text for cue in self.shown().cues]

    def cue(self, place: int, **changed: object) -> Cue:
        """A cue of the shown revision, changed, without words."""
        return replace(cues_of(self.db, self.shown().id)[place], words=(), **changed)

    def says(self, place: int, text: str) -> Said:
        return Said(place, place, (self.cue(place, text=text),))


@pytest.fixture
def desk(db: DatabaseSession) -> Desk:
    return Desk(db)


def found(parts: Parts, words: str) -> int:
    with parts.sessions() as db:
        return parts.index.search(db.connection(), parse(words), EVERYTHING).total_moments


def test_correction_becomes_a_revision_that_is_shown_and_found_at_once(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        assert (
            save_correction(
                either_parts,
                desk.one,
                desk.transcript,
                desk.machine.id,
                [desk.says(1, "Heute geht es um Rathäuser,")],
            )
            == 1
        )
        assert (
            desk.texts()[1] == "Heute geht es um digitale Verwaltung,"
        )  # not before it is finished

        assert finish_correction(either_parts, desk.one, desk.transcript) == Finished(2)

        shown = desk.shown()
        assert (shown.origin, shown.made_by_id, shown.number) == (Origin.PERSON, desk.one, 2)
        assert (shown.engine, shown.model) == (desk.machine.engine, desk.machine.model)
        assert desk.texts()[1] == "Heute geht es um Rathäuser,"
        assert [row.reviewed for row in shown.cues] == [False, True, False, False, False]
        assert found(either_parts, "Rathäuser") == 1
        assert db.scalars(select(Correction)).all() == []


def test_words_that_stay_keep_their_times(parts: Parts, desk: Desk):
    before = cues_of(desk.db, desk.machine.id)[3]
    save_correction(
        parts,
        desk.one,
        desk.transcript,
        desk.machine.id,
        [desk.says(3, "Die Verwaltung der nahen Zukunft ist ein offenes Haus.")],
    )
    finish_correction(parts, desk.one, desk.transcript)

    words = cues_of(desk.db, desk.shown().id)[3].words
    kept = [word for word in words if word.text != "nahen"]
    assert kept == list(before.words)
    new = next(word for word in words if word.text == "nahen")
    assert new.probability is None
    assert before.words[2].start <= new.start <= new.end <= before.words[3].end


def test_cue_is_split_and_cues_are_joined_and_taken_out(parts: Parts, desk: Desk):
    halves = (
        desk.cue(0, text="Guten Morgen", end=1.2),
        desk.cue(0, text="und herzlich willkommen.", start=1.2),
    )
    joined = desk.cue(1, text="Heute geht es um alles.", end=7.6)
    save_correction(
        parts,
        desk.one,
        desk.transcript,
        desk.machine.id,
        [Said(0, 0, halves), Said(1, 2, (joined,)), Said(4, 4, ())],
    )

    finish_correction(parts, desk.one, desk.transcript)

    assert desk.texts() == [
        "Guten Morgen",
        "und herzlich willkommen.",
        "Heute geht es um alles.",
        "Die Verwaltung der Zukunft ist ein offenes Haus.",
    ]
    assert [row.reviewed for row in desk.shown().cues] == [True, True, True, False]
    for cue in cues_of(desk.db, desk.shown().id):
        assert [word.text for word in cue.words] == cue.text.split()
        assert all(cue.start <= word.start <= word.end <= cue.end for word in cue.words)


def test_speaker_is_given_to_a_range(parts: Parts, desk: Desk):
    spoken = tuple(desk.cue(place, speaker="Ada Lovelace") for place in (0, 1, 2))
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [Said(0, 2, spoken)])
    finish_correction(parts, desk.one, desk.transcript)

    cues = cues_of(desk.db, desk.shown().id)
    assert [cue.speaker for cue in cues] == ["Ada Lovelace"] * 3 + [None] * 2
    assert [cue.words for cue in cues] == [c.words for c in cues_of(desk.db, desk.machine.id)]


def test_what_is_typed_anew_takes_the_place_of_what_was_typed(parts: Parts, desk: Desk):
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [desk.says(0, "Hallo.")])
    assert (
        save_correction(
            parts, desk.one, desk.transcript, desk.machine.id, [desk.says(0, "Hallo zusammen.")]
        )
        == 1
    )
    finish_correction(parts, desk.one, desk.transcript)

    assert desk.texts()[0] == "Hallo zusammen."


def test_what_is_undone_or_typed_back_leaves_nothing(parts: Parts, desk: Desk):
    said = [desk.says(0, "Hallo."), desk.says(1, "Los.")]
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, said)

    assert save_correction(parts, desk.one, desk.transcript, desk.machine.id, undone=[0]) == 1
    assert (
        save_correction(
            parts, desk.one, desk.transcript, desk.machine.id, [Said(1, 1, (desk.cue(1),))]
        )
        == 0
    )

    assert desk.db.scalars(select(Correction)).all() == []
    assert finish_correction(parts, desk.one, desk.transcript) == Finished(None)
    assert desk.shown().id == desk.machine.id


@pytest.mark.parametrize(
    ("first", "last", "changed", "reason"),
    [
        (-1, 0, {}, "range"),
        (3, 2, {}, "range"),
        (4, 5, {}, "range"),
        (1, 1, {"text": " "}, "text"),
        (1, 1, {"text": "a" * 2001}, "text"),
        (1, 1, {"start": math.nan}, "times"),
        (1, 1, {"end": math.inf}, "times"),
        (1, 1, {"start": 4.6, "end": 2.4}, "times"),
        (1, 1, {"start": 0.1}, "times"),  # before the cue before it
        (1, 1, {"start": 8.0, "end": 9.0}, "times"),  # after the end of the next one
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(parts, desk, first, last, changed, reason):
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [desk.says(3, "Bleibt.")])

    with pytest.raises(CorrectionRefused) as refused:
        save_correction(
            parts,
            desk.one,
            desk.transcript,
            desk.machine.id,
            [Said(first, last, (desk.cue(1, **changed),))],
            [3],
        )

    assert refused.value.reason == reason
    kept = desk.db.scalars(select(CorrectionPatch)).one()
    assert (kept.first, kept.cues[0]["text"]) == (3, "Bleibt.")


def test_patch_that_covers_half_of_another_is_refused(parts: Parts, desk: Desk):
    save_correction(
        parts, desk.one, desk.transcript, desk.machine.id, [Said(1, 2, (desk.cue(1, end=7.6),))]
    )

    with pytest.raises(CorrectionRefused, match="overlap"):
        save_correction(parts, desk.one, desk.transcript, desk.machine.id, [desk.says(2, "Nein.")])


def test_dropped_correction_is_gone_and_the_other_ones_stays(parts: Parts, desk: Desk):
    for user in (desk.one, desk.other):
        save_correction(parts, user, desk.transcript, desk.machine.id, [desk.says(0, "Hallo.")])

    drop_correction(parts, desk.one, desk.transcript)

    assert [left.user_id for left in desk.db.scalars(select(Correction))] == [desk.other]


# Two people --------------------------------------------------------------------------------------


def test_two_people_who_change_different_cues_both_have_their_way(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        longer = (desk.cue(0, text="Guten", end=1.0), desk.cue(0, text="Morgen.", start=1.0))
        save_correction(
            either_parts, desk.other, desk.transcript, desk.machine.id, [desk.says(4, "Danke.")]
        )
        save_correction(
            either_parts, desk.one, desk.transcript, desk.machine.id, [Said(0, 0, longer)]
        )

        finish_correction(either_parts, desk.one, desk.transcript)
        assert finish_correction(either_parts, desk.other, desk.transcript) == Finished(3)

        assert desk.texts()[:2] + desk.texts()[-1:] == ["Guten", "Morgen.", "Danke."]
        assert [row.reviewed for row in desk.shown().cues] == [
            True,
            True,
            False,
            False,
            False,
            True,
        ]


def test_true_conflict_is_told_and_nothing_is_lost(parts: Parts, desk: Desk):
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [desk.says(0, "Guten Tag.")])
    mine = [desk.says(0, "Moin."), desk.says(4, "Danke.")]
    save_correction(parts, desk.other, desk.transcript, desk.machine.id, mine)
    finish_correction(parts, desk.one, desk.transcript)

    assert finish_correction(parts, desk.other, desk.transcript) == Finished(None, rivals=1)

    assert desk.texts()[0] == "Guten Tag."
    patches = desk.db.scalars(select(CorrectionPatch).order_by(CorrectionPatch.first)).all()
    assert [(p.first, p.cues[0]["text"], p.rival) for p in patches] == [
        (0, "Moin.", True),
        (4, "Danke.", False),
    ]

    # Whoever decides says it once more, on top of what is shown now.
    save_correction(parts, desk.other, desk.transcript, desk.shown().id, [desk.says(0, "Moin.")])
    assert finish_correction(parts, desk.other, desk.transcript) == Finished(3)
    assert (desk.texts()[0], desk.texts()[4]) == ("Moin.", "Danke.")


def test_places_of_an_older_revision_are_refused(parts: Parts, desk: Desk):
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [desk.says(0, "Guten Tag.")])
    save_correction(parts, desk.other, desk.transcript, desk.machine.id, [desk.says(0, "Moin.")])
    finish_correction(parts, desk.one, desk.transcript)

    with pytest.raises(CorrectionRefused, match="moved_on"):
        save_correction(
            parts, desk.other, desk.transcript, desk.shown().id, [desk.says(1, "Nein.")]
        )


def test_first_word_may_be_typed_after_somebody_else_has_finished(parts: Parts, desk: Desk):
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [desk.says(0, "Guten Tag.")])
    finish_correction(parts, desk.one, desk.transcript)

    save_correction(parts, desk.other, desk.transcript, desk.machine.id, [desk.says(4, "Danke.")])
    assert finish_correction(parts, desk.other, desk.transcript) == Finished(3)

    assert (desk.texts()[0], desk.texts()[4]) == ("Guten Tag.", "Danke.")


@pytest.mark.parametrize("place", [0, 2])
def test_correction_of_a_cue_that_somebody_took_out_can_be_kept(parts, desk, place):
    save_correction(
        parts, desk.other, desk.transcript, desk.machine.id, [desk.says(place, "Bleibt.")]
    )
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [Said(place, place, ())])
    finish_correction(parts, desk.one, desk.transcript)

    assert finish_correction(parts, desk.other, desk.transcript) == Finished(None, rivals=1)
    rival = desk.db.scalars(select(CorrectionPatch)).one()
    again = Said(rival.first, rival.last, tuple(Cue(**cue) for cue in rival.cues))
    save_correction(parts, desk.other, desk.transcript, desk.shown().id, [again])
    assert finish_correction(parts, desk.other, desk.transcript) == Finished(3)

    assert (desk.texts()[place], len(desk.texts())) == ("Bleibt.", 5)


def test_base_of_another_transcript_is_refused(parts: Parts, desk: Desk):
    with pytest.raises(CorrectionRefused, match="moved_on"):
        save_correction(parts, desk.one, desk.transcript + 1, desk.machine.id)


def test_what_is_missing_stays_told_until_somebody_fills_it_in(parts: Parts, desk: Desk):
    gaps = [{"start": 8.0, "end": 10.0, "reason": "x"}, {"start": 16.0, "end": 20.0, "reason": "x"}]
    desk.machine.details = {"failed": gaps}
    desk.db.commit()
    filled = (desk.cue(4), Cue(16.5, 18.0, "Applaus."))
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [Said(4, 4, filled)])
    finish_correction(parts, desk.one, desk.transcript)

    assert desk.shown().details["failed"] == gaps[:1]


# Reviewing, history ------------------------------------------------------------------------------


def test_whole_transcript_can_be_confirmed_as_it_is(parts: Parts, desk: Desk):
    finished = finish_correction(parts, desk.one, desk.transcript, all_reviewed=True)

    assert finished == Finished(2)
    assert (
        desk.db.scalars(select(CueRow.reviewed).where(CueRow.revision_id == desk.shown().id)).all()
        == [True] * 5
    )
    again = finish_correction(parts, desk.one, desk.transcript, all_reviewed=True)
    assert again == Finished(None)  # there is nothing left to confirm


def test_older_revision_is_shown_again_and_found(parts: Parts, desk: Desk):
    save_correction(parts, desk.one, desk.transcript, desk.machine.id, [desk.says(0, "Rathäuser.")])
    finish_correction(parts, desk.one, desk.transcript)
    corrected = desk.shown().id

    assert restore_revision(parts, desk.other, desk.machine.id) == 3

    shown = desk.shown()
    assert (shown.origin, shown.details["restored"], shown.made_by_id) == (
        Origin.MACHINE,
        1,
        desk.other,
    )
    assert cues_of(desk.db, shown.id) == cues_of(desk.db, desk.machine.id)
    assert (found(parts, "Rathäuser"), found(parts, "herzlich")) == (0, 1)
    assert desk.db.get(Revision, corrected) is not None
