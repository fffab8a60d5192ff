"""What Podium adds to its engine, what the cutting adds, and what the other engine would take."""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import whisper
from faster_whisper import WhisperModel

from archive.models.recording import SAMPLES_MODEL
from bench.podium import Podium, Run
from bench.weights import NAME as BASE_MODEL
from bench.weights import write_base
from media.audio import open_speech
from samples.expand import expand
from samples.long import Shape, write_long_recording
from transcripts.engines.scripted import ScriptedEngine
from transcripts.speech import SAMPLE_RATE, Chunk, plan_chunks, speech_probabilities

WINDOW = 30.0  # seconds that Whisper's encoder always takes
SCRIPTED = "scripted"
SCRIPT_WORDS = 360  # in each chunk: two words a second, as people speak
TALK = Shape(gap_every=300.0, noisy=False)


def measure_overhead(quick: bool, threads: int, folder: Path) -> dict[str, Any]:
    """`overhead_ratio` and its details: pipeline over engine on the same slices, by model."""
    podium = Podium(folder / "home", chunk_seconds=20 if quick else 180, threads=threads)
    expand(podium.parts.models / SAMPLES_MODEL)
    write_base(podium.parts.models)
    seconds, repeats = (60, 1) if quick else (3600, 2)
    details: dict[str, Any] = {"threads": threads, "beam": 5, "repeats": repeats}
    script_s = 300 if quick else 1800
    script_file = folder / "scripted.wav"
    said = write_long_recording(script_file, script_s, 2, TALK).words
    scripted = ScriptedEngine([word.text for word in said[:SCRIPT_WORDS]])
    with podium.working({SCRIPTED: scripted}):
        for model in (SAMPLES_MODEL, BASE_MODEL):
            details[model] = _beside_the_engine(podium, model, seconds, repeats, threads, folder)
            print(f"  {model}: {details[model]}", flush=True)
        took = [podium.run(script_file, SCRIPTED).seconds for _ in range(repeats)]
    details["own_cost_s_per_hour_of_audio"] = round(statistics.median(took) * 3600 / script_s, 2)
    details["own_cost_measured_on_s"] = script_s
    return {
        "overhead_ratio": details[BASE_MODEL]["ratio"],
        "overhead_ratio_detail": details,
    }


def measure_speedup(quick: bool, threads: int, folder: Path) -> dict[str, Any]:
    """`speedup_over_openai_whisper`: the same random weights, slices, beam and length of text."""
    write_base(folder)
    seconds, repeats = (45, 1) if quick else (90, 3)
    samples, plan = _planned(folder / "talk.wav", seconds, target=20 if quick else 90)
    slices = [_slice(samples, chunk) for chunk in plan]
    torch.set_num_threads(threads)
    place = folder / BASE_MODEL
    fast = _faster(place / f"{BASE_MODEL}-ct2", threads)
    reference = whisper.load_model(str(place / f"{BASE_MODEL}.pt"), device="cpu")
    # Times of words are left out: the two engines find them in different ways.
    same = {
        "language": "de",
        "beam_size": 5,
        "temperature": 0.0,
        "condition_on_previous_text": False,
    }
    texts: dict[str, str] = {}

    def hear_fast() -> None:
        heard = [s.text for part in slices for s in fast.transcribe(part, **same)[0]]
        texts["faster-whisper"] = " ".join(" ".join(heard).split())

    def hear_reference() -> None:
        heard = [reference.transcribe(part, fp16=False, **same)["text"] for part in slices]
        texts["openai-whisper"] = " ".join(" ".join(heard).split())

    took = _interleaved({"faster-whisper": hear_fast, "openai-whisper": hear_reference}, repeats)
    ratios = [b / a for a, b in zip(took["faster-whisper"], took["openai-whisper"], strict=True)]
    return {
        "speedup_over_openai_whisper": round(statistics.median(ratios), 2),
        "speedup_over_openai_whisper_detail": {
            "seconds": {name: round(statistics.median(times), 2) for name, times in took.items()},
            "ratios": [round(ratio, 2) for ratio in ratios],
            "audio_s": seconds,
            "slices": len(slices),
            "windows": _windows(plan),
            "model": "size of base, random, 80 tokens of text in each window",
            "precision": {"faster-whisper": "int8", "openai-whisper": "float32"},
            "threads": threads,
            "beam": 5,
            "word_times": False,
            "same_text": texts["faster-whisper"] == texts["openai-whisper"],
        },
    }


def _beside_the_engine(
    podium: Podium, model: str, seconds: int, repeats: int, threads: int, folder: Path
) -> dict[str, Any]:
    file, short = folder / f"{model}.wav", folder / "short.wav"
    write_long_recording(file, seconds, 1, TALK)
    write_long_recording(short, 30, 1, TALK)
    samples = open_speech(file)
    bare = _faster(podium.parts.models / model / f"{model}-ct2", threads)
    _hear_all(bare, [np.asarray(open_speech(short), np.float32) / 32768.0])
    podium.run(short, model)  # loads the model
    runs: list[Run] = []
    calls: dict[str, Callable[[], object]] = {
        "pipeline": lambda: runs.append(podium.run(file, model)),
        "engine": lambda: _hear_all(bare, [_slice(samples, part) for part in runs[-1].plan]),
    }
    if model == SAMPLES_MODEL:  # how much is cut does not depend on the model
        whole = np.asarray(samples, np.float32) / 32768.0
        calls["whole"] = lambda: _hear_all(bare, [whole])
    took = _interleaved(calls, repeats)
    if runs[0].terms:
        raise SystemExit(f"the pipeline listens for terms that the engine is not given: {runs[0]}")
    ratios = [run.seconds / engine for run, engine in zip(runs, took["engine"], strict=True)]
    inside = [run.seconds / run.engine_seconds for run in runs]
    plan = runs[0].plan
    speech = sum(chunk.end - chunk.start for chunk in plan) / SAMPLE_RATE
    details = {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "pipeline_over_its_own_engine_calls": round(statistics.median(inside), 3),
        "pipeline_s": round(statistics.median(run.seconds for run in runs), 2),
        "engine_inside_pipeline_s": round(statistics.median(r.engine_seconds for r in runs), 2),
        "engine_s": round(statistics.median(took["engine"]), 2),
        "windows_cut": _windows(plan),
        "windows_whole": _windows_of(len(samples)),
        "padding_share_computed": round(_windows(plan) * WINDOW / speech - 1, 3),
        "audio_s": seconds,
        "chunks": len(plan),
    }
    if "whole" in took:
        cutting = [cut / once for cut, once in zip(took["engine"], took["whole"], strict=True)]
        details["whole_file_s"] = round(statistics.median(took["whole"]), 2)
        details["cutting_over_whole_measured"] = round(statistics.median(cutting), 3)
    return details


def _interleaved(calls: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Wall seconds of each call, in turns."""
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            took[name].append(time.perf_counter() - started)
    return took


def _faster(path: Path, threads: int) -> WhisperModel:
    return WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=threads)


def _hear_all(model: WhisperModel, slices: Sequence[np.ndarray]) -> None:
    """The bare engine with the options that Podium gives it."""
    for part in slices:
        segments, _ = model.transcribe(
            part,
            language="de",
            beam_size=5,
            word_timestamps=True,
            condition_on_previous_text=False,
            hallucination_silence_threshold=2.0,
        )
        if not sum(len(segment.words or ()) for segment in segments):
            raise SystemExit("the bare engine heard nothing")


def _planned(file: Path, seconds: int, target: float) -> tuple[np.ndarray, list[Chunk]]:
    write_long_recording(file, seconds, 1, TALK)
    samples = open_speech(file)
    return samples, plan_chunks(speech_probabilities(samples), len(samples), target=target)


def _slice(samples: np.ndarray, chunk: Chunk) -> np.ndarray:
    return np.asarray(samples[chunk.start : chunk.end], np.float32) / 32768.0


def _windows(plan: Sequence[Chunk]) -> int:
    return sum(_windows_of(chunk.end - chunk.start) for chunk in plan)


def _windows_of(samples: int) -> int:
    """At least; a window ends early where a sentence would be cut."""
    return -int(-samples // (WINDOW * SAMPLE_RATE))
