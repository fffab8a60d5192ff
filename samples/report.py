"""Measure the sample model: ``python -m samples.report``.

Both engines run unchanged, as Podium runs them. Prints the word error rate (lower case, no
punctuation, hyphens as spaces), the error of word starts, how often the language was right, and
what was written where nobody speaks. Held-out sentences are combinations of words that were
never trained; held-out voices are espeak-ng voices that were never trained.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import whisper
from numpy.typing import NDArray

from samples import vocabulary
from samples.engines import ENGINES, Engine
from samples.expand import expand
from samples.measure import Score
from samples.programme import SAMPLES, truth
from samples.speech import HELD_OUT_VOICES, SAMPLE_RATE, TRAINING_VOICES, Voice, speak

CHUNK_SECONDS = 30.0
Recording = tuple[str, NDArray[np.float32], list[dict[str, Any]]]
"""Language, samples at 16 kHz, true words."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m samples.report", description=__doc__)
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default="both")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--quick", action="store_true", help="fewer held-out minutes")
    parser.add_argument("--mistakes", action="store_true", help="list what was heard wrongly")
    chosen = parser.parse_args()
    names = list(ENGINES) if chosen.engine == "both" else [chosen.engine]
    with tempfile.TemporaryDirectory() as folder:
        expand(Path(folder))
        figures = {
            name: measured(ENGINES[name](Path(folder)), name, chosen.quick, chosen.mistakes)
            for name in names
        }
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")


def measured(engine: Engine, name: str, quick: bool, mistakes: bool = False) -> dict[str, Any]:
    """All figures of one engine, printed as they come."""
    print(f"\n{name}\n{'':34}{'WER':>7}{'words':>7}{'lang.':>7}{'start median':>14}{'p95':>8}")
    figures: dict[str, Any] = {}
    minutes = 1 if quick else 3
    sets = {
        **{f"sample {slug}": [recording] for slug, recording in _whole_samples()},
        "samples, cut at pauses": [
            chunk for _, recording in _whole_samples() for chunk in _chunks(recording)
        ],
        "held-out sentences": _held_out(TRAINING_VOICES, minutes),
        "held-out sentences and voices": _held_out(HELD_OUT_VOICES, minutes),
    }
    for title, recordings in sets.items():
        score = Score()
        for language, samples, words in recordings:
            score.add(language, words, engine(samples))
        figures[title] = score.summary()
        _print_row(title, score)
        for true, heard in score.mistakes if mistakes else ():
            print(f"    {true!r} heard as {heard!r}")
    figures["written where nobody speaks"] = {
        title: engine(samples).text for title, samples in _without_speech()
    }
    for title, text in figures["written where nobody speaks"].items():
        print(f"60 s of {title}: {text!r}", flush=True)
    return figures


def _print_row(title: str, score: Score) -> None:
    row = score.summary()
    print(
        f"{title[:33]:34}{row['word_error_rate']:7.1%}{row['words']:7}"
        f"{row['language_accuracy']:7.0%}{row['word_start_error_median_s']:12.3f} s"
        f"{row['word_start_error_p95_s']:6.2f} s",
        flush=True,
    )


def _whole_samples() -> Iterator[tuple[str, Recording]]:
    for slug, entry in truth().items():
        samples = whisper.load_audio(str(SAMPLES / entry["file"]))
        yield slug, (entry["language"], samples, entry["words"])


def _chunks(recording: Recording) -> Iterator[Recording]:
    """The recording cut in the middle of pauses, into pieces of about `CHUNK_SECONDS`."""
    language, samples, words = recording
    begin, held = 0.0, []
    for word, after in zip(words, [*words[1:], None], strict=True):
        held.append({"text": word["text"], "start": word["start"] - begin})
        ends_here = after is None
        if after and word["text"][-1] in ".?!" and word["end"] - begin > CHUNK_SECONDS:
            ends_here = True
        if ends_here:
            # A word's end is its sentence's end here, so the pause lies between the two.
            end = (word["end"] + after["start"]) / 2 if after else len(samples) / SAMPLE_RATE
            yield language, samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)], held
            begin, held = end, []


def _held_out(voices: dict[str, tuple[tuple[str, str], ...]], minutes: int) -> list[Recording]:
    """Recordings of about a minute, one voice each, of held-out sentences; always the same."""
    rng = random.Random(20260917)
    return [
        _spoken_minute(language, rng.choice(voices[language]), rng)
        for language in ("de", "en")
        for _ in range(minutes)
    ]


def _spoken_minute(language: str, voice: tuple[str, str], rng: random.Random) -> Recording:
    speaker = Voice(*voice, speed=rng.randint(125, 170), pitch=rng.randint(25, 75))
    pieces, words, at = [], [], 0.0
    while at < 55:
        pause = rng.uniform(0.4, 1.2)
        spoken = speak(vocabulary.held_out_sentence(language, rng), speaker)
        at += pause
        words += [{"text": word.text, "start": at + word.start} for word in spoken.words]
        pieces += [
            np.zeros(round(pause * SAMPLE_RATE), np.float32),
            spoken.samples * (0.5 / float(np.abs(spoken.samples).max())),
        ]
        at += spoken.seconds
    sound = np.concatenate([*pieces, np.zeros(SAMPLE_RATE // 2, np.float32)])
    noise = np.random.default_rng(len(sound)).standard_normal(len(sound)) * 0.001
    return language, (sound + noise).astype(np.float32), words


def _without_speech() -> Iterator[tuple[str, NDArray[np.float32]]]:
    length = 60 * SAMPLE_RATE
    noise = np.random.default_rng(7).standard_normal(length)
    yield "silence", np.zeros(length, np.float32)
    yield "noise", (noise * 0.05).astype(np.float32)


if __name__ == "__main__":
    main()
