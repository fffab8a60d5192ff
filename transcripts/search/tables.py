"""The tables of the search index, the same in every database.

An entry of the vocabulary is a word of one language in one field. It has postings: the sessions that
have it, with the places where it stands there, by blocks of sessions; and, where it is in many
sessions or is the beginning of words, a tally of how often it is in each.
"""

from enum import IntEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)


class Field(IntEnum):
    """Where a word stands."""

    SPEECH = 0
    TITLE = 1
    PEOPLE = 2
    ABOUT = 3  # subtitle and abstract
    SPEAKER = 4  # in the name of who says a cue; its places are cues
    # The first letters of words in the first four; they have no postings, only tallies.
    BEGINNING = 5
    BEGINNING_IN_TITLE = 6
    BEGINNING_IN_PEOPLE = 7
    BEGINNING_IN_ABOUT = 8


BEGINNINGS_IN = {
    Field.SPEECH: Field.BEGINNING,
    Field.TITLE: Field.BEGINNING_IN_TITLE,
    Field.PEOPLE: Field.BEGINNING_IN_PEOPLE,
    Field.ABOUT: Field.BEGINNING_IN_ABOUT,
}
ONLY_TALLIED = frozenset(BEGINNINGS_IN.values())


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
    Column("reviewed", String(4)),
    Column("title", Text, nullable=False),
    Column("subtitle", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("stamp", BigInteger, nullable=False),  # another one with every change
    Column("entries", LargeBinary, nullable=False),  # in the vocabulary, of its fields; packed
    Index("ix_search_documents_stamp", "stamp"),
)

people = Table(
    "search_people",
    metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("person_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
)

speech = Table(
    "search_speech",
    metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    Column("cues", LargeBinary, nullable=False),  # place of the first word of each; packed
    Column("starts", LargeBinary, nullable=False),  # of cues, milliseconds; packed
    Column(
        "turns", LargeBinary, nullable=False
    ),  # cues with which a turn of a speaker begins; packed
    Column("entries", LargeBinary, nullable=False),  # in the vocabulary; packed
)

texts = Table(
    "search_texts",
    metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("cues", LargeBinary, nullable=False),
)

entries = Table(
    "search_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("field", SmallInteger, nullable=False),
    Column("word", String(200).with_variant(String(200, "C"), "postgresql"), nullable=False),
    Column("language", String(12), nullable=False),  # empty where nobody knows
    Column("backwards", String(200).with_variant(String(200, "C"), "postgresql"), nullable=False),
    Column("sessions", Integer, nullable=False),  # that have it
    Column("tallied", Boolean, nullable=False),
    Index("ix_search_entries_word", "word", "field", "language", unique=True),
    Index("ix_search_entries_backwards", "backwards"),
)

stems = Table(
    "search_stems",
    metadata,
    Column("stem", String(200), primary_key=True),
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
    Column("backwards", String(200).with_variant(String(200, "C"), "postgresql"), nullable=False),
    Index("ix_search_stems_backwards", "backwards"),
    sqlite_with_rowid=False,
)

postings = Table(
    "search_postings",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
    Column("block", Integer, primary_key=True, autoincrement=False),  # of sessions
    Column("places", LargeBinary, nullable=False),  # of each of them; see `blocks`
    sqlite_with_rowid=False,
)

tallies = Table(
    "search_tallies",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
    Column("block", Integer, primary_key=True, autoincrement=False),  # of sessions
    Column("counts", LargeBinary, nullable=False),  # of cues, for each session of the block
    sqlite_with_rowid=False,
)

rebuild = Table(  # one row while a rebuild is under way, else none
    "search_rebuild",
    metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),  # the last that is done
)
