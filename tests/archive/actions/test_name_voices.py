"""Voices get names in one revision; what people have set and what they have not finished stays."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.finish_correction import Finished, finish_correction
from archive.actions.name_voices import Named, name_voices
from archive.actions.rename_speaker import rename_speaker
from archive.actions.restore_revision import restore_revision
from archive.actions.save_correction import Said, save_correction
from archive.models.people import Appearance, Person, StageRole
from archive.models.recording import Recording
from archive.models.transcript import Correction, CueRow, Origin, Revision
from archive.models.users import UserRole
from archive.parts import Parts
from archive.queries.transcript import cues_of, current_revision
from archive.queries.voices import unnamed_voices
from tests import factories as make
from tests.archive.actions.test_corrections import found
from transcripts.cues import Cue

# A says the first two lines, B the third and the beginning of the fourth, A the rest.
CUES = (
    make.timed_cue("Guten Morgen und willkommen.", 0.0, 4.0),
    make.timed_cue("Frau Berg, was sagen Sie?", 4.0, 8.0),
    make.timed_cue("Vielen Dank für die Frage.", 9.0, 13.0),
    make.timed_cue("Ich sage nein. Danke dafür, Frau Berg.", 13.0, 20.0),
    make.timed_cue("Damit sind wir am Ende.", 21.0, 25.0),
)
VOICES = [[0.0, 8.0, "A"], [9.0, 16.0, "B"], [16.0, 25.0, "A"]]
BOTH = {"A": "Jonas Falk", "B": "Anna Berg"}


class Desk:
    """A conversation with a machine's transcript, its voices, and somebody who was there."""

    def __init__(self, db: DatabaseSession) -> None:
        self.db = db
        self.session = make.a_session(db, title="Gespräch")
        self.recording = make.a_recording(db, self.session, voices=VOICES, duration=26.0)
        self.machine = make.a_transcript(db, self.recording, CUES)
        self.machine.details = {"failed": [{"start": 25.0, "end": 26.0, "reason": "x"}]}
        self.user = make.a_user(db, UserRole.STAFF, name="one").id
        self.other = make.a_user(db, UserRole.STAFF, name="other").id
        self.transcript = self.machine.transcript_id
        db.commit()

    def shown(self) -> Revision:
        self.db.expire_all()
        return current_revision(self.db, self.session.id)

    def lines(self) -> list[tuple[str | None, str]]:
        return [(cue.speaker, cue.text) for cue in self.cues()]

    def speakers(self) -> list[str | None]:
        return [cue.speaker for cue in self.cues()]

    def cues(self) -> tuple[Cue, ...]:
        return cues_of(self.db, self.shown().id)

    def corrects(self, parts: Parts, user: int, place: int, **changed: object) -> None:
        """Keeps a correction of a line, without finishing it."""
        cue = self.cues()[place]
        said = {"start": cue.start, "end": cue.end, "text": cue.text, "speaker": cue.speaker}
        save_correction(
            parts,
            user,
            self.transcript,
            self.shown().id,
            [Said(place, place, (Cue(**(said | changed)),))],
        )


@pytest.fixture
def desk(db: DatabaseSession) -> Desk:
    return Desk(db)


def test_every_line_gets_its_speaker_in_one_revision_that_is_found(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)

        named = name_voices(either_parts, desk.user, desk.transcript, BOTH)

        assert named == Named(2, lines=6, split=1)
        assert desk.lines() == [
            ("Jonas Falk", "Guten Morgen und willkommen."),
            ("Jonas Falk", "Frau Berg, was sagen Sie?"),
            ("Anna Berg", "Vielen Dank für die Frage."),
            ("Anna Berg", "Ich sage nein."),
            ("Jonas Falk", "Danke dafür, Frau Berg."),
            ("Jonas Falk", "Damit sind wir am Ende."),
        ]
        shown = desk.shown()
        assert (shown.origin, shown.number, shown.made_by_id) == (Origin.PERSON, 2, desk.user)
        assert (shown.engine, shown.model) == (desk.machine.engine, desk.machine.model)
        assert shown.details["failed"] == desk.machine.details["failed"]
        assert shown.details["voices"] == BOTH
        assert found(either_parts, "Damit") == 1
        assert unnamed_voices(db, desk.machine.id) == 2
        assert unnamed_voices(db, shown.id) == 0


def test_words_keep_their_times_where_a_line_is_split(parts: Parts, desk: Desk):
    name_voices(parts, desk.user, desk.transcript, BOTH)

    words = [word for cue in desk.cues() for word in cue.words]
    assert words == [word for cue in CUES for word in cue.words]
    first, second = desk.cues()[3:5]
    assert (first.start, first.end, second.start, second.end) == (13.0, 16.0, 16.0, 20.0)


def test_voice_that_is_left_open_has_no_name(parts: Parts, desk: Desk):
    name_voices(parts, desk.user, desk.transcript, {"A": None, "B": "Anna Berg"})

    assert desk.speakers() == [None, None, "Anna Berg", "Anna Berg", None, None]
    assert unnamed_voices(desk.db, desk.shown().id) == 1


def test_two_voices_of_one_person_split_no_line(parts: Parts, desk: Desk):
    named = name_voices(parts, desk.user, desk.transcript, dict.fromkeys("AB", "Anna Berg"))

    assert named == Named(2, lines=5)
    assert desk.speakers() == ["Anna Berg"] * 5


def test_name_can_be_changed_and_taken_away_again(parts: Parts, desk: Desk):
    name_voices(parts, desk.user, desk.transcript, BOTH)

    changed = name_voices(parts, desk.user, desk.transcript, {"A": "Emil Roth", "B": None})

    assert changed == Named(3, lines=6)
    assert desk.speakers() == ["Emil Roth", "Emil Roth", None, None, "Emil Roth", "Emil Roth"]


def test_nothing_to_do_makes_no_revision(parts: Parts, desk: Desk):
    assert name_voices(parts, desk.user, desk.transcript, {}) == Named(None)
    assert name_voices(parts, desk.user, desk.transcript, dict.fromkeys("AB")) == Named(None)
    name_voices(parts, desk.user, desk.transcript, BOTH)
    assert name_voices(parts, desk.user, desk.transcript, BOTH) == Named(None)
    assert desk.shown().number == 2


def test_speaker_that_somebody_has_set_stays(parts: Parts, desk: Desk):
    desk.corrects(parts, desk.other, 1, speaker="Clara Winter")
    desk.corrects(parts, desk.other, 3, speaker="Clara Winter")
    finish_correction(parts, desk.other, desk.transcript)

    named = name_voices(parts, desk.user, desk.transcript, BOTH)

    assert named == Named(3, lines=3, kept=2)
    assert desk.speakers() == [
        *("Jonas Falk", "Clara Winter", "Anna Berg", "Clara Winter", "Jonas Falk"),
    ]


def test_speaker_that_somebody_has_set_is_replaced_on_request(parts: Parts, desk: Desk):
    desk.corrects(parts, desk.other, 1, speaker="Clara Winter")
    desk.corrects(parts, desk.other, 2, speaker="Clara Winter")
    finish_correction(parts, desk.other, desk.transcript)

    named = name_voices(
        parts, desk.user, desk.transcript, {"A": "Jonas Falk", "B": None}, replace_all=True
    )

    assert named.kept == 0
    # A voice that is left open takes nothing from what people have set.
    assert desk.speakers()[:4] == ["Jonas Falk", "Jonas Falk", "Clara Winter", None]


def test_what_is_reviewed_stays_reviewed(parts: Parts, desk: Desk):
    desk.corrects(parts, desk.other, 3, text="Ich sage Nein. Danke dafür, Frau Berg.")
    finish_correction(parts, desk.other, desk.transcript)

    name_voices(parts, desk.user, desk.transcript, BOTH)

    reviewed = desk.db.scalars(
        select(CueRow.reviewed)
        .where(CueRow.revision_id == desk.shown().id)
        .order_by(CueRow.position)
    ).all()
    assert reviewed == [False, False, False, True, True, False]


def test_correction_that_is_not_finished_comes_on_top(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db)
        desk.corrects(either_parts, desk.other, 0, text="Guten Abend und willkommen.")
        desk.corrects(either_parts, desk.user, 4, text="Damit sind wir fertig.")

        name_voices(either_parts, desk.user, desk.transcript, BOTH)

        assert len(db.scalars(select(Correction)).all()) == 2
        assert finish_correction(either_parts, desk.other, desk.transcript) == Finished(3)
        assert finish_correction(either_parts, desk.user, desk.transcript) == Finished(4)
        assert desk.lines()[0] == ("Jonas Falk", "Guten Abend und willkommen.")
        assert desk.lines()[-1] == ("Jonas Falk", "Damit sind wir fertig.")


def test_correction_of_a_line_that_was_split_is_not_lost(parts: Parts, desk: Desk):
    desk.corrects(parts, desk.other, 3, text="Ich sage Nein. Danke dafür, Frau Berg.")

    name_voices(parts, desk.user, desk.transcript, BOTH)

    assert finish_correction(parts, desk.other, desk.transcript) == Finished(None, rivals=1)
    kept = desk.db.scalars(select(Correction)).one().patches
    assert [cue["text"] for cue in kept[0].cues] == ["Ich sage Nein. Danke dafür, Frau Berg."]


def test_names_go_with_an_older_revision_and_can_be_given_again(parts: Parts, desk: Desk):
    name_voices(parts, desk.user, desk.transcript, BOTH)
    restore_revision(parts, desk.user, desk.machine.id)
    assert desk.speakers() == [None] * 5

    assert name_voices(parts, desk.user, desk.transcript, BOTH).revision == 4


def test_name_that_was_corrected_in_the_catalogue_can_be_replaced(parts: Parts, db):
    desk = Desk(db)
    person = make.a_person(db, name="Jonas Falke")
    db.add(Appearance(session_id=desk.session.id, person_id=person.id, role=StageRole.SPEAKER))
    db.commit()
    name_voices(parts, desk.user, desk.transcript, {"A": "Jonas Falke", "B": None})
    with parts.sessions.begin() as other:
        rename_speaker(other, other.get_one(Person, person.id), "Jonas Falke", "Jonas Falk")
    assert desk.speakers()[0] == "Jonas Falk"

    named = name_voices(parts, desk.user, desk.transcript, {"A": "Emil Roth", "B": None})

    assert (named.lines, named.kept) == (4, 0)


def test_naming_leaves_the_voices_of_the_recording_alone(parts: Parts, desk: Desk):
    name_voices(parts, desk.user, desk.transcript, BOTH)

    desk.db.expire_all()
    assert desk.db.get_one(Recording, desk.recording.id).voices == VOICES
