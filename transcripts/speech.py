"""Where people talk, and where a recording may be cut into chunks.

Voice activity comes from the Silero model inside faster-whisper's package, run over the sound in
blocks with its state carried along: the result is that of one run over the whole, in constant
memory.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

SAMPLE_RATE = 16_000  # Hz
FRAME = 512  # samples that one probability stands for, 32 ms
CONTEXT = 64  # samples before a frame that the model sees too
BLOCK = 2000  # frames, 64 s

THRESHOLD = 0.5  # above it speech begins
HYSTERESIS = 0.35  # below it speech ends
SHORTEST_SPEECH = 0.2  # seconds; what is shorter is a cough
PADDING = 0.4  # seconds kept around speech: voice activity clips soft word ends
LONGEST_PAUSE = 5.0  # seconds; a longer pause ends a chunk and is sent to no engine
SHORTEST_CUT = 0.3  # seconds of pause that a cut needs
EARLIEST, LATEST = 2 / 3, 5 / 3  # of the length aimed at: where a cut is looked for
OVERLAP = 1.5  # seconds on both sides of a cut in the middle of speech


@dataclass(frozen=True)
class Chunk:
    """A stretch of sound that is transcribed as one unit; all in samples at 16 kHz.

    start, end: what the engine hears. own_start, own_end: what the chunk answers for; it is less
    where the neighbours overlap, because no pause was found to cut in.
    """

    index: int
    start: int
    end: int
    own_start: int
    own_end: int


def speech_probabilities(samples: np.ndarray) -> np.ndarray:
    """The probability of speech for each frame of 512 samples: float32, shape (frames,).

    samples: int16, 16 kHz mono, shape (n,); a memory map is read block by block.
    """
    session = _silero()
    frames = -(-len(samples) // FRAME)
    found = np.zeros(frames, np.float32)
    h = c = np.zeros((1, 1, 128), np.float32)
    before = np.zeros(CONTEXT, np.float32)
    for first in range(0, frames, BLOCK):
        block = _block(samples, first, min(first + BLOCK, frames))
        contexts = np.vstack([before[None], block[:-1, -CONTEXT:]])
        given = {"input": np.hstack([contexts, block]), "h": h, "c": c}
        output, h, c = session.run(None, given)
        found[first : first + len(block)] = output.reshape(-1)[: len(block)]
        before = block[-1, -CONTEXT:]
    return found


def plan_chunks(
    probabilities: np.ndarray,
    sample_count: int,
    *,
    target: float = 180.0,
    longest: float = 600.0,
) -> list[Chunk]:
    """The chunks of a recording, in order; the same input gives the same plan.

    target: seconds aimed at: a chunk has two to five thirds of them. longest: seconds within which
    a pause to cut in is looked for; where speech has none, it is cut at its least likely frame, and
    both sides hear 1.5 s of the other.
    """
    chunks: list[Chunk] = []
    for stretch in _stretches(speech_intervals(probabilities)):
        start, end = _padded(stretch, sample_count)
        cuts = _cuts(stretch, probabilities, target, longest)
        borders = [(start, start), *cuts, (end, end)]
        for left, right in zip(borders, borders[1:], strict=False):
            chunks.append(
                Chunk(len(chunks), left[1], min(right[0], end), sum(left) // 2, sum(right) // 2)
            )
    return chunks


def speech_intervals(probabilities: np.ndarray) -> list[tuple[int, int]]:
    """Where speech is, as (first, last + 1) frames; what is shorter than 0.2 s is none."""
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for frame, chance in enumerate(probabilities):
        if begun is None and chance >= THRESHOLD:
            begun = frame
        elif begun is not None and chance < HYSTERESIS:
            found.append((begun, frame))
            begun = None
    if begun is not None:
        found.append((begun, len(probabilities)))
    shortest = SHORTEST_SPEECH * SAMPLE_RATE / FRAME
    return [(first, last) for first, last in found if last - first >= shortest]


@cache
def _silero() -> Any:
    import faster_whisper
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    model = Path(faster_whisper.__file__).parent / "assets" / "silero_vad_v6.onnx"
    return onnxruntime.InferenceSession(
        str(model), providers=["CPUExecutionProvider"], sess_options=options
    )


def _block(samples: np.ndarray, first: int, last: int) -> np.ndarray:
    """Frames as float32, shape (last - first, 512); the last one filled up with silence."""
    block = np.zeros((last - first) * FRAME, np.float32)
    part = samples[first * FRAME : last * FRAME]
    block[: len(part)] = np.asarray(part, np.float32) / 32768.0
    return block.reshape(-1, FRAME)


def _stretches(intervals: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Intervals with no pause of more than five seconds between them."""
    stretches: list[list[tuple[int, int]]] = []
    for interval in intervals:
        if (
            stretches
            and (interval[0] - stretches[-1][-1][1]) * FRAME <= LONGEST_PAUSE * SAMPLE_RATE
        ):
            stretches[-1].append(interval)
        else:
            stretches.append([interval])
    return stretches


def _padded(stretch: list[tuple[int, int]], sample_count: int) -> tuple[int, int]:
    padding = int(PADDING * SAMPLE_RATE)
    start = max(0, stretch[0][0] * FRAME - padding)
    return start, min(sample_count, stretch[-1][1] * FRAME + padding)


def _cuts(
    stretch: list[tuple[int, int]], probabilities: np.ndarray, target: float, longest: float
) -> list[tuple[int, int]]:
    """Where a stretch is cut: (end of the one, start of the next) in samples, equal in a pause."""
    cuts: list[tuple[int, int]] = []
    start, end = stretch[0][0], stretch[-1][1]
    pauses = [
        (before[1], after[0])
        for before, after in zip(stretch, stretch[1:], strict=False)
        if (after[0] - before[1]) * FRAME >= SHORTEST_CUT * SAMPLE_RATE
    ]
    frames = SAMPLE_RATE / FRAME  # a second
    while (end - start) > LATEST * target * frames:
        earliest = start + EARLIEST * target * frames
        # What is left after the cut should be a whole chunk too.
        latest = min(start + LATEST * target * frames, end - EARLIEST * target * frames)
        near = _within(pauses, earliest, latest)
        far = _within(pauses, earliest, start + longest * frames)
        if near:
            middle = _middle(max(near, key=lambda pause: (pause[1] - pause[0], -pause[0])))
        elif far:
            middle = _middle(far[0])
        else:
            middle = _least_likely(probabilities, start, target)
        if near or far:
            cuts.append((middle * FRAME, middle * FRAME))
        else:
            reach = int(OVERLAP * SAMPLE_RATE)
            cuts.append((middle * FRAME + reach, middle * FRAME - reach))
        start = middle
    return cuts


def _within(pauses: list[tuple[int, int]], earliest: float, latest: float) -> list[tuple[int, int]]:
    return [pause for pause in pauses if earliest <= _middle(pause) <= latest]


def _middle(pause: tuple[int, int]) -> int:
    return (pause[0] + pause[1]) // 2


def _least_likely(probabilities: np.ndarray, start: int, target: float) -> int:
    """The frame near the target at which speech, over a fifth of a second, is least likely."""
    frames = SAMPLE_RATE / FRAME
    first, last = int(start + 0.75 * target * frames), int(start + 1.25 * target * frames)
    width = 7
    smooth = np.convolve(probabilities[first:last], np.ones(width) / width, "same")
    return first + int(np.argmin(smooth[width:-width])) + width
