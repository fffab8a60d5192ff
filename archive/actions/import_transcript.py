"""A transcript from a file becomes a revision: shown, searched and exported from the same moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.actions.report_progress import log_entry
from archive.actions.store_transcript import cue_row, next_number
from archive.db import now
from archive.models.recording import Recording, RenditionKind, State, Step
from archive.models.transcript import Origin, Revision, Transcript
from archive.parts import Parts
from archive.queries.transcript import shown_revision
from transcripts.cues import Cue
from transcripts.recut import recut

LONGEST_NAME = 200  # letters of a speaker
LONGEST_CODE = 12  # letters of a language


class ImportRefused(Exception):
    """A transcript cannot be stored: reason is nothing_said, same_language or is_translation."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Source:
    """Where an imported text is from.

    language: BCP 47. file: its name. format: a name of `transcripts/formats/registry.py`. repaired:
    kinds of what its reader put right. upload: what tells this file from others; the same one twice
    is one revision.
    """

    language: str
    translation: bool
    file: str
    format: str
    repaired: tuple[str, ...]
    upload: str


@dataclass(frozen=True)
class Imported:
    """What came of it. revision: its number. lines: how many cues it has."""

    revision: int
    lines: int


def import_transcript(
    parts: Parts,
    user_id: int,
    recording_id: int,
    captions: Sequence[Cue],
    source: Source,
    *,
    speakers: Mapping[str, str | None] | None = None,
) -> Imported:
    """Adds a revision with the text of a file.

    speakers: what somebody is called here who has a name in the file; None: nobody. A recording whose
    transcription failed or was stopped is ready with it; one that is worked on goes on, and what the
    machine writes is offered. Raises ImportRefused, and then changes nothing.
    """
    cues = renamed(recut(captions), speakers or {})
    with parts.sessions.begin() as db:
        recording = db.get_one(Recording, recording_id, with_for_update=True)
        recording.updated_at = now()
        db.flush()  # from here on nobody else writes, on SQLite either
        check_import(db, recording_id, source.language, translation=source.translation)
        transcript = _transcript(db, recording_id, source)
        for known in transcript.revisions:
            if known.details.get("upload") == source.upload:
                return Imported(known.number, len(known.cues))
        revision = Revision(
            transcript_id=transcript.id,
            number=next_number(db, transcript.id),
            origin=Origin.IMPORT,
            details={
                "file": source.file,
                "format": source.format,
                "repaired": list(source.repaired),
                "upload": source.upload,
            },
            made_by_id=user_id,
            cues=[cue_row(position, cue, source.language) for position, cue in enumerate(cues)],
        )
        db.add(revision)
        db.flush()
        if not source.translation:
            _settle(db, parts, recording)
            index_session(db, parts.index, recording.session_id)
        return Imported(revision.number, len(cues))


def check_import(
    db: DatabaseSession, recording_id: int, language: str, *, translation: bool
) -> None:
    """Raises ImportRefused where a text in this language cannot be stored as what it is said to be."""
    if translation and shown_revision(db, recording_id) is None:
        raise ImportRefused("nothing_said")
    known = db.scalars(
        select(Transcript.translation).where(
            Transcript.recording_id == recording_id, Transcript.language == language
        )
    ).first()
    if known is not None and known != translation:
        raise ImportRefused("same_language" if translation else "is_translation")


def renamed(cues: Sequence[Cue], speakers: Mapping[str, str | None]) -> list[Cue]:
    """The cues with names and codes as they are stored: those of `speakers`, and none too long."""
    return [
        replace(
            cue,
            speaker=_name(speakers.get(cue.speaker or "", cue.speaker)),
            language=_code(cue.language),
        )
        for cue in cues
    ]


def _name(name: str | None) -> str | None:
    return " ".join((name or "").split())[:LONGEST_NAME].strip() or None


def _code(language: str | None) -> str | None:
    """A code that is too long names its language alone."""
    return language if not language or len(language) <= LONGEST_CODE else language.split("-")[0]


def _transcript(db: DatabaseSession, recording_id: int, source: Source) -> Transcript:
    known = db.scalars(
        select(Transcript).where(
            Transcript.recording_id == recording_id, Transcript.language == source.language
        )
    ).first()
    if known is not None:
        return known
    transcript = Transcript(
        recording_id=recording_id, language=source.language, translation=source.translation
    )
    db.add(transcript)
    db.flush()
    return transcript


def _settle(db: DatabaseSession, parts: Parts, recording: Recording) -> None:
    """Ends what nobody waits for any more, now that there is a text."""
    db.add(log_entry(recording.id, recording.attempt, Step.INDEX, "a transcript was imported"))
    if recording.state not in (State.FAILED, State.CANCELLED):
        return
    if any(made.kind != RenditionKind.POSTER for made in recording.renditions):
        recording.state, recording.step, recording.progress = State.READY, None, 1.0
        recording.ready_at = now()
    elif recording.failure == "no_speech":  # it was left alone before its video was made
        recording.wordless = True
        recording.attempt += 1
        recording.state = State.QUEUED
        parts.jobs.process(db, recording.id, recording.attempt)
    else:
        return
    recording.failure, recording.failure_details = None, {}
