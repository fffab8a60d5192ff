"""Wall time of the whole pipeline against the bare engine on the same recording and model.

    python -m bench.pipeline [--quick] [--json FILE]

The pipeline takes a sample recording in and works until its page is searchable: probe, poster,
rendition, voice activity, chunks, transcription, stitching, index, every step durable. The bare
engine is faster-whisper on the same file with the same model and decoding options, in one call.
Both have their model loaded before the clock starts; runs alternate, and the median counts.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from faster_whisper import WhisperModel

from archive.actions.ingest import ingest
from archive.actions.migrate import migrate
from archive.actions.remove_recording import remove_recording
from archive.models.programme import Event, Session
from archive.models.recording import SAMPLES_MODEL as MODEL
from archive.models.recording import Recording, State
from archive.parts import Parts
from archive.pipeline import Workshop
from archive.wiring import make_parts, make_workshop
from archive.worker import working
from bench.report import bench_arguments, print_table, write_json
from config import ROOT, Settings
from media.uploads import receive
from samples.expand import expand

PATIENCE = 600  # seconds for one recording


def main() -> None:
    arguments = bench_arguments(__doc__)
    videos = sorted((ROOT / "samples").rglob("*.mp4"))[: 1 if arguments.quick else None]
    repeats = 1 if arguments.quick else 5
    with tempfile.TemporaryDirectory() as folder, _workplace(Path(folder)) as (parts, workshop):
        bare = WhisperModel(
            str(parts.models / MODEL / f"{MODEL}-ct2"), device="cpu", compute_type="int8"
        )
        workshop.whisper(MODEL)
        rows = [_row(video, repeats, parts, bare) for video in videos]
    print_table(rows)
    write_json(arguments.json, {"pipeline_over_engine": rows})


def _row(video: Path, repeats: int, parts: Parts, bare: WhisperModel) -> dict[str, object]:
    times: dict[str, list[float]] = {"pipeline": [], "engine": []}
    for _ in range(repeats):
        times["engine"].append(_engine_seconds(bare, video))
        times["pipeline"].append(_pipeline_seconds(parts, video))
    pipeline, engine = (statistics.median(times[name]) for name in ("pipeline", "engine"))
    return {
        "recording": video.stem,
        "pipeline_s": round(pipeline, 2),
        "engine_s": round(engine, 2),
        "ratio": round(pipeline / engine, 2),
        "repeats": repeats,
    }


def _engine_seconds(model: WhisperModel, video: Path) -> float:
    started = time.perf_counter()
    segments, _ = model.transcribe(
        str(video), beam_size=5, word_timestamps=True, condition_on_previous_text=False
    )
    words = sum(len(segment.words or ()) for segment in segments)
    if not words:
        raise SystemExit(f"the bare engine heard nothing in {video.name}")
    return time.perf_counter() - started


def _pipeline_seconds(parts: Parts, video: Path) -> float:
    with parts.sessions.begin() as db:
        event = db.get_one(Event, 1)
        session = Session(slug=f"run-{time.time_ns()}", event_id=event.id, title=video.stem)
        db.add(session)
        db.flush()
    started = time.perf_counter()
    with video.open("rb") as stream:
        received = receive(stream, parts.work / "uploads", limit=parts.upload_limit)
    recording_id = ingest(
        parts, session_id=session.id, received=received, original_name=video.name, model=MODEL
    )
    _wait_until_ready(parts, recording_id)
    took = time.perf_counter() - started
    _forget(parts, recording_id)
    return took


def _wait_until_ready(parts: Parts, recording_id: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with parts.sessions() as db:
            recording = db.get_one(Recording, recording_id)
        if recording.state == State.READY:
            return
        if recording.state == State.FAILED:
            raise SystemExit(f"failed: {recording.failure} {recording.failure_details}")
        time.sleep(0.05)
    raise SystemExit(f"not ready after {PATIENCE} s")


def _forget(parts: Parts, recording_id: int) -> None:
    """So that the same file may be taken in again."""
    remove_recording(parts, recording_id)


@contextmanager
def _workplace(folder: Path) -> Iterator[tuple[Parts, Workshop]]:
    settings = Settings(home=folder, database_url="", ladder=())
    parts = make_parts(settings)
    migrate(parts.engine)
    expand(parts.models / MODEL)
    with parts.sessions.begin() as db:
        db.add(
            Event(
                slug="bench",
                title="Bench",
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 1, 1),
                timezone="UTC",
            )
        )
    workshop = make_workshop(settings, parts, "bench")
    with working(workshop):
        yield parts, workshop


if __name__ == "__main__":
    main()
