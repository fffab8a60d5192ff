"""How words stand in the texts: the vocabulary only has them folded."""

from collections.abc import Iterable

import numpy as np
from sqlalchemy import select

from transcripts.search.reading import SHIFT, Reader
from transcripts.search.tables import Field, documents, people, texts
from transcripts.search.terms import analyse
from transcripts.search.vocabulary import Entry
from transcripts.search.writing import PART, read


def as_written(reader: Reader, wanted: Iterable[Entry], visible: np.ndarray) -> dict[int, str]:
    """Each entry in the letters of the first visible session that has it, by id."""
    return {entry.id: _as_written(reader, entry, visible) for entry in wanted}


def _as_written(reader: Reader, entry: Entry, visible: np.ndarray) -> str:
    rows = np.flatnonzero((reader.counts([entry]) > 0) & visible)[:1]
    if not len(rows):
        return entry.word
    text = _spoken(reader, entry, rows) if entry.field is Field.SPEECH else _told(reader, rows)
    found = (text[t.start : t.end] for t in analyse(text, entry.language) if t.exact == entry.word)
    return next(found, entry.word)


def _spoken(reader: Reader, entry: Entry, rows: np.ndarray) -> str:
    cues = reader.cues(rows)
    place = reader.places([entry], rows)[:1]
    number = int(cues.within(cues.of_places(place))[0])
    session_id = int(reader.catalogue.ids[place[0] >> SHIFT])
    kept = reader.connection.scalar(
        select(texts.c.cues).where(texts.c.session_id == session_id, texts.c.part == number // PART)
    )
    return read(kept)[number % PART].text if kept else ""


def _told(reader: Reader, rows: np.ndarray) -> str:
    session_id = int(reader.catalogue.ids[rows[0]])
    told = (documents.c.title, documents.c.subtitle, documents.c.abstract)
    row = reader.connection.execute(select(*told).where(documents.c.session_id == session_id)).one()
    names = reader.connection.scalars(
        select(people.c.name).where(people.c.session_id == session_id)
    )
    return "\n".join([*row, *names])
