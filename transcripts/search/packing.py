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

    lengths: of the runs, in bytes. Most numbers have one byte, and few more than two.
    """
    given = np.frombuffer(b"".join(written), np.uint8)
    is_last = given < MORE
    numbers = given[is_last].astype(np.int64)
    others = np.flatnonzero(~is_last)
    ends = np.cumsum(lengths)
    counts = np.diff(ends - np.searchsorted(others, ends), prepend=0)
    of, bits = others - np.arange(len(others)), given[others] & (MORE - 1)
    while len(of):
        latest = np.append(of[1:] != of[:-1], True)  # of each number, of the bytes that are left
        at = of[latest]
        numbers[at] = numbers[at] << BITS | bits[latest]
        of, bits = of[~latest], bits[~latest]
    return numbers, counts


def pack(numbers: np.ndarray) -> bytes:
    """Ascending numbers, from 0 to 2**32 - 1, in bytes."""
    return encode(np.diff(numbers, prepend=0))[0].tobytes()


def unpack(packed: bytes) -> np.ndarray:
    """The numbers that `pack` was given, as int64."""
    return unpack_all([packed])[0]


def unpack_all(packed: Sequence[bytes]) -> list[np.ndarray]:
    """What each of them was given, all in one go."""
    gaps, sizes = decode(packed, np.array([*map(len, packed)], np.int64))
    some = sizes[sizes > 0]
    numbers = sums_of_runs(gaps, some, np.zeros(len(some), np.int64))
    return np.split(numbers, np.cumsum(sizes)[:-1]) if len(sizes) else []


def sums_of_runs(gaps: np.ndarray, sizes: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """The numbers of runs from their gaps, each raised by its base; none is empty. gaps: are used up."""
    if not len(sizes):
        return gaps
    starts = np.cumsum(sizes) - sizes
    gaps[starts] += bases
    last = np.add.reduceat(gaps, starts)
    gaps[starts[1:]] -= last[:-1]
    return np.cumsum(gaps)
