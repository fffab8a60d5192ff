"""The worker: takes work from the queues, shows that it lives, and looks after dead peers.

It may be killed at any moment: what it was on is done again from the last stored step, by itself
when it starts again, or by a live worker within a minute.
"""

import os
import platform
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

import structlog
from dbos import DBOS
from sqlalchemy import select, update

from archive.actions.retry import retry
from archive.db import now
from archive.jobs import APPLICATION, MEDIA, PIPELINE_VERSION, WHISPER
from archive.models.recording import Recording, State
from archive.models.workers import Worker
from archive.parts import Parts
from archive.pipeline import Workshop, set_up
from archive.queries.workers import DEAD_AFTER

log = structlog.get_logger()
HEARTBEAT = 10.0  # seconds between two signs of life
LEFTOVER_AFTER = timedelta(days=1)  # an upload that old, still unfinished, will not be finished


@contextmanager
def working(
    workshop: Workshop, *, media_at_once: int = 1, whisper_at_once: int = 1
) -> Iterator[None]:
    """While inside, this process takes work from the queues in background threads."""
    set_up(workshop)
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_engine": workshop.parts.engine,
            "application_version": PIPELINE_VERSION,
            "executor_id": workshop.worker,
            "log_level": "WARNING",
        }
    )
    _show_life(workshop.parts, workshop.worker)
    DBOS.launch()
    DBOS.register_queue(MEDIA, worker_concurrency=media_at_once)
    DBOS.register_queue(WHISPER, worker_concurrency=whisper_at_once)
    try:
        yield
    finally:
        DBOS.destroy()


def run(workshop: Workshop, can_transcribe: Callable[[str], bool]) -> None:
    """Works until it is told to stop (SIGTERM, SIGINT).

    can_transcribe: whether the Whisper model of that name is there.
    """
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    with working(workshop):
        log.info("worker ready", worker=workshop.worker, pid=os.getpid())
        while not stop.is_set():
            _look_around(workshop, can_transcribe)
            stop.wait(HEARTBEAT)
        log.info("worker stops; unfinished work goes on at the next start")
        _leave(workshop.parts, workshop.worker)
        # Whisper and ffmpeg may be in the middle of a step, which is safe to cut off anywhere.
        os._exit(0)


def claim_name(folder: Path, wanted: str = "") -> str:
    """A name for this worker, its own for as long as the process lives.

    Workers of one machine are numbered by lock files, so one that starts again takes its old name,
    and with it its unfinished work, at once.
    """
    if wanted:
        return wanted
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        lock = os.open(folder / f"worker-{number}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            flock(lock, LOCK_EX | LOCK_NB)  # held until the process ends
        except OSError:
            os.close(lock)
            continue
        return f"{platform.node() or 'localhost'}-{number}"
    raise RuntimeError(f"a thousand workers run on this machine already; see {folder}")


def _look_around(workshop: Workshop, can_transcribe: Callable[[str], bool]) -> None:
    """One round of everything that is not on a queue; trouble in it must not end the worker."""
    parts = workshop.parts
    for look in (
        lambda: _show_life(parts, workshop.worker),
        lambda: _take_over_from_the_dead(parts, workshop.worker),
        lambda: _wake_those_waiting(parts, can_transcribe),
        lambda: _wake_those_without_space(parts),
        lambda: _remove_leftovers(parts.work / "uploads"),
    ):
        try:
            look()
        except Exception:
            log.exception("a round of the worker went wrong; it goes on")


def _show_life(parts: Parts, name: str) -> None:
    with parts.sessions.begin() as db:
        worker = db.get(Worker, name)
        if worker is None:
            db.add(Worker(name=name))
        else:
            worker.seen_at = now()


def _leave(parts: Parts, name: str) -> None:
    """A worker that goes in peace is dead at once, so that others take over without waiting."""
    with parts.sessions.begin() as db:
        db.execute(update(Worker).where(Worker.name == name).values(seen_at=now() - DEAD_AFTER))


def _take_over_from_the_dead(parts: Parts, name: str) -> None:
    for dead in _claim_the_dead(parts, name):
        left = DBOS.list_workflows(
            status="PENDING", executor_id=dead, load_input=False, load_output=False
        )
        for queue in (MEDIA, WHISPER):
            ids = [workflow.workflow_id for workflow in left if workflow.queue_name == queue]
            if ids:
                log.warning("taking over", dead=dead, queue=queue, work=ids)
                DBOS.resume_workflows(ids, queue_name=queue)
        with parts.sessions.begin() as db:
            worker = db.get(Worker, dead)
            if worker is not None:
                db.delete(worker)


def _claim_the_dead(parts: Parts, name: str) -> list[str]:
    """The dead that this worker alone takes over from.

    Claiming is touching the heartbeat: should the claimant die too, it runs out again.
    """
    limit = now() - DEAD_AFTER
    with parts.sessions.begin() as db:
        dead = db.scalars(select(Worker.name).where(Worker.seen_at < limit, Worker.name != name))
        return [
            other
            for other in dead.all()
            if db.execute(
                update(Worker)
                .where(Worker.name == other, Worker.seen_at < limit)
                .values(seen_at=now())
            ).rowcount
        ]


def _wake_those_waiting(parts: Parts, can_transcribe: Callable[[str], bool]) -> None:
    with parts.sessions() as db:
        waiting = db.execute(
            select(Recording.id, Recording.model).where(Recording.state == State.WAITING_FOR_MODEL)
        ).all()
    for recording_id, model in waiting:
        if can_transcribe(model):
            log.info("model is there, going on", recording=recording_id, model=model)
            retry(parts, recording_id)


def _wake_those_without_space(parts: Parts) -> None:
    """What failed for a full disk is tried again once there is room, once a minute at most."""
    with parts.sessions() as db:
        full = db.execute(
            select(Recording.id, Recording.size).where(
                Recording.state == State.FAILED,
                Recording.failure == "no_space",
                Recording.updated_at < now() - timedelta(minutes=1),
            )
        ).all()
    for recording_id, size in full:
        if parts.store.free_bytes() > parts.reserve + size:
            log.info("there is room again, going on", recording=recording_id)
            retry(parts, recording_id)


def _remove_leftovers(folder: Path) -> None:
    """Unfinished uploads of processes that were killed."""
    if not folder.exists():
        return
    limit = time.time() - LEFTOVER_AFTER.total_seconds()
    for path in folder.iterdir():
        if path.stat().st_mtime < limit:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
