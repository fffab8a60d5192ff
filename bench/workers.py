"""What a second worker brings, and what `kill -9` of a worker costs."""

import statistics
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive.models.recording import SAMPLES_MODEL, Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from bench.podium import Podium
from bench.weights import NAME as BASE_MODEL
from bench.weights import write_base
from samples.expand import expand
from samples.long import Shape, write_long_recording

TALK = Shape(gap_every=None, noisy=False)


def measure_two_workers(quick: bool, threads: int, folder: Path) -> dict[str, Any]:
    """`two_workers_speedup`: one worker's time over two workers', each with one thread."""
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
        for _ in range(repeats):
            for count, place in places.items():
                measured = place.run(file, model)
                took[count].append(measured.seconds)
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
        },
    }


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
