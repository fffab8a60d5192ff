"""Many rows in one go, as each database takes them fastest: SQLite one by one, PostgreSQL as columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, LargeBinary, SmallInteger, String, Table

from transcripts.search.tables import entries, tallies

ARRAYS = {
    Boolean: "boolean[]",
    Integer: "integer[]",
    LargeBinary: "bytea[]",
    SmallInteger: "smallint[]",
    String: "text[]",
}  # what PostgreSQL calls a column of values

Rows = Sequence[tuple[Any, ...]]


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Rows that are new, their values in the order of the columns."""
    _insert(connection, table, columns, rows, "")


def insert_if_new(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Rows that another writer may have put already."""
    _insert(connection, table, columns, rows, "ON CONFLICT DO NOTHING")


def set_tallies(connection: Connection, rows: Rows) -> None:
    """Tallies of blocks of sessions (entry, block, counts), in place of what was there."""
    _insert(
        connection,
        tallies,
        ("entry_id", "block", "counts"),
        rows,
        "ON CONFLICT (entry_id, block) DO UPDATE SET counts = excluded.counts",
    )


def add_to_sessions(connection: Connection, more: Mapping[int, int]) -> None:
    """Adds to the number of sessions that entries have."""
    given = sorted(more.items())
    if not given:
        return
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(
            f"UPDATE {entries.name} SET sessions = sessions + ? WHERE id = ?",
            [(count, id_) for id_, count in given],
        )
        return
    ids, counts = (list(each) for each in zip(*given, strict=True))
    connection.exec_driver_sql(
        f"UPDATE {entries.name} SET sessions = sessions + added.count"
        " FROM unnest(%s::integer[], %s::integer[]) AS added (id, count)"
        f" WHERE {entries.name}.id = added.id",
        (ids, counts),
    )


def _insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Rows, conflict: str
) -> None:
    if not rows:
        return
    into = f"INSERT INTO {table.name} ({', '.join(columns)})"
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{_array(table, name)}" for name in columns)
        given = tuple(list(values) for values in zip(*rows, strict=True))
        connection.exec_driver_sql(f"{into} SELECT * FROM unnest({arrays}) {conflict}", given)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"{into} VALUES ({marks}) {conflict}", list(rows))


def _array(table: Table, name: str) -> str:
    return next(array for kind, array in ARRAYS.items() if type(table.c[name].type) is kind)
