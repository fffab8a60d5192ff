"""What a second worker brings, and what `kill -9` of a worker costs."""

import multiprocessing
import statistics
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from sqlalchemy import select

from archive.models.recording import SAMPLES_MODEL, Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from bench.podium import Podium
from bench.weights import NAME as BASE_MODEL
from bench.weights import write_base
from media.audio import open_speech
from samples.expand import expand
from samples.long import Shape, write_long_recording
from transcripts.speech import SAMPLE_RATE

TALK = Shape(gap_every=None, noisy=False)


def measure_two_workers(quick: bool, threads: int, folder: Path) -> dict[str, Any]:
    """`two_workers_speedup`: one worker's time over two workers', each with one thread.

    Beside it what two processes with nothing but the engine gain over one on this machine: its cores
    share caches and memory, so this is what two workers can reach.
    """
    seconds, chunk, repeats = (90, 20, 1) if quick else (960, 30, 3)
    model = SAMPLES_MODEL if quick else BASE_MODEL
    file, short = folder / "talk.wav", folder / "short.wav"
    write_long_recording(file, seconds, 4, TALK)
    write_long_recording(short, 90, 4, TALK)
    places = {}
    try:
        for count in (1, 2):
            places[count] = Podium(folder / f"home-{count}", chunk_seconds=chunk, threads=1)
            if quick:
                expand(places[count].parts.models / SAMPLES_MODEL)
            else:
                write_base(places[count].parts.models)
            for _ in range(count):
                places[count].start_worker()
            places[count].run(short, model)  # loads the models
        took: dict[int, list[float]] = {1: [], 2: []}
        bare: dict[int, list[float]] = {1: [], 2: []}
        weights = places[1].parts.models / model / f"{model}-ct2"
        for _ in range(repeats):
            for count, place in places.items():
                measured = place.run(file, model)
                took[count].append(measured.seconds)
                bare[count].append(_bare_engines(count, weights, file, 1 if quick else 3))
    finally:
        for place in places.values():
            place.stop()
    ratios = [one / two for one, two in zip(took[1], took[2], strict=True)]
    return {
        "two_workers_speedup": round(statistics.median(ratios), 2),
        "two_workers_speedup_detail": {
            "one_worker_s": [round(time, 2) for time in took[1]],
            "two_workers_s": [round(time, 2) for time in took[2]],
            "audio_s": seconds,
            "chunks": len(measured.plan),
            "threads_each": 1,
            "model": model,
            "two_bare_engines_speedup": round(
                statistics.median(2 * one / two for one, two in zip(*bare.values(), strict=True)), 2
            ),
            "one_bare_engine_s": [round(time, 2) for time in bare[1]],
            "two_bare_engines_s": [round(time, 2) for time in bare[2]],
        },
    }


def _bare_engines(count: int, weights: Path, file: Path, slices: int) -> float:
    """Seconds until each of `count` processes has heard the same slices of 30 s, one thread each."""
    fresh = multiprocessing.get_context("spawn")
    start = fresh.Barrier(count + 1)
    processes = [
        fresh.Process(target=_hear, args=(start, weights, file, slices)) for _ in range(count)
    ]
    for process in processes:
        process.start()
    start.wait()
    started = time.monotonic()
    for process in processes:
        process.join()
    return time.monotonic() - started


def _hear(start: Barrier, weights: Path, file: Path, slices: int) -> None:
    engine = WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=1)
    samples = open_speech(file)[: (slices + 1) * 30 * SAMPLE_RATE]
    parts = np.split(samples.astype(np.float32) / 32768.0, slices + 1)
    for number, part in enumerate(parts):  # the first one warms up
        if number == 1:
            start.wait()
        list(engine.transcribe(part, language="de", beam_size=5, word_timestamps=True)[0])


def measure_kills(quick: bool, threads: int, folder: Path) -> dict[str, Any]:
    """`kill_extra_chunks`: chunks begun beyond the plan, with two kills in the middle."""
    seconds, chunk = (100, 20) if quick else (600, 60)
    place = Podium(folder / "home", chunk_seconds=chunk, threads=threads)
    write_base(place.parts.models)
    file = folder / "talk.wav"
    write_long_recording(file, seconds, 5, TALK)
    recording_id = place.take_in(file, BASE_MODEL)
    cut_off: list[int] = []
    recovery: list[float] = []
    try:
        worker = place.start_worker()
        for kill in (1, 2):
            place.wait_until(
                lambda _, kill=kill: _states(place, ChunkState.DONE) >= kill, recording_id
            )
            place.wait_until(lambda _: _states(place, ChunkState.RUNNING) > 0, recording_id)
            time.sleep(0.5)
            place.kill(worker)
            cut_off.append(_states(place, ChunkState.RUNNING))
            done, started = _states(place, ChunkState.DONE), time.monotonic()
            worker = place.start_worker()
            place.wait_until(
                lambda _, done=done: _states(place, ChunkState.DONE) > done, recording_id
            )
            recovery.append(round(time.monotonic() - started, 1))
        place.wait_until(_is_ready, recording_id)
        measured = place.measured(recording_id)
    finally:
        place.stop()
    repeated = measured.begun - len(measured.plan)
    return {
        "kill_extra_chunks": repeated + sum(cut_off),
        "kill_extra_chunks_detail": {
            "kills": 2,
            "in_flight_at_each_kill": cut_off,
            "finished_chunks_done_again": repeated,
            "planned_chunks": len(measured.plan),
            "seconds_from_restart_to_next_finished_chunk": recovery,
            "audio_s": seconds,
        },
    }


def _is_ready(recording: Recording) -> bool:
    return recording.state == State.READY


def _states(place: Podium, state: ChunkState) -> int:
    """How many chunks stand there."""
    with place.parts.sessions() as db:
        return len(db.scalars(select(ChunkRow.id).where(ChunkRow.state == state)).all())
