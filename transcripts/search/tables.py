"""The tables both databases share, and what is written into them."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
)

from transcripts.search.index import Document, Passage
from transcripts.search.terms import analyse, joined_hyphens

BORDER = 8  # words on each side of a border between cues in which a phrase is looked for
BORDER_MARK = "ß"  # stands between them; no folded word has it, so no query asks for it
TURN = BORDER_MARK  # stands before the name of a speaker whose turn begins

metadata = MetaData()

documents = Table(
    "search_documents",
    metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    Column("event_id", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("language", String(12)),
    Column("visibility", String(20), nullable=False),
    Column("starts_at", DateTime(timezone=True)),
    Column("title", Text, nullable=False),
    Column("subtitle", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Index("ix_search_documents_visibility", "visibility"),
)

people = Table(
    "search_people",
    metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("person_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
)

passages = Table(
    "search_passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", Integer, nullable=False),
    Column("cue_index", Integer, nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(12)),
    Column("speaker", String(200)),
    Index("ix_search_passages_session_id", "session_id", "cue_index"),
)

# Fields of a document that are searched, by their weight.
TITLE, PEOPLE, ABOUT = "title", "people", "about"
FIELDS = (TITLE, PEOPLE, ABOUT)


def write_document(connection: Connection, document: Document) -> None:
    """Replaces the rows of a document; its searchable words are the backend's to write."""
    delete_document(connection, document.session_id)
    connection.execute(
        insert(documents).values(
            session_id=document.session_id,
            event_id=document.event_id,
            kind=document.kind,
            language=document.language,
            visibility=document.visibility,
            starts_at=document.starts_at and document.starts_at.astimezone(UTC),
            title=document.title,
            subtitle=document.subtitle,
            abstract=document.abstract,
        )
    )
    rows = [
        {"session_id": document.session_id, "position": n, "person_id": id_, "name": name}
        for n, (id_, name) in enumerate(document.people)
    ]
    if rows:
        connection.execute(insert(people), rows)


def delete_document(connection: Connection, session_id: int) -> None:
    """Removes the rows of a document."""
    for table in (people, documents):
        connection.execute(delete(table).where(table.c.session_id == session_id))


def document_words(document: Document) -> dict[str, tuple[list[str], list[str]]]:
    """For each field: its folded words in order, and its stems."""
    texts = {
        TITLE: [document.title],
        PEOPLE: [name for _, name in document.people],
        ABOUT: [document.subtitle, document.abstract],
    }
    return {field: _words_of_all(parts, document.language) for field, parts in texts.items()}


def _words_of_all(texts: Iterable[str], language: str | None) -> tuple[list[str], list[str]]:
    """The words of several texts, with a mark between them that no phrase crosses."""
    exact: list[str] = []
    stems: list[str] = []
    for words, found in (words_of(text, language) for text in texts):
        exact += [BORDER_MARK, *words] if exact else words
        stems += found
    return exact, stems


def words_of(text: str, language: str | None) -> tuple[list[str], list[str]]:
    """The folded words of a text in order, and all stems under which it is found."""
    terms = analyse(text, language)
    wholes = joined_hyphens(text, language)
    return [t.exact for t in terms], [stem for t in [*terms, *wholes] for stem in t.stems]


def passage_rows(session_id: int, given: Iterable[Passage]) -> list[dict[str, Any]]:
    """Rows for `passages`, each with its words: exact, stems, around its end, of its speaker.

    Nothing goes on where the speaker changes: a phrase is said by one.
    """
    listed = list(given)
    words = [words_of(passage.text, passage.language) for passage in listed]
    rows = []
    for n, passage in enumerate(listed):
        exact, stems = words[n]
        goes_on = n + 1 < len(listed) and listed[n + 1].speaker == passage.speaker
        after = words[n + 1][0][:BORDER] if goes_on else []
        begins = n == 0 or listed[n - 1].speaker != passage.speaker
        rows.append(
            {
                "session_id": session_id,
                "cue_index": passage.cue_index,
                "start": passage.start,
                "end": passage.end,
                "text": passage.text,
                "language": passage.language,
                "speaker": passage.speaker,
                "exact": exact,
                "stems": stems,
                "border": [*exact[-BORDER:], BORDER_MARK, *after] if exact and after else [],
                "said_by": _said_by(passage.speaker, begins),
            }
        )
    return rows


def _said_by(speaker: str | None, begins: bool) -> list[str]:
    """The words of a speaker's name, with a mark where their turn begins."""
    names = words_of(speaker, None)[0] if speaker else []
    return [TURN, *names] if names and begins else names


def across_border(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The ways in which a phrase may lie across a border, each with the mark in its place."""
    return [(*words[:n], BORDER_MARK, *words[n:]) for n in range(1, len(words))]
