"""Whole numbers as bytes: seven bits in a byte, the lowest first, the eighth tells that more follow.

Ascending numbers are kept as gaps. Many runs are written and read at once, as there are thousands.
"""

from collections.abc import Sequence

import numpy as np

BITS, MORE = 7, 0x80
STEPS = tuple(range(BITS, 33, BITS))  # numbers from 2**7, 2**14, ... on take one more byte


def encode(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers from 0 to 2**32 - 1 as bytes, and the place of the first byte of each."""
    sizes = np.ones(len(numbers), np.int64)
    for step in STEPS:
        sizes += numbers >= 1 << step
    starts = np.cumsum(sizes) - sizes
    written = np.empty(int(sizes.sum()), np.uint8)
    longer, rest, at = np.arange(len(numbers)), np.asarray(numbers, np.int64), starts
    for nth in range(len(STEPS) + 1):
        goes_on = sizes[longer] > nth + 1
        written[at] = (rest & (MORE - 1)) | np.where(goes_on, MORE, 0)
        longer, rest, at = longer[goes_on], rest[goes_on] >> BITS, at[goes_on] + 1
        if not len(longer):
            break
    return written, starts


def decode(written: Sequence[bytes], lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of several runs one after the other, as int64, and how many each run has.

    lengths: of the runs, in bytes.
    """
    given = np.frombuffer(b"".join(written), np.uint8)
    ends = np.flatnonzero(given < MORE)  # last byte of each number
    counts = np.diff(np.searchsorted(ends, np.cumsum(lengths)), prepend=0)
    sizes = np.diff(ends, prepend=-1)
    at = ends - sizes + 1
    numbers = (given[at] & (MORE - 1)).astype(np.int64)
    longer = np.flatnonzero(sizes > 1)
    for nth in range(1, len(STEPS) + 1):
        if not len(longer):
            break
        bits = (given[at[longer] + nth] & (MORE - 1)).astype(np.int64)
        numbers[longer] |= bits << (nth * BITS)
        longer = longer[sizes[longer] > nth + 1]
    return numbers, counts


def pack(numbers: np.ndarray) -> bytes:
    """Ascending numbers, from 0 to 2**32 - 1, in bytes."""
    return encode(np.diff(numbers, prepend=0))[0].tobytes()


def unpack(packed: bytes) -> np.ndarray:
    """The numbers that `pack` was given, as int64."""
    return unpack_runs([packed], [0])


def unpack_runs(packed: Sequence[bytes], bases: Sequence[int]) -> np.ndarray:
    """The numbers of several runs one after the other, each raised by its base."""
    gaps, sizes = decode(packed, np.array([*map(len, packed)], np.int64))
    return sums_of_runs(gaps, sizes) + np.repeat(np.array(bases, np.int64), sizes)


def sums_of_runs(gaps: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The numbers of runs of these sizes, from their gaps."""
    sums = np.cumsum(gaps)
    before = np.concatenate([[0], sums])[np.cumsum(sizes) - sizes]
    return sums - np.repeat(before, sizes)
