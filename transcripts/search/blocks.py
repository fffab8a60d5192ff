"""Postings of an entry in a block of sessions, as bytes: which sessions, in how many cues, and where.

Sessions whose ids lie together share a row of `postings`: a word that all of them have costs one row
instead of dozens, and is read at once. A run is what one session has of one entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.search.packing import Numbers, encode, sums_of_runs
from transcripts.search.sets import is_among

SPAN = 64  # sessions in a block


@dataclass(frozen=True)
class Runs:
    """Runs of postings, one after the other. owners: the number of the block's row that each is in;
    sessions: its session's id; cues: how many it stands in. sizes: how many of the places are its."""

    owners: np.ndarray
    sessions: np.ndarray
    cues: np.ndarray
    sizes: np.ndarray
    places: np.ndarray

    def __len__(self) -> int:
        return len(self.owners)

    def chosen(self, numbers: np.ndarray) -> "Runs":
        """Those with these numbers, in this order."""
        sizes = self.sizes[numbers]
        starts = (np.cumsum(self.sizes) - self.sizes)[numbers]
        return Runs(
            self.owners[numbers],
            self.sessions[numbers],
            self.cues[numbers],
            sizes,
            self.places[_spread(starts, sizes)],
        )

    def owned(self, owners: np.ndarray) -> "Runs":
        """The same with other owners."""
        return Runs(owners, self.sessions, self.cues, self.sizes, self.places)


NO_RUNS = Runs(*(np.zeros(0, np.int64) for _ in range(5)))


def joined(given: Sequence[Runs]) -> Runs:
    """All of them."""
    if not given:
        return NO_RUNS
    return Runs(
        np.concatenate([runs.owners for runs in given]),
        np.concatenate([runs.sessions for runs in given]),
        np.concatenate([runs.cues for runs in given]),
        np.concatenate([runs.sizes for runs in given]),
        np.concatenate([runs.places for runs in given]),
    )


def write_blocks(runs: Runs) -> list[bytes]:
    """The rows of owners 0, 1, ..., of which each has a run; runs by owner, then by session.

    A row begins with twice the number of its runs, odd where each has one place only. Then come the
    sessions by their slots in the block, the number of places of each and how many of them are in the
    cue of another, and the gaps between places.
    """
    if not len(runs):
        return []
    counts = np.bincount(runs.owners)
    firsts = np.cumsum(counts) - counts  # run with which each owner begins
    alone = np.logical_and.reduceat(runs.sizes == 1, firsts)
    heads = np.where(alone, 1, 3) * counts + 1
    lengths = heads + np.add.reduceat(runs.sizes, firsts)
    begins = np.cumsum(lengths) - lengths
    numbers = np.empty(int(lengths.sum()), np.int64)
    numbers[begins] = counts * 2 + alone
    at = begins[runs.owners] + 1 + np.arange(len(runs)) - firsts[runs.owners]
    numbers[at] = runs.sessions % SPAN
    several = ~alone[runs.owners]
    numbers[at[several] + counts[runs.owners[several]]] = runs.sizes[several]
    shared = (runs.sizes - runs.cues)[several]
    numbers[at[several] + 2 * counts[runs.owners[several]]] = shared
    starts = np.cumsum(runs.sizes) - runs.sizes
    gaps = np.diff(runs.places, prepend=0)
    gaps[starts] = runs.places[starts]
    places_of = np.add.reduceat(runs.sizes, firsts)
    numbers[_spread(begins + heads, places_of)] = gaps
    written, where = encode(numbers)
    all_bytes = written.tobytes()
    ends = [*where[begins[1:]].tolist(), len(all_bytes)]
    return [all_bytes[b:e] for b, e in zip(where[begins].tolist(), ends, strict=True)]


def read_blocks(
    rows: Sequence[bytes], blocks: Sequence[int], among: np.ndarray | None = None
) -> Runs:
    """The runs of rows of `postings`, owned by their numbers here; blocks: of sessions, of each row.

    among: ids of sessions, ascending, of which alone runs are wanted; else of all.
    """
    if not rows:
        return NO_RUNS
    numbers = Numbers(rows)
    heads = numbers.at(numbers.begins)
    counts, alone = heads >> 1, (heads & 1).astype(bool)
    owners = np.repeat(np.arange(len(rows)), counts)
    at = _spread(numbers.begins + 1, counts)
    sessions = numbers.at(at) + np.repeat(np.array(blocks, np.int64) * SPAN, counts)
    several = ~alone[owners]
    sizes, cues = np.ones(len(owners), np.int64), np.ones(len(owners), np.int64)
    sizes[several] = numbers.at(at[several] + counts[owners[several]])
    starts = np.cumsum(sizes) - sizes  # of the places of each run, among those of its row
    starts -= starts[np.cumsum(counts) - counts][owners]
    starts += (numbers.begins + 1 + counts * np.where(alone, 1, 3))[owners]
    chosen = slice(None) if among is None else np.flatnonzero(is_among(sessions, among))
    owners, sessions, several, at = owners[chosen], sessions[chosen], several[chosen], at[chosen]
    sizes, cues, starts = sizes[chosen], cues[chosen], starts[chosen]
    cues[several] = sizes[several] - numbers.at(at[several] + 2 * counts[owners[several]])
    gaps = numbers.at(_spread(starts, sizes))
    return Runs(owners, sessions, cues, sizes, sums_of_runs(gaps, sizes))


def _spread(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """All whole numbers from each start on, as many as its size says."""
    before = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
