"""Saved searches: those of a user, and the one behind the address of a feed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import joinedload

from archive.access import Act, allows
from archive.models.programme import Session
from archive.models.recording import Recording
from archive.models.searches import SavedSearch
from archive.models.transcript import Revision, Transcript
from archive.models.users import User
from archive.queries.cards import SessionCard, session_cards
from archive.queries.search import Choice, filters_of
from archive.queries.transcript import said
from transcripts.search.clauses import Restriction
from transcripts.search.index import SearchIndex
from transcripts.search.query import Query
from transcripts.search.results import Moment, Results

IN_FEED = 50  # sessions
MOMENTS = 5  # of each


@dataclass(frozen=True)
class FeedEntry:
    """A session in a feed, with its best moments, and when anything about it was last changed."""

    session: SessionCard
    moments: tuple[Moment, ...]
    moment_count: int
    created_at: datetime
    updated_at: datetime


def saved_searches(db: DatabaseSession, user_id: int) -> Sequence[SavedSearch]:
    """All that a user has saved, the newest first."""
    own = select(SavedSearch).where(SavedSearch.user_id == user_id)
    return db.scalars(own.order_by(SavedSearch.created_at.desc(), SavedSearch.id.desc())).all()


def saved_search(db: DatabaseSession, user_id: int, search_id: int) -> SavedSearch | None:
    """One of a user's own searches."""
    found = db.get(SavedSearch, search_id)
    return found if found is not None and found.user_id == user_id else None


def search_of_feed(db: DatabaseSession, token: str) -> SavedSearch | None:
    """The search whose feed has this token, so long as its user may still save searches."""
    found = db.scalars(
        select(SavedSearch).where(SavedSearch.token == token).options(joinedload(SavedSearch.user))
    ).first()
    return found if found is not None and allows(found.user, Act.SAVE_SEARCHES) else None


def hits_now(
    db: DatabaseSession, index: SearchIndex, user: User | None, query: Query, choice: Choice
) -> Results:
    """How much a search finds for `user` at this moment."""
    filters = filters_of(db, user, query, choice)
    return index.search(db.connection(), query, filters, per_page=1, moments_per_session=1)


def feed_entries(
    db: DatabaseSession, index: SearchIndex, user: User | None, query: Query, choice: Choice
) -> tuple[FeedEntry, ...]:
    """The sessions that a search finds for `user`: those first of which something changed last.

    So what is new in the archive comes first, however long ago it was said.
    """
    filters = filters_of(db, user, query, choice)
    times = _times(db, index.found(db.connection(), query, filters))
    newest = sorted(times, key=lambda id_: (times[id_][1], id_), reverse=True)[:IN_FEED]
    alone = Restriction("session", tuple(str(id_) for id_ in newest))
    found = index.search(
        db.connection(),
        query,
        replace(filters, restrictions=(*filters.restrictions, alone)),
        per_page=IN_FEED,
        moments_per_session=MOMENTS,
    )
    hits = {hit.session_id: hit for hit in found.hits}
    cards = {card.id: card for card in session_cards(db, newest)}
    return tuple(
        FeedEntry(cards[id_], hits[id_].moments, hits[id_].moment_count, *times[id_])
        for id_ in newest
        if id_ in cards and id_ in hits
    )


def _times(db: DatabaseSession, ids: Sequence[int]) -> dict[int, tuple[datetime, datetime]]:
    """When each session was made, and when it, its visibility or its words were last changed."""
    written = dict(
        db.execute(
            select(Recording.session_id, func.max(Revision.created_at))
            .join(Transcript, Transcript.recording_id == Recording.id)
            .join(Revision, Revision.transcript_id == Transcript.id)
            .where(Recording.session_id.in_(ids), said())
            .group_by(Recording.session_id)
        ).all()
    )
    rows = db.execute(
        select(Session.id, Session.created_at, Session.updated_at, Session.published_at).where(
            Session.id.in_(ids)
        )
    )
    return {
        id_: (made, max(filter(None, (changed, published, written.get(id_)))))
        for id_, made, changed, published in rows
    }
