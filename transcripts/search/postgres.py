"""The index on PostgreSQL: tsvectors made of the words that `terms` has prepared.

The vectors are written out, word by word with its place, so that PostgreSQL's own parser, whose
idea of a word differs, has no part in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    and_,
    cast,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from transcripts.search.index import Document, Passage
from transcripts.search.query import Clause, Kind, Query, Speaker
from transcripts.search.ranking import RankedIndex
from transcripts.search.tables import (
    FIELDS,
    TURN,
    across_border,
    delete_document,
    document_words,
    metadata,
    passage_rows,
    passages,
    write_document,
)

MOST_PLACES = 16_000  # a tsvector knows no place beyond 16383
FORMS = ("exact", "stems", "border", "said_by")

own = MetaData()

passage_words = Table(
    "search_passage_words",
    own,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("session_id", Integer, nullable=False, index=True),
    *(Column(form, TSVECTOR, nullable=False) for form in FORMS),
)
document_vectors = Table(
    "search_document_words",
    own,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    *(
        Column(f"{field}{form}", TSVECTOR, nullable=False)
        for field in FIELDS
        for form in ("", "_stems")
    ),
)
for _table in (passage_words, document_vectors):
    for _column in _table.columns:
        if isinstance(_column.type, TSVECTOR):
            Index(f"ix_{_table.name}_{_column.name}", _column, postgresql_using="gin")


class PostgresIndex(RankedIndex):
    """See `transcripts.search.index.SearchIndex`."""

    def create(self, connection: Connection) -> None:
        metadata.create_all(connection)
        own.create_all(connection)

    def drop(self, connection: Connection) -> None:
        own.drop_all(connection)
        metadata.drop_all(connection)

    def put(self, connection: Connection, document: Document, passages: Iterable[Passage]) -> None:
        self.put_document(connection, document)
        self._remove_passages(connection, document.session_id)
        self._add_passages(connection, passage_rows(document.session_id, passages))

    def put_document(self, connection: Connection, document: Document) -> None:
        write_document(connection, document)
        self._remove_document_words(connection, document.session_id)
        values = {}
        for field, (exact, stems) in document_words(document).items():
            values |= {field: _vector(exact), f"{field}_stems": _vector(stems)}
        connection.execute(
            insert(document_vectors).values(session_id=document.session_id, **values)
        )

    def remove(self, connection: Connection, session_id: int) -> None:
        delete_document(connection, session_id)
        self._remove_document_words(connection, session_id)
        self._remove_passages(connection, session_id)

    def _add_passages(self, connection: Connection, rows: list[dict]) -> None:
        if not rows:
            return
        ids = connection.scalars(
            insert(passages).returning(passages.c.id, sort_by_parameter_order=True),
            [{name: row[name] for name in row if name not in FORMS} for row in rows],
        ).all()
        self._write_words(connection, ids, rows)

    def _empty_words(self, connection: Connection) -> None:
        passage_words.drop(connection, checkfirst=True)
        passage_words.create(connection)

    def _write_words(
        self, connection: Connection, ids: Sequence[int], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        connection.execute(
            insert(passage_words),
            [
                {"id": id_, "session_id": row["session_id"]}
                | {form: _vector(row[form]) for form in FORMS}
                for id_, row in zip(ids, rows, strict=True)
            ],
        )

    def _remove_passages(self, connection: Connection, session_id: int) -> None:
        for table in (passage_words, passages):
            connection.execute(delete(table).where(table.c.session_id == session_id))

    def _remove_document_words(self, connection: Connection, session_id: int) -> None:
        connection.execute(
            delete(document_vectors).where(document_vectors.c.session_id == session_id)
        )

    def _spoken(
        self,
        connection: Connection,
        clauses: Sequence[Clause],
        query: Query,
        *,
        together: bool,
        exact: bool = False,
    ) -> dict[int, int]:
        found = select(passage_words.c.session_id, func.count()).where(
            _match(clauses, query, together=together, exact=exact)
        )
        rows = connection.execute(found.group_by(passage_words.c.session_id))
        return dict(rows.all())

    def _told(
        self, connection: Connection, clause: Clause, field: str, *, exact: bool = False
    ) -> set[int]:
        columns = document_vectors.c
        wanted = _field_match(clause, columns[field], columns[f"{field}_stems"], exact)
        return set(connection.scalars(select(columns.session_id).where(wanted)))

    def _cues(
        self,
        connection: Connection,
        clauses: Sequence[Clause],
        query: Query,
        session_ids: Sequence[int],
        *,
        together: bool,
    ) -> list[int]:
        wanted = select(passage_words.c.id).where(
            passage_words.c.session_id.in_(session_ids),
            _match(clauses, query, together=together),
        )
        return list(connection.scalars(wanted))


def _match(
    clauses: Sequence[Clause], query: Query, *, together: bool, exact: bool = False
) -> ColumnElement[bool]:
    parts = [_passage_match(clause, exact) for clause in clauses]
    if not parts:
        parts = [_holds(passage_words.c.said_by, f"'{TURN}'")]
    found = [and_(*parts) if together else or_(*parts)]
    if query.speakers:
        found.append(_said_by_any(query.speakers))
    barred = [_passage_match(clause, False) for clause in query.unwanted]
    if query.unwanted_speakers:
        barred.append(_said_by_any(query.unwanted_speakers))
    return and_(*found, *(not_(one) for one in barred))


def _said_by_any(speakers: Sequence[Speaker]) -> ColumnElement[bool]:
    names = passage_words.c.said_by
    return or_(
        *(
            and_(*(_field_match(word, names, names, True) for word in speaker.words))
            for speaker in speakers
        )
    )


def _passage_match(clause: Clause, exact: bool) -> ColumnElement[bool]:
    columns = passage_words.c
    found = _field_match(clause, columns.exact, columns.stems, exact)
    if clause.kind != Kind.PHRASE:
        return found
    across = " | ".join(f"({_phrase(words)})" for words in across_border(clause.words))
    return or_(found, _holds(columns.border, across))


def _field_match(
    clause: Clause, words: ColumnElement, stems: ColumnElement, exact: bool
) -> ColumnElement[bool]:
    if clause.kind == Kind.PREFIX:
        return _holds(words, f"'{clause.words[0]}':*")
    found = _holds(words, _phrase(clause.words))
    if exact or not clause.stems:
        return found
    return or_(found, _holds(stems, " | ".join(f"'{stem}'" for stem in clause.stems)))


def _holds(column: ColumnElement, query: str) -> ColumnElement[bool]:
    return column.bool_op("@@")(cast(query, TSQUERY))


def _phrase(words: Sequence[str]) -> str:
    return " <-> ".join(f"'{word}'" for word in words)


def _vector(words: Sequence[str]) -> str:
    """A tsvector in PostgreSQL's own notation; words hold letters and digits only."""
    return " ".join(f"'{word}':{min(n, MOST_PLACES)}" for n, word in enumerate(words, 1))
