"""Postings of an entry in a block of sessions, as bytes: which sessions, in how many cues, and where.

Sessions whose ids lie together share a row of `postings`: a word that all of them have costs one row
instead of dozens, and is read at once. A run is what one session has of one entry; of the runs of a row
those that are asked for are found without reading the others.

A row begins with a byte: the number of its runs less one, whether any of them has several places, and
whether its values are wide. Then come the sessions by their slots in the block, a byte each. Where every
run has one place, these follow, of 2 bytes or, if wide, 4. Else the lengths of all runs follow, in
bytes, and in how many cues each is, both of 1 byte or, if wide, 4; then the runs: the gaps between their
places, as `packing` writes numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.search.packing import decode, encode, sums_of_runs

SPAN = 64  # sessions in a block
SEVERAL, WIDE = 0x40, 0x80  # bits of the first byte
WIDEST = 4  # bytes of a value
LONGEST_HEAD = 1 + SPAN + 2 * SPAN * WIDEST  # bytes that stand before the runs, at most


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
    """The rows of owners 0, 1, ..., of which each has a run; runs by owner, then by session."""
    if not len(runs):
        return []
    counts = np.bincount(runs.owners)
    firsts = np.cumsum(counts) - counts  # run with which each owner begins
    starts = np.cumsum(runs.sizes) - runs.sizes
    gaps = np.diff(runs.places, prepend=0)
    gaps[starts] = runs.places[starts]
    several = np.maximum.reduceat(runs.sizes, firsts) > 1
    by_gaps = several[runs.owners]
    written, begins = encode(gaps[np.repeat(by_gaps, runs.sizes)])
    lengths = np.zeros(len(runs), np.int64)  # of runs, in bytes
    begins = begins[(np.cumsum(runs.sizes * by_gaps) - runs.sizes)[by_gaps]]
    lengths[by_gaps] = np.diff(begins, append=len(written))

    values = np.where(by_gaps, lengths, runs.places[starts])
    widths = _widths(several, np.maximum.reduceat(values, firsts) >= np.where(several, 2**8, 2**16))
    heads = 1 + counts + counts * widths * np.where(several, 2, 1)
    rows = heads + np.add.reduceat(lengths, firsts)
    rows_begin = np.cumsum(rows) - rows
    out = np.zeros(int(rows.sum()), np.uint8)
    out[rows_begin] = (
        counts - 1 | np.where(several, SEVERAL, 0) | np.where(widths == WIDEST, WIDE, 0)
    )
    nth = np.arange(len(runs)) - firsts[runs.owners]
    begin, count, width = rows_begin[runs.owners], counts[runs.owners], widths[runs.owners]
    out[begin + 1 + nth] = runs.sessions % SPAN
    at = begin + 1 + count + nth * width
    _write(out, at, values, width)
    _write(out, (at + count * width)[by_gaps], runs.cues[by_gaps], width[by_gaps])
    out[_spread((rows_begin + heads)[several], (rows - heads)[several])] = written
    whole = out.tobytes()
    return [
        whole[first : first + length]
        for first, length in zip(rows_begin.tolist(), rows.tolist(), strict=True)
    ]


def read_blocks(rows: Sequence[bytes], blocks: Sequence[int]) -> Runs:
    """The runs of rows of `postings`, owned by their numbers here; blocks: of sessions, of each row."""
    if not rows:
        return NO_RUNS
    heads = _Heads(rows, blocks)
    which = np.arange(len(heads.owners))
    sizes, places = heads.places(rows, which, np.zeros(len(which), np.int64))
    return Runs(heads.owners, heads.sessions, heads.cues(which), sizes, places)


def read_places(
    rows: Sequence[bytes],
    blocks: Sequence[int] | np.ndarray,
    sessions: np.ndarray,
    bases: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The places of some sessions in rows of `postings`, and how many are of each row.

    sessions: ids, ascending; bases: what the places of each are raised by.
    """
    if not rows:
        return NO_RUNS.places, NO_RUNS.sizes
    heads = _Heads(rows, blocks)
    at = np.minimum(np.searchsorted(sessions, heads.sessions), len(sessions) - 1)
    which = np.flatnonzero(sessions[at] == heads.sessions)
    sizes, places = heads.places(rows, which, bases[at[which]])
    of_rows = np.bincount(heads.owners[which], sizes, len(rows)).astype(np.int64)
    return places, of_rows


def read_counts(
    rows: Sequence[bytes], blocks: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The number of the row of each run of `postings`, its session, and in how many cues it is."""
    if not rows:
        return NO_RUNS.owners, NO_RUNS.sessions, NO_RUNS.cues
    heads = _Heads(rows, blocks)
    return heads.owners, heads.sessions, heads.cues(np.arange(len(heads.owners)))


class _Heads:
    """What stands before the runs in several rows, for each run. values: its place or its length.

    ends: where it ends in its row, if it is written by gaps; lengths: how many bytes it has there.
    """

    def __init__(self, rows: Sequence[bytes], blocks: Sequence[int] | np.ndarray) -> None:
        heads = [row[:LONGEST_HEAD] for row in rows]
        self._written = np.frombuffer(b"".join(heads), np.uint8)
        begins = np.cumsum([0, *map(len, heads)])[:-1]
        kinds = self._written[begins]
        counts = (kinds & (SPAN - 1)).astype(np.int64) + 1
        several = (kinds & SEVERAL) > 0
        widths = _widths(several, (kinds & WIDE) > 0)
        self.owners = np.repeat(np.arange(len(rows)), counts)
        firsts = np.cumsum(counts) - counts
        nth = np.arange(len(self.owners)) - firsts[self.owners]
        at = np.repeat(begins + 1, counts) + nth
        self.sessions = self._written[at] + np.repeat(np.array(blocks, np.int64) * SPAN, counts)
        self.by_gaps = several[self.owners]
        self._widths = widths[self.owners]
        at += np.repeat(counts, counts) + nth * (self._widths - 1)
        self.values = _read(self._written, at, self._widths)
        self._at_cues = at + np.repeat(counts * widths, counts)
        self.lengths = np.where(self.by_gaps, self.values, 0)
        ends = np.cumsum(self.lengths)
        before = (ends - self.lengths)[firsts]
        self.ends = ends + np.repeat(1 + counts * (1 + 2 * widths) - before, counts)

    def places(
        self, rows: Sequence[bytes], which: np.ndarray, bases: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """How many places these of the runs have, and the places, raised by the base of each."""
        by_gaps = self.by_gaps[which]
        runs = which[by_gaps]
        lengths, ends = self.lengths[runs], self.ends[runs]
        owners, firsts = self.owners[runs].tolist(), (ends - lengths).tolist()
        pieces = zip(owners, firsts, ends.tolist(), strict=True)
        gaps, counts = decode([rows[owner][first:end] for owner, first, end in pieces], lengths)
        there = sums_of_runs(gaps, counts, bases[by_gaps])
        if by_gaps.all():
            return counts, there
        sizes = np.ones(len(which), np.int64)
        sizes[by_gaps] = counts
        places = np.empty(int(sizes.sum()), np.int64)
        of_gaps = np.repeat(by_gaps, sizes)
        places[of_gaps] = there
        places[~of_gaps] = (self.values[which] + bases)[~by_gaps]
        return sizes, places

    def cues(self, which: np.ndarray) -> np.ndarray:
        """In how many cues these of the runs are."""
        cues, by_gaps = np.ones(len(which), np.int64), self.by_gaps[which]
        several = which[by_gaps]
        cues[by_gaps] = _read(self._written, self._at_cues[several], self._widths[several])
        return cues


def _widths(several: np.ndarray, wide: np.ndarray) -> np.ndarray:
    """Of the values of each row, in bytes."""
    return np.where(wide, WIDEST, np.where(several, 1, 2))


def _write(into: np.ndarray, at: np.ndarray, values: np.ndarray, widths: np.ndarray) -> None:
    for nth in range(WIDEST):
        so_wide = widths > nth
        into[at[so_wide] + nth] = values[so_wide] >> 8 * nth & 0xFF


def _read(written: np.ndarray, at: np.ndarray, widths: np.ndarray) -> np.ndarray:
    values = written[at].astype(np.int64)
    for nth in range(1, WIDEST):
        so_wide = np.flatnonzero(widths > nth)
        values[so_wide] |= written[at[so_wide] + nth].astype(np.int64) << 8 * nth
    return values


def _spread(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """All whole numbers from each start on, as many as its size says."""
    before = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
