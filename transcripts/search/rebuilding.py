"""How far a rebuild of the index has come, so that one that was stopped goes on: in its own tables."""

from sqlalchemy import Connection, delete, insert, select

from transcripts.search.tables import entries, rebuild, stems, tallies
from transcripts.search.writing import take_turn


def place(connection: Connection) -> int:
    """The last session that is done; 0 where no rebuild is under way."""
    return connection.scalar(select(rebuild.c.session_id)) or 0


def move_on(connection: Connection, session_id: int) -> None:
    """Notes that all sessions up to this one are done; part of the transaction that does them."""
    take_turn(connection)
    connection.execute(delete(rebuild))
    connection.execute(insert(rebuild).values(session_id=session_id))


def begin_anew(connection: Connection) -> None:
    """The next rebuild begins with the first session."""
    connection.execute(delete(rebuild))


def finish(connection: Connection) -> None:
    """All sessions are done: words that none of them has any more leave the vocabulary."""
    take_turn(connection)
    begin_anew(connection)
    unused = select(entries.c.id).where(entries.c.sessions == 0)
    for table in (stems, tallies):
        connection.execute(delete(table).where(table.c.entry_id.in_(unused)))
    connection.execute(delete(entries).where(entries.c.sessions == 0))
