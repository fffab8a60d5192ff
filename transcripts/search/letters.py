"""How words stand in the texts: the vocabulary only has them folded."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import select

from transcripts.search.passages import PART, read
from transcripts.search.reading import Reader
from transcripts.search.tables import Field, documents, people, texts
from transcripts.search.terms import analyse
from transcripts.search.vocabulary import Entry


def as_written(reader: Reader, wanted: Iterable[Entry], visible: np.ndarray) -> dict[int, str]:
    """Each entry in the letters of the first visible session that has it, by id."""
    entries = list(wanted)
    reader.prepare(entries)
    rows = {
        entry: int(there[0])
        for entry in entries
        if len(there := np.flatnonzero((reader.counts([entry]) > 0) & visible))
    }
    spoken = _spoken(reader, {e: row for e, row in rows.items() if e.field is Field.SPEECH})
    found: dict[int, str] = {}
    for entry in entries:
        text = spoken.get(entry)
        if text is None:
            text = _told(reader, rows[entry]) if entry in rows else ""
        written = (
            text[t.start : t.end] for t in analyse(text, entry.language) if t.exact == entry.word
        )
        found[entry.id] = next(written, entry.word)
    return found


def seen_in(reader: Reader, entry: Entry, visible: np.ndarray) -> int:
    """In how many visible sessions an entry is; what the others have does not count for the order."""
    return int(((reader.counts([entry]) > 0) & visible).sum())


def _spoken(reader: Reader, rows: Mapping[Entry, int]) -> dict[Entry, str]:
    """The cue of each entry in the session of its row."""
    if not rows:
        return {}
    there = np.unique(list(rows.values()))
    reader.places(list(rows), there)  # all of them in one question
    numbers: dict[Entry, tuple[int, int]] = {}
    for entry, row in rows.items():
        place = reader.places([entry], np.array([row]))[:1]
        number = int(reader.cues.within(reader.cues.of_places(place))[0])
        numbers[entry] = int(reader.catalogue.ids[row]), number
    packed = _packed(reader, list(numbers.values()))
    return {
        entry: read(packed[session_id, number // PART], [number % PART])[0].text
        for entry, (session_id, number) in numbers.items()
    }


def _packed(reader: Reader, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    kept = reader.connection.execute(
        select(texts).where(
            texts.c.session_id.in_({session_id for session_id, _ in wanted}),
            texts.c.part.in_({number // PART for _, number in wanted}),
        )
    )
    return {(session_id, part): cues for session_id, part, cues in kept}


def _told(reader: Reader, row: int) -> str:
    session_id = int(reader.catalogue.ids[row])
    told = (documents.c.title, documents.c.subtitle, documents.c.abstract)
    texts_told = reader.connection.execute(
        select(*told).where(documents.c.session_id == session_id)
    ).first()
    if texts_told is None:
        raise KeyError(session_id)  # it has gone meanwhile
    names = reader.connection.scalars(
        select(people.c.name).where(people.c.session_id == session_id)
    )
    return "\n".join([*texts_told, *names])
