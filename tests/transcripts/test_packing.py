import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcripts.search.packing import pack, unpack, unpack_all
from transcripts.search.sets import common, distinct, is_among, union

ascending = st.lists(st.integers(0, 2**32 - 1), max_size=20).map(sorted)
numbers = st.lists(st.integers(0, 50), max_size=30)


def array(given: list[int]) -> np.ndarray:
    return np.array(given, np.int64)


@given(ascending)
def test_numbers_come_back(given):
    assert unpack(pack(array(given))).tolist() == given


@given(st.lists(ascending, max_size=6))
def test_many_are_unpacked_together_as_each_alone(runs):
    assert [each.tolist() for each in unpack_all([pack(array(run)) for run in runs])] == runs


@given(numbers, numbers)
def test_sets_are_as_those_of_python(one, other):
    assert distinct(array(one)).tolist() == sorted(set(one))
    assert union(array(one), array(other)).tolist() == sorted({*one, *other})
    assert common(distinct(array(one)), distinct(array(other))).tolist() == sorted(
        {*one} & {*other}
    )
    assert is_among(array(one), distinct(array(other))).tolist() == [n in other for n in one]
