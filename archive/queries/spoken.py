"""What a person said: their turns in the sessions in which they stood on stage."""

import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Appearance, Person
from archive.models.recording import Recording
from archive.models.transcript import CueRow, Revision, Transcript
from archive.queries.cards import SessionCard
from archive.queries.transcript import said

FEW = 5  # turns of a session, where not all are shown
LONGEST = 140  # letters of a quotation


@dataclass(frozen=True)
class Turn:
    """Cues of one speaker that follow each other. seconds: how long was spoken."""

    start: float  # seconds
    seconds: float
    words: str  # the first of them
    language: str  # BCP 47


@dataclass(frozen=True)
class Spoken:
    """What a person said in a session; turns: the first, or all of them."""

    seconds: float
    turn_count: int
    turns: tuple[Turn, ...]


def spoken(
    db: DatabaseSession, name: str, cards: Sequence[SessionCard], whole: str | None = None
) -> dict[int, Spoken]:
    """What the person of this name said, by session; one query, however many sessions.

    A session is left out where nothing is known to be theirs, as where two people of this name
    stand in its line-up. whole: the slug of the session of which all turns are wanted.
    """
    sessions = {
        card.recording.id: card
        for card in cards
        if card.recording and [person.name for person in card.people].count(name) == 1
    }
    found: dict[int, Spoken] = {}
    for recording_id, turns in _turns(db, name, list(sessions)).items():
        card = sessions[recording_id]
        shown = turns if card.slug == whole else turns[:FEW]
        found[card.id] = Spoken(
            seconds=sum(_seconds(turn) for turn in turns),
            turn_count=len(turns),
            turns=tuple(_turn(turn) for turn in shown),
        )
    return found


def own_transcripts(person_id: int, names: Collection[str]) -> Select[tuple[int]]:
    """The ids of the transcripts in which these names can only be the person's.

    Those of the sessions with the person on stage, and nobody else of any of the names.
    """
    theirs = select(Appearance.session_id).where(Appearance.person_id == person_id)
    shared = (
        select(Appearance.session_id)
        .join(Appearance.person)
        .where(Person.id != person_id, Person.name.in_(names))
    )
    return (
        select(Transcript.id)
        .join(Transcript.recording)
        .where(Recording.session_id.in_(theirs), Recording.session_id.not_in(shared))
    )


def sessions_naming(
    db: DatabaseSession, person: Person, new_name: str | None = None
) -> Sequence[int]:
    """The ids of the sessions in whose transcripts the person's name may become `new_name`."""
    names = {person.name, new_name or person.name}
    named = (
        select(Recording.session_id)
        .distinct()
        .select_from(CueRow)
        .join(CueRow.revision)
        .join(Revision.transcript)
        .join(Transcript.recording)
        .where(Transcript.id.in_(own_transcripts(person.id, names)), CueRow.speaker == person.name)
    )
    return db.scalars(named).all()


def _turns(
    db: DatabaseSession, name: str, recording_ids: Sequence[int]
) -> dict[int, list[list[Any]]]:
    """The cues of this speaker in what is shown of each recording, those in a row together."""
    shown = (
        select(func.max(Revision.id))
        .join(Revision.transcript)
        .where(Transcript.recording_id.in_(recording_ids), said())
        .group_by(Transcript.recording_id)
    )
    rows = db.execute(
        select(
            *(Transcript.recording_id, CueRow.position, CueRow.start, CueRow.end, CueRow.text),
            func.coalesce(CueRow.language, Transcript.language).label("language"),
        )
        .join(CueRow.revision)
        .join(Revision.transcript)
        .where(CueRow.revision_id.in_(shown), CueRow.speaker == name)
        .order_by(Transcript.recording_id, CueRow.position)
    )
    found: dict[int, list[list[Any]]] = {}
    for row in rows:
        turns = found.setdefault(row.recording_id, [])
        if turns and turns[-1][-1].position == row.position - 1:
            turns[-1].append(row)
        else:
            turns.append([row])
    return found


def _turn(cues: Sequence[Any]) -> Turn:
    first = cues[0]
    text = " ".join(" ".join(cue.text for cue in cues[:10]).split())
    short = textwrap.shorten(text, LONGEST, placeholder=" …")
    return Turn(
        start=first.start,
        seconds=_seconds(cues),
        words=short if short != "…" else f"{text[:LONGEST]} …",
        language=first.language,
    )


def _seconds(cues: Sequence[Any]) -> float:
    return sum(cue.end - cue.start for cue in cues)
