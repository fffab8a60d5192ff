"""Rows of postings: what is written is read, whole and of some sessions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcripts.search.blocks import (
    SPAN,
    Runs,
    read_blocks,
    read_counts,
    read_places,
    write_blocks,
)

places = st.one_of(
    st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=1),
    st.sets(st.integers(0, 2**17), min_size=1, max_size=4),
    st.sets(st.integers(0, 400), min_size=1, max_size=300),
)
rows = st.lists(
    st.tuples(st.integers(0, 1000), st.dictionaries(st.integers(0, SPAN - 1), places, min_size=1)),
    max_size=5,
)


def written(given) -> tuple[list[bytes], list[int], dict]:
    """Rows, their blocks, and what each session of a row has: places and in how many cues."""
    runs = [
        (row, block * SPAN + slot, sorted(places))
        for row, (block, of_slots) in enumerate(given)
        for slot, places in sorted(of_slots.items())
    ]
    expected = {(row, id_): (there, (len(there) + 1) // 2) for row, id_, there in runs}
    as_runs = Runs(
        np.array([row for row, _, _ in runs], np.int64),
        np.array([id_ for _, id_, _ in runs], np.int64),
        np.array([cues for _, cues in expected.values()], np.int64),
        np.array([len(there) for _, _, there in runs], np.int64),
        np.array([place for _, _, there in runs for place in there], np.int64),
    )
    return write_blocks(as_runs), [block for block, _ in given], expected


def as_read(runs: Runs) -> dict:
    places = np.split(runs.places, np.cumsum(runs.sizes))
    return {
        (row, id_): (there.tolist(), cues)
        for row, id_, there, cues in zip(
            runs.owners.tolist(), runs.sessions.tolist(), places, runs.cues.tolist(), strict=False
        )
    }


@given(rows)
def test_what_is_written_is_read(given):
    packed, blocks, expected = written(given)

    assert as_read(read_blocks(packed, blocks)) == expected


@given(rows, st.sets(st.integers(0, 64 * 1001), max_size=20))
def test_of_some_sessions_only_their_runs_are_read(given, others):
    packed, blocks, expected = written(given)
    half = {id_ for at, (_, id_) in enumerate(expected) if at % 2}

    among = np.array(sorted(half | others | {70_000}), np.int64)
    there, sizes = read_places(packed, blocks, among, among << 40)

    known = [(row, id_, places) for (row, id_), (places, _) in expected.items() if id_ in among]
    assert there.tolist() == [id_ << 40 | place for _, id_, places in known for place in places]
    assert sizes.tolist() == [
        sum(len(places) for row, _, places in known if row == owner) for owner in range(len(packed))
    ]


@given(rows)
def test_counts_are_read_without_places(given):
    packed, blocks, expected = written(given)

    owners, sessions, cues = (each.tolist() for each in read_counts(packed, blocks))

    counts = {(row, id_): count for (row, id_), (_, count) in expected.items()}
    assert dict(zip(zip(owners, sessions, strict=True), cues, strict=True)) == counts


def test_a_word_that_all_sessions_have_many_times_is_wide():
    often = {slot: set(range(0, 1000 + slot)) for slot in range(SPAN)}
    packed, blocks, expected = written([(7, often)])

    assert as_read(read_blocks(packed, blocks)) == expected
    assert len(packed[0]) == 1 + SPAN + 2 * 4 * SPAN + sum(map(len, often.values()))
