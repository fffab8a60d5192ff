"""Reads postings and tallies: in which sessions words are, how often, and where in them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import Column, Connection, Row, TextClause, select

from transcripts.search.blocks import SPAN, read_blocks
from transcripts.search.bulk import is_one_of
from transcripts.search.catalogue import Catalogue
from transcripts.search.cues import NOWHERE, SHIFT, Cues, KeptCues
from transcripts.search.packing import unpack
from transcripts.search.sets import distinct
from transcripts.search.tables import ONLY_TALLIED, postings, speech, tallies
from transcripts.search.vocabulary import Entry
from transcripts.search.writing import BLOCK, tally_of


class Reader:
    """What the index says about entries, each asked for once."""

    def __init__(self, connection: Connection, catalogue: Catalogue, cues: KeptCues) -> None:
        self.connection = connection
        self.catalogue = catalogue
        self._kept_cues = cues
        self._counts: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # by entry: rows, cues
        self._kept: dict[int, dict[int, bytes]] = {}  # postings, by entry and block of sessions
        self._whole: set[int] = set()  # entries of which all postings are read

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

    def places(self, wanted: Sequence[Entry], rows: np.ndarray) -> np.ndarray:
        """Where the entries stand in the sessions of these rows, ascending: row << SHIFT | place."""
        if not len(rows) or not wanted:
            return NOWHERE
        ids = np.sort(self.catalogue.ids[rows])
        blocks = distinct(ids // SPAN).tolist()
        self._read_some([entry.id for entry in wanted if entry.id not in self._whole], blocks)
        kept = (self._kept.get(entry.id, {}) for entry in wanted)
        found = [(each[block], block) for each in kept for block in blocks if each.get(block)]
        if not found:
            return NOWHERE
        runs = read_blocks(*zip(*found, strict=True), ids)
        there = np.repeat(self.catalogue.rows(runs.sessions) << SHIFT, runs.sizes)
        return distinct(there + runs.places)

    @property
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
        return {row: unpack(packed) for row, packed in self._speech(rows, column).items()}

    def _speech(self, rows: np.ndarray, column: Column) -> dict[int, bytes]:
        """What is kept of the speech of sessions, by row, ascending."""
        ids = np.sort(self.catalogue.ids[rows])
        kept = self.connection.execute(
            select(speech.c.session_id, column)
            .where(is_one_of(self.connection, speech.c.session_id, ids.tolist()))
            .order_by(speech.c.session_id)
        ).all()
        there = self.catalogue.rows([id_ for id_, _ in kept]).tolist()
        return {row: packed for row, (_, packed) in zip(there, kept, strict=True)}

    def _read_tallies(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        blocks: dict[int, list[tuple[int, bytes]]] = {id_: [] for id_ in ids}
        kept = self.connection.execute(
            select(tallies).where(is_one_of(self.connection, tallies.c.entry_id, ids))
        )
        for id_, block, packed in kept:
            blocks[id_].append((block, packed))
        for id_, of_entry in blocks.items():
            self._counts[id_] = self._tallied(sorted(of_entry))

    def _tallied(self, blocks: Sequence[tuple[int, bytes]]) -> tuple[np.ndarray, np.ndarray]:
        sessions, cues = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for block, packed in blocks:
            tally = tally_of(packed)
            slots = np.flatnonzero(tally)
            sessions.append(slots + block * BLOCK)
            cues.append(tally[slots].astype(np.int64))
        return self.catalogue.rows(np.concatenate(sessions)), np.concatenate(cues)

    def _read_postings(self, ids: Sequence[int]) -> None:
        """Of entries that are in few sessions: all that there is."""
        if not ids:
            return
        self._whole |= set(ids)
        rows = self._read(ids, is_one_of(self.connection, postings.c.entry_id, ids))
        runs = read_blocks([row.runs for row in rows], [row.block for row in rows])
        of_entry = np.array([row.entry_id for row in rows], np.int64)[runs.owners]
        there = self.catalogue.rows(runs.sessions)
        order = np.argsort(of_entry, kind="stable")
        ends = np.searchsorted(of_entry[order], ids, side="right").tolist()
        starts = np.searchsorted(of_entry[order], ids).tolist()
        for id_, start, end in zip(ids, starts, ends, strict=True):
            own = order[start:end]
            self._counts[id_] = there[own], runs.cues[own]

    def _read_some(self, ids: Sequence[int], blocks: Sequence[int]) -> None:
        """Of entries that are in many sessions: what those of some blocks have."""
        known = [self._kept.setdefault(id_, {}) for id_ in ids]
        asked = [block for block in blocks if any(block not in each for each in known)]
        if not asked:
            return
        for each in known:
            each |= {block: b"" for block in asked if block not in each}
        self._read(
            ids,
            is_one_of(self.connection, postings.c.entry_id, ids),
            is_one_of(self.connection, postings.c.block, asked),
        )

    def _read(self, ids: Sequence[int], *wanted: TextClause) -> Sequence[Row]:
        """Rows of postings of these entries; they are kept."""
        rows = self.connection.execute(select(postings).where(*wanted)).all()
        for id_ in ids:
            self._kept.setdefault(id_, {})
        for row in rows:
            self._kept[row.entry_id][row.block] = row.runs
        return rows
