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

    def _runs(self, connection: Connection, catalogue: Catalogue) -> "list[_Run]":
        """Where the cues of each session begin."""
        new, runs = np.ones(len(catalogue), bool), [NO_CUES] * len(catalogue)
        if self._read is not None and len(self._read[0]):
            before, cues = self._read
            at = np.minimum(np.searchsorted(before.ids, catalogue.ids), len(before) - 1)
            new = (before.ids[at] != catalogue.ids) | (before.stamps[at] != catalogue.stamps)
            for row in np.flatnonzero(~new).tolist():
                runs[row] = _run_of(cues, int(at[row]))
        rows = np.flatnonzero(new)
        for row, run in zip(rows.tolist(), _read(connection, catalogue.ids[rows]), strict=True):
            runs[row] = run
        return runs


@dataclass(frozen=True)
class _Run:
    """The cues of a session. first: place of the first word of each. steps: cues by their numbers."""

    first: np.ndarray
    steps: np.ndarray


NO_CUES = _Run(NOWHERE, NOWHERE)


def _run_of(cues: Cues, row: int) -> _Run:
    begin, end = cues.begins[row : row + 2].tolist()
    first_step, last_step = cues.steps_begin[row : row + 2].tolist()
    return _Run(cues.first[begin:end] & PLACE, cues.steps[first_step:last_step] - begin)


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
        return NO_CUES
    steps = np.arange(0, int(first[-1]) + 1, 1 << STEP)
    return _Run(first, np.searchsorted(first, steps, side="right") - 1)


def _joined(runs: Sequence[_Run]) -> Cues:
    begins = np.cumsum([0, *(len(run.first) for run in runs)])
    steps_begin = np.cumsum([0, *(len(run.steps) for run in runs)])
    first, steps = np.empty(begins[-1] + 1, np.int64), np.empty(steps_begin[-1], np.int64)
    first[-1] = len(runs) << SHIFT
    of_runs = zip(runs, begins.tolist(), steps_begin.tolist(), strict=False)
    for row, (run, begin, first_step) in enumerate(of_runs):
        first[begin : begin + len(run.first)] = run.first | row << SHIFT
        steps[first_step : first_step + len(run.steps)] = run.steps + begin
    return Cues(first, begins, steps, steps_begin)
