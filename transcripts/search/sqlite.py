"""The index on SQLite: FTS5 over words that `terms` has prepared.

The full-text tables keep no text of their own (contentless, with deletion: SQLite 3.43 or newer).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text

from transcripts.search.index import Document, Passage
from transcripts.search.query import Clause, Kind, Query, Speaker
from transcripts.search.ranking import IN_ONE_QUERY, RankedIndex
from transcripts.search.tables import (
    FIELDS,
    TURN,
    across_border,
    delete_document,
    document_words,
    documents,
    metadata,
    passage_rows,
    passages,
    write_document,
)

PASSAGE_WORDS = "search_passage_words"
FULL_TEXT = {
    PASSAGE_WORDS: ("exact", "stems", "border", "said_by"),
    "search_document_words": tuple(f"{field}{form}" for field in FIELDS for form in ("", "_stems")),
}
FORMS = FULL_TEXT[PASSAGE_WORDS]


class SqliteIndex(RankedIndex):
    """See `transcripts.search.index.SearchIndex`."""

    def create(self, connection: Connection) -> None:
        metadata.create_all(connection)
        for name in FULL_TEXT:
            _create(connection, name)

    def drop(self, connection: Connection) -> None:
        for name in FULL_TEXT:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        metadata.drop_all(connection)

    def put(self, connection: Connection, document: Document, passages: Iterable[Passage]) -> None:
        self.put_document(connection, document)
        self._remove_passages(connection, document.session_id)
        self._add_passages(connection, passage_rows(document.session_id, passages))

    def put_document(self, connection: Connection, document: Document) -> None:
        self._remove_document_words(connection, document.session_id)
        write_document(connection, document)
        values = {"rowid": document.session_id}
        for field, (exact, stems) in document_words(document).items():
            values |= {field: " ".join(exact), f"{field}_stems": " ".join(stems)}
        columns = ", ".join(values)
        slots = ", ".join(f":{name}" for name in values)
        connection.execute(
            text(f"INSERT INTO search_document_words ({columns}) VALUES ({slots})"), values
        )

    def remove(self, connection: Connection, session_id: int) -> None:
        self._remove_document_words(connection, session_id)
        delete_document(connection, session_id)
        self._remove_passages(connection, session_id)

    def _add_passages(self, connection: Connection, rows: list[dict]) -> None:
        if not rows:
            return
        # Whoever writes is alone; numbered here, the rows go in with one statement.
        first = (connection.scalar(select(func.max(passages.c.id))) or 0) + 1
        ids = range(first, first + len(rows))
        connection.execute(
            insert(passages),
            [
                {"id": id_} | {name: row[name] for name in row if name not in FORMS}
                for id_, row in zip(ids, rows, strict=True)
            ],
        )
        self._write_words(connection, ids, rows)

    def _empty_words(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {PASSAGE_WORDS}")
        _create(connection, PASSAGE_WORDS)

    def _write_words(
        self, connection: Connection, ids: Sequence[int], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        slots = ", ".join(f":{form}" for form in FORMS)
        connection.execute(
            text(
                f"INSERT INTO {PASSAGE_WORDS} (rowid, {', '.join(FORMS)}) VALUES (:rowid, {slots})"
            ),
            [
                {"rowid": id_} | {form: " ".join(row[form]) for form in FORMS}
                for id_, row in zip(ids, rows, strict=True)
            ],
        )

    def _remove_passages(self, connection: Connection, session_id: int) -> None:
        connection.execute(
            text(
                "DELETE FROM search_passage_words WHERE rowid IN"
                " (SELECT id FROM search_passages WHERE session_id = :session_id)"
            ),
            {"session_id": session_id},
        )
        connection.execute(delete(passages).where(passages.c.session_id == session_id))

    def _remove_document_words(self, connection: Connection, session_id: int) -> None:
        known = select(documents.c.session_id).where(documents.c.session_id == session_id)
        if connection.scalar(known) is not None:
            connection.execute(
                text("DELETE FROM search_document_words WHERE rowid = :id"), {"id": session_id}
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
        rows = connection.execute(
            text(
                "SELECT p.session_id, count(*) FROM search_passage_words w"
                " CROSS JOIN search_passages p ON p.id = w.rowid"
                " WHERE search_passage_words MATCH :match GROUP BY p.session_id"
            ),
            {"match": _match(clauses, query, together=together, exact=exact)},
        )
        return dict(rows.all())

    def _told(
        self, connection: Connection, clause: Clause, field: str, *, exact: bool = False
    ) -> set[int]:
        rows = connection.execute(
            text(
                "SELECT rowid FROM search_document_words WHERE search_document_words MATCH :match"
            ),
            {"match": _field_match(clause, field, f"{field}_stems", exact)},
        )
        return set(rows.scalars())

    def _cues(
        self,
        connection: Connection,
        clauses: Sequence[Clause],
        query: Query,
        session_ids: Sequence[int],
        *,
        together: bool,
    ) -> list[int]:
        found: list[int] = []
        for first in range(0, len(session_ids), IN_ONE_QUERY):
            ids = ", ".join(str(int(id_)) for id_ in session_ids[first : first + IN_ONE_QUERY])
            found += connection.execute(
                text(
                    "SELECT p.id FROM search_passage_words w"
                    " CROSS JOIN search_passages p ON p.id = w.rowid"
                    f" WHERE search_passage_words MATCH :match AND p.session_id IN ({ids})"
                ),
                {"match": _match(clauses, query, together=together)},
            ).scalars()
        return found


def _create(connection: Connection, name: str) -> None:
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5({', '.join(FULL_TEXT[name])}, "
        "content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')"
    )


def _match(clauses: Sequence[Clause], query: Query, *, together: bool, exact: bool = False) -> str:
    """An FTS5 expression; words hold letters and digits only, so quoting them is enough."""
    wanted = (" AND " if together else " OR ").join(
        f"({_passage_match(clause, exact)})" for clause in clauses
    )
    parts = [wanted or f'said_by : "{TURN}"']
    if query.speakers:
        parts.append(_said_by_any(query.speakers))
    found = " AND ".join(f"({part})" for part in parts)
    barred = [_passage_match(clause, False) for clause in query.unwanted]
    if query.unwanted_speakers:
        barred.append(_said_by_any(query.unwanted_speakers))
    return f"({found}) NOT ({' OR '.join(f'({one})' for one in barred)})" if barred else found


def _said_by_any(speakers: Sequence[Speaker]) -> str:
    return " OR ".join(f"({_said_by(speaker)})" for speaker in speakers)


def _said_by(speaker: Speaker) -> str:
    return " AND ".join(_field_match(word, "said_by", "said_by", True) for word in speaker.words)


def _passage_match(clause: Clause, exact: bool) -> str:
    found = _field_match(clause, "exact", "stems", exact)
    if clause.kind == Kind.PHRASE:
        across = (" ".join(words) for words in across_border(clause.words))
        found += "".join(f' OR (border : "{words}")' for words in across)
    return found


def _field_match(clause: Clause, words: str, stems: str, exact: bool) -> str:
    if clause.kind == Kind.PREFIX:
        return f'({words} : "{clause.words[0]}" *)'
    found = f'({words} : "{" ".join(clause.words)}")'
    if exact or not clause.stems:
        return found
    any_stem = " OR ".join(f'"{stem}"' for stem in clause.stems)
    return f"{found} OR ({stems} : ({any_stem}))"
