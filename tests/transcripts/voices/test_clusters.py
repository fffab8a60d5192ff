"""Clustering of points that are drawn: directions of a few voices, each with noise around it."""

import tracemalloc

import numpy as np
import pytest

from transcripts.voices.clusters import LIMIT, assigned, clustered

NOISE = 0.045  # of each of 192 numbers: two points of a voice then have a cosine of about 0.72


def drawn(*counts: int, seed: int = 1, apart: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Points of as many voices as there are counts, and the voice of each, in blocks."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(192)
    voices = [apart * rng.standard_normal(192) + (1 - apart) * common for _ in counts]
    labels = np.repeat(np.arange(len(counts)), counts)
    points = np.stack([voices[label] / np.linalg.norm(voices[label]) for label in labels])
    points = points + rng.standard_normal(points.shape) * NOISE
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), labels


def told(points: np.ndarray, most: int = 12, stretch: int = 5) -> np.ndarray:
    lengths = [stretch] * (len(points) // stretch) + [len(points) % stretch] * (
        len(points) % stretch > 0
    )
    return assigned(points, clustered(points, lengths, most=most), lengths)


def same_groups(one: np.ndarray, other: np.ndarray) -> bool:
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(pairs) == len(set(one.tolist())) == len(set(other.tolist()))


@pytest.mark.parametrize("counts", [(60,), (40, 40), (100, 10), (30, 60, 15, 20), (20,) * 8])
@pytest.mark.parametrize("apart", [1.0, 0.6])
def test_voices_are_found_and_counted(counts: tuple[int, ...], apart: float):
    points, labels = drawn(*counts, apart=apart)

    assert same_groups(told(points), labels)


def test_long_recording_is_clustered_in_parts_of_the_same_size():
    points, labels = drawn(4 * LIMIT, 2 * LIMIT, LIMIT)

    assert same_groups(told(points), labels)


def test_two_that_lie_very_close_are_one_voice():
    points, _ = drawn(40, 40, apart=0.2)

    assert set(told(points)) == {0}


def test_voices_beyond_the_most_join_the_closest():
    points, _ = drawn(*(20,) * 8)

    assert len(set(told(points, most=3))) == 3


def test_few_points_are_one_voice():
    points, _ = drawn(2, 2)

    assert set(told(points)) == {0}


def test_single_point_off_its_stretch_does_not_change_the_voice():
    points, labels = drawn(40, 40)
    centres = clustered(points, [5] * 16, most=12)
    points[12] = 0.55 * points[60] + 0.45 * points[13]

    assert same_groups(assigned(points, centres, [5] * 16), labels)


def test_change_within_a_stretch_is_found():
    points, labels = drawn(13, 27)

    assert same_groups(told(points, stretch=10), labels)


def test_memory_hardly_grows_with_the_length():
    """Three hours of speech are some 14,000 windows, ten hours 48,000."""
    few, _ = drawn(4000, 4000)
    many, _ = drawn(24_000, 24_000)

    def most(points: np.ndarray) -> int:
        tracemalloc.start()
        told(points)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert most(many) < most(few) + 2 * many.nbytes
