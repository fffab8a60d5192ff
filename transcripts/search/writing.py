"""Writes sessions into the index: many at once as well as one, always the same rows."""

import json
import secrets
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from operator import itemgetter

import numpy as np
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from transcripts.search import vocabulary
from transcripts.search.analysing import Found, Said, Told
from transcripts.search.bulk import add_to_sessions, insert_rows, set_tallies
from transcripts.search.packing import pack, unpack
from transcripts.search.results import Document, Passage
from transcripts.search.tables import (
    ONLY_TALLIED,
    documents,
    entries,
    people,
    postings,
    speech,
    tallies,
    texts,
)
from transcripts.search.vocabulary import Key, some

PART = 64  # cues whose texts are kept together
BLOCK = 256  # sessions whose tallies are kept together
COMMON = 256  # sessions from which on an entry has tallies
MOST_TALLIED = 2**16 - 1
TURN = 0x5EA2C4  # the number of the lock that a writer holds


def put(connection: Connection, document: Document, passages: Sequence[Passage]) -> None:
    """A session and all that is said in it, in place of what was there."""
    put_all(connection, [(document, passages)])


def put_all(
    connection: Connection,
    given: Sequence[tuple[Document, Sequence[Passage] | None]],
    seen: dict[Key, int] | None = None,
) -> None:
    """Sessions, each with all its passages or, where those stay as they are, with None.

    seen: entries of the vocabulary that are known already, for loading many sessions one after the
    other; it grows, and is of no use after a transaction that was given up.
    """
    if not given:
        return
    take_turn(connection)
    spoken = [(document.session_id, said) for document, said in given if said is not None]
    told = {document.session_id: document for document, _ in given}
    _forget(connection, documents, list(told))
    _forget(connection, speech, [id_ for id_, _ in spoken])
    of_fields = {id_: Told(document) for id_, document in told.items()}
    found = {id_: each.found for id_, each in of_fields.items()}
    begun = {id_: each.beginnings for id_, each in of_fields.items()}
    heard = {id_: Said(said) for id_, said in spoken}
    numbers = vocabulary.numbers_of(
        connection,
        {key for each in (*found.values(), *begun.values()) for key in each}
        | {key for said in heard.values() for key in (*said.found, *said.beginnings)},
        seen,
    )
    words = {id_: _ids({**found[id_], **begun[id_]}, numbers) for id_ in told}
    _write_documents(connection, told.values(), words)
    _write_speech(connection, heard, numbers)
    _write_postings(connection, found, numbers)
    _write_postings(connection, {id_: said.found for id_, said in heard.items()}, numbers)
    _tally(connection, begun, numbers)
    _tally(connection, {id_: said.beginnings for id_, said in heard.items()}, numbers)


def remove(connection: Connection, session_id: int) -> None:
    """Takes a session out; harmless where it is not in."""
    take_turn(connection)
    _forget(connection, documents, [session_id])
    _forget(connection, speech, [session_id])


def take_turn(connection: Connection) -> None:
    """Waits for whoever writes, and keeps others waiting until the transaction ends.

    All writers count the same common words, so they would wait for each other anyway, and two of them
    at one session would undo each other's work. On SQLite whoever has begun to write is alone.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TURN)))


def _write_documents(
    connection: Connection,
    given: Iterable[Document],
    words: Mapping[int, bytes],
) -> None:
    rows, names = [], []
    for document in given:
        rows.append(
            {
                "session_id": document.session_id,
                "event_id": document.event_id,
                "kind": document.kind,
                "language": document.language,
                "visibility": document.visibility,
                "starts_at": document.starts_at and document.starts_at.astimezone(UTC),
                "reviewed": document.reviewed,
                "title": document.title,
                "subtitle": document.subtitle,
                "abstract": document.abstract,
                "stamp": secrets.randbits(40),
                "entries": words[document.session_id],
            }
        )
        names += [
            {
                "session_id": document.session_id,
                "position": position,
                "person_id": person_id,
                "name": name,
            }
            for position, (person_id, name) in enumerate(document.people)
        ]
    connection.execute(insert(documents), rows)
    if names:
        connection.execute(insert(people), names)


def _write_speech(
    connection: Connection, heard: Mapping[int, Said], numbers: Mapping[Key, int]
) -> None:
    rows, parts = [], []
    for session_id, said in heard.items():
        passages = said.passages
        starts = np.array([round(passage.start * 1000) for passage in passages], np.int64)
        rows.append(
            {
                "session_id": session_id,
                "cues": pack(said.first),
                "starts": pack(np.maximum.accumulate(starts) if len(starts) else starts),
                "turns": pack(said.turns),
                "entries": _ids({**said.found, **dict.fromkeys(said.beginnings)}, numbers),
            }
        )
        parts += [
            {"session_id": session_id, "part": n, "cues": written(passages[first : first + PART])}
            for n, first in enumerate(range(0, len(passages), PART))
        ]
    if rows:
        connection.execute(insert(speech), rows)
    if parts:
        connection.execute(insert(texts), parts)


def written(passages: Sequence[Passage]) -> bytes:
    """Passages as `texts` keeps them."""
    rows = [[p.start, p.end, p.text, p.language, p.cue_index, p.speaker] for p in passages]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode())


def read(kept: bytes, numbers: Iterable[int] | None = None) -> list[Passage]:
    """The passages that `written` was given, all or those with these numbers."""
    rows = json.loads(zlib.decompress(kept))
    return [Passage(*row) for row in (rows if numbers is None else (rows[n] for n in numbers))]


def _ids(found: Mapping[Key, object], numbers: Mapping[Key, int]) -> bytes:
    return pack(np.sort(np.fromiter((numbers[key] for key in found), np.int64, len(found))))


def _write_postings(
    connection: Connection, found: Mapping[int, Found], numbers: Mapping[Key, int]
) -> None:
    rows = [
        (numbers[key], session_id, places, cues)
        for session_id, each in found.items()
        for key, (places, cues) in each.items()
    ]
    rows.sort(key=itemgetter(0, 1))
    insert_rows(connection, postings, ("entry_id", "session_id", "places", "cues"), rows)
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for id_, session_id, _, cues in rows:
        counts[id_][session_id] = cues
    add_to_sessions(connection, {id_: len(each) for id_, each in counts.items()})
    _tally_common(connection, counts)


def _tally(
    connection: Connection,
    beginnings: Mapping[int, Mapping[Key, int]],
    numbers: Mapping[Key, int],
) -> None:
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for session_id, each in beginnings.items():
        for key, count in each.items():
            counts[numbers[key]][session_id] = count
    add_to_sessions(connection, {id_: len(each) for id_, each in counts.items()})
    _write_tallies(connection, counts)


def _tally_common(connection: Connection, counts: Mapping[int, Mapping[int, int]]) -> None:
    """Tallies of entries that are in many sessions; of those that just came to be so, of all."""
    known: dict[int, Mapping[int, int]] = {}
    new: list[int] = []
    for part in some(sorted(counts)):
        rows = connection.execute(
            select(entries.c.id, entries.c.tallied).where(
                entries.c.id.in_(part), entries.c.sessions >= COMMON
            )
        )
        for id_, tallied in rows:
            if tallied:
                known[id_] = counts[id_]
            else:
                new.append(id_)
    for part in some(new):
        whole: dict[int, dict[int, int]] = defaultdict(dict)
        rows = connection.execute(
            select(postings.c.entry_id, postings.c.session_id, postings.c.cues).where(
                postings.c.entry_id.in_(part)
            )
        )
        for id_, session_id, cues in rows:
            whole[id_][session_id] = cues
        known |= whole
        connection.execute(update(entries).where(entries.c.id.in_(part)).values(tallied=True))
    _write_tallies(connection, known)


def _write_tallies(connection: Connection, counts: Mapping[int, Mapping[int, int]]) -> None:
    """Sets how often entries are in sessions; by entry and session."""
    wanted: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for id_, each in counts.items():
        for session_id, count in each.items():
            block, slot = divmod(session_id, BLOCK)
            wanted[id_, block][slot] = min(count, MOST_TALLIED)
    if not wanted:
        return
    old: dict[tuple[int, int], bytes] = {}
    blocks = {block for _, block in wanted}
    for part in some(sorted({id_ for id_, _ in wanted})):
        rows = connection.execute(
            select(tallies).where(tallies.c.entry_id.in_(part), tallies.c.block.in_(blocks))
        )
        old |= {(id_, block): packed for id_, block, packed in rows}
    rows = []
    for (id_, block), each in sorted(wanted.items()):
        before = old.get((id_, block))
        tally = tally_of(before).copy() if before else np.zeros(BLOCK, np.uint16)
        tally[list(each)] = list(each.values())
        rows.append((id_, block, zlib.compress(tally.tobytes(), 1)))
    set_tallies(connection, rows)


def tally_of(packed: bytes) -> np.ndarray:
    """The counts of a block of sessions."""
    return np.frombuffer(zlib.decompress(packed), "<u2")


def _forget(connection: Connection, table: Table, ids: Sequence[int]) -> None:
    """Takes out what `documents` or `speech` keeps about sessions, with its postings."""
    gone: dict[int, list[int]] = defaultdict(list)
    of_session: dict[int, list[int]] = {}
    for part in some(ids):
        rows = connection.execute(
            select(table.c.session_id, table.c.entries).where(table.c.session_id.in_(part))
        )
        for session_id, packed in rows:
            of_session[session_id] = unpack(packed).tolist()
            for id_ in of_session[session_id]:
                gone[id_].append(session_id)
    if not of_session:
        return
    for session_id, ids_of_session in of_session.items():
        for part in some(ids_of_session):
            connection.execute(
                delete(postings).where(
                    postings.c.entry_id.in_(part), postings.c.session_id == session_id
                )
            )
    if gone:
        add_to_sessions(connection, {id_: -len(sessions) for id_, sessions in gone.items()})
        _write_tallies(connection, _tallied(connection, gone))
    for kept in (documents, people) if table is documents else (speech, texts):
        for part in some(list(of_session)):
            connection.execute(delete(kept).where(kept.c.session_id.in_(part)))


def _tallied(
    connection: Connection, gone: Mapping[int, Sequence[int]]
) -> dict[int, dict[int, int]]:
    """Nothing, for each of these entries that has tallies and each of its sessions."""
    zeros: dict[int, dict[int, int]] = {}
    for part in some(sorted(gone)):
        rows = connection.scalars(
            select(entries.c.id).where(
                entries.c.id.in_(part),
                entries.c.tallied | entries.c.field.in_(ONLY_TALLIED),
            )
        )
        zeros |= {id_: dict.fromkeys(gone[id_], 0) for id_ in rows}
    return zeros
