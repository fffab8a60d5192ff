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

import archive.pipeline  # noqa: F401  (its workflows are what the queues hold)
from archive.actions.begin_again import begin_again
from archive.actions.make_streaming import UNDER_WAY, make_streaming, stop_streaming
from archive.actions.retry import retry
from archive.db import now
from archive.jobs import APPLICATION, MEDIA, PIPELINE_VERSION, SHORT, STREAMING, WHISPER
from archive.models.recording import (
    Recording,
    Rendition,
    RenditionKind,
    State,
    Streaming,
    StreamingState,
)
from archive.models.transcript import ChunkRow, ChunkState
from archive.models.workers import Worker
from archive.parts import Parts
from archive.queries.workers import DEAD_AFTER, waiting_chunks
from archive.streaming import room_for_sizes  # and the workflow for them
from archive.workshop import Workshop, set_up

log = structlog.get_logger()
HEARTBEAT = 10.0  # seconds between two signs of life
LEFTOVER_AFTER = timedelta(days=1)  # an upload that old, still unfinished, will not be finished
TIME_FOR_VOICES = timedelta(hours=1)  # for which the sound of a recording that is ready is kept


@contextmanager
def working(
    workshop: Workshop,
    *,
    media_at_once: int = 1,
    whisper_at_once: int = 1,
    streaming_at_once: int = 1,
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
    DBOS.register_queue(WHISPER, worker_concurrency=whisper_at_once, polling_interval_sec=0.1)
    DBOS.register_queue(STREAMING, worker_concurrency=streaming_at_once)
    DBOS.register_queue(SHORT, polling_interval_sec=0.5)
    try:
        yield
    finally:
        DBOS.destroy()


def run(
    workshop: Workshop, can_transcribe: Callable[[str], bool], send_mail: Callable[[], None]
) -> None:
    """Works until it is told to stop (SIGTERM, SIGINT).

    can_transcribe: whether the Whisper model of that name is there. send_mail: sends the notices that
    wait to be sent.
    """
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    with working(workshop):
        log.info("worker ready", worker=workshop.worker, pid=os.getpid())
        _adopt_old_work(workshop.parts)
        post = threading.Thread(
            target=_send_mails, args=(send_mail, stop), name="mail", daemon=True
        )
        post.start()
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


def _send_mails(send_mail: Callable[[], None], stop: threading.Event) -> None:
    """Mail has rounds of its own: a mail server that hangs must not hold up a sign of life."""
    while not stop.wait(HEARTBEAT):
        _safely(send_mail)


def _look_around(workshop: Workshop, can_transcribe: Callable[[str], bool]) -> None:
    """One round of everything that is not on a queue; trouble in it must not end the worker."""
    parts = workshop.parts
    for look in (
        lambda: _show_life(parts, workshop.worker),
        lambda: _take_over_from_the_dead(parts, workshop.worker),
        lambda: _wake_those_waiting(parts, can_transcribe),
        lambda: _wake_those_without_space(parts),
        lambda: _wake_sizes_without_space(parts),
        lambda: _renew_turns(parts),
        lambda: _remove_leftovers(parts.work / "uploads"),
        lambda: _remove_sound(parts),
        lambda: _remove_half_made(parts),
    ):
        _safely(look)


def _safely(look: Callable[[], None]) -> None:
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
        db.execute(  # what it had in hand did not kill it
            update(ChunkRow)
            .where(
                ChunkRow.worker == name,
                ChunkRow.state == ChunkState.RUNNING,
                ChunkRow.deaths > 0,
            )
            .values(deaths=ChunkRow.deaths - 1)
        )
        db.execute(update(Worker).where(Worker.name == name).values(seen_at=now() - DEAD_AFTER))


def _take_over_from_the_dead(parts: Parts, name: str) -> None:
    for dead in _claim_the_dead(parts, name):
        left = DBOS.list_workflows(
            status="PENDING", executor_id=dead, load_input=False, load_output=False
        )
        for queue in (MEDIA, WHISPER, STREAMING, SHORT):
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


def _wake_sizes_without_space(parts: Parts) -> None:
    with parts.sessions() as db:
        full = db.execute(
            select(Streaming.recording_id, Rendition.size)
            .join(Rendition, Rendition.recording_id == Streaming.recording_id)
            .where(
                Streaming.state == StreamingState.FAILED,
                Streaming.reason == "no_space",
                Rendition.kind == RenditionKind.VIDEO,
            )
        ).all()
    for recording_id, size in full:
        if parts.store.free_bytes() > room_for_sizes(parts, size):
            log.info("there is room for its sizes again", recording=recording_id)
            make_streaming(parts, recording_id)


def _renew_turns(parts: Parts) -> None:
    """Chunks that wait need turns at the engine; where none are left, new ones are queued."""
    with parts.sessions() as db:
        waiting = waiting_chunks(db)
    if not waiting or DBOS.list_workflows(
        status=["ENQUEUED", "PENDING"],
        name="hear",
        app_version=PIPELINE_VERSION,
        limit=1,
        load_input=False,
        load_output=False,
    ):
        return
    log.warning("chunks wait without a turn", count=waiting)
    with parts.sessions.begin() as db:
        parts.jobs.hear(db, waiting)


def _adopt_old_work(parts: Parts) -> None:
    """Work that an older version of Podium had queued begins anew in this version's way."""
    old = [
        workflow
        for workflow in DBOS.list_workflows(
            status=["ENQUEUED", "PENDING"], load_input=False, load_output=False
        )
        if workflow.app_version != PIPELINE_VERSION
    ]
    if not old:
        return
    log.warning("taking over the work of an older version", count=len(old))
    DBOS.cancel_workflows([workflow.workflow_id for workflow in old])
    with parts.sessions() as db:
        unfinished = db.scalars(
            select(Recording.id).where(
                Recording.state.in_((State.QUEUED, State.WORKING, State.PAUSED))
            )
        ).all()
        streaming = db.scalars(
            select(Streaming.recording_id).where(Streaming.state.in_(UNDER_WAY))
        ).all()
    for recording_id in unfinished:
        begin_again(parts, recording_id)
    for recording_id in streaming:
        with parts.sessions.begin() as db:
            stop_streaming(db, recording_id)
        make_streaming(parts, recording_id)


def _remove_sound(parts: Parts) -> None:
    """Sound that was decoded on this machine for work that is done, wherever it was finished."""
    for folder in parts.work.glob("recording-*"):
        number = folder.name.removeprefix("recording-")
        if not number.isdecimal():
            continue
        id_ = int(number)
        with parts.sessions() as db:
            recording = db.get(Recording, id_)
        if recording is None or _is_quiet(recording):
            shutil.rmtree(folder, ignore_errors=True)


def _is_quiet(recording: Recording) -> bool:
    """Whether nothing works on the sound of a recording; its voices may be told for a while yet."""
    if recording.state != State.READY:
        return recording.state == State.CANCELLED
    told = recording.voices is not None or recording.ready_at is None
    return told or now() - recording.ready_at > TIME_FOR_VOICES


def _remove_half_made(parts: Parts) -> None:
    """Sizes and previews that nobody will finish: of recordings removed, of runs that are over."""
    for folder in parts.work.glob("streaming-*-*"):
        recording_id, _, run = folder.name.removeprefix("streaming-").partition("-")
        if not (recording_id.isdecimal() and run.isdecimal()):
            continue
        with parts.sessions() as db:
            row = db.get(Streaming, int(recording_id))
        if row is None or row.run != int(run) or row.state not in UNDER_WAY:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    """Unfinished uploads of processes that were killed."""
    if not folder.exists():
        return
    limit = time.time() - LEFTOVER_AFTER.total_seconds()
    for path in folder.iterdir():
        if path.stat().st_mtime < limit:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
