"""The glossary of an event, and what it would correct in the transcripts of its sessions."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Event, Session
from archive.models.recording import Recording
from archive.models.transcript import CueRow, Revision, Transcript
from archive.queries.transcript import said
from transcripts.glossary import Finder, Glossary, Occurrence, parse

PLACES = 200  # on one page
CONTEXT = 70  # characters that are shown on either side, about


@dataclass(frozen=True)
class Place:
    """A place that would be corrected. cue: its place in the revision, from 0. at: character."""

    cue: int
    at: int
    start: float  # seconds, of the cue
    lead: str
    before: str
    after: str
    rest: str


@dataclass(frozen=True)
class SessionPlaces:
    """Places in the shown text of a session; `count` of them, and those that are on this page."""

    title: str
    slug: str
    revision_id: int
    language: str  # BCP 47
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class GlossaryPage:
    """The glossary of an event as it is edited. transcripts: how many there are to look through."""

    event_id: int
    title: str
    slug: str
    text: str
    edition: str
    glossary: Glossary
    transcripts: int
    sessions: tuple[SessionPlaces, ...]  # with places on this page
    count: int  # of places, on all pages
    sessions_count: int
    page: int
    pages: int


class ShownText(NamedTuple):
    """The text that is shown for a session."""

    session_id: int
    title: str
    slug: str
    revision_id: int
    language: str


def edition_of(text: str) -> str:
    """What tells a glossary from a changed one."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def glossary_page(db: DatabaseSession, slug: str, page: int = 1) -> GlossaryPage | None:
    """The glossary and the places it would correct; None where there is no such event.

    page: from 1; one beyond the last is the last.
    """
    event = db.scalars(select(Event).where(Event.slug == slug)).first()
    if event is None:
        return None
    glossary = parse(event.glossary)
    texts = shown_texts(db, event.id)
    found = _found(db, texts, glossary)
    count = sum(len(places) for _, places in found)
    pages = max(1, -(-count // PLACES))
    page = min(max(page, 1), pages)
    return GlossaryPage(
        event_id=event.id,
        title=event.title,
        slug=event.slug,
        text=event.glossary,
        edition=edition_of(event.glossary),
        glossary=glossary,
        transcripts=len(texts),
        sessions=_on_page(found, (page - 1) * PLACES, page * PLACES),
        count=count,
        sessions_count=len(found),
        page=page,
        pages=pages,
    )


def shown_texts(db: DatabaseSession, event_id: int) -> list[ShownText]:
    """What was said in each session of an event, as it is shown, in the order of the programme."""
    rows = db.execute(
        select(Session.id, Session.title, Session.slug, Revision.id, Transcript.language)
        .join(Recording, Recording.session_id == Session.id)
        .join(Transcript, Transcript.recording_id == Recording.id)
        .join(Revision, Revision.transcript_id == Transcript.id)
        .where(Session.event_id == event_id, said())
        .order_by(
            Session.starts_at.is_(None),
            *(Session.starts_at, Session.title, Session.id),
            *(Recording.id.desc(), Revision.id.desc()),
        )
    )
    newest: dict[int, ShownText] = {}
    for row in rows:
        newest.setdefault(row[0], ShownText(*row))
    return list(newest.values())


_Found = tuple[int, float, str, Occurrence]  # place of the cue, its start, its text, what is wrong


def _found(
    db: DatabaseSession, texts: Sequence[ShownText], glossary: Glossary
) -> list[tuple[ShownText, list[_Found]]]:
    """The places of each session that has some."""
    if not any(entry.wrong for entry in glossary.entries):
        return []
    finder = Finder(glossary.entries)
    found = []
    for text in texts:
        rows = db.execute(
            select(CueRow.position, CueRow.start, CueRow.text)
            .where(CueRow.revision_id == text.revision_id)
            .order_by(CueRow.position)
        )
        places = [(*row, one) for row in rows for one in finder.found(row.text)]
        if places:
            found.append((text, places))
    return found


def _on_page(
    found: Iterable[tuple[ShownText, list[_Found]]], first: int, last: int
) -> tuple[SessionPlaces, ...]:
    """The places from first to before last, counted over all sessions."""
    sessions = []
    so_far = 0
    for text, places in found:
        shown = places[max(first - so_far, 0) : max(last - so_far, 0)]
        so_far += len(places)
        if shown:
            sessions.append(
                SessionPlaces(
                    *(text.title, text.slug, text.revision_id, text.language, len(places)),
                    tuple(_place(*one) for one in shown),
                )
            )
    return tuple(sessions)


def _place(cue: int, start: float, text: str, one: Occurrence) -> Place:
    lead, rest = text[: one.start], text[one.end :]
    if len(lead) > CONTEXT:
        lead = "… " + lead[-CONTEXT:].partition(" ")[2]
    if len(rest) > CONTEXT:
        rest = rest[:CONTEXT].rpartition(" ")[0] + " …"
    return Place(cue, one.start, start, lead, one.before, one.after, rest)
