"""The revisions of a session's transcripts, and what differs between two of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from archive.models.transcript import CueRow, Revision, Transcript
from archive.models.users import User
from archive.queries.transcript import cues_of, current_revision, shown_revisions
from transcripts.cues import Cue
from transcripts.places import places
from transcripts.revisions import Change, Patch, word_changes


@dataclass(frozen=True)
class RevisionLine:
    """One revision in the history."""

    id: int
    transcript_id: int
    number: int
    origin: str
    engine: str | None
    model: str | None
    made_by: str | None  # name of the user
    created_at: datetime
    language: str
    patches: int | None  # places that a person changed
    restored: int | None  # number of the revision that it says the same as
    taken: int | None  # number of the offered revision that its changes are from
    file: str | None  # name of the file that it was imported from
    voices: int | None  # that were given names
    glossary: int | None  # places that the event's glossary corrected
    offered: bool
    shown: bool
    reviewed: float  # share of its cues that a person has changed or confirmed, 0 to 1


@dataclass(frozen=True)
class TranscriptLines:
    """A transcript, newest revision first."""

    language: str  # BCP 47
    translation: bool
    revisions: tuple[RevisionLine, ...]

    @property
    def shown(self) -> bool:
        """Whether one of its revisions is there to read."""
        return any(line.shown for line in self.revisions)


@dataclass(frozen=True)
class History:
    """The transcripts of a session: the one that is shown first, its translations last."""

    title: str
    slug: str
    recording_id: int
    transcripts: tuple[TranscriptLines, ...]

    @property
    def lines(self) -> dict[int, RevisionLine]:
        """Every revision by its id."""
        return {line.id: line for one in self.transcripts for line in one.revisions}


@dataclass(frozen=True)
class Run:
    """Words that have the same said of them; `named`: who says them is to be told."""

    kind: str  # kept, removed, added, speaker
    text: str
    speaker_before: str | None
    speaker_after: str | None
    named: bool


@dataclass(frozen=True)
class Place:
    """A place where two revisions differ. reviewed: a person has seen to what stands there."""

    start: float  # seconds
    runs: tuple[Run, ...]
    reviewed: bool = False


@dataclass(frozen=True)
class Difference:
    """What changed from one revision to a later one, place by place.

    choosable: `after` is offered in the place of `before`, and may be taken place by place.
    """

    title: str
    slug: str
    before: RevisionLine
    after: RevisionLine
    places: tuple[Place, ...]
    choosable: bool


def history(db: DatabaseSession, slug: str) -> History | None:
    """Every revision of the shown recording's transcripts; None where there is none."""
    session = db.scalars(select(Session).where(Session.slug == slug)).first()
    shown = current_revision(db, session.id) if session else None
    if session is None or shown is None:
        return None
    recording_id = shown.transcript.recording_id
    shown_ids = [one.id for one in shown_revisions(db, recording_id)]
    share = func.avg(case((CueRow.reviewed, 1.0), else_=0.0))
    rows = db.execute(
        select(Revision, Transcript.language, Transcript.translation, User.name, share)
        .join(Transcript, Revision.transcript_id == Transcript.id)
        .outerjoin(User, Revision.made_by_id == User.id)
        .outerjoin(CueRow, CueRow.revision_id == Revision.id)
        .where(Transcript.recording_id == recording_id)
        .group_by(Revision.id, Transcript.language, Transcript.translation, User.name)
        .order_by(Revision.id.desc())
    )
    lines: dict[tuple[bool, str], list[RevisionLine]] = {}
    for revision, language, translation, name, reviewed in rows:
        line = _line(revision, language, name, reviewed or 0.0, revision.id in shown_ids)
        lines.setdefault((translation, language), []).append(line)
    transcripts = [TranscriptLines(of[1], of[0], tuple(found)) for of, found in lines.items()]
    transcripts.sort(key=lambda one: (one.translation, not one.shown, one.language))
    return History(session.title, slug, recording_id, tuple(transcripts))


def _line(
    revision: Revision, language: str, made_by: str | None, reviewed: float, shown: bool
) -> RevisionLine:
    return RevisionLine(
        id=revision.id,
        transcript_id=revision.transcript_id,
        number=revision.number,
        origin=revision.origin,
        engine=revision.engine,
        model=revision.model,
        made_by=made_by,
        created_at=revision.created_at,
        language=language,
        patches=revision.details.get("patches"),
        restored=revision.details.get("restored"),
        voices=len(revision.details["voices"]) if "voices" in revision.details else None,
        glossary=len(revision.details.get("glossary") or ()) or None,
        taken=revision.details.get("taken"),
        file=revision.details.get("file"),
        offered=revision.offered,
        shown=shown,
        reviewed=float(reviewed),
    )


def difference(
    db: DatabaseSession, slug: str, revision_id: int, against_id: int | None = None
) -> Difference | None:
    """What a revision changed from the one before it, or from `against_id`.

    An offered one is compared with the shown one. None where there is no such revision.
    """
    found = history(db, slug)
    lines = found.lines if found else {}
    after = lines.get(revision_id)
    if found is None or after is None:
        return None
    before = lines.get(against_id) if against_id is not None else _before(lines.values(), after)
    if before is None:
        return None
    choosable = after.offered and before.shown and before.transcript_id == after.transcript_id
    old, new = cues_of(db, before.id), cues_of(db, after.id)
    return Difference(
        title=found.title,
        slug=slug,
        before=before,
        after=after,
        places=_choices(db, before.id, old, new) if choosable else _places(old, new),
        choosable=choosable,
    )


def _before(lines: Iterable[RevisionLine], after: RevisionLine) -> RevisionLine | None:
    """The shown one for what is offered, else the one before it; of the same transcript, if any is."""
    if after.offered:
        shown = [line for line in lines if line.shown]
        own = [line for line in shown if line.transcript_id == after.transcript_id]
        return next(iter(own or shown), None)
    older = (
        line
        for line in lines
        if line.transcript_id == after.transcript_id and line.id < after.id and not line.offered
    )
    return max(older, key=lambda line: line.id, default=None)


def _places(before: Sequence[Cue], after: Sequence[Cue]) -> tuple[Place, ...]:
    return tuple(Place(place[0].start, _runs(place)) for place in word_changes(before, after))


def _choices(
    db: DatabaseSession, shown_id: int, before: Sequence[Cue], after: Sequence[Cue]
) -> tuple[Place, ...]:
    """The places of which each can be taken by itself, with a few words around each."""
    reviewed = db.scalars(
        select(CueRow.reviewed).where(CueRow.revision_id == shown_id).order_by(CueRow.position)
    ).all()
    return tuple(_choice(before, patch, reviewed) for patch in places(before, after))


def _choice(before: Sequence[Cue], patch: Patch, reviewed: Sequence[bool]) -> Place:
    head, tail = before[: patch.first][-1:], before[patch.last + 1 :][:1]
    changes = word_changes(
        [*head, *before[patch.first : patch.last + 1], *tail], [*head, *patch.cues, *tail]
    )
    stood = reviewed[patch.first : patch.last + 1]
    around = reviewed[max(patch.first - 1, 0) : patch.last + 2]
    return Place(
        start=(before[patch.first : patch.last + 1] or patch.cues)[0].start,
        runs=tuple(run for place in changes for run in _runs(place)),
        # Where nothing stands, both neighbours count: a person may have taken it out.
        reviewed=any(stood) if stood else bool(around) and all(around),
    )


def _runs(changes: Sequence[Change]) -> tuple[Run, ...]:
    """Who speaks is told once, until it is somebody else."""
    runs: list[Run] = []
    told: tuple[str | None, str | None] | None = None
    for change in changes:
        pair = (change.speaker_before, change.speaker_after)
        named = change.kind == "speaker" and pair != told
        told = pair if change.kind == "speaker" else told
        runs.append(Run(change.kind, change.text, *pair, named))
    return tuple(runs)
