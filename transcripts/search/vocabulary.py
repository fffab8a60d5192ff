"""The vocabulary: which words there are, in which field and language, and their numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    cast,
    func,
    select,
    union,
)

from transcripts.search.bulk import insert_rows, is_one_of
from transcripts.search.tables import ONLY_TALLIED, Field, entries, stems
from transcripts.search.terms import stems_in

IN_ONE_STATEMENT = 400  # values in one list, or conditions; SQLite takes 500 of these
WHOLE = "-"  # stands before a hyphenated word written as one, which is found by its stems only
SPOKEN_OR_TOLD = (Field.SPEECH.value, Field.TITLE.value, Field.ABOUT.value)
NAMES_TOO = (*SPOKEN_OR_TOLD, Field.PEOPLE.value)
LAST = "\U0010ffff"

Key = str  # of an entry: its field, language and word


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of one language in one field. sessions: that have it. tallied: whether it has tallies."""

    id: int
    field: Field
    word: str
    language: str
    sessions: int
    tallied: bool


def key_of(field: int, word: str, language: str) -> Key:
    """The key of a word of one language in one field; words have no spaces."""
    return f"{int(field)} {language} {word}"


def _parts(key: Key) -> tuple[Field, str, str]:
    field, language, word = key.split(" ", 2)
    return Field(int(field)), word, language


def some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in lists that a statement can take."""
    for first in range(0, len(values), IN_ONE_STATEMENT):
        yield values[first : first + IN_ONE_STATEMENT]


def numbers_of(
    connection: Connection, keys: Iterable[Sequence[Key]], seen: dict[Key, int] | None = None
) -> list[np.ndarray]:
    """The ids of entries, list by list, those that are new added; for whoever may write.

    seen: what earlier calls gave, if it is kept; it grows.
    """
    known: dict[Key, int] = {} if seen is None else seen
    listed = list(keys)
    ids = [list(map(known.get, each)) for each in listed]
    unknown = {
        key
        for each, numbers in zip(listed, ids, strict=True)
        if None in numbers
        for key, number in zip(each, numbers, strict=True)
        if number is None
    }
    known |= _known(connection, unknown)
    missing = sorted(unknown - known.keys())
    if missing:
        first = (connection.scalar(select(func.max(entries.c.id))) or 0) + 1
        added = dict(zip(missing, range(first, first + len(missing)), strict=True))
        insert_rows(
            connection,
            entries,
            ("id", "field", "word", "language", "backwards", "sessions", "tallied"),
            [
                (id_, field.value, word, language, word[::-1], 0, False)
                for key, id_ in added.items()
                for field, word, language in [_parts(key)]
            ],
        )
        derived = [
            (stem, id_, stem[::-1]) for key, id_ in added.items() for stem in sorted(_stems(key))
        ]
        insert_rows(connection, stems, ("stem", "entry_id", "backwards"), derived)
        known |= added
    for each, numbers in zip(listed, ids, strict=True):
        if None in numbers:
            numbers[:] = map(known.__getitem__, each)
    return [np.array(numbers, np.int64) for numbers in ids]


def _known(connection: Connection, keys: Set[Key]) -> dict[Key, int]:
    words = sorted({key.rsplit(" ", 1)[1] for key in keys})
    if not words:
        return {}
    found = connection.execute(
        select(entries.c.id, entries.c.field, entries.c.word, entries.c.language).where(
            is_one_of(connection, entries.c.word, words)
        )
    )
    return {
        key: id_
        for id_, field, word, language in found
        if (key := key_of(field, word, language)) in keys
    }


def _stems(key: Key) -> tuple[str, ...]:
    field, word, language = _parts(key)
    if field is Field.SPEAKER or field in ONLY_TALLIED:
        return ()
    return stems_in(word.removeprefix(WHOLE), language)


def of_words(connection: Connection, words: Sequence[str]) -> list[Entry]:
    """The entries of folded words, in every field and language."""
    return _entries(connection, select(entries).where(entries.c.word.in_(words)))


def of_stems(connection: Connection, given: Sequence[str]) -> list[tuple[str, Entry]]:
    """The entries that have one of these stems, each with the stem."""
    wanted = (
        select(stems.c.stem, entries)
        .join(entries, entries.c.id == stems.c.entry_id)
        .where(stems.c.stem.in_(given))
        .order_by(entries.c.id)
    )
    return [(row.stem, _entry(row)) for row in connection.execute(wanted)]


def beginning(connection: Connection, letters: str, fields: Iterable[Field]) -> list[Entry]:
    """The entries of these fields that begin with these letters."""
    within = _within(entries.c.word, letters)
    return _entries(connection, select(entries).where(within, entries.c.field.in_(fields)))


def ids_beginning(connection: Connection, letters: str, field: Field) -> np.ndarray:
    """The ids of the entries of a field that begin with these letters, ascending."""
    within = _within(entries.c.word, letters)
    together = func.aggregate_strings(cast(entries.c.id, String), ",")  # thousands, as one row
    found = connection.scalar(select(together).where(within, entries.c.field == field.value))
    return np.sort(np.array(found.split(",") if found else [], np.int64))


def around(connection: Connection, forms: Iterable[str]) -> list[Entry]:
    """Entries in use, of what is said or told, that begin or end with one of these forms."""
    given = sorted(forms)
    longer = [_within(entries.c.word, form) for form in given]
    longer += [_within(entries.c.backwards, form[::-1]) for form in given]
    found: dict[int, Entry] = {}
    for part in some(longer):  # of conditions in one OR, SQLite would read the whole vocabulary
        ids = union(*(select(entries.c.id).where(within) for within in part))
        wanted = select(entries).where(entries.c.id.in_(ids.subquery().select()), _in_use())
        found |= {entry.id: entry for entry in _entries(connection, wanted)}
    return [entry for _, entry in sorted(found.items())]


def ending(connection: Connection, given: Iterable[str]) -> list[tuple[str, Entry]]:
    """Entries in use whose stem ends with one of these stems, each with its own."""
    found: set[tuple[str, Entry]] = set()
    for part in some(sorted(given)):
        of_stems = union(
            *(
                select(stems.c.stem, stems.c.entry_id).where(_within(stems.c.backwards, stem[::-1]))
                for stem in part
            )
        ).subquery()
        wanted = (
            select(of_stems.c.stem, entries)
            .join(entries, entries.c.id == of_stems.c.entry_id)
            .where(_in_use())
        )
        found |= {(row.stem, _entry(row)) for row in connection.execute(wanted)}
    return sorted(found, key=lambda pair: (pair[1].id, pair[0]))


def most_used(connection: Connection, letters: str, field: Field, most: int) -> list[Entry]:
    """The entries of a field that begin with these letters, those of the most sessions first."""
    wanted = (
        select(entries)
        .where(_within(entries.c.word, letters), entries.c.field == field.value)
        .where(entries.c.sessions > 0)
        .order_by(entries.c.sessions.desc(), entries.c.word, entries.c.id)
        .limit(most)
    )
    return [_entry(row) for row in connection.execute(wanted)]


def in_any_field(connection: Connection, given: Iterable[str]) -> list[Entry]:
    """The entries in use of any of these words, whether said, told or a name."""
    found: list[Entry] = []
    for part in some(sorted(given)):
        found += _entries(
            connection, select(entries).where(entries.c.word.in_(part), _in_use(NAMES_TOO))
        )
    return found


def like(connection: Connection, first: str, last: str, shortest: int, longest: int) -> list[str]:
    """The words in use, in any field, that begin or end so and are of about that length; none that
    are found by their stems only."""
    sound = func.length(entries.c.word).between(shortest, longest) & _in_use(NAMES_TOO)
    sound &= entries.c.word.not_like(f"{WHOLE}%")
    alike = (_within(entries.c.word, first), _within(entries.c.backwards, last[::-1]))
    return list(
        connection.scalars(union(*(select(entries.c.word).where(each, sound) for each in alike)))
    )


def in_use(connection: Connection, words: Iterable[str], stemmed: Iterable[str]) -> set[str]:
    """Those of the words and of the stems that what is said or told has."""
    found: set[str] = set()
    for part in some(sorted(set(words))):
        found |= set(
            connection.scalars(select(entries.c.word).where(entries.c.word.in_(part), _in_use()))
        )
    for part in some(sorted(set(stemmed))):
        wanted = select(stems.c.stem).join(entries, entries.c.id == stems.c.entry_id)
        found |= set(connection.scalars(wanted.where(stems.c.stem.in_(part), _in_use())))
    return found


def _in_use(fields: Sequence[int] = SPOKEN_OR_TOLD) -> ColumnElement[bool]:
    return (entries.c.sessions > 0) & entries.c.field.in_(fields)


def _within(column: Column, letters: str) -> ColumnElement[bool]:
    return (column >= letters) & (column < letters + LAST)


def _entries(connection: Connection, wanted: Select) -> list[Entry]:
    return [_entry(row) for row in connection.execute(wanted.order_by(entries.c.id))]


def _entry(row: Row | Mapping[str, Any]) -> Entry:
    return Entry(row.id, Field(row.field), row.word, row.language, row.sessions, row.tallied)
