"""Writes sessions into the index: many at once as well as one, always the same rows."""

import gc
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC

import numpy as np
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from transcripts.search import vocabulary
from transcripts.search.analysing import Analysed, Found, Said
from transcripts.search.blocks import NO_RUNS, SPAN, Runs, joined, read_blocks, write_blocks
from transcripts.search.bulk import add_to_sessions, is_one_of, set_rows
from transcripts.search.packing import pack, unpack
from transcripts.search.results import Document
from transcripts.search.sets import is_among
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
from transcripts.search.vocabulary import Key

BLOCK = 256  # sessions whose tallies are kept together
COMMON = 256  # sessions from which on an entry has tallies
MOST_TALLIED = 2**16 - 1
SHIFT = 32  # bits of a session or a block; above them stands the entry
TURN = 0x5EA2C4  # the number of the lock that a writer holds

Gone = tuple[int, np.ndarray]  # a session and the ids of entries that it had
Counts = tuple[np.ndarray, np.ndarray, np.ndarray]  # entries, sessions, and in how many cues


def put(
    connection: Connection, given: Sequence[Analysed], seen: dict[Key, int] | None = None
) -> None:
    """Sessions, each once, in place of what was there.

    seen: entries of the vocabulary that are known already, for loading many sessions one after the
    other; it grows, and is of no use after a transaction that was given up.
    """
    if given:
        take_turn(connection)
        with uncollected():
            _put(connection, given, seen)


@contextmanager
def uncollected() -> Iterator[None]:
    """No looking for cycles among the millions of objects made here, which have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _put(connection: Connection, given: Sequence[Analysed], seen: dict[Key, int] | None) -> None:
    told = {one.document.session_id: one.told for one in given}
    heard = {one.document.session_id: one.said for one in given if one.said is not None}
    gone = _taken_out(connection, documents, list(told))
    gone += _taken_out(connection, speech, list(heard))
    all_of = [(id_, one) for each in (told, heard) for id_, one in each.items()]
    ids = vocabulary.numbers_of(connection, (one.found.keys() for _, one in all_of), seen)
    packed = [pack(np.sort(each)) for each in ids]
    _write_documents(connection, [one.document for one in given], packed[: len(told)])
    _write_speech(connection, heard, packed[len(told) :])
    runs = joined([_runs(id_, one.found, own) for (id_, one), own in zip(all_of, ids, strict=True)])
    _change_postings(connection, gone, runs)
    begun = [own[len(one.found.sizes) :] for (_, one), own in zip(all_of, ids, strict=True)]
    sessions = np.repeat([id_ for id_, _ in all_of], [len(own) for own in begun])
    cues = np.concatenate([one.found.begun for _, one in all_of])
    _count(connection, gone, np.concatenate([runs.owners, *begun]))
    common, new = _common(connection, runs)
    begun = np.concatenate(begun), sessions, cues
    _write_tallies(connection, _no_more(connection, gone), common, begun)
    _write_tallies(connection, new, first=True)


def remove(connection: Connection, session_id: int) -> None:
    """Takes a session out; harmless where it is not in."""
    take_turn(connection)
    gone = _taken_out(connection, documents, [session_id])
    gone += _taken_out(connection, speech, [session_id])
    _change_postings(connection, gone, NO_RUNS)
    _count(connection, gone, NO_RUNS.owners)
    _write_tallies(connection, _no_more(connection, gone))


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
    words: Iterable[bytes],
) -> None:
    rows, names = [], []
    for document, entries_of in zip(given, words, strict=True):
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
                "entries": entries_of,
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
    connection: Connection, heard: Mapping[int, Said], words: Iterable[bytes]
) -> None:
    rows, parts = [], []
    for (session_id, said), entries_of in zip(heard.items(), words, strict=True):
        rows.append(
            {
                "session_id": session_id,
                "cues": pack(said.first),
                "starts": pack(said.starts),
                "turns": pack(said.turns),
                "entries": entries_of,
            }
        )
        parts += [
            {"session_id": session_id, "part": part, "cues": cues}
            for part, cues in enumerate(said.texts)
        ]
    if rows:
        connection.execute(insert(speech), rows)
    if parts:
        connection.execute(insert(texts), parts)


def _runs(session_id: int, found: Found, ids: np.ndarray) -> Runs:
    """What a session has, owned by entries, whose ids come first."""
    count = len(found.sizes)
    sessions = np.full(count, session_id, np.int64)
    return Runs(ids[:count], sessions, found.cues, found.sizes, found.places)


def _change_postings(connection: Connection, gone: Sequence[Gone], new: Runs) -> None:
    """Takes out what sessions had, and puts in what they have."""
    of_new = new.sessions // SPAN
    for block in sorted({id_ // SPAN for id_, _ in gone} | set(of_new.tolist())):
        runs = new.chosen(np.flatnonzero(of_new == block))
        had = [one for one in gone if one[0] // SPAN == block]
        if had or _has_others(connection, block, runs):
            touched = np.unique(np.concatenate([runs.owners, *(ids for _, ids in had)]))
            before = _read_block(connection, block, touched)
            kept = before.chosen(np.flatnonzero(~is_among(_pairs(before), _pairs_of(had))))
            runs = joined([kept, runs])
            _remove_rows(connection, block, np.setdiff1d(before.owners, runs.owners))
        _write_block(connection, block, runs)


def _has_others(connection: Connection, block: int, new: Runs) -> bool:
    """Whether other sessions of a block are in the index."""
    there = connection.scalars(
        select(documents.c.session_id).where(
            documents.c.session_id.between(block * SPAN, block * SPAN + SPAN - 1)
        )
    )
    return not set(there) <= set(new.sessions.tolist())


def _read_block(connection: Connection, block: int, ids: np.ndarray) -> Runs:
    """What the sessions of a block have of these entries, owned by the ids of these."""
    among = is_one_of(connection, postings.c.entry_id, ids.tolist())
    rows = connection.execute(
        select(postings.c.entry_id, postings.c.places).where(among, postings.c.block == block)
    ).all()
    runs = read_blocks([row.places for row in rows], [block] * len(rows))
    return runs.owned(np.array([row.entry_id for row in rows], np.int64)[runs.owners])


def _remove_rows(connection: Connection, block: int, ids: np.ndarray) -> None:
    if len(ids):
        among = is_one_of(connection, postings.c.entry_id, ids.tolist())
        connection.execute(delete(postings).where(among, postings.c.block == block))


def _pairs(runs: Runs) -> np.ndarray:
    """Entry and session of each run as one number."""
    return runs.owners << SHIFT | runs.sessions


def _pairs_of(gone: Sequence[Gone]) -> np.ndarray:
    pairs = [ids << SHIFT | session_id for session_id, ids in gone]
    return np.sort(np.concatenate([np.zeros(0, np.int64), *pairs]))


def _write_block(connection: Connection, block: int, runs: Runs) -> None:
    ordered = runs.chosen(np.lexsort((runs.sessions, runs.owners)))
    ids, owners = np.unique(ordered.owners, return_inverse=True)
    packed = write_blocks(ordered.owned(owners))
    rows = [(id_, block, one) for id_, one in zip(ids.tolist(), packed, strict=True)]
    set_rows(connection, postings, ("entry_id", "block", "places"), rows)


def _count(connection: Connection, gone: Sequence[Gone], new: np.ndarray) -> None:
    """In how many sessions entries are: without those that are gone, and once more for each new one."""
    old = np.concatenate([np.zeros(0, np.int64), *(ids for _, ids in gone)])
    ids, at = np.unique(np.concatenate([old, new]), return_inverse=True)
    more = np.bincount(at, np.repeat([-1, 1], [len(old), len(new)]), len(ids)).astype(np.int64)
    add_to_sessions(
        connection, {id_: n for id_, n in zip(ids.tolist(), more.tolist(), strict=True) if n}
    )


def _common(connection: Connection, runs: Runs) -> tuple[Counts, Counts]:
    """Counts of entries that are in many sessions; and of those that just came to be so, of all."""
    among = is_one_of(connection, entries.c.id, np.unique(runs.owners).tolist())
    common = connection.execute(
        select(entries.c.id, entries.c.tallied).where(among, entries.c.sessions >= COMMON)
    ).all()
    known = np.array(sorted(id_ for id_, tallied in common if tallied), np.int64)
    new = sorted(id_ for id_, tallied in common if not tallied)
    counted, whole = runs.chosen(np.flatnonzero(is_among(runs.owners, known))), NO_RUNS
    if new:
        rows = connection.execute(
            select(postings).where(is_one_of(connection, postings.c.entry_id, new))
        ).all()
        ids = np.array([row.entry_id for row in rows], np.int64)
        whole = read_blocks([row.places for row in rows], [row.block for row in rows])
        whole = whole.owned(ids[whole.owners])
        connection.execute(
            update(entries).where(is_one_of(connection, entries.c.id, new)).values(tallied=True)
        )
    return (counted.owners, counted.sessions, counted.cues), (
        whole.owners,
        whole.sessions,
        whole.cues,
    )


def _write_tallies(connection: Connection, *given: Counts, first: bool = False) -> None:
    """Sets how often entries are in sessions; of several counts of the same the last one.

    first: whether none of the entries has tallies yet.
    """
    ids, sessions, counts = (np.concatenate(values) for values in zip(*given, strict=True))
    if not len(ids):
        return
    blocks, slots = np.divmod(sessions, BLOCK)
    keys, rows = np.unique(ids << SHIFT | blocks, return_inverse=True)
    tallied = np.zeros((len(keys), BLOCK), "<u2")
    if not first:
        row_of = {key: row for row, key in enumerate(keys.tolist())}
        before = connection.execute(
            select(tallies).where(
                is_one_of(connection, tallies.c.entry_id, np.unique(ids).tolist()),
                is_one_of(connection, tallies.c.block, np.unique(blocks).tolist()),
            )
        )
        there = [(row_of.get(id_ << SHIFT | block), packed) for id_, block, packed in before]
        known = [(row, packed) for row, packed in there if row is not None]
        tallied[[row for row, _ in known]] = tallies_of([packed for _, packed in known])
    tallied[rows, slots] = np.minimum(counts, MOST_TALLIED)
    packed = [zlib.compress(tally.tobytes(), 1) for tally in tallied]
    of = zip((keys >> SHIFT).tolist(), (keys & (2**SHIFT - 1)).tolist(), packed, strict=True)
    set_rows(connection, tallies, ("entry_id", "block", "counts"), list(of))


def tallies_of(packed: Sequence[bytes]) -> np.ndarray:
    """The counts of blocks of sessions: a row for each block."""
    unpacked = b"".join(map(zlib.decompress, packed))
    return np.frombuffer(unpacked, "<u2").reshape(-1, BLOCK)


def _taken_out(connection: Connection, table: Table, ids: Sequence[int]) -> list[Gone]:
    """What `documents` or `speech` keeps about sessions goes; their entries are told."""
    rows = connection.execute(
        select(table.c.session_id, table.c.entries).where(
            is_one_of(connection, table.c.session_id, ids)
        )
    ).all()
    for kept in (documents, people) if table is documents else (speech, texts):
        connection.execute(delete(kept).where(is_one_of(connection, kept.c.session_id, ids)))
    return [(session_id, unpack(packed)) for session_id, packed in rows]


def _no_more(connection: Connection, gone: Sequence[Gone]) -> Counts:
    """Counts of nothing, of the entries that sessions had and that have tallies."""
    ids = np.concatenate([np.zeros(0, np.int64), *(each for _, each in gone)])
    sessions = np.repeat(
        np.array([id_ for id_, _ in gone], np.int64), [len(each) for _, each in gone]
    )
    tallied = connection.scalars(
        select(entries.c.id).where(
            is_one_of(connection, entries.c.id, np.unique(ids).tolist()),
            entries.c.tallied | entries.c.field.in_(ONLY_TALLIED),
        )
    )
    which = is_among(ids, np.sort(np.fromiter(tallied, np.int64)))
    return ids[which], sessions[which], np.zeros(int(which.sum()), np.int64)
