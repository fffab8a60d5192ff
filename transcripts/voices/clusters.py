"""Which windows of speech are of one voice.

Spectral clustering of the graph of nearest neighbours, the number of voices read from the largest gap
between the eigenvalues of its Laplacian (von Luxburg 2007, https://arxiv.org/abs/0711.0189), as
3D-Speaker does it (https://github.com/modelscope/3D-Speaker); clusters that lie too close together to
be two people are then joined.
"""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

NEIGHBOURS = 10  # of a window in the graph, at least
SHARE = 0.012  # of all windows: how many neighbours in a long recording
SAME = 0.875  # cosine of the centres above which two clusters are one voice
CANDIDATES = 15  # clusters that are looked for at most
FEWEST = 4  # windows of a voice; what is less joins the nearest
LIMIT = 1500  # windows that are clustered; of a longer recording, means of neighbouring ones
ROUNDS = 3  # of assigning windows to centres and finding the centres again
CHANGE = 0.15  # cosine that a change of voice within a stretch of speech has to gain


def clustered(found: np.ndarray, lengths: Sequence[int], *, most: int) -> np.ndarray:
    """The centre of each voice, of length 1: float32, shape (voices, numbers).

    found: embeddings of length 1, shape (windows, numbers). lengths: windows of each stretch of
    speech, in order. most: voices at most.
    """
    points = _thinned(found, lengths)
    labels = _spectral(points) if len(points) > 2 * FEWEST else np.zeros(len(points), int)
    centres = _joined(points, _without_small(points, labels), most)
    for _ in range(ROUNDS):
        nearest = np.argmax(found @ centres.T, axis=1)
        known, counts = np.unique(nearest, return_counts=True)
        kept = known[counts >= min(FEWEST, counts.max())]
        centres = _unit(np.stack([found[nearest == voice].mean(axis=0) for voice in kept]))
    return centres


def assigned(found: np.ndarray, centres: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """The voice of each window: that of the best way through each stretch of speech (Viterbi).

    A change of voice within a stretch has to be worth it. Shape (windows,).
    """
    likeness = found @ centres.T
    return np.concatenate(
        [
            _best_way(likeness[end - length : end])
            for length, end in zip(lengths, accumulate(lengths), strict=True)
        ]
    )


def _best_way(likeness: np.ndarray) -> np.ndarray:
    score = likeness[0]
    origins = []
    for row in likeness[1:]:
        best = int(np.argmax(score))
        stays = score >= score[best] - CHANGE
        origins.append(np.where(stays, np.arange(len(score)), best))
        score = np.where(stays, score, score[best] - CHANGE) + row
    way = [int(np.argmax(score))]
    for origin in reversed(origins):
        way.append(int(origin[way[-1]]))
    return np.array(way[::-1])


def _thinned(found: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """At most LIMIT points: windows, or means of neighbouring ones of the same stretch."""
    if len(found) <= LIMIT:
        return found
    size = -(-len(found) // LIMIT)
    means = [
        found[first : min(first + size, end)].mean(axis=0)
        for length, end in zip(lengths, accumulate(lengths), strict=True)
        for first in range(end - length, end, size)
    ]
    chosen = np.linspace(0, len(means) - 1, min(LIMIT, len(means))).round().astype(int)
    return _unit(np.stack([means[place] for place in chosen]))


def _spectral(points: np.ndarray) -> np.ndarray:
    """The cluster of each point, by the eigenvectors of the graph of nearest neighbours."""
    from sklearn.cluster import KMeans

    likeness = points @ points.T
    neighbours = min(max(NEIGHBOURS, int(SHARE * len(points))), len(points) - 1)
    far = np.argpartition(likeness, -neighbours, axis=1)[:, :-neighbours]
    np.put_along_axis(likeness, far, 0.0, axis=1)
    graph = (likeness + likeness.T) / 2
    np.fill_diagonal(graph, 0.0)
    laplacian = np.diag(np.abs(graph).sum(axis=1)) - graph
    values, vectors = np.linalg.eigh(laplacian.astype(np.float64))
    count = int(np.argmax(np.diff(values[: min(CANDIDATES, len(points) - 1) + 1]))) + 1
    return KMeans(count, n_init=10, random_state=0).fit_predict(vectors[:, :count])


def _without_small(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Clusters of too few points go to the nearest of the others."""
    known, counts = np.unique(labels, return_counts=True)
    kept = known[counts >= min(FEWEST, counts.max())]
    centres = _unit(np.stack([points[labels == voice].mean(axis=0) for voice in kept]))
    small = ~np.isin(labels, kept)
    labels = labels.copy()
    labels[small] = kept[np.argmax(points[small] @ centres.T, axis=1)]
    return labels


def _joined(points: np.ndarray, labels: np.ndarray, most: int) -> np.ndarray:
    """The centres, the two closest made one as long as they are too close or too many."""
    sums = [points[labels == voice].sum(axis=0) for voice in np.unique(labels)]
    while len(sums) > 1:
        centres = _unit(np.stack(sums))
        likeness = np.triu(centres @ centres.T, 1) - 2 * np.tri(len(sums))
        one, other = np.unravel_index(np.argmax(likeness), likeness.shape)
        if likeness[one, other] < SAME and len(sums) <= most:
            break
        sums[one] = sums[one] + sums.pop(other)
    return _unit(np.stack(sums))


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
