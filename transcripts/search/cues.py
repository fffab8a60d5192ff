"""Which cue a word is in: where the cues of all sessions begin, kept in memory.

Eight bytes for each cue of the archive. After a change only the sessions that have changed are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from sqlalchemy import Connection, select

from transcripts.search.bulk import is_one_of
from transcripts.search.catalogue import Catalogue
from transcripts.search.packing import unpack_runs
from transcripts.search.tables import speech

SHIFT = 32  # bits of a place within its session; above them stands the session's row
PLACE = (1 << SHIFT) - 1
NOWHERE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Cues:
    """All cues of an index, numbered through: those of the first session, of the next, ...

    first: place of the first word of each, row << SHIFT | place, ascending. begins: the number of the
    first cue of each row of the catalogue, and at last how many cues there are.
    """

    first: np.ndarray
    begins: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    def rows(self, cues: np.ndarray) -> np.ndarray:
        """The row of the session of each cue."""
        return self.first[cues] >> SHIFT

    def of_places(self, places: np.ndarray) -> np.ndarray:
        """The cue of each place, row << SHIFT | place."""
        return np.searchsorted(self.first, places, side="right") - 1

    def numbered(self, numbers: np.ndarray) -> np.ndarray:
        """The cues with these numbers in their sessions: row << SHIFT | number."""
        return self.begins[numbers >> SHIFT] + (numbers & PLACE)

    def within(self, cues: np.ndarray) -> np.ndarray:
        """The number of each cue in its session."""
        return cues - self.begins[self.rows(cues)]


class KeptCues:
    """The cues of an index as they were read last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._read: tuple[Catalogue, Cues] | None = None

    def of(self, connection: Connection, catalogue: Catalogue) -> Cues:
        """Those of all sessions; of the ones that are known as they are, nothing is read."""
        with self._lock:
            if self._read is None or self._read[0] is not catalogue:
                self._read = catalogue, _joined(self._runs(connection, catalogue))
            return self._read[1]

    def _runs(self, connection: Connection, catalogue: Catalogue) -> list[np.ndarray]:
        """Where the cues of each session begin."""
        new, runs = np.ones(len(catalogue), bool), [NOWHERE] * len(catalogue)
        if self._read is not None and len(self._read[0]):
            before, cues = self._read
            at = np.minimum(np.searchsorted(before.ids, catalogue.ids), len(before) - 1)
            new = (before.ids[at] != catalogue.ids) | (before.stamps[at] != catalogue.stamps)
            for row in np.flatnonzero(~new).tolist():
                runs[row] = cues.first[cues.begins[at[row]] : cues.begins[at[row] + 1]]
        rows = np.flatnonzero(new)
        for row, run in zip(rows.tolist(), _read(connection, catalogue.ids[rows]), strict=True):
            runs[row] = run
        return runs


def _read(connection: Connection, ids: np.ndarray) -> list[np.ndarray]:
    """Where the cues of sessions begin; nowhere where nothing is said."""
    if not len(ids):
        return []
    kept = connection.execute(
        select(speech.c.session_id, speech.c.cues)
        .where(is_one_of(connection, speech.c.session_id, ids.tolist()))
        .order_by(speech.c.session_id)
    ).all()
    packed = dict(kept)
    runs = [packed.get(id_, b"") for id_ in ids.tolist()]
    places = unpack_runs(runs, [n << SHIFT for n in range(len(runs))])
    return np.split(places, np.searchsorted(places >> SHIFT, np.arange(1, len(runs))))


def _joined(runs: Sequence[np.ndarray]) -> Cues:
    begins = np.cumsum([0, *map(len, runs)])
    first = np.empty(begins[-1], np.int64)
    for row, (run, begin) in enumerate(zip(runs, begins.tolist(), strict=False)):
        first[begin : begin + len(run)] = run & PLACE | row << SHIFT
    return Cues(first, begins)
