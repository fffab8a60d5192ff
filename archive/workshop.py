"""What all steps of the pipeline share: their tools, how they begin, and how trouble is told."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.cancel import withdraw
from archive.actions.notify import notify
from archive.actions.report_progress import (
    log_line,
    report_failure,
    report_progress,
    report_waiting,
)
from archive.models.recording import Recording, State, Step
from archive.parts import Parts
from media.errors import MediaError
from media.hls import HEIGHTS
from transcripts.engines.engine import Engine, EngineError, ModelMissing

log = structlog.get_logger()


@dataclass(frozen=True)
class Workshop:
    """What the pipeline works with.

    whisper: gives the engine of a model by name, loaded once; raises ModelMissing.
    chunk_seconds: length of audio aimed at for one chunk.
    worker: name of this process, kept with each chunk it transcribed.
    voices: whether the voices of a recording are told apart.
    heights: of the sizes that a video is made in, in lines; empty: none but its own.
    """

    parts: Parts
    whisper: Callable[[str], Engine]
    chunk_seconds: float
    beam_size: int
    worker: str
    voices: bool = True
    heights: tuple[int, ...] = HEIGHTS


_workshop: Workshop | None = None


def set_up(workshop: Workshop) -> None:
    """Gives this process's pipeline its workshop, before any work is taken."""
    global _workshop
    _workshop = workshop


def shop() -> Workshop:
    """The workshop of this process."""
    if _workshop is None:
        raise RuntimeError("the pipeline has no workshop: call set_up first")
    return _workshop


class Trouble(Exception):
    """A step cannot be done: a reason of `archive/errors.py` and its details.

    passing: whether trying again soon may help.
    """

    def __init__(self, reason: str, details: dict, passing: bool = False) -> None:
        super().__init__(reason, details, passing)
        self.reason = reason
        self.details = details
        self.passing = passing


class Over(Exception):
    """The attempt is over: it was cancelled, or the recording was removed. Nobody is to be told."""


def worth_retrying(error: BaseException) -> bool:
    """Whether a step that raised `error` may succeed soon."""
    if isinstance(error, Over):
        return False
    return not isinstance(error, Trouble) or error.passing


@contextmanager
def at(recording_id: int, attempt: int, step: Step, *, quiet: bool = False) -> Iterator[Recording]:
    """Enters a step: its progress shown, its start and its trouble in the log.

    Raises Over, and Trouble for all else that goes wrong inside.
    """
    sessions = shop().parts.sessions
    with sessions() as db:
        recording = load(db, recording_id, attempt)
    with structlog.contextvars.bound_contextvars(recording=recording_id, step=str(step)):
        try:
            if not quiet:
                report_progress(sessions, recording_id, step, 0.0)
                log_line(sessions, recording_id, attempt, step, "started")
            yield recording
        except Over:
            raise
        except Exception as error:
            if over(recording_id, attempt):
                raise Over from error
            trouble = named_trouble(error, recording)
            log.warning("step failed", reason=trouble.reason, error=str(error)[:2000])
            log_line(sessions, recording_id, attempt, step, str(error))
            raise trouble from error


def load(db: DatabaseSession, recording_id: int, attempt: int) -> Recording:
    """The recording with what was made from it, readable after the database session. Raises Over."""
    recording = db.get(Recording, recording_id)
    if recording is None or recording.attempt != attempt:
        raise Over
    _ = recording.renditions
    return recording


def over(recording_id: int, attempt: int) -> bool:
    """Whether nobody wants this attempt any more."""
    with shop().parts.sessions() as db:
        current = db.scalar(select(Recording.attempt).where(Recording.id == recording_id))
    return current != attempt


def tell_trouble(recording_id: int, attempt: int, reason: str, details: dict) -> None:
    """Writes down why the work stopped, and takes back what was handed out."""
    sessions = shop().parts.sessions
    if over(recording_id, attempt):
        return
    log_line(sessions, recording_id, attempt, None, f"{reason}: {details}")
    with sessions.begin() as db:
        withdraw(db, db.get_one(Recording, recording_id))
    if reason == "model_missing":
        return report_waiting(sessions, recording_id)
    report_failure(sessions, recording_id, reason, details)
    with sessions.begin() as db:
        notify(db, db.get_one(Recording, recording_id), State.FAILED)


def reason_of(error: Exception) -> tuple[str, dict]:
    """The reason and the details of what a step, tried several times, ended with."""
    for cause in _causes(error):
        if isinstance(cause, Trouble):
            return cause.reason, cause.details
    return "unexpected", {"error": f"{type(error).__name__}: {error}"[:2000]}


def is_over(error: Exception) -> bool:
    """Whether a step, tried several times, ended because the attempt is over."""
    return any(isinstance(cause, Over) for cause in _causes(error))


def _causes(error: Exception) -> list[Exception]:
    return [error, *getattr(error, "errors", [])][::-1]


def named_trouble(error: Exception, recording: Recording) -> Trouble:
    """What went wrong, as a reason of `archive/errors.py`."""
    named = {"name": recording.original_name}
    if isinstance(error, Trouble):
        return Trouble(error.reason, named | error.details, error.passing)
    if isinstance(error, MediaError):
        passing = error.reason in ("ffmpeg_failed", "timeout")
        return Trouble(error.reason, named | _plain(error.details), passing)
    if isinstance(error, ModelMissing):
        return Trouble("model_missing", named | {"model": recording.model, "hint": str(error)})
    if isinstance(error, EngineError):
        return Trouble("engine_failed", named | {"error": str(error)[:2000]}, passing=True)
    if isinstance(error, OSError) and error.errno == 28:
        return Trouble("no_space", named)
    return Trouble("unexpected", named | {"error": f"{type(error).__name__}: {error}"[:2000]}, True)


def _plain(details: dict) -> dict:
    return {
        key: value if isinstance(value, int | float | str | bool) else str(value)
        for key, value in details.items()
    }


def folder(recording_id: int) -> Path:
    """Where what is half done of a recording lies."""
    place = shop().parts.work / f"recording-{recording_id}"
    place.mkdir(parents=True, exist_ok=True)
    return place


def tidy_up(recording_id: int) -> None:
    """Removes what is only needed while a recording is in work."""
    shutil.rmtree(shop().parts.work / f"recording-{recording_id}", ignore_errors=True)
