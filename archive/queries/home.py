"""What the front page shows: the newest sessions, the events, and words worth searching for."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.access import listed
from archive.models.programme import Event, Session, Visibility
from archive.models.recording import Recording, Rendition
from archive.models.transcript import CueRow, Revision, Transcript
from archive.models.users import User
from archive.queries.cards import PLAYABLE, SessionCard, session_cards
from archive.queries.transcript import said

NEWEST = 7
EXAMPLES = 3
CUES_READ = 240  # of each session that lends an example
# Long enough to be rare, short enough to be understood at a glance.
_WORD = re.compile(r"[^\W\d_]{7,22}")
# Long words that carry nothing by themselves, in both languages.
_PALE = frozenset(
    """natürlich eigentlich allerdings vielleicht jedenfalls insbesondere außerdem trotzdem zwischen
    gemeinsam wirklich nämlich deshalb während ebenfalls verschiedene verschiedenen herzlich
    willkommen something everything because through without another actually probably together
    different themselves yourself between already important welcome thousand hundred
    hunderttausend""".split()
)


PLAYABLE_SESSION = exists().where(
    Recording.session_id == Session.id,
    Rendition.recording_id == Recording.id,
    Rendition.kind.in_(PLAYABLE),
)


@dataclass(frozen=True)
class EventCard:
    """One event in a list, with the number of sessions its page shows."""

    slug: str
    title: str
    subtitle: str
    place: str
    starts_on: date
    ends_on: date
    sessions: int
    recorded: int


@dataclass(frozen=True)
class FrontPage:
    """Everything the front page says."""

    sessions: tuple[SessionCard, ...]
    events: tuple[EventCard, ...]
    examples: tuple[str, ...]  # queries, each with at least one hit


def front_page(db: DatabaseSession, user: User | None) -> FrontPage:
    """The front page as `user` (None: a visitor) may see it."""
    return FrontPage(
        sessions=session_cards(db, _newest(db, user)),
        events=event_cards(db, user),
        examples=example_queries(db),
    )


def event_cards(db: DatabaseSession, user: User | None) -> tuple[EventCard, ...]:
    """The events that have something to show, newest first."""
    rows = db.execute(
        select(
            Event.slug,
            Event.title,
            Event.subtitle,
            Event.place,
            Event.starts_on,
            Event.ends_on,
            func.count(Session.id),
            func.count(Session.id).filter(PLAYABLE_SESSION),
        )
        .join(Session, Session.event_id == Event.id)
        .where(listed(user))
        .group_by(Event.id)
        .order_by(Event.starts_on.desc(), Event.id.desc())
    )
    return tuple(EventCard(*row) for row in rows)


def example_queries(db: DatabaseSession) -> tuple[str, ...]:
    """Words that were really said, in public, in the newest sessions; one a session at first."""
    texts = _spoken(db)
    counts = [Counter(_candidates(lines)) for lines in texts]
    everywhere: Counter[str] = Counter(word for count in counts for word in count)
    chosen: list[str] = []
    for rank in range(EXAMPLES):
        for count in counts:
            ranked = sorted(count, key=lambda w: (everywhere[w] > 1, -count[w], -len(w), w))
            fresh = [w for w in ranked if w.casefold() not in {c.casefold() for c in chosen}]
            if rank < len(ranked) and fresh and len(chosen) < EXAMPLES:
                chosen.append(fresh[0])
    return tuple(chosen)


def _newest(db: DatabaseSession, user: User | None) -> list[int]:
    newest_first = func.coalesce(Session.published_at, Session.created_at).desc()
    return list(
        db.scalars(
            select(Session.id)
            .where(listed(user), PLAYABLE_SESSION)
            .order_by(newest_first, Session.id.desc())
            .limit(NEWEST)
        )
    )


def _spoken(db: DatabaseSession) -> list[list[str]]:
    newest = (
        select(func.max(Revision.id).label("id"), Session.id.label("session_id"))
        .join(Transcript, Revision.transcript_id == Transcript.id)
        .join(Recording, Transcript.recording_id == Recording.id)
        .join(Session, Recording.session_id == Session.id)
        .where(Session.visibility == Visibility.PUBLIC, said())
        .group_by(Session.id)
        .order_by(func.max(Revision.id).desc())
        .limit(EXAMPLES)
        .subquery()
    )
    lines: dict[int, list[str]] = {}
    for revision_id, text in db.execute(
        select(CueRow.revision_id, CueRow.text)
        .join(newest, CueRow.revision_id == newest.c.id)
        .where(CueRow.position < CUES_READ)
        .order_by(CueRow.revision_id.desc(), CueRow.position)
    ):
        lines.setdefault(revision_id, []).append(text)
    return list(lines.values())


def _candidates(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        for match in _WORD.finditer(line):
            if match.group().casefold() not in _PALE:
                yield match.group()
