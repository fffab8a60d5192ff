"""Sets of whole numbers as ascending arrays, each number once.

What comes here mostly consists of a few runs that are ascending already: sorting those takes a fraction
of the time of the hash tables that numpy's own functions make.
"""

import numpy as np


def distinct(numbers: np.ndarray) -> np.ndarray:
    """The numbers as a set."""
    ascending = np.sort(numbers, kind="stable")
    return ascending[_differs(ascending)]


def union(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The numbers of both as a set."""
    return distinct(np.concatenate([one, other]))


def common(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What both sets have."""
    ascending = np.sort(np.concatenate([one, other]), kind="stable")
    return ascending[1:][~_differs(ascending)[1:]]


def is_among(numbers: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether each of the numbers is one of those known, which are ascending."""
    if not len(known):
        return np.zeros(len(numbers), bool)
    at = np.searchsorted(known, numbers)
    return known[np.minimum(at, len(known) - 1)] == numbers


def _differs(ascending: np.ndarray) -> np.ndarray:
    """Whether each differs from the one before it."""
    differs = np.ones(len(ascending), bool)
    differs[1:] = ascending[1:] != ascending[:-1]
    return differs
