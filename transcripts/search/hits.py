"""What a page shows of the sessions that were found: their texts marked, and their best moments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import groupby

import numpy as np
from sqlalchemy import Connection, Row, select, tuple_

from transcripts.search.highlight import Fragment, highlight, highlight_end, snippet
from transcripts.search.passages import PART, read
from transcripts.search.query import Query
from transcripts.search.ranking import Proof, Search
from transcripts.search.results import Moment, Passage, SessionHit
from transcripts.search.sets import is_among
from transcripts.search.tables import Field, documents, people, texts

MOST_STARTS = 500
Names = tuple[tuple[int, str], ...]


def session_hits(
    connection: Connection, search: Search, rows: np.ndarray, scores: np.ndarray, most: int
) -> tuple[SessionHit, ...]:
    """The sessions of these rows, in this order, each with at most so many of its moments."""
    if not len(rows):
        return ()
    ids = search.catalogue.ids[rows].tolist()
    proof = search.proof(rows)
    starts = search.reader.starts(rows)
    cues = search.reader.cues
    there = cues.rows(proof.moments)
    moments = {row: proof.moments[there == row] for row in rows.tolist()}
    best = {row: _best(proof, each, most) for row, each in moments.items()}
    wanted = {id_: cues.within(best[row]).tolist() for id_, row in zip(ids, best, strict=True)}
    said = _passages(connection, wanted)
    told = {
        row.session_id: row
        for row in connection.execute(select(documents).where(documents.c.session_id.in_(ids)))
    }
    names = names_of(connection, ids)
    matching = search.told()
    hits = []
    for id_, row in zip(ids, rows.tolist(), strict=True):
        within = cues.within(moments[row])
        begun = (starts[row][within[:MOST_STARTS]] / 1000).tolist() if len(within) else []
        fields = frozenset(field for field, has in matching.items() if has[row])
        hits.append(
            _hit(
                search.query,
                fields,
                told[id_],
                names.get(id_, ()),
                said[id_],
                scores[row],
                begun,
                len(within),
            )
        )
    return tuple(hits)


def _best(proof: Proof, cues: np.ndarray, most: int) -> np.ndarray:
    """The cues that answer best: with the most clauses, then with the most very words."""
    worth = np.zeros(len(cues), np.int64)
    for heard in proof.heard:
        worth += 10 * is_among(cues, heard.said) + is_among(cues, heard.well)
        among = heard.very[is_among(heard.very, cues)]
        np.add.at(worth, np.searchsorted(cues, among), 1)
    return np.sort(cues[np.argsort(-worth, kind="stable")[:most]])


def _passages(
    connection: Connection, wanted: Mapping[int, Sequence[int]]
) -> dict[int, list[Passage]]:
    """Cues by their numbers in the sessions; only the parts in which they stand are read."""
    parts = sorted({(id_, n // PART) for id_, numbers in wanted.items() for n in numbers})
    kept = connection.execute(
        select(texts).where(tuple_(texts.c.session_id, texts.c.part).in_(parts))
    )
    packed = {(id_, part): cues for id_, part, cues in kept}
    return {
        id_: [
            passage
            for part, within in groupby(numbers, key=lambda number: number // PART)
            for passage in read(packed[id_, part], [number % PART for number in within])
        ]
        for id_, numbers in wanted.items()
    }


def names_of(connection: Connection, session_ids: Sequence[int]) -> dict[int, Names]:
    """The people of sessions, (person id, name), in the order of the line-up."""
    rows = connection.execute(
        select(people)
        .where(people.c.session_id.in_(session_ids))
        .order_by(people.c.session_id, people.c.position)
    )
    names: dict[int, Names] = defaultdict(tuple)
    for row in rows:
        names[row.session_id] += ((row.person_id, row.name),)
    return names


def _hit(
    query: Query,
    fields: Set[Field],
    row: Row,
    names: Names,
    said: Sequence[Passage],
    score: float,
    starts: Sequence[float],
    moments: int,
) -> SessionHit:
    """fields: those in which something is to be marked, as marking takes longer than finding."""

    def marked(text: str, field: Field) -> tuple[Fragment, ...]:
        return highlight(text, query, row.language) if field in fields else (Fragment(text, False),)

    people_found = [(id_, marked(name, Field.PEOPLE)) for id_, name in names]
    about = row.abstract and Field.ABOUT in fields
    abstract = snippet(row.abstract, query, row.language) if about else ()
    return SessionHit(
        session_id=row.session_id,
        score=float(score),
        title=marked(row.title, Field.TITLE),
        subtitle=marked(row.subtitle, Field.ABOUT) if row.subtitle else (),
        people=tuple((id_, pieces) for id_, pieces in people_found if _marked(pieces)),
        abstract=abstract if _marked(abstract) else None,
        moments=tuple(
            Moment(cue.start, cue.end, cue.cue_index, _marked_text(query, cue), cue.speaker)
            for cue in said
        ),
        moment_count=moments,
        moment_starts=tuple(starts),
    )


def _marked_text(query: Query, cue: Passage) -> tuple[Fragment, ...]:
    pieces = highlight(cue.text, query, cue.language)
    return pieces if _marked(pieces) else highlight_end(cue.text, query)


def _marked(pieces: Sequence[Fragment]) -> bool:
    return any(piece.marked for piece in pieces)
