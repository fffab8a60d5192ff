"""THE STORY: how an uploaded recording becomes a page that plays and can be searched.

    make_playable   probe -> poster -> where people talk -> rendition      the page plays
    transcribe      chunks are handed out, each with a turn at the engine
    hear            a turn: the chunk that is next in line -> words        the page shows them
    publish         all words -> stitched -> indexed                       the page can be searched

Each function below marked as a step is done once: its result is stored, and after a crash the work
goes on with the next one. A step may still be cut off in the middle and run again, so each is safe
to run twice: rows are put by recording and chunk, files are finished aside and then moved.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from dbos import DBOS, SetWorkflowID
from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions import hand_out
from archive.actions.hand_out import Claim
from archive.actions.index_session import index_session
from archive.actions.notify import notify
from archive.actions.report_progress import log_entry, log_line, report_progress, reporter
from archive.actions.store_transcript import store_transcript
from archive.actions.transcribe_again import chunks_within
from archive.db import now
from archive.jobs import SHORT, WHISPER, workflow_id
from archive.models.recording import Recording, Rendition, RenditionKind, State, Step
from archive.models.transcript import ChunkRow, ChunkState, Revision, TranscribedChunk, Transcript
from archive.queries.terms import session_terms
from archive.queries.transcript import cues_of
from archive.workshop import (
    Trouble,
    at,
    folder,
    is_over,
    over,
    reason_of,
    shop,
    tell_trouble,
    tidy_up,
    worth_retrying,
)
from media.audio import extract_speech, open_speech
from media.errors import MediaError
from media.probe import probe
from media.renditions import make_rendition
from media.stills import make_poster
from transcripts.cues import Cue
from transcripts.engines.engine import Cancelled, EngineDied, Options
from transcripts.speech import Chunk, plan_chunks, speech_probabilities
from transcripts.stitch import cues_of_chunk, stitch
from transcripts.transcribe import ChunkTranscript, chunk_key, transcribe_chunk

SAMPLE_RATE = 16_000
ATTENTION = 1.0  # seconds between two looks at whether the work is still wanted
OF_ONE_CHUNK = ("engine_failed", "unexpected")  # reasons that need not stop the other chunks

step = DBOS.step(
    retries_allowed=True,
    max_attempts=4,
    interval_seconds=2.0,
    backoff_rate=3.0,
    should_retry=worth_retrying,
)


# The four chapters --------------------------------------------------------------------------


@DBOS.workflow(name="make_playable", max_recovery_attempts=None)
def make_playable(recording_id: int, attempt: int) -> None:
    """From the uploaded file to a page that plays; then hands over to transcription."""
    with _told(recording_id, attempt):
        examine(recording_id, attempt)
        draw_poster(recording_id, attempt)
        find_speech(recording_id, attempt)
        render(recording_id, attempt)
        with SetWorkflowID(workflow_id("transcribe", recording_id, attempt)):
            DBOS.enqueue_workflow(SHORT, transcribe, recording_id, attempt)


@DBOS.workflow(name="transcribe", max_recovery_attempts=None)
def transcribe(recording_id: int, attempt: int) -> None:
    """Hands out the chunks, with as many turns at the engine: one child workflow each."""
    with _told(recording_id, attempt):
        count = lay_out(recording_id, attempt)
        for number in range(count):
            with SetWorkflowID(f"hear-{recording_id}-{attempt}-{number}"):
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
        samples = open_speech(_speech_audio(recording))
        chunks = plan_chunks(
            speech_probabilities(samples), len(samples), target=shop().chunk_seconds
        )
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
            cancelled=_now_and_then(lambda: over(recording_id, attempt)),
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
def lay_out(recording_id: int, attempt: int) -> int:
    """Lays the chunks of the attempt out to be taken, once the model for them is there."""
    with at(recording_id, attempt, Step.TRANSCRIPTION) as recording:
        numbers = chunks_within(recording.plan or [], recording.stretch)
        if numbers:
            shop().whisper(recording.model)
        with shop().parts.sessions.begin() as db:
            row = db.get_one(Recording, recording_id)
            if row.terms is None:
                row.terms = list(session_terms(db, row.session_id))
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
            key, heard = _heard(recording, claim)
        except Exception as error:
            if not isinstance(error, EngineDied):
                with sessions.begin() as db:
                    hand_out.survived(db, claim)
            if isinstance(error, Cancelled):
                return False
            raise
        with sessions.begin() as db:
            hand_out.done(db, claim, key, _plain_cues(cues_of_chunk(heard)))
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
def store(recording_id: int, attempt: int) -> None:
    """Stitches the chunks, stores the transcript and its index in one transaction, and tidies up."""
    with at(recording_id, attempt, Step.INDEX) as recording:
        parts = shop().parts
        with parts.sessions() as db:
            rows = db.scalars(
                select(ChunkRow)
                .where(ChunkRow.recording_id == recording_id, ChunkRow.attempt == attempt)
                .order_by(ChunkRow.number)
            ).all()
            stored = _stored(db, recording_id, [row.key for row in rows if row.key])
        heard = [ChunkTranscript.from_json(chunk.result) for chunk in stored]
        if rows and not heard:
            raise Trouble("engine_failed", {"error": rows[0].failure or ""})
        with parts.sessions.begin() as db:
            row = db.get_one(Recording, recording_id)
            if heard:
                cues = stitch(heard)
                language = _main_language(heard)
                if recording.stretch:
                    cues = _inserted(_shown(db, recording_id), cues, rows)
                store_transcript(
                    db,
                    recording_id,
                    cues,
                    language=language,
                    engine=stored[0].engine,
                    model=recording.model,
                    attempt=attempt,
                    details=_details(recording, heard, stored, rows),
                )
            row.state = State.READY
            row.step = None
            row.progress = 1.0
            row.priority = 0
            row.ready_at = now()
            notify(db, row, State.READY)
            index_session(db, parts.index, row.session_id)
        tidy_up(recording_id)


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


def _enqueue_publish(recording_id: int, attempt: int) -> None:
    with SetWorkflowID(workflow_id("publish", recording_id, attempt)):
        DBOS.enqueue_workflow(SHORT, publish, recording_id, attempt)


def _heard(recording: Recording, claim: Claim) -> tuple[str, ChunkTranscript]:
    """What is heard in the claimed chunk, and the key under which it is stored."""
    sessions = shop().parts.sessions
    chunk = Chunk(**recording.plan[claim.number])
    engine = shop().whisper(recording.model)
    options = _options(recording)
    key = chunk_key(recording.fingerprint, chunk, engine, options)
    with sessions() as db:
        known = _stored(db, recording.id, [key])
    if known:
        return key, ChunkTranscript.from_json(known[0].result)
    started = time.monotonic()
    heard = transcribe_chunk(
        engine,
        open_speech(_speech_audio(recording)),
        chunk,
        options,
        progress=_chunk_reporter(claim),
        cancelled=_now_and_then(lambda: _dropped(claim)),
    )
    took = time.monotonic() - started
    with sessions.begin() as db:
        if hand_out.held(db, claim) is None:
            raise Cancelled("the chunk was taken back")
        db.add(
            TranscribedChunk(
                recording_id=recording.id,
                key=key,
                start=chunk.start,
                end=chunk.end,
                engine=f"{engine.name} {engine.version}",
                result=heard.to_json(),
                seconds=took,
                worker=shop().worker,
            )
        )
        message = f"chunk {claim.number + 1} of {len(recording.plan)} took {took:.1f} s"
        db.add(log_entry(recording.id, claim.attempt, Step.TRANSCRIPTION, message))
    return key, heard


def _options(recording: Recording) -> Options:
    """How the chunks of a recording are to be heard."""
    mixed = bool(recording.language and recording.other_languages)
    return Options(
        language=None if mixed else recording.language,
        candidates=(recording.language, *recording.other_languages) if mixed else (),
        terms=tuple(recording.terms or ()),
        beam_size=shop().beam_size,
        draft=recording.draft,
    )


def _stored(db: DatabaseSession, recording_id: int, keys: Sequence[str]) -> list[TranscribedChunk]:
    """The stored results with these keys, in their order."""
    found = db.scalars(
        select(TranscribedChunk).where(
            TranscribedChunk.recording_id == recording_id, TranscribedChunk.key.in_(keys)
        )
    )
    by_key = {chunk.key: chunk for chunk in found}
    return [by_key[key] for key in keys if key in by_key]


def _chunk_reporter(claim: Claim) -> Callable[[float], None]:
    """A function that takes the seconds of the chunk done and reports them, once a second at most."""
    sessions = shop().parts.sessions
    last = 0.0

    def report(done: float) -> None:
        nonlocal last
        if time.monotonic() - last < ATTENTION:
            return
        last = time.monotonic()
        with sessions.begin() as db:
            row = hand_out.held(db, claim)
            if row is None:
                return
            row.heard = done
            db.flush()
            share = hand_out.share_heard(db, claim.recording_id, claim.attempt)
        report_progress(sessions, claim.recording_id, Step.TRANSCRIPTION, share)

    return report


def _now_and_then(question: Callable[[], bool]) -> Callable[[], bool]:
    """The same question, put once a second at most; a yes stays one."""
    asked, answer = 0.0, False

    def ask() -> bool:
        nonlocal asked, answer
        if not answer and time.monotonic() - asked >= ATTENTION:
            asked, answer = time.monotonic(), question()
        return answer

    return ask


def _dropped(claim: Claim) -> bool:
    """Whether the claimed chunk is no longer in this hand."""
    with shop().parts.sessions() as db:
        return hand_out.held(db, claim) is None


def _plain_cues(cues: Sequence[Cue]) -> list[list]:
    return [[cue.start, cue.end, cue.text, cue.language] for cue in cues]


def _shown(db: DatabaseSession, recording_id: int) -> tuple[Cue, ...]:
    """The cues of the newest revision of the recording."""
    newest = db.scalar(
        select(func.max(Revision.id))
        .join(Revision.transcript)
        .where(Transcript.recording_id == recording_id)
    )
    return cues_of(db, newest) if newest else ()


def _inserted(
    shown: Sequence[Cue], fresh: Sequence[Cue], rows: Sequence[ChunkRow]
) -> tuple[Cue, ...]:
    """The shown cues, with fresh ones where chunks were heard again."""
    again = [
        (row.start / SAMPLE_RATE, row.end / SAMPLE_RATE)
        for row in rows
        if row.state == ChunkState.DONE
    ]
    kept = [
        cue
        for cue in shown
        if not any(start <= (cue.start + cue.end) / 2 < end for start, end in again)
    ]
    return tuple(sorted([*kept, *fresh], key=lambda cue: (cue.start, cue.end)))


def _details(
    recording: Recording,
    heard: Sequence[ChunkTranscript],
    stored: Sequence[TranscribedChunk],
    rows: Sequence[ChunkRow],
) -> dict:
    """What is kept with the revision about how it came to be; times in seconds."""
    return {
        "terms": next((c.prompt for c in heard if getattr(c, "prompt", "")), ""),
        "languages": sorted({chunk.language for chunk in heard}),
        "draft": recording.draft,
        "stretch": recording.stretch,
        "caught": [asdict(caught) for chunk in heard for caught in getattr(chunk, "caught", ())],
        "failed": [
            {
                "start": row.start / SAMPLE_RATE,
                "end": row.end / SAMPLE_RATE,
                "reason": row.failure or "",
            }
            for row in rows
            if row.state == ChunkState.FAILED
        ],
        "audio": round(sum(chunk.end - chunk.start for chunk in stored) / SAMPLE_RATE, 1),
        "seconds": round(sum(chunk.seconds for chunk in stored), 1),
    }


def _speech_audio(recording: Recording) -> Path:
    """The recording's sound as Whisper takes it: made once, and again where it is gone."""
    audio = folder(recording.id) / "speech.wav"
    if not audio.exists():
        source = shop().parts.store.path(recording.key)
        extract_speech(
            source,
            audio,
            info=probe(source, name=recording.original_name),
            cancelled=_now_and_then(lambda: over(recording.id, recording.attempt)),
        )
    return audio


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


def _main_language(heard: list[ChunkTranscript]) -> str:
    """The language that most of the speech is in."""
    seconds: dict[str, float] = {}
    for chunk in heard:
        seconds[chunk.language] = seconds.get(chunk.language, 0.0) + chunk.end - chunk.start
    return max(seconds, key=lambda language: seconds[language])
