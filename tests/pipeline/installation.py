"""A whole Podium in a folder of its own, run as a user runs it: real commands, real workers."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from archive.db import make_engine, make_sessions
from archive.models.recording import Recording
from archive.models.registry import Base  # noqa: F401  (all tables, before the first query)
from archive.queries.transcript import cues_of, current_revision
from config import Settings
from transcripts.cues import Cue

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds that anything may take on a busy machine


class Installation:
    """Its home folder, its database, and the processes it started."""

    def __init__(self, home: Path, database_url: str = "", **environment: str) -> None:
        self.home = home
        self.environment = (
            {key: value for key, value in os.environ.items() if not key.startswith("PODIUM_")}
            | {"PODIUM_HOME": str(home), "DATABASE_URL": database_url}
            | environment
        )
        self.settings = Settings(home=home, database_url=database_url)
        self.sessions = make_sessions(make_engine(self.settings.database))
        self.processes: list[subprocess.Popen] = []
        self.worker_log = home / "worker.log"

    def flask(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Runs one command to its end; returns it with its output as text."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        if check and done.returncode:
            raise AssertionError(f"flask {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def start_worker(self) -> subprocess.Popen:
        with self.worker_log.open("ab") as output:
            worker = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.processes.append(worker)
        return worker

    def start_web(self) -> str:
        """Starts the web server as the Procfile does; returns its address when it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        with (self.home / "web.log").open("ab") as output:
            web = subprocess.Popen(
                ["bash", "-c", lines["web"]],
                cwd=ROOT,
                env=self.environment | {"PORT": str(port), "PATH": path},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.processes.append(web)
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
        while time.monotonic() < end and web.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
                return address
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"no answer\n{(self.home / 'web.log').read_text()[-4000:]}")

    def password(self, name: str) -> str:
        """The password that `flask prepare` made for the log-in of that name."""
        lines = (self.home / "logins.txt").read_text().splitlines()
        return next(line.split()[2] for line in lines if line.split()[1] == name)

    def kill(self, worker: subprocess.Popen) -> None:
        """`kill -9` of the worker alone, as the kernel does when memory runs out."""
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=PATIENCE)

    def stop(self) -> None:
        """Ends everything that was started."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=PATIENCE)

    def recording(self, recording_id: int = 1) -> Recording:
        with self.sessions() as db:
            recording = db.get_one(Recording, recording_id)
            _ = recording.renditions, recording.chunks, recording.log
            return recording

    def recordings(self) -> list[Recording]:
        with self.sessions() as db:
            return list(db.scalars(select(Recording).order_by(Recording.id)))

    def wait_for(
        self, wanted: Callable[[Recording], bool], recording_id: int = 1, every: float = 0.05
    ) -> Recording:
        """The recording, as soon as it is as wanted."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            recording = self.recording(recording_id)
            if wanted(recording):
                return recording
            time.sleep(every)
        raise AssertionError(
            f"after {PATIENCE} s: {recording.state}, {recording.step}, {recording.progress:.2f}, "
            f"{recording.failure} {recording.failure_details}\n{self.worker_log.read_text()[-4000:]}"
        )

    def cues(self, recording_id: int = 1) -> tuple[Cue, ...]:
        """What the page shows of the recording's session."""
        with self.sessions() as db:
            session_id = db.get_one(Recording, recording_id).session_id
            revision = current_revision(db, session_id)
            return cues_of(db, revision.id) if revision else ()
