"""The sample event enters the archive the way any upload does: catalogue, file, queue."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.actions.ingest import DuplicateRecording, ingest
from archive.db import now
from archive.models.people import Appearance, Person
from archive.models.programme import Event, Room, Session, Visibility
from archive.models.recording import SAMPLES_MODEL
from archive.parts import Parts
from media.uploads import receive


def import_samples(parts: Parts, folder: Path) -> int:
    """Adds what `folder/programme.json` lists and is not there yet; returns the recordings queued.

    The recordings go to the model `samples`, which is made for them and nothing else.
    """
    programme = json.loads((folder / "programme.json").read_text())
    with parts.sessions.begin() as db:
        event = _event(db, programme["event"], parts.timezone)
        persons = {entry["slug"]: _person(db, entry) for entry in programme["persons"]}
        ids = [_session(db, event, persons, entry) for entry in programme["sessions"]]
        for session_id in ids:
            index_session(db, parts.index, session_id)
    files = [folder / entry["file"] for entry in programme["sessions"]]
    return sum(
        _take_in(parts, session_id, file) for session_id, file in zip(ids, files, strict=True)
    )


def _event(db: DatabaseSession, entry: dict[str, Any], timezone: str) -> Event:
    event = db.scalars(select(Event).where(Event.slug == entry["slug"])).first()
    if event is not None:
        return event
    event = Event(
        slug=entry["slug"],
        title=entry["title"],
        subtitle=entry.get("subtitle", ""),
        description=entry.get("description", ""),
        place=entry.get("place", ""),
        starts_on=date.fromisoformat(entry["starts_on"]),
        ends_on=date.fromisoformat(entry["ends_on"]),
        timezone=entry.get("timezone", timezone),
        rooms=[Room(name=name, position=n) for n, name in enumerate(entry.get("rooms", []))],
    )
    db.add(event)
    db.flush()
    return event


def _person(db: DatabaseSession, entry: dict[str, Any]) -> Person:
    person = db.scalars(select(Person).where(Person.slug == entry["slug"])).first()
    if person is None:
        person = Person(
            slug=entry["slug"],
            name=entry["name"],
            affiliation=entry.get("affiliation", ""),
            biography=entry.get("biography", ""),
        )
        db.add(person)
        db.flush()
    return person


def _session(
    db: DatabaseSession, event: Event, persons: dict[str, Person], entry: dict[str, Any]
) -> int:
    session = db.scalars(select(Session).where(Session.slug == entry["slug"])).first()
    if session is not None:
        return session.id
    session = Session(
        slug=entry["slug"],
        event_id=event.id,
        room_id=next((room.id for room in event.rooms if room.name == entry.get("room")), None),
        kind=entry["kind"],
        title=entry["title"],
        subtitle=entry.get("subtitle", ""),
        abstract=entry.get("abstract", ""),
        language=entry["language"],
        starts_at=datetime.fromisoformat(entry["starts_at"]),
        visibility=Visibility.PUBLIC,
        published_at=now(),
        appearances=[
            Appearance(person_id=persons[who["person"]].id, role=who["role"], position=place)
            for place, who in enumerate(entry["line_up"])
        ],
    )
    db.add(session)
    db.flush()
    return session.id


def _take_in(parts: Parts, session_id: int, file: Path) -> bool:
    with file.open("rb") as stream:
        received = receive(
            stream,
            parts.work / "uploads",
            limit=parts.upload_limit,
            expected=file.stat().st_size,
            reserve=parts.reserve,
            name=file.name,
        )
    try:
        ingest(
            parts,
            session_id=session_id,
            received=received,
            original_name=file.name,
            model=SAMPLES_MODEL,
        )
    except DuplicateRecording:
        return False
    return True
