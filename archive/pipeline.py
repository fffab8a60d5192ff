"""THE STORY: how an uploaded recording becomes a page that plays and can be searched.

    make_playable   probe -> poster -> where people talk -> rendition      the page plays
    transcribe      chunk by chunk -> stitched -> indexed                  the page can be searched

Each function below marked as a step is done once: its result is stored, and after a crash the work
goes on with the next one. A step may still be cut off in the middle and run again, so each is safe
to run twice: rows are put by recording and chunk, files are finished aside and then moved.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog
from dbos import DBOS, SetWorkflowID
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.actions.report_progress import (
    log_entry,
    log_line,
    report_failure,
    report_progress,
    report_waiting,
    reporter,
)
from archive.actions.store_transcript import store_transcript
from archive.db import now
from archive.jobs import WHISPER, workflow_id
from archive.models.recording import Recording, Rendition, RenditionKind, State, Step
from archive.models.transcript import TranscribedChunk
from archive.parts import Parts
from media.audio import extract_speech, open_speech
from media.errors import MediaError
from media.probe import probe
from media.renditions import make_rendition
from media.stills import make_poster
from transcripts.engines.engine import Engine, EngineError, ModelMissing, Options
from transcripts.speech import Chunk, plan_chunks, speech_probabilities
from transcripts.stitch import stitch
from transcripts.transcribe import ChunkTranscript, chunk_key, transcribe_chunk

log = structlog.get_logger()
SAMPLE_RATE = 16_000


@dataclass(frozen=True)
class Workshop:
    """What the pipeline works with.

    whisper: gives the engine of a model by name, loaded once; raises ModelMissing.
    chunk_seconds: length of audio aimed at for one chunk.
    worker: name of this process, kept with each chunk it transcribed.
    """

    parts: Parts
    whisper: Callable[[str], Engine]
    chunk_seconds: float
    beam_size: int
    worker: str


_workshop: Workshop | None = None


def set_up(workshop: Workshop) -> None:
    """Gives this process's pipeline its workshop, before any work is taken."""
    global _workshop
    _workshop = workshop


@dataclass(frozen=True)
class Job:
    """One attempt at one recording, as the steps see it."""

    recording_id: int
    attempt: int


class Trouble(Exception):
    """A step cannot be done: a reason of `archive/errors.py` and its details.

    passing: whether trying again soon may help.
    """

    def __init__(self, reason: str, details: dict, passing: bool = False) -> None:
        super().__init__(reason, details, passing)
        self.reason = reason
        self.details = details
        self.passing = passing


def _worth_retrying(error: BaseException) -> bool:
    return not isinstance(error, Trouble) or error.passing


step = DBOS.step(
    retries_allowed=True,
    max_attempts=4,
    interval_seconds=2.0,
    backoff_rate=3.0,
    should_retry=_worth_retrying,
)


# The two chapters ---------------------------------------------------------------------------


@DBOS.workflow(name="make_playable", max_recovery_attempts=None)
def make_playable(recording_id: int, attempt: int) -> None:
    """From the uploaded file to a page that plays; then hands over to transcription."""
    with _told(Job(recording_id, attempt)):
        examine(recording_id, attempt)
        draw_poster(recording_id, attempt)
        find_speech(recording_id, attempt)
        render(recording_id, attempt)
        with SetWorkflowID(workflow_id("transcribe", recording_id, attempt)):
            DBOS.enqueue_workflow(WHISPER, transcribe, recording_id, attempt)


@DBOS.workflow(name="transcribe", max_recovery_attempts=None)
def transcribe(recording_id: int, attempt: int) -> None:
    """From where people talk to a transcript that can be searched."""
    with _told(Job(recording_id, attempt)):
        numbers = range(count_chunks(recording_id, attempt))
        keys = [transcribe_one(recording_id, attempt, number) for number in numbers]
        publish(recording_id, attempt, keys)


# The steps ----------------------------------------------------------------------------------


@step
def examine(recording_id: int, attempt: int) -> None:
    """Finds out what the file is, and refuses what cannot become a page."""
    with _at(Job(recording_id, attempt), Step.PROBE) as (shop, recording):
        info = probe(shop.parts.store.path(recording.key), name=recording.original_name)
        with shop.parts.sessions.begin() as db:
            row = db.get_one(Recording, recording_id)
            row.duration = info.duration
            row.info = asdict(info)


@step
def draw_poster(recording_id: int, attempt: int) -> None:
    """Takes a picture from a video; a recording without one is still a recording."""
    with _at(Job(recording_id, attempt), Step.POSTER) as (shop, recording):
        if not recording.info.get("video") or _rendition(recording, RenditionKind.POSTER):
            return
        folder = _folder(shop, recording_id)
        source = shop.parts.store.path(recording.key)
        try:
            poster = make_poster(
                source, probe(source, name=recording.original_name), folder / "poster.jpg"
            )
        except MediaError as error:
            log_line(shop.parts.sessions, recording_id, attempt, Step.POSTER, str(error))
            return
        _keep_rendition(shop, recording_id, poster, kind=RenditionKind.POSTER, mime="image/jpeg")


@step
def find_speech(recording_id: int, attempt: int) -> None:
    """Decodes the sound once and plans the chunks, cut where nobody speaks."""
    with _at(Job(recording_id, attempt), Step.SPEECH) as (shop, recording):
        if recording.plan is not None and (recording.plan or recording.wordless):
            return
        samples = open_speech(_speech_audio(shop, recording))
        chunks = plan_chunks(speech_probabilities(samples), len(samples), target=shop.chunk_seconds)
        if not chunks and not recording.wordless:
            shutil.rmtree(_folder(shop, recording_id))  # hours of silence are gigabytes
            raise Trouble("no_speech", {"duration": recording.duration})
        with shop.parts.sessions.begin() as db:
            db.get_one(Recording, recording_id).plan = [asdict(chunk) for chunk in chunks]


@step
def render(recording_id: int, attempt: int) -> None:
    """Makes the file that browsers play; from here on the page does."""
    with _at(Job(recording_id, attempt), Step.RENDITION) as (shop, recording):
        kind = RenditionKind.VIDEO if recording.info.get("video") else RenditionKind.AUDIO
        if _rendition(recording, kind):
            return
        source = shop.parts.store.path(recording.key)
        made = make_rendition(
            source,
            probe(source, name=recording.original_name),
            _folder(shop, recording_id),
            progress=reporter(
                shop.parts.sessions, recording_id, Step.RENDITION, recording.duration or 0
            ),
        )
        _keep_rendition(
            shop,
            recording_id,
            made.path,
            kind=kind,
            mime=made.mime,
            width=made.width,
            height=made.height,
            duration=made.duration,
        )


@step
def count_chunks(recording_id: int, attempt: int) -> int:
    """How many chunks the plan has, once the model for them is there."""
    with _at(Job(recording_id, attempt), Step.TRANSCRIPTION) as (shop, recording):
        if recording.plan:
            shop.whisper(recording.model)
        return len(recording.plan or [])


@step
def transcribe_one(recording_id: int, attempt: int, number: int) -> str:
    """Transcribes one chunk, unless this very result is stored already; returns its key."""
    with _at(Job(recording_id, attempt), Step.TRANSCRIPTION, quiet=True) as (shop, recording):
        chunks = [Chunk(**planned) for planned in recording.plan]
        chunk = chunks[number]
        engine = shop.whisper(recording.model)
        options = Options(language=recording.language, beam_size=shop.beam_size)
        key = chunk_key(recording.fingerprint, chunk, engine, options)
        if any(stored.key == key for stored in recording.chunks):
            return key
        before = sum(c.end - c.start for c in chunks[:number]) / SAMPLE_RATE
        total = sum(c.end - c.start for c in chunks) / SAMPLE_RATE
        report = reporter(shop.parts.sessions, recording_id, Step.TRANSCRIPTION, total)
        started = time.monotonic()
        heard = transcribe_chunk(
            engine,
            open_speech(_speech_audio(shop, recording)),
            chunk,
            options,
            progress=lambda seconds: report(before + seconds),
        )
        took = time.monotonic() - started
        with shop.parts.sessions.begin() as db:
            db.add(
                TranscribedChunk(
                    recording_id=recording_id,
                    key=key,
                    start=chunk.start,
                    end=chunk.end,
                    engine=f"{engine.name} {engine.version}",
                    result=heard.to_json(),
                    seconds=took,
                    worker=shop.worker,
                )
            )
            message = f"chunk {number + 1} of {len(chunks)} took {took:.1f} s"
            db.add(log_entry(recording_id, attempt, Step.TRANSCRIPTION, message))
        return key


@step
def publish(recording_id: int, attempt: int, keys: list[str]) -> None:
    """Stitches the chunks, stores the transcript and its index in one transaction, and tidies up."""
    with _at(Job(recording_id, attempt), Step.INDEX) as (shop, recording):
        stored = {chunk.key: chunk for chunk in recording.chunks}
        heard = [ChunkTranscript.from_json(stored[key].result) for key in keys]
        with shop.parts.sessions.begin() as db:
            row = db.get_one(Recording, recording_id)
            if heard:
                store_transcript(
                    db,
                    recording_id,
                    stitch(heard),
                    language=_main_language(heard),
                    engine=stored[keys[0]].engine,
                    model=recording.model,
                    attempt=attempt,
                )
            row.state = State.READY
            row.step = None
            row.progress = 1.0
            row.ready_at = now()
            index_session(db, shop.parts.index, row.session_id)
        shutil.rmtree(_folder(shop, recording_id), ignore_errors=True)


# What the steps share -----------------------------------------------------------------------


@contextmanager
def _told(job: Job) -> Iterator[None]:
    """Whatever ends a chapter early is told on the recording: waiting, or failed and why."""
    try:
        yield
    except Exception as error:
        tell(job.recording_id, job.attempt, *_reason(error))


@DBOS.step()
def tell(recording_id: int, attempt: int, reason: str, details: dict) -> None:
    """Writes down why the work stopped."""
    sessions = _shop().parts.sessions
    with sessions() as db:
        if db.get(Recording, recording_id) is None:
            return  # removed while in work: nobody is left to be told
    log_line(sessions, recording_id, attempt, None, f"{reason}: {details}")
    if reason == "model_missing":
        report_waiting(sessions, recording_id)
    else:
        report_failure(sessions, recording_id, reason, details)


def _reason(error: Exception) -> tuple[str, dict]:
    for cause in [error, *getattr(error, "errors", [])][::-1]:
        if isinstance(cause, Trouble):
            return cause.reason, cause.details
    return "unexpected", {"error": f"{type(error).__name__}: {error}"[:2000]}


@contextmanager
def _at(job: Job, step: Step, *, quiet: bool = False) -> Iterator[tuple[Workshop, Recording]]:
    """Enters a step: its progress shown, its start and its trouble in the log."""
    shop = _shop()
    with shop.parts.sessions() as db:
        recording = _load(db, job.recording_id)
    with structlog.contextvars.bound_contextvars(recording=job.recording_id, step=str(step)):
        try:
            if not quiet:
                report_progress(shop.parts.sessions, job.recording_id, step, 0.0)
                log_line(shop.parts.sessions, job.recording_id, job.attempt, step, "started")
            yield shop, recording
        except Exception as error:
            trouble = _trouble(error, recording)
            log.warning("step failed", reason=trouble.reason, error=str(error)[:2000])
            log_line(shop.parts.sessions, job.recording_id, job.attempt, step, str(error))
            raise trouble from error


def _load(db: DatabaseSession, recording_id: int) -> Recording:
    recording = db.get(Recording, recording_id)
    if recording is None:
        raise Trouble("removed", {})
    # Read while the database session lives; the objects are used after it.
    _ = recording.renditions, recording.chunks
    return recording


def _trouble(error: Exception, recording: Recording) -> Trouble:
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


def _shop() -> Workshop:
    if _workshop is None:
        raise RuntimeError("the pipeline has no workshop: call pipeline.set_up first")
    return _workshop


def _folder(shop: Workshop, recording_id: int) -> Path:
    folder = shop.parts.work / f"recording-{recording_id}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _speech_audio(shop: Workshop, recording: Recording) -> Path:
    """The recording's sound as Whisper takes it: made once, and again where it is gone."""
    audio = _folder(shop, recording.id) / "speech.wav"
    if not audio.exists():
        source = shop.parts.store.path(recording.key)
        extract_speech(source, audio, info=probe(source, name=recording.original_name))
    return audio


def _rendition(recording: Recording, kind: RenditionKind) -> Rendition | None:
    return next((r for r in recording.renditions if r.kind == kind), None)


def _keep_rendition(
    shop: Workshop,
    recording_id: int,
    path: Path,
    *,
    kind: RenditionKind,
    mime: str,
    width: int | None = None,
    height: int | None = None,
    duration: float | None = None,
) -> None:
    """Moves a finished file into the store and its row into the database."""
    key = f"renditions/{recording_id}/{path.name}"
    size = path.stat().st_size
    shop.parts.store.put(path, key)
    with shop.parts.sessions.begin() as db:
        known = db.scalars(
            select(Rendition).where(Rendition.recording_id == recording_id, Rendition.kind == kind)
        ).first()
        row = known or Rendition(recording_id=recording_id, kind=kind)
        row.key, row.mime, row.size = key, mime, size
        row.width, row.height, row.duration = width, height, duration
        db.add(row)


def _main_language(heard: list[ChunkTranscript]) -> str:
    """The language that most of the speech is in."""
    seconds: dict[str, float] = {}
    for chunk in heard:
        seconds[chunk.language] = seconds.get(chunk.language, 0.0) + chunk.end - chunk.start
    return max(seconds, key=lambda language: seconds[language])
