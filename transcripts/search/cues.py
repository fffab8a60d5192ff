"""Which cue a word is in: where the cues of all sessions begin, kept in memory.

Some fourteen bytes for each cue of the archive. After a change only the sessions that have changed are
read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from sqlalchemy import Connection, select

from transcripts.search.bulk import is_one_of
from transcripts.search.catalogue import Catalogue
from transcripts.search.packing import unpack_all
from transcripts.search.tables import speech

SHIFT = 32  # bits of a place within its session; above them stands the session's row
PLACE = (1 << SHIFT) - 1
STEP = 4  # bits of a place below those that count steps
NOWHERE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Cues:
    """All cues of an index, numbered through: those of the first session, of the next, ...

    first: place of the first word of each, row << SHIFT | place, ascending, and at last an end. begins:
    the number of the first cue of each row of the catalogue, and at last how many cues there are.
    steps: the cue in which every so many places of a session are; steps_begin: as begins, of these.
    """

    first: np.ndarray
    begins: np.ndarray
    steps: np.ndarray
    steps_begin: np.ndarray

    def rows(self, cues: np.ndarray) -> np.ndarray:
        """The row of the session of each cue."""
        return self.first[cues] >> SHIFT

    def of_places(self, places: np.ndarray) -> np.ndarray:
        """The cue of each place, row << SHIFT | place.

        From the step before it only a few cues are gone through: faster than to search among all.
        """
        rows = places >> SHIFT
        steps = self.steps_begin[rows] + ((places & PLACE) >> STEP)
        cues = self.steps[np.minimum(steps, self.steps_begin[rows + 1] - 1)]
        behind = np.flatnonzero(self.first[cues + 1] <= places)
        while len(behind):
            cues[behind] += 1
            behind = behind[self.first[cues[behind] + 1] <= places[behind]]
        return cues

    def numbered(self, numbers: np.ndarray) -> np.ndarray:
        """The cues with these numbers in their sessions: row << SHIFT | number."""
        return self.begins[numbers >> SHIFT] + (numbers & PLACE)

    def within(self, cues: np.ndarray) -> np.ndarray:
        """The number of each cue in its session."""
        return cues - self.begins[self.rows(cues)]


NONE = Cues(NOWHERE, np.zeros(1, np.int64), NOWHERE, np.zeros(1, np.int64))


class KeptCues:
    """The cues of an index as they were read last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._read: tuple[Catalogue | None, Cues] = None, NONE

    def of(self, connection: Connection, catalogue: Catalogue) -> Cues:
        """Those of all sessions; of the ones that are known as they are, nothing is read."""
        with self._lock:
            before, cues = self._read
            if before is not catalogue:
                rows = catalogue.rows_as_in(before)
                runs = _read(connection, catalogue.ids[rows < 0])
                self._read = catalogue, _joined(cues, rows, runs)
            return self._read[1]


@dataclass(frozen=True)
class _Run:
    """The cues of a session. first: place of the first word of each. steps: cues by their numbers."""

    first: np.ndarray
    steps: np.ndarray


def _read(connection: Connection, ids: np.ndarray) -> list[_Run]:
    """Where the cues of sessions begin; nowhere where nothing is said."""
    if not len(ids):
        return []
    kept = connection.execute(
        select(speech.c.session_id, speech.c.cues)
        .where(is_one_of(connection, speech.c.session_id, ids.tolist()))
        .order_by(speech.c.session_id)
    ).all()
    packed = dict(kept)
    return [_with_steps(first) for first in unpack_all([packed.get(i, b"") for i in ids.tolist()])]


def _with_steps(first: np.ndarray) -> _Run:
    if not len(first):
        return _Run(NOWHERE, NOWHERE)
    steps = np.arange(0, int(first[-1]) + 1, 1 << STEP)
    return _Run(first, np.searchsorted(first, steps, side="right") - 1)


def _joined(before: Cues, rows: np.ndarray, new: Sequence[_Run]) -> Cues:
    """The cues of sessions that were these rows before; where that is -1, the next of the new ones."""
    known, anew = rows >= 0, np.flatnonzero(rows < 0)
    counts, step_counts = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    counts[known] = np.diff(before.begins)[rows[known]]
    counts[anew] = [len(run.first) for run in new]
    step_counts[known] = np.diff(before.steps_begin)[rows[known]]
    step_counts[anew] = [len(run.steps) for run in new]
    begins = np.append(0, np.cumsum(counts))
    steps_begin = np.append(0, np.cumsum(step_counts))
    first, steps = np.empty(begins[-1] + 1, np.int64), np.empty(steps_begin[-1], np.int64)
    first[-1] = len(rows) << SHIFT
    for row, run in zip(anew.tolist(), new, strict=True):
        first[begins[row] : begins[row + 1]] = run.first + (row << SHIFT)
        steps[steps_begin[row] : steps_begin[row + 1]] = run.steps + begins[row]
    goes_on = known[1:] & known[:-1] & (np.diff(rows) == 1)
    starts = np.flatnonzero(known & ~np.append(False, goes_on))
    ends = np.flatnonzero(known & ~np.append(goes_on, False)) + 1
    for row, end in zip(starts.tolist(), ends.tolist(), strict=True):
        old, old_end = int(rows[row]), int(rows[end - 1]) + 1
        there = before.first[before.begins[old] : before.begins[old_end]]
        first[begins[row] : begins[end]] = there + ((row - old) << SHIFT)
        there = before.steps[before.steps_begin[old] : before.steps_begin[old_end]]
        steps[steps_begin[row] : steps_begin[end]] = there + (begins[row] - before.begins[old])
    return Cues(first, begins, steps, steps_begin)
