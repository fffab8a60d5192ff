"""The sample event is imported once, the way any upload enters the archive."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.import_samples import import_samples
from archive.actions.remove_recording import remove_recording
from archive.models.people import Appearance, Person
from archive.models.programme import Event, Room, Session, Visibility
from archive.models.recording import Recording, State
from archive.parts import Parts
from media.errors import NoSpace
from tests.archive.actions.arrivals import queued, stored, waiting
from tests.archive.actions.finding import VISITORS, found

PROGRAMME = {
    "event": {
        "slug": "probe",
        "title": "Probe",
        "starts_on": "2026-09-17",
        "ends_on": "2026-09-18",
        "rooms": ["Saal", "Forum"],
    },
    "persons": [{"slug": "mira", "name": "Mira Lenz"}, {"slug": "jonas", "name": "Jonas Falk"}],
    "sessions": [
        {
            "slug": "portal",
            "kind": "talk",
            "title": "Ein Portal",
            "language": "de",
            "room": "Forum",
            "starts_at": "2026-09-17T10:00:00+02:00",
            "file": "portal.mp4",
            "line_up": [{"person": "mira", "role": "speaker"}],
        },
        {
            "slug": "panel",
            "kind": "panel",
            "title": "Wolken",
            "language": "de",
            "starts_at": "2026-09-17T14:00:00+02:00",
            "file": "panel.mp4",
            "line_up": [
                {"person": "jonas", "role": "moderator"},
                {"person": "mira", "role": "panelist"},
            ],
        },
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder / "programme.json").write_text(json.dumps(PROGRAMME))
    for name in ("portal", "panel"):
        (folder / f"{name}.mp4").write_bytes(name.encode())
    return folder


def rows(db: DatabaseSession) -> list[int]:
    tables = (Event, Room, Person, Session, Appearance, Recording)
    return [db.scalar(select(func.count()).select_from(table)) for table in tables]


def test_programme_is_there_and_public(parts: Parts, db: DatabaseSession, folder: Path):
    import_samples(parts, folder)

    event = db.scalars(select(Event)).one()
    portal, panel = db.scalars(select(Session).order_by(Session.starts_at))
    assert (event.starts_on, event.timezone) == (date(2026, 9, 17), "Europe/Berlin")
    assert [room.name for room in event.rooms] == ["Saal", "Forum"]
    assert (portal.room.name, panel.room) == ("Forum", None)
    assert portal.starts_at == datetime(2026, 9, 17, 8, 0, tzinfo=UTC)
    assert {portal.visibility, panel.visibility} == {Visibility.PUBLIC}
    assert [(a.person.name, a.role) for a in panel.appearances] == [
        ("Jonas Falk", "moderator"),
        ("Mira Lenz", "panelist"),
    ]
    assert found(parts, db, "Wolken", VISITORS) == ["panel"]


def test_recordings_are_queued_for_the_sample_model(
    parts: Parts, db: DatabaseSession, folder: Path, tmp_path: Path
):
    count = import_samples(parts, folder)

    recordings = db.scalars(select(Recording).order_by(Recording.id)).all()
    assert count == 2
    assert [(r.original_name, r.model, r.state) for r in recordings] == [
        ("portal.mp4", "samples", State.QUEUED),
        ("panel.mp4", "samples", State.QUEUED),
    ]
    assert queued(db) == [f"make_playable-{recording.id}-1" for recording in recordings]
    assert stored(tmp_path) == ["panel.mp4", "portal.mp4"]


def test_samples_themselves_stay_where_they_are(parts: Parts, folder: Path):
    import_samples(parts, folder)

    assert (folder / "portal.mp4").read_bytes() == b"portal"


def test_twice_is_once(parts: Parts, db: DatabaseSession, folder: Path, tmp_path: Path):
    import_samples(parts, folder)
    before = rows(db)

    count = import_samples(parts, folder)

    assert (count, rows(db), len(queued(db))) == (0, before, 2)
    assert (stored(tmp_path), waiting(parts)) == (["panel.mp4", "portal.mp4"], [])


def test_what_was_changed_since_is_not_changed_back(
    parts: Parts, db: DatabaseSession, folder: Path
):
    import_samples(parts, folder)
    session = db.scalars(select(Session).where(Session.slug == "portal")).one()
    session.title, session.visibility = "Anders", Visibility.DRAFT
    db.commit()

    import_samples(parts, folder)

    db.refresh(session)
    assert (session.title, session.visibility) == ("Anders", "draft")


def test_what_an_interrupted_import_left_out_is_added(
    parts: Parts, db: DatabaseSession, folder: Path
):
    import_samples(parts, folder)
    before = rows(db)
    recording = db.scalars(select(Recording)).first()
    name = recording.original_name
    remove_recording(parts, recording.id)

    count = import_samples(parts, folder)

    db.expire_all()
    assert (count, rows(db)) == (1, before)
    assert db.scalars(select(Recording).order_by(Recording.id.desc())).first().original_name == name


def test_space_that_is_to_stay_free_stays_free(parts: Parts, db: DatabaseSession, folder: Path):
    with pytest.raises(NoSpace):
        import_samples(replace(parts, reserve=10**18), folder)

    assert db.scalars(select(Recording)).all() == []
