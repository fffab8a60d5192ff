"""What leaves the archive leaves nothing behind: no row, no file, no hit."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.delete_from_programme import delete_event, delete_person, delete_session
from archive.actions.remove_recording import remove_recording
from archive.models.people import Appearance, Person
from archive.models.programme import Event, Room, Session
from archive.models.recording import LogEntry, Recording, Rendition, RenditionKind, Step
from archive.models.transcript import CueRow, Revision, TranscribedChunk, Transcript
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.arrivals import stored
from tests.archive.actions.finding import found

OF_RECORDINGS = (Recording, Rendition, LogEntry, Transcript, Revision, CueRow, TranscribedChunk)
OF_SESSIONS = (*OF_RECORDINGS, Session, Appearance)
OF_EVENTS = (*OF_SESSIONS, Event, Room)


def rows(db: DatabaseSession, *tables: type) -> dict[str, int]:
    db.expire_all()
    return {
        table.__tablename__: count
        for table in tables
        if (count := db.scalar(select(func.count()).select_from(table)))
    }


def a_whole_talk(db: DatabaseSession, parts: Parts, slug: str, **values: object) -> Session:
    """A talk with a row in every table, its uploaded file, and work under way."""
    event = make.an_event(db)
    person = make.a_person(db, name="Ada Byron")
    room = make.a_room(db, event)
    given = {"event": event, "people": [person], "room_id": room.id} | values
    talk = make.a_talk(db, parts, slug=slug, **given)
    recording = talk.recordings[0]
    upload = parts.work / "upload"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_bytes(b"original")
    parts.store.put(upload, recording.key)
    db.add(LogEntry(recording_id=recording.id, attempt=1, step=Step.PROBE, message="started"))
    db.add(
        TranscribedChunk(
            recording_id=recording.id,
            key="0" * 64,
            start=0,
            end=16_000,
            engine="scripted 1",
            result={},
            seconds=1.0,
            worker="w",
        )
    )
    folder = parts.work / f"recording-{recording.id}"
    folder.mkdir()
    (folder / "speech.wav").write_bytes(b"sound")
    db.commit()
    return talk


def test_removed_recording_leaves_its_session_alone(
    parts: Parts, db: DatabaseSession, tmp_path: Path
):
    talk = a_whole_talk(db, parts, "talk", title="Häuser aus Glas")
    recording_id = talk.recordings[0].id
    assert set(rows(db, *OF_RECORDINGS)) == {table.__tablename__ for table in OF_RECORDINGS}

    remove_recording(parts, recording_id)

    assert rows(db, *OF_RECORDINGS) == {}
    assert (stored(tmp_path), list(parts.work.iterdir())) == ([], [])
    assert found(parts, db, "willkommen") == []
    assert found(parts, db, "Glas") == ["talk"]


def test_removed_recording_uncovers_the_one_before(
    parts: Parts, db: DatabaseSession, tmp_path: Path
):
    talk = a_whole_talk(db, parts, "talk")
    newer = make.a_recording(db, talk)
    make.a_rendition(db, parts, newer, RenditionKind.AUDIO)
    make.a_transcript(db, newer, [make.timed_cue("Etwas ganz Neues.", 0, 2)])
    db.commit()

    remove_recording(parts, newer.id)

    assert found(parts, db, "Neues") == []
    assert found(parts, db, "willkommen") == ["talk"]
    assert stored(tmp_path) == ["original.mp4", "poster.jpg", "video.mp4"]


def test_lost_file_does_not_keep_a_recording_from_being_removed(
    parts: Parts, db: DatabaseSession, tmp_path: Path
):
    recording = a_whole_talk(db, parts, "talk").recordings[0]
    parts.store.delete(recording.key)

    remove_recording(parts, recording.id)

    assert (rows(db, Recording), stored(tmp_path)) == ({}, [])


def test_deleted_session_takes_everything_with_it_and_leaves_the_others(
    parts: Parts, db: DatabaseSession, tmp_path: Path
):
    keep = a_whole_talk(db, parts, "keep")
    expected = rows(db, *OF_EVENTS)
    gone = a_whole_talk(db, parts, "gone", event=keep.event, people=[], room_id=None)

    delete_session(parts, gone.id)

    assert rows(db, *OF_SESSIONS) == {
        name: count for name, count in expected.items() if name not in ("events", "rooms")
    }
    assert found(parts, db, "willkommen") == ["keep"]
    assert stored(tmp_path) == ["original.mp4", "poster.jpg", "video.mp4"]


def test_deleted_event_takes_everything_with_it_but_the_people(
    parts: Parts, db: DatabaseSession, tmp_path: Path
):
    first = a_whole_talk(db, parts, "first")
    a_whole_talk(db, parts, "second", event=first.event, room_id=None)
    make.a_session(db, first.event)
    db.commit()

    delete_event(parts, first.event_id)

    assert rows(db, *OF_SESSIONS) == {}
    assert rows(db, Event, Room) == {"events": 1, "rooms": 1}  # those of the second's own event
    assert rows(db, Person) == {"persons": 2}
    assert (stored(tmp_path), list(parts.work.iterdir())) == ([], [])
    assert found(parts, db, "willkommen") == []


def test_deleted_person_leaves_the_line_ups_and_the_sessions_stay(
    parts: Parts, db: DatabaseSession
):
    eve = make.a_person(db, name="Eve Falk")
    talk = a_whole_talk(db, parts, "talk")
    ada = talk.appearances[0].person
    both = make.a_talk(db, parts, people=[ada, eve], slug="both")
    db.commit()

    delete_person(db, parts.index, ada)
    db.commit()

    db.expire_all()
    assert [a.person.name for a in both.appearances] == ["Eve Falk"]
    assert rows(db, Session, Person) == {"sessions": 2, "persons": 1}
    assert found(parts, db, "Byron") == []
    assert found(parts, db, "Falk") == ["both"]


@pytest.mark.parametrize("delete", [remove_recording, delete_session, delete_event])
def test_what_is_gone_cannot_be_deleted(parts: Parts, delete):
    with pytest.raises(NoResultFound):
        delete(parts, 4711)
