"""A glossary is kept, and corrects the transcripts of its event: chosen places, one revision each."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.correct_by_glossary import ByGlossary, correct_by_glossary
from archive.actions.finish_correction import Finished, finish_correction
from archive.actions.restore_revision import restore_revision
from archive.actions.save_correction import Said, save_correction
from archive.actions.save_glossary import (
    GlossaryChanged,
    GlossaryRefused,
    add_to_glossary,
    save_glossary,
)
from archive.models.programme import Event
from archive.models.transcript import CueRow, Origin, Revision
from archive.parts import Parts
from archive.queries.glossary import edition_of, glossary_page
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from tests.archive.actions.finding import found
from transcripts.cues import Cue
from transcripts.glossary import Problem

GLOSSARY = "ekom21 = e-kom 21, Ekom einundzwanzig\nOZG = ozett ge"
ONE = (
    make.timed_cue("Willkommen bei der E-Kom 21 in Gießen.", 0.0, 7.0),
    make.timed_cue("Das Ozett ge und das ozett ge.", 7.0, 14.0),
    make.timed_cue("Vielen Dank.", 14.0, 15.0),
)
OTHER = (make.timed_cue("Ich bin bei Ekom einundzwanzig.", 0.0, 5.0),)


class Desk:
    """An event with a glossary, two talks that it corrects, and one of another event."""

    def __init__(self, parts: Parts, db: DatabaseSession) -> None:
        self.parts = parts
        self.db = db
        self.event = make.an_event(db, slug="event", glossary=GLOSSARY)
        self.one = make.a_talk(db, parts, self.event, cues=ONE, slug="one", title="Eins")
        self.two = make.a_talk(db, parts, self.event, cues=OTHER, slug="two", title="Zwei")
        self.far = make.a_talk(db, parts, cues=OTHER, slug="far", title="Fern")
        self.user = make.a_user(db).id
        db.commit()
        self.edition = edition_of(GLOSSARY)

    def shown(self, slug: str = "one") -> Revision:
        self.db.expire_all()
        return current_revision(self.db, getattr(self, slug).id)

    def texts(self, slug: str = "one") -> list[str]:
        return [cue.text for cue in cues_of(self.db, self.shown(slug).id)]

    def correct(self, chosen=None, edition: str | None = None) -> ByGlossary:
        return correct_by_glossary(
            self.parts, self.user, self.event.id, edition or self.edition, chosen
        )

    def glossary(self) -> str:
        self.db.expire_all()
        return self.db.get_one(Event, self.event.id).glossary


@pytest.fixture
def desk(parts: Parts, db: DatabaseSession) -> Desk:
    return Desk(parts, db)


def test_every_place_is_corrected_and_found_at_once(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(either_parts, db)
        machine = desk.shown()
        assert found(either_parts, db, "OZG") == []

        assert desk.correct() == ByGlossary(4, 2)

        assert desk.texts() == [
            "Willkommen bei der ekom21 in Gießen.",
            "Das OZG und das OZG.",
            "Vielen Dank.",
        ]
        assert desk.texts("two") == ["Ich bin bei ekom21."]
        assert desk.texts("far") == ["Ich bin bei Ekom einundzwanzig."]  # of another event
        assert found(either_parts, db, "OZG") == ["one"]
        assert sorted(found(either_parts, db, "ekom21")) == ["one", "two"]
        shown = desk.shown()
        assert (shown.origin, shown.made_by_id, shown.number) == (Origin.PERSON, desk.user, 2)
        assert (shown.engine, shown.model) == (machine.engine, machine.model)
        assert shown.details["glossary"] == [
            {"start": 3.0, "before": "E-Kom 21", "after": "ekom21"},
            {"start": 8.0, "before": "Ozett ge", "after": "OZG"},
            {"start": 12.0, "before": "ozett ge", "after": "OZG"},
        ]
        assert desk.correct() == ByGlossary()  # nothing is left, and nothing is stored
        assert db.scalar(select(func.count()).select_from(Revision)) == 5


def test_only_chosen_places_are_corrected(desk: Desk):
    chosen = {desk.shown().id: {(1, 21), (2, 0)}}

    assert desk.correct(chosen) == ByGlossary(1, 1)

    assert desk.texts()[:2] == [ONE[0].text, "Das Ozett ge und das OZG."]
    assert desk.texts("two") == [OTHER[0].text]
    assert desk.correct({desk.shown().id: set()}) == ByGlossary()
    assert desk.correct({}) == ByGlossary()


def test_words_keep_their_times_and_cues_are_as_reviewed_as_before(desk: Desk):
    rows = desk.shown().cues
    rows[1].reviewed, rows[0].speaker = True, "Ada"
    desk.db.commit()

    desk.correct()

    reviewed = desk.db.scalars(
        select(CueRow.reviewed)
        .where(CueRow.revision_id == desk.shown().id)
        .order_by(CueRow.position)
    )
    assert list(reviewed) == [False, True, False]
    first, second, third = cues_of(desk.db, desk.shown().id)
    assert (first.speaker, third.words) == ("Ada", ONE[2].words)
    assert [word.text for word in second.words] == ["Das", "OZG", "und", "das", "OZG."]
    assert (second.words[0], second.words[2]) == (ONE[1].words[0], ONE[1].words[3])


def test_what_others_have_not_finished_survives(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(either_parts, db)
        staff = make.a_user(db, "staff", name="staff").id
        db.commit()
        base = desk.shown()
        mine = (Said(2, 2, (Cue(14.0, 15.0, "Herzlichen Dank."),)),)
        save_correction(either_parts, staff, base.transcript_id, base.id, mine)

        desk.correct()
        assert finish_correction(either_parts, staff, base.transcript_id) == Finished(3)

        assert desk.texts() == [
            "Willkommen bei der ekom21 in Gießen.",
            "Das OZG und das OZG.",
            "Herzlichen Dank.",
        ]


def test_history_brings_the_text_of_before_back(desk: Desk):
    machine = desk.shown()
    desk.correct()

    restore_revision(desk.parts, desk.user, machine.id)

    assert desk.texts() == [cue.text for cue in ONE]
    assert found(desk.parts, desk.db, "OZG") == []


def test_text_that_has_changed_since_is_left_alone_and_named(desk: Desk):
    seen = {desk.shown(slug).id: {(0, place)} for slug, place in (("one", 19), ("two", 12))}
    restore_revision(desk.parts, desk.user, desk.shown().id)

    assert desk.correct(seen) == ByGlossary(1, 1, ("Eins",))

    assert desk.texts() == [cue.text for cue in ONE]
    assert desk.texts("two") == ["Ich bin bei ekom21."]


def test_places_of_another_glossary_or_event_are_not_corrected(desk: Desk):
    with pytest.raises(GlossaryChanged):
        desk.correct(edition="another")

    assert desk.correct({desk.shown("far").id: {(0, 12)}, 99_999: {(0, 0)}}) == ByGlossary()
    assert desk.texts("far") == [OTHER[0].text]


# --- the glossary itself -----------------------------------------------------------------------


def test_glossary_is_kept_each_line_once(either_parts: Parts):
    with either_parts.sessions() as db:
        desk = Desk(either_parts, db)

        save_glossary(
            either_parts, desk.event.id, "  OZG  =  ozett \r\n\r\nFITKO\nFITKO\n", desk.edition
        )

        assert desk.glossary() == "OZG = ozett\nFITKO"


def test_glossary_with_a_problem_or_that_others_changed_is_not_kept(desk: Desk):
    with pytest.raises(GlossaryRefused) as refused:
        save_glossary(desk.parts, desk.event.id, "OZG =", desk.edition)
    assert refused.value.problems == (Problem(1, "no_wrong", "OZG"),)

    with pytest.raises(GlossaryChanged):
        save_glossary(desk.parts, desk.event.id, "OZG = ozett", "another")
    assert desk.glossary() == GLOSSARY


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("OZG", "ozg", "OZG = ozett ge, ozg"),
        (" ekom21 ", "ecom  21", "ekom21 = e-kom 21, Ekom einundzwanzig, ecom 21"),
        ("FITKO", "Fitko", "FITKO = Fitko"),
    ],
)
def test_writing_is_added_to_the_line_of_its_term(either_parts: Parts, right, wrong, line):
    with either_parts.sessions() as db:
        desk = Desk(either_parts, db)

        assert add_to_glossary(either_parts, desk.event.id, right, wrong)
        assert not add_to_glossary(either_parts, desk.event.id, right, wrong)

        lines = desk.glossary().splitlines()
        assert line in lines
        assert len(lines) == (3 if right == "FITKO" else 2)


def test_term_to_listen_for_gets_what_is_written_instead(desk: Desk):
    save_glossary(desk.parts, desk.event.id, "FITKO\nOZG, XÖV", desk.edition)

    add_to_glossary(desk.parts, desk.event.id, "FITKO", "Fit Co")
    add_to_glossary(desk.parts, desk.event.id, "XÖV", "Ixöff")

    assert desk.glossary() == "FITKO = Fit Co\nOZG, XÖV\nXÖV = Ixöff"


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("OZG", "OZG", "same"),
        ("", "ozg", "no_right"),
        ("OZG", " ", "no_wrong"),
        ("OZG", "ozett, ozg", "signs"),
        ("OZG", "ozett = ozg", "two_signs"),
        ("OZG, EGovG", "ozett", "several_right"),
        ("OZG", "ozett!", "edges"),
        ("EGovG", "Ozett GE", "wrong_twice"),
        ("EGovG", "ozg", "wrong_is_right"),
    ],
)
def test_what_does_not_fit_in_is_refused(desk: Desk, right: str, wrong: str, reason: str):
    with pytest.raises(GlossaryRefused) as refused:
        add_to_glossary(desk.parts, desk.event.id, right, wrong)

    assert refused.value.problems[0].reason == reason
    assert desk.glossary() == GLOSSARY


def test_older_problems_do_not_stand_in_the_way(desk: Desk):
    desk.event.glossary = "OZG =\nekom21 = ekom 21"
    desk.db.commit()

    assert add_to_glossary(desk.parts, desk.event.id, "FITKO", "Fit Co")


# --- what would be corrected -------------------------------------------------------------------


def test_places_are_told_by_session_with_what_stands_around_them(desk: Desk):
    long = "Wort " * 40
    make.a_talk(
        desk.db, desk.parts, desk.event, cues=[make.timed_cue(f"{long}ozett ge {long}", 0, 90)]
    )
    make.a_session(desk.db, desk.event)
    desk.db.commit()

    page = glossary_page(desk.db, "event")

    assert (page.transcripts, page.count, page.sessions_count, page.pages) == (3, 5, 3, 1)
    one = next(session for session in page.sessions if session.slug == "one")
    assert (one.revision_id, one.language, one.count) == (desk.shown().id, "de", 3)
    place = one.places[1]
    assert (place.cue, place.at, place.start) == (1, 4, 7.0)
    assert (place.lead, place.before, place.after, place.rest) == (
        *("Das ", "Ozett ge"),
        *("OZG", " und das ozett ge."),
    )
    far = next(one.places[0] for one in page.sessions if one.slug not in ("one", "two"))
    assert far.lead.startswith("… Wort Wort") and far.lead.endswith("Wort ")
    assert far.rest.startswith(" Wort") and far.rest.endswith("Wort …")
    assert max(len(far.lead), len(far.rest)) < 80


def test_many_places_are_told_page_by_page(desk: Desk):
    cues = [make.timed_cue("Das ozett ge.", n, n + 1) for n in range(450)]
    make.a_talk(desk.db, desk.parts, desk.event, cues=cues, title="Anfang")
    desk.db.commit()

    pages = [glossary_page(desk.db, "event", number) for number in (1, 2, 3, 99)]

    assert [page.page for page in pages] == [1, 2, 3, 3]
    assert {(page.count, page.pages, page.sessions_count) for page in pages} == {(454, 3, 3)}
    told = [
        (session.slug, place.cue, place.at)
        for page in pages[:3]
        for session in page.sessions
        for place in session.places
    ]
    assert len(told) == len(set(told)) == 454


def test_only_what_is_shown_is_looked_through(desk: Desk):
    offered = make.a_transcript(
        desk.db, make.a_recording(desk.db, desk.one), [make.timed_cue("ozett ge", 0, 1)], "en"
    )
    offered.offered = True
    desk.db.commit()
    desk.correct()

    page = glossary_page(desk.db, "event")

    assert (page.transcripts, page.count) == (2, 0)
    assert glossary_page(desk.db, "never") is None
