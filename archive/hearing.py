"""One chunk in hand: what is heard in it, told while it is being heard, and stored once."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions import hand_out
from archive.actions.hand_out import Claim
from archive.actions.report_progress import log_entry, report_progress
from archive.models.recording import Recording, Step
from archive.models.transcript import TranscribedChunk
from archive.workshop import folder, over, shop
from media.audio import extract_speech, open_speech
from media.probe import probe
from transcripts.engines.engine import Cancelled, Options
from transcripts.speech import Chunk, speech_probabilities
from transcripts.stitch import cues_of_chunk
from transcripts.transcribe import ChunkTranscript, chunk_key, transcribe_chunk
from transcripts.voices.apart import turns_apart

_one_at_a_time = threading.Lock()  # voices take a core and some hundred megabytes
ATTENTION = 1.0  # seconds between two looks at whether the work is still wanted


def hear_chunk(recording: Recording, claim: Claim) -> tuple[str, ChunkTranscript]:
    """What is heard in the claimed chunk, and the key under which it is stored."""
    sessions = shop().parts.sessions
    chunk = Chunk(**recording.plan[claim.number])
    engine = shop().whisper(recording.model)
    options = _options(recording)
    key = chunk_key(recording.fingerprint, chunk, engine, options)
    with sessions() as db:
        known = stored_chunks(db, recording.id, [key])
    if known:
        return key, ChunkTranscript.from_json(known[0].result)
    started = time.monotonic()
    heard = transcribe_chunk(
        engine,
        open_speech(speech_audio(recording)),
        chunk,
        options,
        voice=voice(recording),
        progress=_chunk_reporter(claim),
        cancelled=now_and_then(lambda: _dropped(claim)),
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


def stored_chunks(
    db: DatabaseSession, recording_id: int, keys: Sequence[str]
) -> list[TranscribedChunk]:
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


def now_and_then(question: Callable[[], bool]) -> Callable[[], bool]:
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


def speech_audio(recording: Recording) -> Path:
    """The recording's sound as Whisper takes it: made once, and again where it is gone."""
    audio = folder(recording.id) / "speech.wav"
    if not audio.exists():
        source = shop().parts.store.path(recording.key)
        extract_speech(
            source,
            audio,
            info=probe(source, name=recording.original_name),
            cancelled=now_and_then(lambda: over(recording.id, recording.attempt)),
        )
    return audio


def voice(recording: Recording) -> np.ndarray:
    """The probability of speech for each frame of the sound: found once, and again where it is gone.

    float32, shape (frames,), mapped into memory.
    """
    place = folder(recording.id) / "voice.npy"
    if not place.exists():
        found = speech_probabilities(open_speech(speech_audio(recording)))
        aside = place.with_name(f".voice-{uuid.uuid4().hex}.npy")
        np.save(aside, found)
        aside.replace(place)
    return np.load(place, mmap_mode="r")


def voices_of(recording: Recording) -> list[list] | None:
    """Who speaks when, as the recording keeps it: [start, end, letter]; None once it is over.

    Raises VoicesFailed, and MediaError where the sound has to be decoded again and cannot be.
    """
    with _one_at_a_time:
        turns = turns_apart(
            open_speech(speech_audio(recording)),
            voice(recording),
            unwanted=now_and_then(lambda: over(recording.id, recording.attempt)),
        )
    return None if turns is None else [[turn.start, turn.end, turn.voice] for turn in turns]


def shown_cues(heard: ChunkTranscript) -> list[list]:
    """What a page shows of the chunk while others run: [start, end, text, language]."""
    return [[cue.start, cue.end, cue.text, cue.language] for cue in cues_of_chunk(heard)]
