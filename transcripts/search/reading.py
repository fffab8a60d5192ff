"""Reads postings and tallies: in which sessions words are, how often, and where in them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from sqlalchemy import Column, Connection, Row, select

from transcripts.search.blocks import SPAN, read_counts, read_places
from transcripts.search.bulk import is_one_of, rows_of_pairs
from transcripts.search.catalogue import Catalogue
from transcripts.search.cues import NOWHERE, PLACE, SHIFT, Cues, KeptCues
from transcripts.search.packing import unpack_all
from transcripts.search.sets import distinct, is_among
from transcripts.search.tables import ONLY_TALLIED, postings, speech, tallies
from transcripts.search.vocabulary import Entry
from transcripts.search.writing import BLOCK, tallies_of

# Rows of an entry from which on all of them are read: side by side they are read several times as fast
# as each of them is looked up.
SIDE_BY_SIDE = 16


class Reader:
    """What the index says about entries; what is read is kept."""

    def __init__(self, connection: Connection, catalogue: Catalogue, cues: KeptCues) -> None:
        self.connection = connection
        self.catalogue = catalogue
        self._kept_cues = cues
        self._counts: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # by entry: rows, cues
        self._kept: dict[int, bytes] = {}  # rows of postings, by entry << SHIFT | block
        self._looked_at: tuple[np.ndarray, dict[int, np.ndarray]] = NOWHERE, {}

    def prepare(self, wanted: Iterable[Entry]) -> None:
        """Reads the counts of entries in as few questions as can be."""
        new = {entry.id: entry for entry in wanted if entry.id not in self._counts}
        tallied = [e.id for e in new.values() if e.tallied or e.field in ONLY_TALLIED]
        self._read_tallies(sorted(tallied))
        self._read_postings(sorted(new.keys() - set(tallied)))

    def counts(self, wanted: Sequence[Entry]) -> np.ndarray:
        """In how many cues of each session of the catalogue the entries are, one after the other."""
        self.prepare(wanted)
        total = np.zeros(len(self.catalogue))
        for entry in wanted:
            rows, cues = self._counts[entry.id]
            total[rows] += cues
        return total

    def most(self, wanted: Sequence[Entry]) -> np.ndarray:
        """In at least how many cues of each session one of the entries is."""
        self.prepare(wanted)
        most = np.zeros(len(self.catalogue))
        for entry in wanted:
            rows, cues = self._counts[entry.id]
            most[rows] = np.maximum(most[rows], cues)
        return most

    def different(self, wanted: Sequence[Entry]) -> np.ndarray:
        """How many of the entries each session has."""
        self.prepare(wanted)
        rows = [self._counts[entry.id] for entry in wanted]
        there = [rows_of[cues > 0] for rows_of, cues in rows]
        return np.bincount(np.concatenate([NOWHERE, *there]), minlength=len(self.catalogue))

    def look(self, wanted: Iterable[Entry], rows: np.ndarray) -> None:
        """Reads at once where the entries stand in these sessions, for `places` of the same rows."""
        self._looked_at = rows, self._places(wanted, rows)

    def places(self, wanted: Sequence[Entry], rows: np.ndarray) -> np.ndarray:
        """Where the entries stand in the sessions of these rows, ascending: row << SHIFT | place."""
        looked_at, known = self._looked_at
        if looked_at is not rows:
            known = {}
        known = known | self._places([entry for entry in wanted if entry.id not in known], rows)
        there = [known[id_] for id_ in {entry.id for entry in wanted} if len(known[id_])]
        if len(there) < 2:
            return there[0] if there else NOWHERE
        return distinct(np.concatenate(there))

    def places_of(self, entries_of: Mapping[int, np.ndarray]) -> np.ndarray:
        """Where each session, by row, has its own entries: for many of which each has few."""
        rows = np.fromiter(entries_of, np.int64)
        ids = np.concatenate([NOWHERE, *entries_of.values()])
        of_sessions = np.repeat(rows, [len(each) for each in entries_of.values()])
        return distinct(self._unpacked_places(self._keys(ids, of_sessions), rows)[0])

    def _places(self, wanted: Iterable[Entry], rows: np.ndarray) -> dict[int, np.ndarray]:
        """The places of each entry that is in one of these sessions; none where it is in none."""
        entries = {entry.id: entry for entry in wanted}
        if not entries:
            return {}
        self.prepare(entries.values())
        ids = np.array(sorted(entries), np.int64)
        rows_of = [self._counts[id_][0] for id_ in ids.tolist()]
        all_rows = np.concatenate(rows_of)
        is_wanted = np.zeros(len(self.catalogue), bool)
        is_wanted[rows] = True
        there = np.flatnonzero(is_wanted[all_rows])
        of_entries = np.repeat(ids, [len(each) for each in rows_of])
        keys = self._keys(of_entries[there], all_rows[there])
        places, sizes = self._unpacked_places(keys, rows)
        ends = np.append(0, np.cumsum(sizes))[np.searchsorted(keys >> SHIFT, ids, side="right")]
        return dict(zip(ids.tolist(), np.split(places, ends[:-1]), strict=True))

    def _keys(self, entry_ids: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Which rows of postings tell of these entries in the sessions of these rows, one by one."""
        return np.unique(entry_ids << SHIFT | self.catalogue.ids[rows] // SPAN)

    def _unpacked_places(self, keys: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What rows of postings have of some sessions, and how many places each of them has."""
        new = np.array([key for key in keys.tolist() if key not in self._kept], np.int64)
        if len(new):
            ids, blocks = np.unique(new >> SHIFT, return_counts=True)
            many = ids[blocks >= SIDE_BY_SIDE]
            few = new[~is_among(new >> SHIFT, many)]
            self._read_rows(many.tolist())
            if len(few):
                key = postings.c.entry_id, postings.c.block
                self._keep(rows_of_pairs(self.connection, key, (few >> SHIFT, few & PLACE)))
        packed = [self._kept[key] for key in keys.tolist()]  # all are there, as counts tell of them
        ascending = np.sort(rows)
        return read_places(packed, keys & PLACE, self.catalogue.ids[ascending], ascending << SHIFT)

    def _read_rows(self, ids: Sequence[int]) -> Sequence[Row]:
        """All rows of postings of these entries."""
        among = is_one_of(self.connection, postings.c.entry_id, ids)
        ordered = select(postings).order_by(postings.c.entry_id, postings.c.block)
        rows = self.connection.execute(ordered.where(among)).all() if ids else []
        self._keep(rows)
        return rows

    def _keep(self, rows: Iterable[Row]) -> None:
        for id_, block, places in rows:
            self._kept[id_ << SHIFT | block] = places

    @cached_property
    def cues(self) -> Cues:
        """All cues of the catalogue's sessions."""
        return self._kept_cues.of(self.connection, self.catalogue)

    def turns(self, rows: np.ndarray) -> Mapping[int, np.ndarray]:
        """Numbers of the cues with which turns begin, by row."""
        return self._unpacked(rows, speech.c.turns)

    def starts(self, rows: np.ndarray) -> Mapping[int, np.ndarray]:
        """When cues begin, milliseconds, by row."""
        return self._unpacked(rows, speech.c.starts)

    def entries(self, rows: np.ndarray) -> Mapping[int, np.ndarray]:
        """The ids of all entries that the speech of a session has, by row."""
        return self._unpacked(rows, speech.c.entries)

    def _unpacked(self, rows: np.ndarray, column: Column) -> dict[int, np.ndarray]:
        """What is kept of the speech of sessions, by row, ascending."""
        ids = np.sort(self.catalogue.ids[rows])
        kept = self.connection.execute(
            select(speech.c.session_id, column)
            .where(is_one_of(self.connection, speech.c.session_id, ids.tolist()))
            .order_by(speech.c.session_id)
        ).all()
        there = self.catalogue.rows([id_ for id_, _ in kept]).tolist()
        return dict(zip(there, unpack_all([packed for _, packed in kept]), strict=True))

    def _read_tallies(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        kept = self.connection.execute(
            select(tallies)
            .where(is_one_of(self.connection, tallies.c.entry_id, ids))
            .order_by(tallies.c.entry_id, tallies.c.block)
        ).all()
        counts = tallies_of([packed for _, _, packed in kept])
        blocks = np.array([block for _, block, _ in kept], np.int64)
        known, which = np.unique(blocks, return_inverse=True)
        there, slots = np.nonzero(counts)
        has_any = np.zeros((len(known), BLOCK), bool)
        has_any[which[there], slots] = True
        of_any, slots_of_any = np.nonzero(has_any)
        row_of = np.zeros(has_any.shape, np.int64)
        row_of[has_any] = self.catalogue.rows(known[of_any] * BLOCK + slots_of_any)
        rows, cues = row_of[which[there], slots], counts[there, slots].astype(np.int64)
        of_entry = np.array([id_ for id_, _, _ in kept], np.int64)[there]
        self._divide(ids, of_entry, rows, cues)

    def _read_postings(self, ids: Sequence[int]) -> None:
        """Of entries that are in few sessions: all that there is."""
        if not ids:
            return
        rows = self._read_rows(ids)
        entries, blocks, packed = zip(*rows, strict=True) if rows else ((), (), ())
        owners, sessions, cues = read_counts(packed, blocks)
        of_entry = np.array(entries, np.int64)[owners]
        self._divide(ids, of_entry, self.catalogue.rows(sessions), cues)

    def _divide(
        self, ids: Sequence[int], of_entry: np.ndarray, rows: np.ndarray, cues: np.ndarray
    ) -> None:
        """Keeps counts by their entries, which are ascending."""
        ends = np.searchsorted(of_entry, ids, side="right").tolist()
        starts = np.searchsorted(of_entry, ids).tolist()
        for id_, start, end in zip(ids, starts, ends, strict=True):
            self._counts[id_] = rows[start:end], cues[start:end]
