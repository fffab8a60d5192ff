"""Everything that a search finds, moment by moment."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session as DatabaseSession

from archive.models.users import User
from archive.queries.cards import SessionCard, session_cards
from archive.queries.search import Choice, filters_of
from transcripts.search.index import SearchIndex
from transcripts.search.query import Query
from transcripts.search.results import Moment, Order

PER_PAGE = 100  # sessions that are read at once


@dataclass(frozen=True)
class FoundMoment:
    """A moment of a session; None where the session is found, but nothing that is said in it."""

    session: SessionCard
    moment: Moment | None


def found_moments(
    db: DatabaseSession,
    index: SearchIndex,
    user: User | None,
    query: Query,
    choice: Choice,
    order: Order,
    most: int,
) -> Iterator[FoundMoment]:
    """What `user` may find, as the search page would list it: at most so many, read as it is taken."""
    filters = filters_of(db, user, query, choice)
    told = 0
    page = pages = 1
    while page <= pages and told < most:
        results = index.search(
            db.connection(),
            query,
            filters,
            page=page,
            per_page=PER_PAGE,
            moments_per_session=most - told,
            order=order,
        )
        cards = {c.id: c for c in session_cards(db, [hit.session_id for hit in results.hits])}
        for hit in results.hits:
            if hit.session_id in cards:
                for moment in (hit.moments or (None,))[: most - told]:
                    told += 1
                    yield FoundMoment(cards[hit.session_id], moment)
        page, pages = page + 1, results.pages
