"""What search finds, for tests of actions that change it."""

from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from archive.parts import Parts
from transcripts.search.query import parse
from transcripts.search.results import Filters

VISITORS = frozenset({"public"})


def found(
    parts: Parts, db: DatabaseSession, words: str, visibilities: frozenset[str] | None = None
) -> list[str]:
    """The slugs of the sessions that `words` find, best first; None looks at all of them."""
    results = parts.index.search(db.connection(), parse(words), Filters(visibilities=visibilities))
    return [db.get_one(Session, hit.session_id).slug for hit in results.hits]
