"""Of a text that is offered, people take what is better, and keep the rest of theirs."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.finish_correction import finish_correction
from archive.actions.save_correction import Said, save_correction
from archive.actions.store_transcript import store_transcript
from archive.actions.take_in_part import MovedOn, Taken, take_in_part
from archive.models.transcript import Origin, Revision
from archive.models.users import UserRole
from archive.parts import Parts
from archive.queries.history import Place, difference, history
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from tests.archive.actions.finding import found
from transcripts.cues import Cue

CORRECTED = "Heute geht es um digitale Rathäuser,"
HEARD = {
    1: "Heute geht es um die Verwaltung,",
    3: "Die Verwaltung von morgen ist ein offenes Haus.",
    4: "Vielen Dank für die Aufmerksamkeit.",
}


class Desk:
    """A talk whose second line a person has corrected, and what another run of the engine hears."""

    def __init__(self, db: DatabaseSession, parts: Parts) -> None:
        self.db = db
        self.session = make.a_session(db, slug="rede", title="Rede")
        recording = make.a_recording(db, self.session)
        machine = make.a_transcript(db, recording)
        machine.details = {"failed": [{"start": 8.0, "end": 10.0, "reason": "x"}]}
        self.user = make.a_user(db, UserRole.STAFF).id
        db.commit()
        self.transcript = machine.transcript_id
        self.says(parts, 1, CORRECTED)
        with parts.sessions.begin() as working:
            self.offered = store_transcript(
                working,
                recording.id,
                [self.heard(place, cue) for place, cue in enumerate(make.talk_cues())],
                language="de",
                engine="faster-whisper 1.2.1",
                model="turbo",
                attempt=2,
                offered=True,
            ).id

    def heard(self, place: int, cue: Cue) -> Cue:
        return make.timed_cue(HEARD.get(place, cue.text), cue.start + 0.02, cue.end + 0.02)

    def says(self, parts: Parts, place: int, text: str) -> None:
        shown = self.shown()
        cue = replace(cues_of(self.db, shown.id)[place], text=text, words=(), speaker="Ada")
        save_correction(parts, self.user, self.transcript, shown.id, [Said(place, place, (cue,))])
        finish_correction(parts, self.user, self.transcript)

    def shown(self) -> Revision:
        self.db.expire_all()
        return current_revision(self.db, self.session.id)

    def texts(self) -> list[str]:
        return [cue.text for cue in cues_of(self.db, self.shown().id)]

    def places(self) -> tuple[Place, ...]:
        self.db.expire_all()
        return difference(self.db, "rede", self.offered).places

    def takes(self, parts: Parts, *chosen: int) -> Taken | None:
        return take_in_part(parts, self.user, self.offered, self.shown().id, chosen)


@pytest.fixture
def desk(db: DatabaseSession, parts: Parts) -> Desk:
    return Desk(db, parts)


def test_chosen_places_come_in_and_all_else_stays(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(db, either_parts)
        before = desk.shown()
        assert [place.reviewed for place in desk.places()] == [True, False, False]

        assert desk.takes(either_parts, 1) == Taken(revision=4, places=1)

        shown = desk.shown()
        assert desk.texts() == [
            "Guten Morgen und herzlich willkommen.",
            CORRECTED,
            "um Häuser aus Glas und um Straßen ohne Namen.",
            HEARD[3],
            "Vielen Dank für Ihre Aufmerksamkeit.",
        ]
        assert (shown.origin, shown.made_by_id, shown.offered) == (Origin.PERSON, desk.user, False)
        assert (shown.engine, shown.model) == (before.engine, before.model)
        assert shown.details == {
            "base": 2,
            "taken": 3,
            "patches": 1,
            "failed": [{"start": 8.0, "end": 10.0, "reason": "x"}],
        }
        assert [row.reviewed for row in shown.cues] == [False, True, False, False, False]
        old, new = cues_of(db, before.id), cues_of(db, shown.id)
        assert [new[n] for n in (0, 1, 2, 4)] == [old[n] for n in (0, 1, 2, 4)]
        assert found(either_parts, db, "morgen haus") == ["rede"]
        assert found(either_parts, db, "Zukunft") == []


def test_rest_can_be_taken_later(parts: Parts, desk: Desk):
    desk.takes(parts, 1)

    assert [place.reviewed for place in desk.places()] == [True, False]
    desk.takes(parts, 0, 1)

    assert desk.texts()[1:] == [
        HEARD[1],
        "um Häuser aus Glas und um Straßen ohne Namen.",
        HEARD[3],
        HEARD[4],
    ]
    assert desk.places() == ()
    line = next(one for one in history(desk.db, "rede").lines.values() if one.shown)
    assert (line.taken, line.patches) == (3, 2)


def test_who_speaks_stays_who_it_was_where_the_machine_names_nobody(parts: Parts, desk: Desk):
    desk.takes(parts, 0)

    assert cues_of(desk.db, desk.shown().id)[1].speaker == "Ada"


def test_nothing_chosen_changes_nothing(parts: Parts, desk: Desk):
    before = desk.shown().id

    assert desk.takes(parts) is None
    assert desk.takes(parts, 99, -1) is None
    assert desk.shown().id == before


def test_places_of_a_text_that_has_changed_meanwhile_are_refused(parts: Parts, desk: Desk):
    seen = desk.shown().id
    desk.says(parts, 3, "Anders.")

    with pytest.raises(MovedOn):
        take_in_part(parts, desk.user, desk.offered, seen, {1})

    assert desk.texts()[3] == "Anders."


def test_what_a_person_took_out_is_not_chosen_at_first(parts: Parts, desk: Desk):
    shown = desk.shown()
    save_correction(parts, desk.user, desk.transcript, shown.id, [Said(2, 2, ())])
    finish_correction(parts, desk.user, desk.transcript, all_reviewed=True)

    assert [place.reviewed for place in desk.places()] == [True] * len(desk.places())
    assert any(place.runs for place in desk.places())


def test_correction_that_is_not_finished_is_brought_together_with_what_was_taken(parts, desk):
    cue = replace(cues_of(desk.db, desk.shown().id)[0], text="Moin.", words=())
    save_correction(parts, desk.user, desk.transcript, desk.shown().id, [Said(0, 0, (cue,))])

    desk.takes(parts, 1)
    assert finish_correction(parts, desk.user, desk.transcript).rivals == 0

    assert (desk.texts()[0], desk.texts()[3]) == ("Moin.", HEARD[3])
