"""The search index follows the catalogue and the transcript, in the same transaction."""

from collections.abc import Iterable

from sqlalchemy.orm import Session as DatabaseSession

from archive.queries.searchable import searchable, searchable_document
from transcripts.search.index import SearchIndex


def index_session(db: DatabaseSession, index: SearchIndex, session_id: int) -> None:
    """Puts a session, as it stands in `db`, into the index; one that is gone leaves it."""
    index_sessions(db, index, [session_id])


def index_sessions(db: DatabaseSession, index: SearchIndex, session_ids: Iterable[int]) -> None:
    """Puts several sessions into the index, as `index_session` does one."""
    db.flush()
    connection = db.connection()
    index.take_turn(connection)
    found = {session_id: searchable(db, session_id) for session_id in session_ids}
    for session_id, there in found.items():
        if there is None:
            index.remove(connection, session_id)
    index.put_all(connection, [there for there in found.values() if there is not None])


def index_document(db: DatabaseSession, index: SearchIndex, session_id: int) -> None:
    """Puts what is known about a session into the index, where what was said is the same."""
    db.flush()
    index.take_turn(db.connection())
    document = searchable_document(db, session_id)
    if document is not None:
        index.put_document(db.connection(), document)
