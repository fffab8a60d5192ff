"""Who can reach a session changes, on its page and in search at once."""

from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.db import now
from archive.models.programme import Session, Visibility
from transcripts.search.index import SearchIndex


def set_visibility(
    db: DatabaseSession, index: SearchIndex, session: Session, visibility: Visibility
) -> None:
    """Makes a session a draft, unlisted or public; notes when it first became public."""
    session.visibility = visibility
    if visibility == Visibility.PUBLIC and session.published_at is None:
        session.published_at = now()
    index_session(db, index, session.id)
