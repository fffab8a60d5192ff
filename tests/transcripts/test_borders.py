"""At the borders of chunks no word is lost and none is doubled, with the real sample model.

The model knows few sentences, and mishears where it begins in the middle of one. So the seeds are
chosen such that the model hears rightly what the borders are held to: each precondition is asserted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from samples.expand import FOLDER
from samples.long import Shape, Truth, long_recording
from samples.measure import normalised_text
from samples.speech import SpokenWord
from transcripts.cues import Word
from transcripts.engines.engine import Options
from transcripts.engines.faster_whisper import FasterWhisper
from transcripts.speech import OVERLAP, SAMPLE_RATE, Chunk, plan_chunks, speech_probabilities
from transcripts.stitch import stitch
from transcripts.transcribe import ChunkTranscript, transcribe_chunk

REACH = 3.0  # seconds on both sides of a border that are compared
AROUND = 9.0  # seconds on both sides that the undisturbed slice holds, up to a sentence's begin
SECONDS = 200.0
REACHED = int(OVERLAP * SAMPLE_RATE)  # samples
GERMAN = Options(language="de", beam_size=5)

WITH_PAUSES = Shape(gap_every=None, pauses=(0.8, 1.2), noisy=False)
WITHOUT_PAUSES = Shape(gap_every=None, pauses=(0.2, 0.2), noisy=False, flowing=True)


@dataclass(frozen=True)
class Case:
    """A recording and its plan."""

    samples: np.ndarray
    truth: Truth
    plan: list[Chunk]

    @property
    def borders(self) -> list[float]:
        """Seconds at which one chunk's answer ends and the next one's begins."""
        return [chunk.own_end / SAMPLE_RATE for chunk in self.plan[:-1]]


@pytest.fixture(scope="module")
def engine(expanded: Path) -> FasterWhisper:
    """At float32, with which every processor hears the same (docs/decisions/0008)."""
    return FasterWhisper(
        expanded / FOLDER, model="samples", device="cpu", threads=2, compute_type="float32"
    )


def case(shape: Shape, seed: int, longest: float) -> Case:
    samples, truth = long_recording(SECONDS, seed, shape)
    plan = plan_chunks(speech_probabilities(samples), len(samples), target=16, longest=longest)
    return Case(samples, truth, plan)


def hear(engine: FasterWhisper, case: Case, plan: list[Chunk]) -> list[ChunkTranscript]:
    return [transcribe_chunk(engine, case.samples, chunk, GERMAN) for chunk in plan]


def words(chunks: list[ChunkTranscript]) -> list[Word]:
    """The words of the stitched transcript."""
    return [word for cue in stitch(chunks) for word in cue.words]


def undisturbed(engine: FasterWhisper, case: Case, border: float) -> list[Word]:
    """What is heard in one slice with the border in its middle, between begins of sentences."""
    true = case.truth.words
    begins = [0.0] + [
        after.start - 0.1
        for word, after in zip(true, true[1:], strict=False)
        if word.text[-1] in ".?!"
    ]
    start = max(begin for begin in begins if begin <= max(0.0, border - AROUND))
    end = next((begin for begin in begins if begin >= border + AROUND), case.truth.seconds)
    first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
    return words(hear(engine, case, [Chunk(0, first, last, first, last)]))


def near(words: Sequence[Word | SpokenWord], border: float) -> list[str]:
    """The words whose middle lies near the border."""
    return normalised_text(
        " ".join(word.text for word in words if abs((word.start + word.end) / 2 - border) <= REACH)
    )


def can_be_joined(left: list[str], right: list[str], whole: list[str]) -> bool:
    """Whether the beginning of the one and the end of the other make the whole."""
    return any(
        left[:cut] == whole[:cut] and right[len(right) - (len(whole) - cut) :] == whole[cut:]
        for cut in range(max(0, len(whole) - len(right)), len(whole) + 1)
    )


@pytest.mark.parametrize("seed", [3, 4])
def test_cut_in_a_pause_loses_and_doubles_nothing(engine: FasterWhisper, seed: int) -> None:
    heard = case(WITH_PAUSES, seed, longest=60)
    assert len(heard.borders) >= 10
    assert all(
        one.end == other.start for one, other in zip(heard.plan, heard.plan[1:], strict=False)
    )
    stitched = words(hear(engine, heard, heard.plan))
    for border in heard.borders:
        true = near(heard.truth.words, border)
        assert near(undisturbed(engine, heard, border), border) == true, "the model mishears"
        assert near(stitched, border) == true, f"at {border:.1f} s"


@pytest.mark.parametrize("seed", [1, 5, 7])
def test_cut_inside_speech_loses_and_doubles_nothing(engine: FasterWhisper, seed: int) -> None:
    """Where there is no pause, both sides hear 1.5 s of the other, and what both heard is once there."""
    heard = case(WITHOUT_PAUSES, seed, longest=20)
    compared = 0
    for one, other in zip(heard.plan, heard.plan[1:], strict=False):
        if one.end == other.start:
            continue
        border = one.own_end / SAMPLE_RATE
        assert (one.end - one.own_end, other.own_start - other.start) == (REACHED, REACHED)
        left, right = hear(engine, heard, [one, other])
        true = near(heard.truth.words, border)
        if not can_be_joined(near(left.words, border), near(right.words, border), true):
            continue  # one of the two misheard the sentence that it heard a part of
        compared += 1
        assert near(words([left, right]), border) == true, f"at {border:.1f} s"
    assert compared >= 2, "the model mishears"
