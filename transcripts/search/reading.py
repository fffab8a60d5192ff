"""Reads postings and tallies: in which sessions words are, how often, and where in them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, select

from transcripts.search.catalogue import Catalogue
from transcripts.search.packing import pack, unpack, unpack_runs
from transcripts.search.sets import distinct
from transcripts.search.tables import ONLY_TALLIED, postings, speech, tallies
from transcripts.search.vocabulary import Entry, some
from transcripts.search.writing import BLOCK, tally_of

NOWHERE = pack(np.zeros(0, np.int64))
SHIFT = 32  # bits of a place within its session; above them stands the session's row


class Reader:
    """What the index says about entries, each asked for once."""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self.connection = connection
        self.catalogue = catalogue
        self._counts: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # by entry: rows, cues
        self._places: dict[int, dict[int, bytes]] = {}  # by entry and row: packed

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

    def places(self, wanted: Sequence[Entry], rows: np.ndarray) -> np.ndarray:
        """Where the entries stand in the sessions of these rows, ascending: row << SHIFT | place."""
        self.prepare(wanted)
        self._read_places(wanted, rows)
        chosen = rows.tolist()
        runs: list[bytes] = []
        bases: list[int] = []
        for entry in wanted:
            known = self._places.get(entry.id, {})
            few = known if len(known) < len(chosen) else chosen
            among = set(chosen) if few is known else known
            there = [row for row in few if row in among]
            runs += [known[row] for row in there]
            bases += [row << SHIFT for row in there]
        return distinct(unpack_runs(runs, bases))

    def cues(self, rows: np.ndarray) -> "Cues":
        """The cues of the sessions of these rows."""
        return Cues(self._speech(rows, speech.c.cues), rows)

    def turns(self, rows: np.ndarray) -> Mapping[int, np.ndarray]:
        """Numbers of the cues with which turns begin, by row."""
        return self._speech(rows, speech.c.turns)

    def starts(self, rows: np.ndarray) -> Mapping[int, np.ndarray]:
        """When cues begin, milliseconds, by row."""
        return self._speech(rows, speech.c.starts)

    def entries(self, rows: np.ndarray) -> Mapping[int, np.ndarray]:
        """The ids of all entries that the speech of a session has, by row."""
        return self._speech(rows, speech.c.entries)

    def _speech(self, rows: np.ndarray, column: object) -> dict[int, np.ndarray]:
        found: dict[int, np.ndarray] = {}
        for part in some(np.sort(rows)):
            row_of = self._row_of(part)
            kept = self.connection.execute(
                select(speech.c.session_id, column).where(speech.c.session_id.in_(list(row_of)))
            )
            found |= {row_of[id_]: unpack(packed) for id_, packed in kept}
        return found

    def _read_tallies(self, ids: Sequence[int]) -> None:
        blocks: dict[int, list[tuple[int, bytes]]] = {id_: [] for id_ in ids}
        for part in some(ids):
            kept = self.connection.execute(select(tallies).where(tallies.c.entry_id.in_(part)))
            for id_, block, packed in kept:
                blocks[id_].append((block, packed))
        for id_, kept in blocks.items():
            self._counts[id_] = self._tallied(sorted(kept))

    def _tallied(self, blocks: Sequence[tuple[int, bytes]]) -> tuple[np.ndarray, np.ndarray]:
        sessions, cues = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for block, packed in blocks:
            tally = tally_of(packed)
            slots = np.flatnonzero(tally)
            sessions.append(slots + block * BLOCK)
            cues.append(tally[slots].astype(np.int64))
        return self.catalogue.rows(np.concatenate(sessions)), np.concatenate(cues)

    def _read_postings(self, ids: Sequence[int]) -> None:
        found: dict[int, list[tuple[int, int, bytes]]] = {id_: [] for id_ in ids}
        for part in some(ids):
            kept = self.connection.execute(
                select(
                    postings.c.entry_id, postings.c.session_id, postings.c.cues, postings.c.places
                ).where(postings.c.entry_id.in_(part))
            )
            for id_, session_id, cues, places in kept:
                found[id_].append((session_id, cues, places))
        for id_, kept in found.items():
            rows = self.catalogue.rows(np.array([one[0] for one in kept], np.int64))
            self._counts[id_] = rows, np.array([one[1] for one in kept], np.int64)
            self._places[id_] = dict(zip(rows.tolist(), (one[2] for one in kept), strict=True))

    def _read_places(self, wanted: Sequence[Entry], rows: np.ndarray) -> None:
        """Of tallied entries, as their postings are too many to read them all."""
        ids = [entry.id for entry in wanted if entry.tallied]
        known = [self._places.setdefault(id_, {}) for id_ in ids]
        asked = [row for row in rows.tolist() if any(row not in each for each in known)]
        for part in some(asked):
            row_of = self._row_of(part)
            for each in known:
                each |= {row: NOWHERE for row in part if row not in each}
            for few in some(ids):
                kept = self.connection.execute(
                    select(postings.c.entry_id, postings.c.session_id, postings.c.places).where(
                        postings.c.entry_id.in_(few), postings.c.session_id.in_(list(row_of))
                    )
                )
                for id_, session_id, places in kept:
                    self._places[id_][row_of[session_id]] = places

    def _row_of(self, rows: Sequence[int] | np.ndarray) -> dict[int, int]:
        """These rows by the ids of their sessions."""
        ids = self.catalogue.ids[rows].tolist()
        return dict(zip(ids, np.asarray(rows).tolist(), strict=True))


class Cues:
    """The cues of some sessions, numbered through: those of the first session, of the next, ..."""

    def __init__(self, first: Mapping[int, np.ndarray], rows: np.ndarray) -> None:
        self.rows = np.sort(rows)
        sizes = np.array([len(first.get(row, ())) for row in self.rows.tolist()], np.int64)
        self.base = np.cumsum(sizes) - sizes  # number of the first cue of each session
        self.row = np.repeat(self.rows, sizes)  # of each cue
        kept = [first[row] + (row << SHIFT) for row in self.rows.tolist() if row in first]
        self.first = np.concatenate(kept) if kept else np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self.first)

    def of_places(self, places: np.ndarray) -> np.ndarray:
        """The cue of each place."""
        return np.searchsorted(self.first, places, side="right") - 1

    def numbered(self, numbers: np.ndarray) -> np.ndarray:
        """The cues with these numbers in their sessions: row << SHIFT | number."""
        rows, within = numbers >> SHIFT, numbers & ((1 << SHIFT) - 1)
        return self.base[np.searchsorted(self.rows, rows)] + within

    def within(self, cues: np.ndarray) -> np.ndarray:
        """The number of each cue in its session."""
        return cues - self.base[np.searchsorted(self.rows, self.row[cues])]
