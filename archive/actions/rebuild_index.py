"""The search index is built again beside an archive that goes on: searches find all the while."""

from collections.abc import Iterator

from sqlalchemy import select

from archive.actions.index_session import index_sessions
from archive.models.programme import Session
from archive.parts import Parts
from transcripts.search import rebuilding

BATCH = 8  # sessions of one transaction, for which others who write wait


def rebuild_index(parts: Parts, from_start: bool = False) -> Iterator[tuple[int, int]]:
    """Puts every session into the index as it stands, and takes out those that are gone.

    Tells how many sessions are done and how many there are: once before it begins and after each
    batch. It goes on where another one was stopped, unless `from_start`.
    """
    with parts.sessions.begin() as db:
        connection = db.connection()
        parts.index.create(connection)
        if from_start:
            rebuilding.begin_anew(connection)
        place = rebuilding.place(connection)
        ids = sorted({*db.scalars(select(Session.id)), *parts.index.sessions(connection)})
    waiting = [id_ for id_ in ids if id_ > place]
    done = len(ids) - len(waiting)
    yield done, len(ids)
    for first in range(0, len(waiting), BATCH):
        batch = waiting[first : first + BATCH]
        with parts.sessions.begin() as db:
            rebuilding.move_on(db.connection(), batch[-1])  # first: now SQLite keeps others out
            index_sessions(db, parts.index, batch)
        done += len(batch)
        yield done, len(ids)
    with parts.sessions.begin() as db:
        rebuilding.finish(db.connection())
