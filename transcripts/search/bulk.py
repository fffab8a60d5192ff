"""Many rows in one go, as each database takes them fastest: SQLite one by one, PostgreSQL as columns."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    SmallInteger,
    String,
    Table,
    TextClause,
    bindparam,
    text,
)

from transcripts.search.tables import entries

ARRAYS = {
    Boolean: "boolean[]",
    Integer: "integer[]",
    LargeBinary: "bytea[]",
    SmallInteger: "smallint[]",
    String: "text[]",
}  # what PostgreSQL calls a column of values

Rows = Sequence[tuple[Any, ...]]


def is_one_of(connection: Connection, column: Column, values: Iterable[Any]) -> TextClause:
    """Whether a column is one of any number of whole numbers or words, which are given as one value.

    A list of values would be put together anew for each length of it.
    """
    name, given = f"{column.table.name}.{column.name}", f"{column.name}s"
    if connection.dialect.name == "postgresql":
        kind = _array(column)
        return text(f"{name} = ANY(CAST(:{given} AS {kind}))").bindparams(
            bindparam(given, list(values))
        )
    return text(f"{name} IN (SELECT value FROM json_each(:{given}))").bindparams(
        bindparam(given, json.dumps(list(values)))
    )


def rows_of_pairs(
    connection: Connection, columns: tuple[Column, Column], pairs: tuple[np.ndarray, np.ndarray]
) -> Sequence[Row]:
    """The rows whose two columns, the key of their table, have the values of one of the pairs."""
    one, other = columns
    table = one.table.name
    if connection.dialect.name == "postgresql":
        given = "unnest(CAST(:ones AS integer[]), CAST(:others AS integer[])) AS given (one, other)"
        values: dict[str, Any] = {"ones": pairs[0].tolist(), "others": pairs[1].tolist()}
        wanted = "given.one", "given.other"
    else:  # each pair as one number
        given = "json_each(:both) AS given"
        values = {"both": json.dumps(np.sort(pairs[0] << 32 | pairs[1]).tolist())}
        wanted = "given.value >> 32", "given.value & 0xFFFFFFFF"
    found = text(
        f"SELECT {table}.* FROM {given} CROSS JOIN {table}"
        f" WHERE {table}.{one.name} = {wanted[0]} AND {table}.{other.name} = {wanted[1]}"
    )
    return connection.execute(found, values).all()


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Rows that are new, their values in the order of the columns."""
    _insert(connection, table, columns, rows, "")


def set_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Rows in place of what was there; of the columns the last is no part of the key."""
    *key, value = columns
    keys = ", ".join(key)
    _insert(
        connection,
        table,
        columns,
        rows,
        f"ON CONFLICT ({keys}) DO UPDATE SET {value} = excluded.{value}",
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
        arrays = ", ".join(f"%s::{_array(table.c[name])}" for name in columns)
        given = tuple(list(values) for values in zip(*rows, strict=True))
        connection.exec_driver_sql(f"{into} SELECT * FROM unnest({arrays}) {conflict}", given)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"{into} VALUES ({marks}) {conflict}", list(rows))


def _array(column: Column) -> str:
    return next(array for kind, array in ARRAYS.items() if type(column.type) is kind)
