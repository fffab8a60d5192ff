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


class Numbers:
    """What `encode` wrote, several times one after the other; only what is asked for is read.

    begins: the number with which each of them begins.
    """

    def __init__(self, written: Sequence[bytes]) -> None:
        self._bytes = np.frombuffer(b"".join(written), np.uint8)
        self._ends = np.flatnonzero(self._bytes < MORE)  # last byte of each number
        before = np.cumsum([0, *map(len, written)])[:-1]
        self.begins = np.searchsorted(self._ends, before)

    def __len__(self) -> int:
        return len(self._ends)

    def all(self) -> np.ndarray:
        """All numbers, as int64."""
        if len(self._ends) == len(self._bytes):
            return self._bytes.astype(np.int64)
        return self._decoded(self._ends, np.diff(self._ends, prepend=-1))

    def at(self, which: np.ndarray) -> np.ndarray:
        """Those with these numbers, which count from 0, as int64."""
        ends = self._ends[which]
        before = np.where(which > 0, self._ends[which - 1], -1)
        return self._decoded(ends, ends - before)

    def _decoded(self, ends: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        at = ends - sizes + 1
        numbers = (self._bytes[at] & (MORE - 1)).astype(np.int64)
        longer = np.flatnonzero(sizes > 1)
        for nth in range(1, len(STEPS) + 1):
            if not len(longer):
                break
            bits = (self._bytes[at[longer] + nth] & (MORE - 1)).astype(np.int64)
            numbers[longer] |= bits << (nth * BITS)
            longer = longer[sizes[longer] > nth + 1]
        return numbers


def pack(numbers: np.ndarray) -> bytes:
    """Ascending numbers, from 0 to 2**32 - 1, in bytes."""
    return encode(np.diff(numbers, prepend=0))[0].tobytes()


def unpack(packed: bytes) -> np.ndarray:
    """The numbers that `pack` was given, as int64."""
    return np.cumsum(Numbers([packed]).all())


def unpack_runs(packed: Sequence[bytes], bases: Sequence[int]) -> np.ndarray:
    """The numbers of several runs one after the other, each raised by its base."""
    if not packed:
        return np.zeros(0, np.int64)
    numbers = Numbers(packed)
    gaps, sizes = numbers.all(), np.diff(numbers.begins, append=len(numbers))
    return sums_of_runs(gaps, sizes) + np.repeat(np.array(bases, np.int64), sizes)


def sums_of_runs(gaps: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The numbers of runs of these sizes, from their gaps."""
    sums = np.cumsum(gaps)
    ends = np.cumsum(sizes)
    before = np.concatenate([[0], sums])[ends - sizes]
    return sums - np.repeat(before, sizes)
