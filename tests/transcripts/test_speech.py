from itertools import pairwise

import faster_whisper.vad
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.sound import GERMAN, RATE, seconds, sound, words
from transcripts.speech import BLOCK, FRAME, Chunk, plan_chunks, speech_probabilities

FRAMES = RATE / FRAME  # a second
SPEECH, SILENCE = 0.9, 0.02
PADDING = int(0.4 * RATE)
OVERLAP = int(1.5 * RATE)
LONG_PAUSE = 5 * RATE
SHORT_PAUSE = 0.3 * RATE


def heard(*parts: tuple[float, float]) -> np.ndarray:
    """Probabilities of speech: (seconds, probability) one after the other."""
    return np.concatenate([np.full(round(length * FRAMES), chance) for length, chance in parts])


def talk(*lengths: float) -> np.ndarray:
    """Probabilities of speech and of pauses in turn, by their seconds."""
    return heard(*((length, (SPEECH, SILENCE)[n % 2]) for n, length in enumerate(lengths)))


def plan(probabilities: np.ndarray, target: float = 20) -> list[Chunk]:
    return plan_chunks(probabilities, len(probabilities) * FRAME, target=target)


def in_seconds(*numbers: int) -> list[float]:
    return [round(number / RATE, 1) for number in numbers]


# --- where people talk -------------------------------------------------------------------------


def test_speech_is_found_as_by_one_run_over_the_whole():
    spoken = sound(GERMAN)
    assert len(spoken) > 1.2 * BLOCK * FRAME

    found = speech_probabilities(spoken)

    padded = np.zeros((len(found) + 1) * FRAME, np.float32)
    padded[: len(spoken)] = spoken / np.float32(32768)
    whole = faster_whisper.vad.get_vad_model()(padded).reshape(-1)
    np.testing.assert_array_equal(found, whole[:-1])


def test_speech_is_found_in_a_memory_map_as_in_memory(tmp_path):
    spoken = sound(GERMAN)[: 20 * RATE]
    spoken.tofile(tmp_path / "sound")
    mapped = np.memmap(tmp_path / "sound", np.int16, "r")

    found = speech_probabilities(mapped)

    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, speech_probabilities(spoken))


def test_speech_is_found_where_the_words_are():
    found = speech_probabilities(sound(GERMAN))

    middles = [int((word.start + word.end) / 2 * FRAMES) for word in words(GERMAN)]
    assert np.mean(found[middles] > 0.5) > 0.95


@pytest.mark.parametrize(
    "noise",
    [
        seconds(3),
        np.random.default_rng(1).normal(0, 2000, 3 * RATE).astype(np.int16),
        (8000 * np.sin(np.arange(3 * RATE) * 0.17)).astype(np.int16),
    ],
    ids=["silence", "noise", "tone"],
)
def test_nobody_talks_in_noise(noise):
    assert plan_chunks(speech_probabilities(noise), len(noise)) == []


@pytest.mark.parametrize("count", [0, 1, FRAME - 1, FRAME, FRAME + 1])
def test_last_frame_may_be_short(count):
    assert speech_probabilities(np.zeros(count, np.int16)).shape == (-(-count // FRAME),)


# --- plans -------------------------------------------------------------------------------------


def test_plan_of_silence_is_empty():
    assert plan(talk(0, 60)) == []


def test_plan_of_a_short_talk_is_one_chunk_with_room_around_it():
    assert plan(talk(0, 3.2, 16, 3.2)) == [Chunk(0, 44_800, 313_600, 44_800, 313_600)]


def test_plan_stays_within_the_recording():
    probabilities = talk(10)

    assert plan_chunks(probabilities, 10 * RATE - 100) == [
        Chunk(0, 0, 10 * RATE - 100, 0, 10 * RATE - 100)
    ]


def test_plan_ignores_a_cough():
    assert plan(talk(0, 2, 0.19, 2)) == []


@pytest.mark.parametrize(("pause", "chunks"), [(4.9, 1), (5.1, 2)])
def test_plan_never_sends_a_pause_of_more_than_five_seconds(pause, chunks):
    assert len(plan(talk(4, pause, 4))) == chunks


def test_plan_cuts_in_the_middle_of_the_longest_pause_near_the_target():
    first, second = plan(talk(12, 0.4, 8, 1.2, 3, 0.4, 10))

    assert in_seconds(first.end, second.start) == [21.0, 21.0]


def test_plan_takes_the_first_pause_that_comes_where_there_is_none_near_the_target():
    first, second = plan(talk(67.2, 0.64, 9.6, 2.56, 9.6), target=40)[:2]

    assert in_seconds(first.end, second.start) == [67.5, 67.5]


def test_plan_cuts_speech_without_pause_where_it_is_least_likely_and_both_sides_hear_it():
    first, second = plan(heard((20.8, 0.9), (0.32, 0.5), (12.8, 0.9)))

    assert in_seconds(first.own_end, second.own_start) == [20.9, 20.9]
    assert in_seconds(first.end, second.start) == [22.4, 19.4]


def test_plan_ignores_a_pause_too_short_to_cut_in():
    first, second = plan(talk(20, 0.25, 14))

    assert first.end - second.start == 2 * OVERLAP


def test_plan_leaves_no_short_chunk_at_the_end():
    chunks = plan(talk(15, 0.4, 10, 1.2, 10))

    assert in_seconds(*(chunk.own_end for chunk in chunks))[0] == 15.2
    assert chunks[-1].end - chunks[-1].start > 2 / 3 * 20 * RATE


def test_plan_of_a_real_talk_cuts_no_word_in_two():
    spoken = sound(GERMAN)

    chunks = plan_chunks(speech_probabilities(spoken), len(spoken), target=20)

    assert len(chunks) > 2
    cuts = [chunk.end / RATE for chunk in chunks[:-1]]
    assert cuts == [chunk.start / RATE for chunk in chunks[1:]]
    assert [w for cut in cuts for w in words(GERMAN) if w.start < cut < w.end] == []
    assert chunks[0].start / RATE <= words(GERMAN)[0].start
    assert words(GERMAN)[-1].end <= chunks[-1].end / RATE


# --- any talk ----------------------------------------------------------------------------------

# Speech and pauses in turn, in frames, around every length that matters.
lengths = st.lists(
    st.tuples(
        st.one_of(st.integers(1, 12), st.integers(13, 400), st.integers(401, 3000)),
        st.one_of(st.integers(1, 14), st.integers(15, 150), st.integers(151, 400)),
    ),
    max_size=14,
)
talks = st.builds(lambda pairs: [length for pair in pairs for length in pair], lengths)
targets = st.sampled_from([20.0, 33.0, 120.0])
wobbles = st.sampled_from(["even", "falling", "rising", "random"])


def probabilities_of(frames: list[int], wobble: str) -> np.ndarray:
    """Speech that is more and less likely, but never below what ends it."""
    parts = [np.full(n, (SPEECH, SILENCE)[place % 2]) for place, n in enumerate(frames)]
    found = np.concatenate([np.zeros(0), *parts])
    varied = {
        "even": np.full(len(found), SPEECH),
        "falling": np.linspace(1.0, 0.5, len(found)),
        "rising": np.linspace(0.5, 1.0, len(found)),
        "random": np.random.default_rng(1).uniform(0.5, 1.0, len(found)),
    }[wobble]
    return np.where(found == SPEECH, varied, found)


def spoken(frames: list[int]) -> list[tuple[int, int]]:
    """Where speech of 0.2 s or more lies, in samples."""
    ends = np.cumsum([0, *frames])
    pairs = list(pairwise(ends * FRAME))[::2]
    return [(int(start), int(end)) for start, end in pairs if end - start >= 0.2 * RATE]


def pauses(frames: list[int]) -> list[tuple[int, int]]:
    """What lies between."""
    return [(before[1], after[0]) for before, after in pairwise(spoken(frames))]


@given(talks, wobbles, targets)
def test_every_plan_is_in_order_and_within_the_recording(frames, wobble, target):
    probabilities = probabilities_of(frames, wobble)

    chunks = plan(probabilities, target)

    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    for chunk in chunks:
        assert 0 <= chunk.start <= chunk.own_start < chunk.own_end <= chunk.end
        assert chunk.end <= len(probabilities) * FRAME
    assert all(before.own_end <= after.own_start for before, after in pairwise(chunks))


@given(talks, wobbles, targets)
def test_every_plan_covers_all_speech_once(frames, wobble, target):
    chunks = plan(probabilities_of(frames, wobble), target)

    for start, end in spoken(frames):
        owned = [
            (max(start, chunk.own_start), min(end, chunk.own_end))
            for chunk in chunks
            if chunk.own_start < end and start < chunk.own_end
        ]
        assert (owned[0][0], owned[-1][1]) == (start, end)
        assert all(before[1] == after[0] for before, after in pairwise(owned))


@given(talks, wobbles, targets)
def test_every_plan_leaves_long_pauses_out(frames, wobble, target):
    chunks = plan(probabilities_of(frames, wobble), target)

    for start, end in pauses(frames):
        if end - start > LONG_PAUSE:
            inside = [c for c in chunks if c.start < end - PADDING and start + PADDING < c.end]
            assert inside == []


@given(talks, wobbles, targets)
def test_every_plan_cuts_at_pauses_and_overlaps_only_where_there_is_none(frames, wobble, target):
    chunks = plan(probabilities_of(frames, wobble), target)

    for before, after in pairwise(chunks):
        around = [p for p in pauses(frames) if p[0] <= before.own_end and after.own_start <= p[1]]
        if before.end <= after.start:
            assert len(around) == 1
            length = around[0][1] - around[0][0]
            assert length >= (SHORT_PAUSE if before.end == after.start else LONG_PAUSE)
        else:
            assert before.end - after.start <= 2 * OVERLAP
            earliest = before.own_start + 2 / 3 * target * RATE + PADDING
            latest = before.own_start + 5 / 3 * target * RATE
            usable = [
                (start, end)
                for start, end in pauses(frames)
                if end - start >= SHORT_PAUSE and earliest <= (start + end) / 2 <= latest
            ]
            assert usable == []


@given(talks, wobbles, targets)
def test_every_plan_has_chunks_of_bounded_length(frames, wobble, target):
    longest = max(5 / 3 * target, 600) * RATE + 2 * (OVERLAP + PADDING)

    chunks = plan(probabilities_of(frames, wobble), target)

    assert [chunk for chunk in chunks if chunk.end - chunk.start > longest] == []


@given(st.integers(7, 4000) | st.integers(760, 860), wobbles)
def test_every_speech_without_pause_is_heard_to_its_end_and_no_further(frames, wobble):
    chunks = plan(probabilities_of([frames, 200], wobble))

    assert chunks[-1].end == frames * FRAME + PADDING
    assert [chunk for chunk in chunks if chunk.end > chunks[-1].end] == []


@given(talks, wobbles, targets)
def test_every_plan_is_the_same_again(frames, wobble, target):
    probabilities = probabilities_of(frames, wobble)

    again = plan(probabilities.astype(np.float32).copy(), target)

    assert again == plan(probabilities.astype(np.float32), target)
