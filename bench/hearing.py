"""How well long recordings are heard against the truth, and what is heard where nobody speaks."""

import time
from pathlib import Path
from typing import Any

from archive.models.recording import SAMPLES_MODEL
from archive.wiring import engines
from config import Settings
from media.audio import open_speech
from samples.engines import Heard
from samples.expand import expand
from samples.long import Truth, write_long_recording
from samples.measure import Score
from transcripts.cues import Word
from transcripts.engines.engine import Engine, Options
from transcripts.speech import plan_chunks, speech_probabilities
from transcripts.stitch import stitch
from transcripts.transcribe import transcribe_chunk

SEED = 6  # of the first recording of each length
TOLERANCE = 0.3  # seconds inside a gap before a word counts as invented


def measure_hearing(quick: bool, threads: int, folder: Path) -> dict[str, Any]:
    """`wer` and `invented_words_in_gaps` of the longest recording; all lengths in the details."""
    settings = Settings(home=folder, database_url="", threads=threads, device="cpu")
    expand(settings.models / SAMPLES_MODEL)
    engine = engines(settings)(SAMPLES_MODEL)
    details: dict[str, Any] = {}
    for minutes, count in ((1, 2), (3, 1)) if quick else ((1, 20), (30, 1), (180, 1)):
        started = time.perf_counter()
        heard = [
            _heard(engine, folder / "talk.wav", minutes, seed, settings.chunk_seconds)
            for seed in range(SEED, SEED + count)
        ]
        details[f"{minutes} min"] = {
            **_score(heard),
            **_invented(heard),
            "recordings": count,
            "took_s": round(time.perf_counter() - started, 1),
        }
        print(f"  {minutes} min: {details[f'{minutes} min']}", flush=True)
    longest = details[f"{minutes} min"]
    return {
        "wer": longest["wer"],
        "wer_detail": details,
        "invented_words_in_gaps": longest["invented_words_in_gaps"],
        "invented_words_in_gaps_detail": {
            name: {
                key: figures[key] for key in ("invented_words_in_gaps", "gaps", "gap_s", "by_kind")
            }
            for name, figures in details.items()
        },
    }


def _heard(
    engine: Engine, file: Path, minutes: int, seed: int, chunk_seconds: float
) -> tuple[Truth, list[Word]]:
    """The truth of a recording, and the words that are heard in it."""
    truth = write_long_recording(file, minutes * 60, seed)
    samples = open_speech(file)
    plan = plan_chunks(speech_probabilities(samples), len(samples), target=chunk_seconds)
    options = Options(language="de", beam_size=5)
    heard = [transcribe_chunk(engine, samples, chunk, options) for chunk in plan]
    return truth, [word for cue in stitch(heard) for word in cue.words]


def _score(recordings: list[tuple[Truth, list[Word]]]) -> dict[str, Any]:
    """Errors in all, and apart for the talk over noise."""
    figures: dict[str, Any] = {}
    for name, level in (
        ("", "all"),
        ("_clear", None),
        ("_noise_20_db", 20.0),
        ("_noise_10_db", 10.0),
    ):
        score = Score()
        for truth, words in recordings:
            for start, end in _parts(truth, level):
                true = [
                    {"text": word.text, "start": word.start}
                    for word in truth.words
                    if start <= word.start < end
                ]
                found = [
                    (w.text, w.start, w.end) for w in words if start <= (w.start + w.end) / 2 < end
                ]
                score.add("de", true, Heard("de", "", tuple(found)))
        if not score.words:
            continue
        figures[f"wer{name}"] = round(score.word_error_rate, 4)
        if level == "all":
            figures["words"] = score.words
            figures["word_start_error_median_s"] = round(score.start_error(50), 3)
            figures["word_start_error_p95_s"] = round(score.start_error(95), 3)
    return figures


def _parts(truth: Truth, level: float | str | None) -> list[tuple[float, float]]:
    if level == "all":
        return [(0.0, truth.seconds + 1)]
    return [
        (stretch.start - 0.5, stretch.end + 0.5)
        for stretch in truth.stretches
        if stretch.level == level
    ]


def _invented(recordings: list[tuple[Truth, list[Word]]]) -> dict[str, Any]:
    by_kind: dict[str, int] = {}
    gaps = []
    for truth, words in recordings:
        gaps += truth.gaps
        for gap in truth.gaps:
            inside = [
                word
                for word in words
                if gap.start + TOLERANCE < (word.start + word.end) / 2 < gap.end - TOLERANCE
            ]
            by_kind[gap.kind] = by_kind.get(gap.kind, 0) + len(inside)
    return {
        "invented_words_in_gaps": sum(by_kind.values()),
        "by_kind": by_kind,
        "gaps": len(gaps),
        "gap_s": round(sum(gap.end - gap.start for gap in gaps), 1),
    }
