"""Whole numbers as bytes: ascending ones as gaps, each run in as few bytes as its widest needs.

The first byte says how wide the others are: 1, 2 or 4 bytes, little end first.
"""

from collections.abc import Sequence

import numpy as np

WIDTHS = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4")}


def pack(numbers: np.ndarray) -> bytes:
    """Ascending numbers, from 0 to 2**32 - 1, in bytes."""
    return pack_runs(numbers, np.zeros(1, np.intp))[0] if len(numbers) else b"\1"


def unpack(packed: bytes) -> np.ndarray:
    """The numbers that `pack` was given, as int64."""
    return np.cumsum(np.frombuffer(packed, WIDTHS[packed[0]], offset=1), dtype=np.int64)


def pack_runs(numbers: np.ndarray, starts: np.ndarray) -> list[bytes]:
    """Several runs of ascending numbers that follow each other, each as `pack` writes it.

    starts: where each run begins; the first at 0, and none is empty.
    """
    gaps = np.diff(numbers, prepend=0)
    gaps[starts] = numbers[starts]
    widest = np.maximum.reduceat(gaps, starts)
    widths = np.where(widest < 2**8, 1, np.where(widest < 2**16, 2, 4))
    written = {width: gaps.astype(kind).tobytes() for width, kind in WIDTHS.items()}
    ends = np.append(starts[1:], len(numbers))
    return [
        bytes((width,)) + written[width][start * width : end * width]
        for width, start, end in zip(widths.tolist(), starts.tolist(), ends.tolist(), strict=True)
    ]


def unpack_runs(packed: Sequence[bytes], bases: Sequence[int]) -> np.ndarray:
    """The numbers of several runs, each raised by its base: all runs of one width, then of the next."""
    by_width: dict[int, list[tuple[bytes, int]]] = {width: [] for width in WIDTHS}
    for run, base in zip(packed, bases, strict=True):
        if len(run) > 1:
            by_width[run[0]].append((run, base))
    found = [np.zeros(0, np.int64)]
    for width, runs in by_width.items():
        if runs:
            gaps = np.frombuffer(b"".join(run[1:] for run, _ in runs), WIDTHS[width])
            sizes = np.array([(len(run) - 1) // width for run, _ in runs])
            sums = np.cumsum(gaps, dtype=np.int64)
            starts = np.cumsum(sizes) - sizes
            before = sums[starts] - gaps[starts]
            found.append(sums + np.repeat(np.array([base for _, base in runs]) - before, sizes))
    return np.concatenate(found)
