"""Events, sessions and people are made, changed and deleted on the desk."""

import re
from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Appearance, Person
from archive.models.programme import Event, Session, Visibility
from archive.models.recording import Recording
from archive.parts import Parts
from tests import factories as make
from tests.conftest import stored_files
from tests.forms import submit

EVENT = {
    "title": "Kommunaltag Übersee",
    "starts_on": "2026-10-01",
    "ends_on": "2026-10-02",
    "timezone": "Europe/Berlin",
    "rooms": "Großer Saal\n\n Forum \nGroßer Saal",
}


def session_values(event: Event, **values: object) -> dict[str, object]:
    return {
        "title": "Was bleibt",
        "kind": "talk",
        "event": str(event.id),
        "room": "0",
        "language": "de",
    } | values


def test_event_is_created_with_its_rooms(organiser: FlaskClient, db: DatabaseSession):
    answer = submit(organiser, "/desk/events/new", **EVENT)

    event = db.scalars(select(Event)).one()
    assert answer.location == "/desk?event=kommunaltag-uebersee"
    assert (event.starts_on, event.ends_on) == (date(2026, 10, 1), date(2026, 10, 2))
    assert [room.name for room in event.rooms] == ["Großer Saal", "Forum"]


def test_event_that_ends_before_it_begins_is_refused_with_what_was_entered(
    organiser: FlaskClient, db: DatabaseSession
):
    answer = submit(organiser, "/desk/events/new", **(EVENT | {"ends_on": "2026-09-01"}))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'href="#ends_on">The last day is before the first.' in page
    assert 'value="Kommunaltag Übersee"' in page
    assert db.scalars(select(Event)).all() == []


def test_room_with_too_long_a_name_is_refused(organiser: FlaskClient, db: DatabaseSession):
    answer = submit(organiser, "/desk/events/new", **(EVENT | {"rooms": "Forum\n" + "S" * 201}))

    assert answer.status_code == 400
    assert "is too long for a room." in answer.get_data(as_text=True)
    assert db.scalars(select(Event)).all() == []


def test_event_keeps_its_address_when_its_title_changes(
    organiser: FlaskClient, db: DatabaseSession
):
    submit(organiser, "/desk/events/new", **EVENT)

    submit(organiser, "/desk/events/kommunaltag-uebersee", **(EVENT | {"title": "Neuer Name"}))

    assert [(e.slug, e.title) for e in db.scalars(select(Event))] == [
        ("kommunaltag-uebersee", "Neuer Name")
    ]


def test_event_is_deleted_only_after_what_is_lost_was_shown(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts
):
    event = make.an_event(db, slug="event", title="Smart Region")
    make.a_talk(db, parts, event)
    db.commit()

    shown = organiser.get("/desk/events/event/deletion").get_data(as_text=True)
    submit(organiser, "/desk/events/event/deletion")

    assert "1 session" in shown and "1 recording with its transcript" in shown
    assert db.scalars(select(Event)).all() == []
    assert stored_files(parts) == []


def test_session_is_created_as_a_draft_with_its_line_up(
    organiser: FlaskClient, db: DatabaseSession
):
    event = make.an_event(db, timezone="Europe/Berlin")
    room = make.a_room(db, event)
    mara, ada = make.a_person(db), make.a_person(db)
    db.commit()

    answer = submit(
        organiser,
        "/desk/sessions/new",
        **session_values(event, room=str(room.id), starts_at="2026-06-12T14:30"),
        **{
            "line_up-0-person": str(ada.id),
            "line_up-0-role": "moderator",
            "line_up-1-person": "",
            "line_up-1-role": "speaker",
            "line_up-2-person": str(mara.id),
            "line_up-2-role": "panelist",
        },
    )

    session = db.scalars(select(Session)).one()
    assert answer.location == "/desk/sessions/was-bleibt"
    assert (session.visibility, session.room_id) == (Visibility.DRAFT, room.id)
    assert session.starts_at == datetime(2026, 6, 12, 12, 30, tzinfo=UTC)
    assert [(a.person_id, a.role) for a in session.appearances] == [
        (ada.id, "moderator"),
        (mara.id, "panelist"),
    ]


def test_somebody_new_is_created_with_the_session(organiser: FlaskClient, db: DatabaseSession):
    event = make.an_event(db)
    db.commit()

    submit(
        organiser,
        "/desk/sessions/new",
        **session_values(event, kind="panel", newcomer="  Jördis   Holm "),
    )

    appearance = db.scalars(select(Appearance)).one()
    assert (appearance.person.name, appearance.person.slug, appearance.role) == (
        "Jördis Holm",
        "joerdis-holm",
        "panelist",
    )


def test_another_place_is_offered_without_saving(organiser: FlaskClient, db: DatabaseSession):
    event = make.an_event(db)
    db.commit()

    answer = submit(organiser, "/desk/sessions/new", **session_values(event, more="1"))

    page = answer.get_data(as_text=True)
    assert (answer.status_code, 'name="line_up-0-person"' in page) == (200, True)
    assert 'value="Was bleibt"' in page
    assert db.scalars(select(Session)).all() == []


def test_room_of_another_event_is_refused(organiser: FlaskClient, db: DatabaseSession):
    event, other = make.an_event(db), make.an_event(db)
    room = make.a_room(db, other)
    db.commit()

    answer = submit(organiser, "/desk/sessions/new", **session_values(event, room=str(room.id)))

    assert answer.status_code == 400
    assert "This room belongs to another event." in answer.get_data(as_text=True)


def test_session_form_without_an_event_leads_to_one(organiser: FlaskClient):
    assert organiser.get("/desk/sessions/new").location == "/desk/events/new"


def test_editing_a_session_shows_and_keeps_what_is_known(
    organiser: FlaskClient, db: DatabaseSession
):
    event = make.an_event(db, timezone="Europe/Berlin")
    mara = make.a_person(db)
    make.a_session(db, event, [mara], slug="talk", title="Alt", abstract="Worum es geht.")
    db.commit()

    page = organiser.get("/desk/sessions/talk/edit").get_data(as_text=True)

    assert 'value="2026-06-12T10:00"' in page
    assert "Worum es geht.</textarea>" in page
    assert f'<option selected value="{mara.id}">{mara.name}</option>' in page


def test_visibility_follows_the_choice_everywhere(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts
):
    make.a_talk(db, parts, slug="talk", visibility=Visibility.DRAFT)
    db.commit()
    visitor = organiser.application.test_client()
    found = {}

    for choice in ("unlisted", "public", "draft"):
        submit(
            organiser,
            "/desk/sessions/talk",
            to="/desk/sessions/talk/visibility",
            visibility=choice,
        )
        found[choice] = (
            visitor.get("/sessions/talk").status_code,
            "/sessions/talk" in visitor.get("/search?q=Verwaltung").get_data(as_text=True),
        )

    assert found == {"unlisted": (200, False), "public": (200, True), "draft": (404, False)}


def test_unknown_visibility_is_refused(organiser: FlaskClient, db: DatabaseSession):
    make.a_session(db, slug="talk")
    db.commit()

    answer = submit(
        organiser, "/desk/sessions/talk", to="/desk/sessions/talk/visibility", visibility="everyone"
    )

    assert answer.status_code == 400


def test_session_is_deleted_with_its_recording_and_files(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts
):
    make.a_talk(db, parts, slug="talk")
    db.commit()

    submit(organiser, "/desk/sessions/talk/deletion")

    assert (db.scalars(select(Session)).all(), db.scalars(select(Recording)).all()) == ([], [])
    assert organiser.get("/sessions/talk").status_code == 404
    assert "/sessions/talk" not in organiser.get("/search?q=Verwaltung").get_data(as_text=True)


def test_person_is_created_renamed_and_found_under_the_new_name(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts
):
    submit(organiser, "/desk/people/new", name="Mara Lindqvist")
    person = db.scalars(select(Person)).one()
    make.a_talk(db, parts, people=[person], slug="talk")
    db.commit()

    submit(organiser, "/desk/people/mara-lindqvist", name="Mara Örtel", affiliation="Stadt")

    found = organiser.get("/search?q=Oertel").get_data(as_text=True)
    assert "/sessions/talk" in found
    assert "Stadt" in organiser.get("/people/mara-lindqvist").get_data(as_text=True)


def test_corrected_name_is_said_to_change_in_transcripts_too(
    organiser: FlaskClient, db: DatabaseSession, parts: Parts
):
    person = make.a_person(db, slug="mara", name="Mara Lindqvist")
    for _ in range(2):
        cues = [make.timed_cue("Die Verwaltung lebt.", 0, 3, "Mara Lindqvist")]
        make.a_talk(db, parts, people=[person], cues=cues)
    make.a_talk(db, parts, people=[person])
    db.commit()
    page = organiser.get("/desk/people/mara").get_data(as_text=True)
    assert "corrects it in the transcripts of 2 sessions" in page

    submit(organiser, "/desk/people/mara", name="Mara Lindqvist", affiliation="Stadt")
    unchanged = organiser.get("/desk/people").get_data(as_text=True)
    submit(organiser, "/desk/people/mara", name="Mara Örtel")
    renamed = organiser.get("/desk/people").get_data(as_text=True)

    assert "“Mara Lindqvist” is saved." in unchanged and "corrected" not in unchanged
    assert "“Mara Örtel” is saved." in renamed
    assert "The name is corrected in the transcripts of 2 sessions too." in renamed
    page = organiser.get("/people/mara").get_data(as_text=True)
    assert page.count("Die Verwaltung lebt.") == 2
    new = organiser.get("/desk/people/new").get_data(as_text=True)
    assert "transcript" not in new


def test_person_without_a_name_is_refused(organiser: FlaskClient, db: DatabaseSession):
    answer = submit(organiser, "/desk/people/new", name="   ")

    assert answer.status_code == 400
    assert db.scalars(select(Person)).all() == []


def test_deleted_person_leaves_the_line_up_and_the_session_stays(
    organiser: FlaskClient, db: DatabaseSession
):
    mara = make.a_person(db, slug="mara")
    make.a_session(db, people=[mara], slug="talk")
    db.commit()

    submit(organiser, "/desk/people/mara/deletion")

    assert db.scalars(select(Appearance)).all() == []
    assert [s.slug for s in db.scalars(select(Session))] == ["talk"]


def test_unknown_addresses_of_the_desk_are_not_found(organiser: FlaskClient):
    addresses = (
        "/desk/events/nothing",
        "/desk/people/nothing",
        "/desk/sessions/nothing",
        "/desk/sessions/nothing/edit",
        "/desk/sessions/nothing/recordings/new",
        "/desk/recordings/7/removal",
    )
    assert {organiser.get(address).status_code for address in addresses} == {404}


def test_languages_spoken_too_are_chosen_beside_the_main_one(
    organiser: FlaskClient, db: DatabaseSession
):
    event = make.an_event(db)
    db.commit()

    submit(
        organiser, "/desk/sessions/new", **session_values(event, other_languages=["de", "en", "fr"])
    )

    session = db.scalars(select(Session)).one()
    page = organiser.get(f"/desk/sessions/{session.slug}/edit").get_data(as_text=True)
    checked = re.findall(r'<input checked[^>]*name="other_languages"[^>]*value="(\w+)"', page)
    assert session.other_languages == ["en", "fr"]
    assert checked == ["en", "fr"]


def test_languages_spoken_too_need_a_main_one(organiser: FlaskClient, db: DatabaseSession):
    event = make.an_event(db)
    db.commit()

    answer = submit(
        organiser,
        "/desk/sessions/new",
        **session_values(event, language="", other_languages=["en"]),
    )

    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert 'href="#other_languages">Choose the main language first.' in page
    assert db.scalars(select(Session)).all() == []
