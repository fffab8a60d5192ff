"""What makes a recording stream: previews and a ladder of sizes, made once it can be played.

    stream          previews -> sizes      the player picks a size by the network

It is work beside the story that `archive/pipeline.py` tells: it waits for nothing there, holds nothing
up, and whatever becomes of it, the recording plays as MP4. Each step is safe to run twice: what it
makes is finished aside, moved into a folder of its own run, and then told in the database.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from dbos import DBOS
from sqlalchemy import select, update
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.report_progress import log_line
from archive.hearing import now_and_then
from archive.models.recording import (
    Recording,
    Rendition,
    RenditionKind,
    Streaming,
    StreamingState,
)
from archive.parts import Parts
from archive.workshop import Over, Trouble, is_over, named_trouble, reason_of, shop, worth_retrying
from media.errors import MediaError
from media.hls import MIME, heights_of, make_ladder
from media.probe import MediaInfo, probe
from media.sprites import make_sprites

log = structlog.get_logger()
ROOM = 2  # times the size of the MP4: what the sizes take at most

step = DBOS.step(
    retries_allowed=True,
    max_attempts=3,
    interval_seconds=2.0,
    backoff_rate=3.0,
    should_retry=worth_retrying,
)


@DBOS.workflow(name="stream", max_recovery_attempts=None)
def stream(recording_id: int, run: int) -> None:
    """From a recording that plays to one that streams."""
    try:
        draw_previews(recording_id, run)
        make_sizes(recording_id, run)
    except Exception as error:
        if not is_over(error):
            tell_failure(recording_id, run, *reason_of(error))


@step
def draw_previews(recording_id: int, run: int) -> None:
    """Makes the sheets of small pictures; a video without them is still a video."""
    with _at(recording_id, run) as recording:
        source = _source(recording)
        if source is None:
            return
        place = _folder(recording_id, run)
        try:
            made = make_sprites(*source, place / "sprites", cancelled=_cancelled(recording_id, run))
        except MediaError as error:
            if _over(recording_id, run):
                raise Over from error
            _log(recording, f"there are no previews: {error}")
            return
        numbers = {name: getattr(made, name) for name in ("interval", "columns", "rows", "count")}
        row = Rendition(
            kind=RenditionKind.SPRITES,
            mime="image/jpeg",
            width=made.width,
            height=made.height,
            size=made.size,
            details={"files": list(made.files)} | numbers,
        )
        _keep(recording_id, run, made.folder, row)


@step
def make_sizes(recording_id: int, run: int) -> None:
    """Makes the ladder where the video needs one, and says so where it needs none."""
    with _at(recording_id, run) as recording:
        if any(
            r.kind == RenditionKind.HLS and f"/hls-{run}/" in r.key for r in recording.renditions
        ):
            return _end(recording_id, run, StreamingState.DONE)  # kept just before a crash
        source = _source(recording)
        if source is None:
            return _end(recording_id, run, StreamingState.NOT_NEEDED, reason="sound")
        if not shop().heights:
            return _end(recording_id, run, StreamingState.NOT_NEEDED, reason="off")
        file, info = source
        if not heights_of(info.video, shop().heights):
            return _end(recording_id, run, StreamingState.NOT_NEEDED, reason="small")
        free = shop().parts.store.free_bytes()
        needed = room_for_sizes(shop().parts, info.size)
        if free < needed:
            raise Trouble("no_space", {"free": free, "needed": needed})
        began = time.monotonic()
        made = make_ladder(
            file,
            info,
            _folder(recording_id, run) / "hls",
            heights=shop().heights,
            progress=_reporter(recording_id, run, info.duration),
            cancelled=_cancelled(recording_id, run),
        )
        heights = [size.height for size in made.sizes]
        row = Rendition(
            kind=RenditionKind.HLS,
            mime=MIME,
            width=made.sizes[0].width,
            height=made.sizes[0].height,
            duration=made.duration,
            size=made.size,
            details={"files": list(made.files), "heights": heights},
        )
        _keep(recording_id, run, made.folder, row)
        took = time.monotonic() - began
        _log(recording, f"sizes {', '.join(map(str, heights))} took {took:.0f} s")
        _end(recording_id, run, StreamingState.DONE)
        shutil.rmtree(_folder(recording_id, run), ignore_errors=True)


@DBOS.step()
def tell_failure(recording_id: int, run: int, reason: str, details: dict) -> None:
    """Writes down why there are no sizes; the recording itself is as it was."""
    with shop().parts.sessions() as db:
        recording = db.get(Recording, recording_id)
    if recording is not None and not _over(recording_id, run):
        _log(recording, f"there are no sizes: {reason}: {details}")
        _end(recording_id, run, StreamingState.FAILED, reason=reason, details=details)
    shutil.rmtree(_folder(recording_id, run), ignore_errors=True)


def room_for_sizes(parts: Parts, size: int) -> int:
    """Bytes that must be free before the sizes of an MP4 of `size` bytes are begun."""
    return ROOM * size + parts.reserve


# What the steps share -----------------------------------------------------------------------


@contextmanager
def _at(recording_id: int, run: int) -> Iterator[Recording]:
    """Enters a step. Raises Over, and Trouble for all else that goes wrong inside."""
    with shop().parts.sessions.begin() as db:
        recording = _load(db, recording_id, run)
        _set(db, recording_id, run, state=StreamingState.WORKING)
    with structlog.contextvars.bound_contextvars(recording=recording_id, step="streaming"):
        try:
            yield recording
        except Over:
            raise
        except Exception as error:
            if _over(recording_id, run):
                raise Over from error
            trouble = named_trouble(error, recording)
            log.warning("no sizes", reason=trouble.reason, error=str(error)[:2000])
            raise trouble from error


def _load(db: DatabaseSession, recording_id: int, run: int) -> Recording:
    """The recording with what was made from it. Raises Over."""
    recording, row = db.get(Recording, recording_id), db.get(Streaming, recording_id)
    if recording is None or row is None or row.run != run:
        raise Over
    _ = recording.renditions
    return recording


def _over(recording_id: int, run: int) -> bool:
    """Whether nobody wants this run any more."""
    with shop().parts.sessions() as db:
        return db.scalar(select(Streaming.run).where(Streaming.recording_id == recording_id)) != run


def _cancelled(recording_id: int, run: int):  # as media.ffmpeg takes it
    return now_and_then(lambda: _over(recording_id, run))


def _source(recording: Recording) -> tuple[Path, MediaInfo] | None:
    """The MP4 that browsers play; None where there is no picture."""
    video = next((r for r in recording.renditions if r.kind == RenditionKind.VIDEO), None)
    if video is None:
        return None
    path = shop().parts.store.path(video.key)
    return path, probe(path, name=recording.original_name)


def _folder(recording_id: int, run: int) -> Path:
    """Where what is half done lies; not with the sound, which goes when the words are there."""
    place = shop().parts.work / f"streaming-{recording_id}-{run}"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _keep(recording_id: int, run: int, folder: Path, row: Rendition) -> None:
    """Moves a finished folder into the store, and its row in the place of an older one."""
    parts = shop().parts
    place = f"renditions/{recording_id}/{folder.name}-{run}"
    row.recording_id = recording_id
    row.key = f"{place}/{row.details['files'][0]}"
    for name in row.details["files"]:
        parts.store.put(folder / name, f"{place}/{name}")
    keys = set(row.keys)
    try:
        former = _tell(recording_id, run, row)
    except Over:
        _delete(keys)
        raise
    _delete(former - keys)


def _tell(recording_id: int, run: int, row: Rendition) -> set[str]:
    """Puts the row in the place of an older one; the keys of that. Raises Over."""
    with shop().parts.sessions.begin() as db:
        former: set[str] = set()
        for old in _load(db, recording_id, run).renditions:
            if old.kind == row.kind:
                former |= set(old.keys)
                db.delete(old)
        db.flush()
        db.add(row)
        return former


def _delete(keys: set[str]) -> None:
    for key in keys:
        shop().parts.store.delete(key)


def _log(recording: Recording, message: str) -> None:
    log_line(shop().parts.sessions, recording.id, recording.attempt, None, message)


def _reporter(recording_id: int, run: int, total: float):  # as media.ffmpeg takes it
    last = 0.0

    def report(done: float) -> None:
        nonlocal last
        if time.monotonic() - last >= 1.0:
            last = time.monotonic()
            with shop().parts.sessions.begin() as db:
                _set(db, recording_id, run, progress=min(1.0, done / total if total else 1.0))

    return report


def _end(recording_id: int, run: int, state: StreamingState, **values: object) -> None:
    with shop().parts.sessions.begin() as db:
        _set(db, recording_id, run, state=state, progress=1.0, **values)


def _set(db: DatabaseSession, recording_id: int, run: int, **values: object) -> None:
    db.execute(
        update(Streaming)
        .where(Streaming.recording_id == recording_id, Streaming.run == run)
        .values(**values)
    )
