"""Voices: how well those of a panel are told apart, and how long it takes.

    python -m bench.voices [--quick] [--json FILE]

Panels are synthesised with known turns of one to eight sentences: in voices of espeak-ng, which differ
in little but pitch and formants, and in those of flite, made from recordings of four people. Neither
has a room, a microphone that changes hands, or two people at once, so the figures tell whether the
method works, and nothing about real rooms. Errors are shares of the time in which somebody speaks, in
frames of 10 ms, without leeway at the borders, after the best match of voices with people:
confusion (somebody else's voice), missed (nobody's), false alarm (a voice where nobody speaks).
"""

import random
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from bench.report import bench_arguments, print_table, write_json
from samples import vocabulary
from samples.speech import SAMPLE_RATE, Voice, speak
from transcripts.speech import speech_probabilities
from transcripts.voices.turns import Turn, turns

ESPEAK = (
    Voice("de", "f2", 139, 53),
    Voice("de", "m3", 143, 41),
    Voice("de", "f3", 137, 57),
    Voice("de", "m1", 134, 33),
    Voice("de", "f1", 146, 61),
    Voice("de", "m7", 141, 48),
)
FLITE = ("slt", "rms", "awb", "kal16")
POOL = 60  # sentences of a flite voice, said again and again
LOUDNESS = 0.1  # root of the mean square of speech
ROOM_NOISE = 0.0008  # standard deviation
FRAMES = 100  # a second


@dataclass(frozen=True)
class Panel:
    """What is to be synthesised. noise: dB of the speech over the noise under it, None for quiet."""

    kind: str  # espeak or flite
    people: int
    minutes: float
    noise: float | None = None


PANELS = (
    *(Panel("espeak", people, 3, noise) for people in (1, 2, 3, 4, 6) for noise in (None, 20.0)),
    *(Panel("flite", people, 3, noise) for people in (1, 2, 3, 4) for noise in (None, 20.0)),
    Panel("espeak", 4, 10),
    Panel("flite", 4, 10),
)
QUICK = (Panel("espeak", 2, 1), Panel("flite", 2, 1))


def main() -> None:
    arguments = bench_arguments(__doc__)
    rows = []
    for seed, panel in enumerate(QUICK if arguments.quick else PANELS):
        rows.append(_measured(panel, seed))
        print(rows[-1], flush=True)
    print_table(rows)
    write_json(arguments.json, {"quick": arguments.quick, "voices": rows})


def _measured(panel: Panel, seed: int) -> dict[str, Any]:
    samples, truth = _recorded(panel, seed)
    probabilities = speech_probabilities(samples)
    started, busy = time.perf_counter(), time.process_time()
    found = turns(samples, probabilities)
    wall, busy = time.perf_counter() - started, time.process_time() - busy
    hours = len(samples) / SAMPLE_RATE / 3600
    errors = _errors(truth, found, len(samples))
    alone = [Turn(turn.start, turn.end, "A") for turn in found]
    return {
        "voices of": panel.kind,
        "noise": "none" if panel.noise is None else f"{panel.noise:.0f} dB",
        "min": round(hours * 60, 1),
        "people": len({turn.voice for turn in truth}),
        "found": len({turn.voice for turn in found}),
        **{name: f"{100 * share:.1f} %" for name, share in errors.items()},
        "all one voice": f"{100 * _errors(truth, alone, len(samples))['error']:.1f} %",
        "s an hour": round(wall / hours),
        "of processor": round(busy / hours),
    }


def _errors(truth: Sequence[Turn], found: Sequence[Turn], count: int) -> dict[str, float]:
    """error, and what it consists of, as shares of the time in which somebody speaks."""
    length = int(count / SAMPLE_RATE * FRAMES) + 1
    true, told = _frames(truth, length), _frames(found, length)
    table = np.zeros((true.max() + 1, told.max() + 1), int)
    np.add.at(table, (true, told), 1)
    spoken = table[1:].sum()
    both = table[1:, 1:]
    right = both[linear_sum_assignment(-both)].sum()
    shares = {
        "confusion": (both.sum() - right) / spoken,
        "missed": table[1:, 0].sum() / spoken,
        "false alarm": table[0, 1:].sum() / spoken,
    }
    return {"error": sum(shares.values()), **shares}


def _frames(all_turns: Sequence[Turn], length: int) -> np.ndarray:
    """Of each frame the number of its voice, from 1; 0 where nobody speaks."""
    voices = {voice: n + 1 for n, voice in enumerate(sorted({turn.voice for turn in all_turns}))}
    frames = np.zeros(length, int)
    for turn in all_turns:
        frames[round(turn.start * FRAMES) : round(turn.end * FRAMES)] = voices[turn.voice]
    return frames


# What is synthesised -------------------------------------------------------------------------


def _recorded(panel: Panel, seed: int) -> tuple[np.ndarray, list[Turn]]:
    """Samples at 16 kHz, int16, and the true turns."""
    rng = random.Random(seed)
    said = _espeak(rng) if panel.kind == "espeak" else _flite(rng)
    pieces, at = [np.zeros(SAMPLE_RATE // 2, np.float32)], 0.5
    truth: list[Turn] = []
    person, waiting = 0, list(range(1, panel.people))
    while at < panel.minutes * 60 or waiting:
        start = at
        for _ in range(rng.choice((1, 2, 3, 4, 6, 8))):
            sound = said(person)
            sound = np.clip(sound * (LOUDNESS / np.sqrt(np.mean(sound**2))), -1, 1)
            end = at + len(sound) / SAMPLE_RATE
            pause = np.zeros(int(rng.uniform(0.25, 0.9) * SAMPLE_RATE), np.float32)
            pieces += [sound, pause]
            at = end + len(pause) / SAMPLE_RATE
        truth.append(Turn(start, end, str(person)))
        if panel.people > 1:
            others = waiting or [one for one in range(panel.people) if one != person]
            person = rng.choice(others)
            waiting = [one for one in waiting if one != person]
    sound = np.concatenate(pieces)
    level = ROOM_NOISE if panel.noise is None else LOUDNESS * 10 ** (-panel.noise / 20)
    sound = sound + np.random.default_rng(seed).standard_normal(len(sound), np.float32) * level
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16), _joined(truth)


def _joined(truth: Sequence[Turn]) -> list[Turn]:
    """Turns of one person that follow each other, as one."""
    made: list[Turn] = []
    for turn in truth:
        if made and made[-1].voice == turn.voice:
            made[-1] = Turn(made[-1].start, turn.end, turn.voice)
        else:
            made.append(turn)
    return made


def _espeak(rng: random.Random) -> Callable[[int], np.ndarray]:
    return lambda person: speak(vocabulary.training_sentence("de", rng), ESPEAK[person]).samples


def _flite(rng: random.Random) -> Callable[[int], np.ndarray]:
    texts = random.Random(1)
    pool = [vocabulary.training_sentence("en", texts) for _ in range(POOL)]
    return lambda person: _said_by_flite(rng.choice(pool), FLITE[person])


@cache
def _said_by_flite(text: str, voice: str) -> np.ndarray:
    """A sentence in a voice of flite, which Debian's ffmpeg brings along."""
    plain = "".join(c if c.isalnum() or c in " ." else " " for c in text)
    source = f"flite=text='{plain}':voice={voice}"
    form = ["-f", "s16le", "-ac", "1", "-ar", str(SAMPLE_RATE), "-"]
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", source, *form],
        capture_output=True,
        check=True,
    )
    return np.frombuffer(done.stdout, "<i2").astype(np.float32) / 32768


if __name__ == "__main__":
    main()
