"""What importing a file would do, before anybody does it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Appearance, Person
from archive.models.transcript import Correction, Transcript
from archive.queries.cards import RecordingView, shown_recordings
from archive.queries.transcript import ShownRevision, shown_revision
from transcripts.cues import Cue
from transcripts.formats.reading import Reading
from transcripts.recut import recut

FIRST = 8  # lines that are shown
MOST_SPEAKERS = 50  # of whom one can say who they are
SLACK = 2.0  # seconds by which a text may outlast its recording


@dataclass(frozen=True)
class Target:
    """What a transcript of a session would be imported into."""

    recording: RecordingView
    shown: ShownRevision | None  # what there is to read of it so far
    people: tuple[tuple[int, str], ...]  # the line-up: id and name


@dataclass(frozen=True)
class SpeakerFound:
    """Somebody who speaks in the file.

    known: whether a person of the line-up has this very name. person_id: that one, or the only one
    whose name holds this one; None where nobody can tell.
    """

    name: str
    lines: int
    known: bool
    person_id: int | None


@dataclass(frozen=True)
class Preview:
    """What would be stored; times in seconds."""

    lines: int
    captions: int  # in the file, of which those that are too long are cut again
    empty: int  # captions without a word, which are left out
    words: int
    start: float
    end: float
    languages: tuple[str, ...]  # BCP 47, the most used first
    speakers: tuple[SpeakerFound, ...]  # in the order of their first word
    first: tuple[Cue, ...]
    ends_late: bool  # after the end of the recording
    covers_little: bool  # less than half of the recording
    declared: str | None  # the language that the file says it is in, where that is another one
    displaced: str | None  # the language that is shown so far, where this one would take its place
    unfinished: int  # corrections that are not finished in the transcript it would be part of
    left: int  # corrections that are not finished in the one whose place it would take


def target(db: DatabaseSession, session_id: int) -> Target | None:
    """The recording that the session's page shows, with its text; None where there is none."""
    recording = shown_recordings(db, [session_id]).get(session_id)
    if recording is None:
        return None
    people = db.execute(
        select(Person.id, Person.name)
        .join(Appearance)
        .where(Appearance.session_id == session_id)
        .order_by(Appearance.position, Appearance.id)
    )
    return Target(
        recording, shown_revision(db, recording.id), tuple((id_, name) for id_, name in people)
    )


def preview(
    db: DatabaseSession, into: Target, reading: Reading, language: str, *, translation: bool
) -> Preview:
    """What would be stored of a file. language: the one that was chosen for it."""
    cues = recut(reading.cues)
    duration = into.recording.duration or 0.0
    start = cues[0].start if cues else 0.0
    end = max((cue.end for cue in cues), default=0.0)
    spoken = Counter(cue.language or language for cue in cues)
    shown = into.shown.language if into.shown else language
    displaced = shown if shown != language and not translation else None
    return Preview(
        lines=len(cues),
        captions=len(reading.cues),
        empty=sum(not cue.text.strip() for cue in reading.cues),
        words=sum(len(cue.words) for cue in cues),
        start=start,
        end=end,
        languages=tuple(code for code, _ in spoken.most_common()),
        speakers=speakers(cues, into.people),
        first=cues[:FIRST],
        ends_late=duration > 0 and end > duration + SLACK,
        covers_little=duration > 0 and end - start < duration / 2,
        declared=reading.language if _differs(reading.language, language) else None,
        displaced=displaced,
        unfinished=_unfinished(db, into.recording.id, language),
        left=_unfinished(db, into.recording.id, displaced) if displaced else 0,
    )


def speakers(cues: Sequence[Cue], people: Sequence[tuple[int, str]]) -> tuple[SpeakerFound, ...]:
    """Who speaks in the file, and whom of the line-up each may be."""
    counted = Counter(cue.speaker for cue in cues if cue.speaker and cue.text.strip())
    return tuple(_speaker(name, lines, people) for name, lines in counted.items())


def _speaker(name: str, lines: int, people: Sequence[tuple[int, str]]) -> SpeakerFound:
    words = set(_plain(name).split())
    same = [id_ for id_, known in people if _plain(known) == _plain(name)]
    alike = [id_ for id_, known in people if words and words <= set(_plain(known).split())]
    found = same or (alike if len(alike) == 1 else [])
    return SpeakerFound(name, lines, bool(same), next(iter(found), None))


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _differs(declared: str | None, language: str) -> bool:
    return bool(declared) and declared.split("-")[0].casefold() != language.split("-")[0].casefold()


def _unfinished(db: DatabaseSession, recording_id: int, language: str) -> int:
    count = (
        select(func.count(Correction.id))
        .join(Transcript, Correction.transcript_id == Transcript.id)
        .where(Transcript.recording_id == recording_id, Transcript.language == language)
    )
    return db.scalar(count) or 0
