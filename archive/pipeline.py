"""THE STORY: how an uploaded recording becomes a page that plays and can be searched.

    make_playable   probe -> poster -> where people talk -> rendition      the page plays
    transcribe      chunks are handed out, each with a turn at the engine
    hear            a turn: the chunk that is next in line -> words        the page shows them
    publish         all words -> stitched -> indexed                       the page can be searched
    tell_apart      who speaks when, afterwards                            voices can be named

Each function below marked as a step is done once: its result is stored, and after a crash the work
goes on with the next one. A step may still be cut off in the middle and run again, so each is safe
to run twice: rows are put by recording and chunk, files are finished aside and then moved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from dbos import DBOS, SetWorkflowID
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions import hand_out
from archive.actions.hand_out import Claim
from archive.actions.index_session import index_session
from archive.actions.make_streaming import make_streaming
from archive.actions.notify import notify
from archive.actions.report_progress import log_entry, log_line, report_progress, reporter
from archive.actions.transcribe_again import chunks_within
from archive.assembly import assemble
from archive.db import now
from archive.hearing import (
    hear_chunk,
    now_and_then,
    shown_cues,
    speech_audio,
    voice,
    voices_of,
)
from archive.jobs import SHORT, STREAMING, WHISPER, workflow_id
from archive.models.recording import SAMPLES_MODEL, Recording, Rendition, RenditionKind, State, Step
from archive.queries.terms import session_terms
from archive.workshop import (
    Trouble,
    at,
    folder,
    is_over,
    load,
    over,
    reason_of,
    shop,
    tell_trouble,
    tidy_up,
    worth_retrying,
)
from media.audio import open_speech
from media.errors import MediaError
from media.probe import probe
from media.renditions import make_rendition
from media.stills import make_poster
from transcripts.engines.engine import Cancelled, EngineDied
from transcripts.speech import plan_chunks

OF_ONE_CHUNK = ("engine_failed", "unexpected")  # reasons that need not stop the other chunks

step = DBOS.step(
    retries_allowed=True,
    max_attempts=4,
    interval_seconds=2.0,
    backoff_rate=3.0,
    should_retry=worth_retrying,
)


# The chapters -------------------------------------------------------------------------------


@DBOS.workflow(name="make_playable", max_recovery_attempts=None)
def make_playable(recording_id: int, attempt: int) -> None:
    """From the uploaded file to a page that plays; then hands over to transcription."""
    with _told(recording_id, attempt):
        examine(recording_id, attempt)
        draw_poster(recording_id, attempt)
        find_speech(recording_id, attempt)
        render(recording_id, attempt)
        begin_streaming(recording_id, attempt)
        with SetWorkflowID(_id("transcribe", recording_id, attempt)):
            DBOS.enqueue_workflow(SHORT, transcribe, recording_id, attempt)


@DBOS.workflow(name="transcribe", max_recovery_attempts=None)
def transcribe(recording_id: int, attempt: int) -> None:
    """Hands out the chunks, with as many turns at the engine: one child workflow each."""
    with _told(recording_id, attempt):
        count = lay_out(recording_id, attempt)
        turns = _id("hear", recording_id, attempt)
        for number in range(count):
            with SetWorkflowID(f"{turns}-{number}"):
                DBOS.enqueue_workflow(WHISPER, hear)
        if not count:
            _enqueue_publish(recording_id, attempt)


@DBOS.workflow(name="hear", max_recovery_attempts=None)
def hear() -> None:
    """One turn at the engine, for the chunk that is next in line."""
    claimed = take_next()
    if claimed is None:
        return
    recording_id, attempt, number = claimed
    with _told(recording_id, attempt):
        try:
            last = transcribe_one(recording_id, attempt, number)
        except Exception as error:
            reason, details = reason_of(error)
            if is_over(error) or reason not in OF_ONE_CHUNK:
                raise
            last = leave_out(recording_id, attempt, number, str(details.get("error", reason)))
        if last:
            _enqueue_publish(recording_id, attempt)


@DBOS.workflow(name="publish", max_recovery_attempts=None)
def publish(recording_id: int, attempt: int) -> None:
    """From the words of all chunks to a transcript that can be searched."""
    with _told(recording_id, attempt):
        store(recording_id, attempt)
        with SetWorkflowID(_id("tell_apart", recording_id, attempt)):
            DBOS.enqueue_workflow(STREAMING, tell_apart, recording_id, attempt)


@DBOS.workflow(name="tell_apart", max_recovery_attempts=None)
def tell_apart(recording_id: int, attempt: int) -> None:
    """Once the page is ready: who speaks when. Whatever becomes of it, the recording stays ready."""
    try:
        tell_voices(recording_id, attempt)
        clear_away(recording_id, attempt)
    except Exception as error:
        if not is_over(error):
            raise


# The steps ----------------------------------------------------------------------------------


@step
def examine(recording_id: int, attempt: int) -> None:
    """Finds out what the file is, and refuses what cannot become a page."""
    with at(recording_id, attempt, Step.PROBE) as recording:
        parts = shop().parts
        info = probe(parts.store.path(recording.key), name=recording.original_name)
        with parts.sessions.begin() as db:
            row = db.get_one(Recording, recording_id)
            row.duration = info.duration
            row.info = asdict(info)


@step
def draw_poster(recording_id: int, attempt: int) -> None:
    """Takes a picture from a video; a recording without one is still a recording."""
    with at(recording_id, attempt, Step.POSTER) as recording:
        if not recording.info.get("video") or _rendition(recording, RenditionKind.POSTER):
            return
        parts = shop().parts
        source = parts.store.path(recording.key)
        try:
            poster = make_poster(
                source,
                probe(source, name=recording.original_name),
                folder(recording_id) / "poster.jpg",
            )
        except MediaError as error:
            log_line(parts.sessions, recording_id, attempt, Step.POSTER, str(error))
            return
        _keep_rendition(recording_id, poster, kind=RenditionKind.POSTER, mime="image/jpeg")


@step
def find_speech(recording_id: int, attempt: int) -> None:
    """Decodes the sound once and plans the chunks, cut where nobody speaks."""
    with at(recording_id, attempt, Step.SPEECH) as recording:
        if recording.plan is not None and (recording.plan or recording.wordless):
            return
        samples = open_speech(speech_audio(recording))
        chunks = plan_chunks(voice(recording), len(samples), target=shop().chunk_seconds)
        if not chunks and not recording.wordless:
            tidy_up(recording_id)  # hours of silence are gigabytes
            raise Trouble("no_speech", {"duration": recording.duration})
        with shop().parts.sessions.begin() as db:
            db.get_one(Recording, recording_id).plan = [asdict(chunk) for chunk in chunks]


@step
def render(recording_id: int, attempt: int) -> None:
    """Makes the file that browsers play; from here on the page does."""
    with at(recording_id, attempt, Step.RENDITION) as recording:
        kind = RenditionKind.VIDEO if recording.info.get("video") else RenditionKind.AUDIO
        if _rendition(recording, kind):
            return
        parts = shop().parts
        source = parts.store.path(recording.key)
        made = make_rendition(
            source,
            probe(source, name=recording.original_name),
            folder(recording_id),
            progress=reporter(
                parts.sessions, recording_id, Step.RENDITION, recording.duration or 0
            ),
            cancelled=now_and_then(lambda: over(recording_id, attempt)),
        )
        _keep_rendition(
            recording_id,
            made.path,
            kind=kind,
            mime=made.mime,
            width=made.width,
            height=made.height,
            duration=made.duration,
        )


@step
def begin_streaming(recording_id: int, attempt: int) -> None:
    """Hands over to `archive/streaming.py`, which goes its own way from here."""
    with shop().parts.sessions() as db:
        load(db, recording_id, attempt)
    make_streaming(shop().parts, recording_id)


@step
def lay_out(recording_id: int, attempt: int) -> int:
    """Lays the chunks of the attempt out to be taken, once the model for them is there."""
    with at(recording_id, attempt, Step.TRANSCRIPTION) as recording:
        numbers = chunks_within(recording.plan or [], recording.stretch)
        if numbers:
            shop().whisper(recording.model)
        with shop().parts.sessions.begin() as db:
            row = db.get_one(Recording, recording_id)
            if row.terms is None:
                row.terms = _terms(db, row)
            hand_out.hand_out(db, row, numbers)
        return len(numbers)


@step
def take_next() -> tuple[int, int, int] | None:
    """Takes the chunk that is next in line: recording, attempt, number."""
    claim = hand_out.claim(shop().parts.sessions, shop().worker, str(DBOS.workflow_id))
    return (claim.recording_id, claim.attempt, claim.number) if claim else None


@step
def transcribe_one(recording_id: int, attempt: int, number: int) -> bool:
    """Transcribes a chunk, unless this very result is stored; whether it was the last one.

    Raises Over where the recording was cancelled, and returns where it was paused.
    """
    sessions = shop().parts.sessions
    claim = Claim(recording_id, attempt, number, str(DBOS.workflow_id))
    with at(recording_id, attempt, Step.TRANSCRIPTION, quiet=True) as recording:
        with sessions.begin() as db:
            row = hand_out.held(db, claim)
            if row is None:  # paused, or settled before a crash
                return not hand_out.left(db, recording_id, attempt)
            if row.deaths >= hand_out.DEADLY:
                hand_out.set_aside(db, claim, f"its worker died {row.deaths} times")
                return not hand_out.left(db, recording_id, attempt)
            hand_out.begin(db, claim, shop().worker)
        try:
            key, heard = hear_chunk(recording, claim)
        except Exception as error:
            if not isinstance(error, EngineDied):
                with sessions.begin() as db:
                    hand_out.survived(db, claim)
            if isinstance(error, Cancelled):
                return False
            raise
        with sessions.begin() as db:
            hand_out.done(db, claim, key, shown_cues(heard))
        with sessions() as db:
            share = hand_out.share_heard(db, recording_id, attempt)
            last = not hand_out.left(db, recording_id, attempt)
        report_progress(sessions, recording_id, Step.TRANSCRIPTION, share)
        return last


@step
def leave_out(recording_id: int, attempt: int, number: int, failure: str) -> bool:
    """Sets a chunk aside that cannot be heard; whether it was the last one."""
    with at(recording_id, attempt, Step.TRANSCRIPTION, quiet=True) as recording:
        sessions = shop().parts.sessions
        claim = Claim(recording_id, attempt, number, str(DBOS.workflow_id))
        with sessions.begin() as db:
            hand_out.set_aside(db, claim, failure)
            message = f"chunk {number + 1} of {len(recording.plan)} is set aside: {failure}"
            db.add(log_entry(recording_id, attempt, Step.TRANSCRIPTION, message))
        with sessions() as db:
            if hand_out.hopeless(db, recording_id, attempt):
                raise Trouble("engine_failed", {"error": failure})
            return not hand_out.left(db, recording_id, attempt)


@step
def tell_voices(recording_id: int, attempt: int) -> None:
    """Finds who speaks when, once for a recording; one whose voices cannot be told goes on without."""
    with at(recording_id, attempt, Step.INDEX, quiet=True) as recording:
        if not shop().voices or recording.voices is not None or not recording.plan:
            return
        try:
            voices = voices_of(recording)
        except Exception as error:
            message = f"the voices were not told apart: {error}"
            log_line(shop().parts.sessions, recording_id, attempt, Step.INDEX, message)
            return
        with shop().parts.sessions.begin() as db:
            load(db, recording_id, attempt).voices = voices


@step
def clear_away(recording_id: int, attempt: int) -> None:
    """Removes what was only needed while the recording was in work."""
    with at(recording_id, attempt, Step.INDEX, quiet=True):
        tidy_up(recording_id)


@step
def store(recording_id: int, attempt: int) -> None:
    """Stitches the chunks, and stores the transcript and its index in one transaction."""
    with at(recording_id, attempt, Step.INDEX):
        parts = shop().parts
        with parts.sessions.begin() as db:
            row = load(db, recording_id, attempt)
            if not assemble(db, row) and chunks_within(row.plan or [], row.stretch):
                raise Trouble("engine_failed", {"error": "no chunk could be heard"})
            row.state = State.READY
            row.step = None
            row.progress = 1.0
            row.priority = 0
            row.ready_at = now()
            notify(db, row, State.READY)
            index_session(db, parts.index, row.session_id)


# What the steps share -----------------------------------------------------------------------


@contextmanager
def _told(recording_id: int, attempt: int) -> Iterator[None]:
    """Whatever ends a chapter early is told on the recording: waiting, or failed and why."""
    try:
        yield
    except Exception as error:
        if not is_over(error):
            tell(recording_id, attempt, *reason_of(error))


@DBOS.step()
def tell(recording_id: int, attempt: int, reason: str, details: dict) -> None:
    """Writes down why the work stopped."""
    tell_trouble(recording_id, attempt, reason, details)


def _id(workflow: str, recording_id: int, attempt: int) -> str:
    """The id of a workflow of this attempt. Raises Over."""
    with shop().parts.sessions() as db:
        return workflow_id(workflow, load(db, recording_id, attempt), attempt)


def _enqueue_publish(recording_id: int, attempt: int) -> None:
    with SetWorkflowID(_id("publish", recording_id, attempt)):
        DBOS.enqueue_workflow(SHORT, publish, recording_id, attempt)


def _rendition(recording: Recording, kind: RenditionKind) -> Rendition | None:
    return next((r for r in recording.renditions if r.kind == kind), None)


def _keep_rendition(
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
    parts = shop().parts
    key = f"renditions/{recording_id}/{path.name}"
    size = path.stat().st_size
    parts.store.put(path, key)
    with parts.sessions.begin() as db:
        known = db.scalars(
            select(Rendition).where(Rendition.recording_id == recording_id, Rendition.kind == kind)
        ).first()
        row = known or Rendition(recording_id=recording_id, kind=kind)
        row.key, row.mime, row.size = key, mime, size
        row.width, row.height, row.duration = width, height, duration
        db.add(row)


def _terms(db: DatabaseSession, recording: Recording) -> list[str]:
    """What to listen for; the model of the samples was taught to write, and not to be told."""
    if recording.model == SAMPLES_MODEL:
        return []
    return list(session_terms(db, recording.session_id))
