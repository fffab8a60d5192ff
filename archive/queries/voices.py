"""The voices of a session's recording: what each says, whose it may be, and who has no name yet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Appearance, Person
from archive.models.programme import Session
from archive.models.recording import Recording
from archive.models.transcript import CueRow, Revision, Transcript
from archive.queries.transcript import cues_of, current_revision
from transcripts.cues import Cue
from transcripts.introductions import Suggestion, suggestions
from transcripts.voices.lines import Line, spoken_lines
from transcripts.voices.turns import Turn

MOMENTS = 3  # of each voice that are shown
LONGEST_MOMENT = 180  # letters of one


@dataclass(frozen=True)
class Moment:
    """What a voice says at some time, in seconds."""

    start: float
    text: str


@dataclass(frozen=True)
class VoiceView:
    """A voice, as somebody sees it who knows the people.

    seconds, turns: how long and how often it speaks. name: what most of its lines have as speaker,
    None where that is nobody. suggestion: only where there is no name.
    """

    letter: str
    seconds: float
    turns: int
    moments: tuple[Moment, ...]
    name: str | None
    suggestion: Suggestion | None


@dataclass(frozen=True)
class VoicesPage:
    """The voices of the shown transcript. people: the line-up, id and name.

    told: whether the voices of the recording were ever told apart.
    """

    title: str
    slug: str
    transcript_id: int
    language: str
    told: bool
    voices: tuple[VoiceView, ...]
    people: tuple[tuple[int, str], ...]


def voices_page(db: DatabaseSession, slug: str) -> VoicesPage | None:
    """The voices of a session's shown transcript, the first to speak first; None without one."""
    session = db.scalars(select(Session).where(Session.slug == slug)).first()
    shown = current_revision(db, session.id) if session else None
    if session is None or shown is None:
        return None
    people = tuple(
        (id_, name)
        for id_, name in db.execute(
            select(Person.id, Person.name)
            .join(Appearance)
            .where(Appearance.session_id == session.id)
            .order_by(Appearance.position, Appearance.id)
        )
    )
    voices = shown.transcript.recording.voices
    return VoicesPage(
        title=session.title,
        slug=slug,
        transcript_id=shown.transcript_id,
        language=shown.transcript.language,
        told=voices is not None,
        voices=_views(cues_of(db, shown.id), turns_of(voices), [name for _, name in people]),
        people=people,
    )


def unnamed_voices(db: DatabaseSession, revision_id: int) -> int:
    """How many voices of a revision's recording have no name in it."""
    voices = db.scalar(
        select(Recording.voices)
        .join(Transcript, Transcript.recording_id == Recording.id)
        .join(Revision, Revision.transcript_id == Transcript.id)
        .where(Revision.id == revision_id)
    )
    turns = turns_of(voices)
    if not turns:
        return 0
    rows = db.execute(
        select(CueRow.start, CueRow.end, CueRow.text, CueRow.speaker)
        .where(CueRow.revision_id == revision_id)
        .order_by(CueRow.position)
    )
    lines = spoken_lines(
        [Cue(start, end, text, speaker=speaker) for start, end, text, speaker in rows], turns
    )
    return sum(_name(own) is None for own in _by_voice(lines).values())


def turns_of(voices: Sequence[Sequence[Any]] | None) -> tuple[Turn, ...]:
    """The turns that a recording keeps."""
    return tuple(Turn(*turn) for turn in voices or ())


def _views(
    cues: Sequence[Cue], turns: Sequence[Turn], people: Sequence[str]
) -> tuple[VoiceView, ...]:
    lines = spoken_lines(cues, turns)
    said = _by_voice(lines)
    introduced = suggestions(lines, people)
    views = []
    for letter in dict.fromkeys(turn.voice for turn in turns):
        own = [turn for turn in turns if turn.voice == letter]
        name = _name(said.get(letter, ()))
        views.append(
            VoiceView(
                letter=letter,
                seconds=sum(turn.end - turn.start for turn in own),
                turns=len(own),
                moments=_moments(letter, lines),
                name=name,
                suggestion=None if name else introduced.get(letter),
            )
        )
    return tuple(views)


def _by_voice(lines: Sequence[Line]) -> dict[str, list[Line]]:
    said: dict[str, list[Line]] = {}
    for line in lines:
        said.setdefault(line.voice, []).append(line)
    return said


def _name(lines: Sequence[Line]) -> str | None:
    """Whom most of the time of these lines is said by."""
    seconds: Counter[str | None] = Counter()
    for line in lines:
        seconds[line.cue.speaker] += line.cue.end - line.cue.start
    name, most = max(seconds.items(), key=lambda pair: pair[1], default=(None, 0.0))
    return name if most > seconds.total() / 2 else None


def _moments(letter: str, lines: Sequence[Line]) -> tuple[Moment, ...]:
    """The longest passages of a voice, in their order."""
    passages = [
        list(run) for voice, run in groupby(lines, key=lambda line: line.voice) if voice == letter
    ]
    passages.sort(key=lambda run: run[0].cue.start - run[-1].cue.end)
    chosen = sorted(passages[:MOMENTS], key=lambda run: run[0].cue.start)
    return tuple(
        Moment(run[0].cue.start, _short(" ".join(line.cue.text for line in run))) for run in chosen
    )


def _short(text: str) -> str:
    if len(text) <= LONGEST_MOMENT:
        return text
    return text[:LONGEST_MOMENT].rsplit(" ", 1)[0] + " …"
