"""A Podium in a folder of its own, with workers in this process or in processes of their own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from archive.actions.ingest import ingest
from archive.actions.migrate import migrate
from archive.models.programme import Event, Session
from archive.models.recording import LogEntry, Recording, State, Step
from archive.models.transcript import TranscribedChunk
from archive.parts import Parts
from archive.wiring import engines, make_parts, make_workshop
from archive.worker import working
from config import ROOT, Settings
from media.uploads import receive
from transcripts.engines.engine import Engine
from transcripts.speech import Chunk

PATIENCE = 1800  # seconds for one recording
CHUNK_DONE = re.compile(r"chunk \d+ of \d+ took")


@dataclass(frozen=True)
class Run:
    """One recording that went through the pipeline.

    seconds: from the beginning of the transcription until the recording was ready. engine_seconds:
    of all chunks, as the workers measured them. begun: chunks that were heard to the end.
    """

    seconds: float
    engine_seconds: float
    plan: tuple[Chunk, ...]
    begun: int
    terms: tuple[str, ...]


class Podium:
    """Its settings, its parts, and the worker processes that it started.

    folder: becomes its home; models belong into its folder `models`. threads: of a worker's engine.
    """

    def __init__(self, folder: Path, *, chunk_seconds: float, threads: int) -> None:
        self.settings = Settings(
            home=folder,
            database_url="",
            chunk_seconds=chunk_seconds,
            threads=threads,
            device="cpu",
            ladder=(),
            voices=False,
        )
        self.parts: Parts = make_parts(self.settings)
        self._workers: list[subprocess.Popen] = []
        self._taken = 0
        migrate(self.parts.engine)
        day = date(2026, 1, 1)
        with self.parts.sessions.begin() as db:
            db.add(Event(slug="bench", title="-", starts_on=day, ends_on=day, timezone="UTC"))

    @contextmanager
    def working(self, others: dict[str, Engine] | None = None) -> Iterator[None]:
        """While inside, this process works. others: engines of models that are in no folder."""
        real = engines(self.settings)
        known = others or {}
        workshop = replace(
            make_workshop(self.settings, self.parts, "bench"),
            whisper=lambda model: known[model] if model in known else real(model),
        )
        with working(workshop):
            yield

    def start_worker(self) -> subprocess.Popen:
        """Starts a worker process, as a user does."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PODIUM_")}
        given = {
            "PODIUM_HOME": str(self.settings.home),
            "PODIUM_CHUNK_SECONDS": str(self.settings.chunk_seconds),
            "PODIUM_THREADS": str(self.settings.threads),
            "PODIUM_DEVICE": "cpu",
            "PODIUM_LADDER": "off",
            "PODIUM_VOICES": "no",
            "DATABASE_URL": "",
        }
        with (self.settings.home / "worker.log").open("ab") as output:
            worker = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
                cwd=ROOT,
                env=kept | given,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen) -> None:
        """`kill -9` of the worker alone."""
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=60)

    def stop(self) -> None:
        """Ends all workers, with what they started."""
        for worker in self._workers:
            try:
                os.killpg(worker.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            worker.wait(timeout=60)

    def take_in(self, file: Path, model: str) -> int:
        """Takes a recording of German talk in; returns its id."""
        with self.parts.sessions.begin() as db:
            session = Session(slug=f"run-{time.time_ns()}", event_id=1, title="-", language="de")
            db.add(session)
            db.flush()
            session_id = session.id
        self._taken += 1
        copy = shutil.copyfile(file, self.settings.home / "copy.wav")
        with copy.open("r+b") as stream:  # the archive takes no file twice: its last sample differs
            stream.seek(-2, os.SEEK_END)
            stream.write(self._taken.to_bytes(2, "little"))
            stream.seek(0)
            received = receive(stream, self.parts.work / "uploads", limit=10**12)
        copy.unlink()
        return ingest(
            self.parts,
            session_id=session_id,
            received=received,
            original_name=file.name,
            model=model,
        )

    def wait_until(self, done: Callable[[Recording], bool], recording_id: int) -> None:
        """Waits, looking ten times a second; ends the bench when the recording failed."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with self.parts.sessions() as db:
                recording = db.get_one(Recording, recording_id)
                if recording.state == State.FAILED:
                    raise SystemExit(f"failed: {recording.failure} {recording.failure_details}")
                if done(recording):
                    return
            time.sleep(0.1)
        raise SystemExit(f"not done after {PATIENCE} s; see {self.settings.home}")

    def run(self, file: Path, model: str) -> Run:
        """Takes a recording in, waits until it is ready, and measures."""
        recording_id = self.take_in(file, model)
        self.wait_until(lambda recording: recording.state == State.READY, recording_id)
        return self.measured(recording_id)

    def measured(self, recording_id: int) -> Run:
        """What a recording that is ready took."""
        with self.parts.sessions() as db:
            recording = db.get_one(Recording, recording_id)
            lines = db.scalars(
                select(LogEntry).where(LogEntry.recording_id == recording_id).order_by(LogEntry.id)
            ).all()
            heard = db.scalars(
                select(TranscribedChunk.seconds).where(
                    TranscribedChunk.recording_id == recording_id
                )
            ).all()
            return Run(
                (recording.ready_at - _begun_at(lines)).total_seconds(),
                sum(heard),
                tuple(Chunk(**planned) for planned in recording.plan),
                sum(1 for line in lines if CHUNK_DONE.match(line.message)),
                tuple(recording.terms or ()),
            )


def _begun_at(lines: list[LogEntry]) -> datetime:
    """When the transcription began: when the rendition was done and it was enqueued, or just after."""
    return next(line.at for line in lines if line.step == Step.TRANSCRIPTION)
