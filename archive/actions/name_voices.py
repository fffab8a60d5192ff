"""Voices get names: every line of a voice its speaker, in one revision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_correction import reviewed_of
from archive.actions.store_revision import newest_revision, store_revision
from archive.models.transcript import Revision, Transcript
from archive.parts import Parts
from archive.queries.transcript import cues_of
from archive.queries.voices import turns_of
from transcripts.cues import Cue
from transcripts.voices.lines import Line, spoken_lines


@dataclass(frozen=True)
class Named:
    """What came of it. revision: its number, None where nothing changed. lines: that have another
    speaker than before. split: lines that were cut. kept: lines whose speaker a person has set."""

    revision: int | None
    lines: int = 0
    split: int = 0
    kept: int = 0


def name_voices(
    parts: Parts,
    user_id: int,
    transcript_id: int,
    names: Mapping[str, str | None],
    *,
    replace_all: bool = False,
) -> Named:
    """Gives the lines of each voice its name, in the newest revision of the transcript.

    names: of voices by letter; None takes away what was given here before, and a voice that is not
    in it is left as it is. Speakers that were set otherwise stay, unless replace_all. A line in which
    two voices speak is cut only where they get different names. What others have not finished is
    moved on to the new revision when they finish it.
    """
    with parts.sessions.begin() as db:
        transcript = db.get_one(Transcript, transcript_id, with_for_update=True)
        shown = newest_revision(db, transcript_id)
        before = cues_of(db, shown.id)
        reviewed = reviewed_of(db, shown.id)
        naming = _Naming(names, _given_before(db, transcript_id), replace_all)
        lines = spoken_lines(before, turns_of(transcript.recording.voices))
        after: list[tuple[Cue, bool]] = []
        changed = split = 0
        for place, parts_of_cue in groupby(lines, key=lambda line: line.place):
            cues = naming.named(before[place], parts_of_cue)
            after += [(cue, reviewed[place]) for cue in cues]
            changed += sum(cue.speaker != before[place].speaker for cue in cues)
            split += len(cues) > 1
        if not changed:
            return Named(None, kept=naming.kept)
        details = {"voices": naming.given_now}
        revision = store_revision(db, parts, user_id, shown, after, details)
        return Named(revision.number, changed, split, naming.kept)


class _Naming:
    """Decides about one cue after the other. kept: how many were left to what a person has set."""

    def __init__(
        self, names: Mapping[str, str | None], given: Mapping[str, str], replace_all: bool
    ) -> None:
        self._names = names
        self._given = given
        self._replace_all = replace_all
        self.kept = 0

    @property
    def given_now(self) -> dict[str, str]:
        """The names that voices have from here, after this."""
        now = {**self._given, **self._names}
        return {voice: name for voice, name in now.items() if name}

    def named(self, cue: Cue, lines: Iterable[Line]) -> list[Cue]:
        """The cue as it is to stand: with its speaker, and cut where it has several."""
        parts = list(lines)
        if self._is_set_by_hand(cue, parts):
            wanted = [self._names.get(line.voice) for line in parts]
            if not self._replace_all or not all(wanted):
                self.kept += any(name not in (None, cue.speaker) for name in wanted)
                return [cue]
        speakers = [self._names.get(line.voice, cue.speaker) for line in parts]
        if len(set(speakers)) == 1:
            return [replace(cue, speaker=speakers[0])]
        return [
            _joined([line.cue for line, _ in run], speaker)
            for speaker, run in groupby(zip(parts, speakers, strict=True), key=lambda pair: pair[1])
        ]

    def _is_set_by_hand(self, cue: Cue, parts: list[Line]) -> bool:
        return cue.speaker is not None and all(
            self._given.get(line.voice) != cue.speaker for line in parts
        )


def _joined(cues: list[Cue], speaker: str | None) -> Cue:
    """Parts of one cue that follow each other, as one."""
    return replace(
        cues[0],
        end=cues[-1].end,
        text=" ".join(cue.text for cue in cues),
        words=tuple(word for cue in cues for word in cue.words),
        speaker=speaker,
    )


def _given_before(db: DatabaseSession, transcript_id: int) -> dict[str, str]:
    """The names that voices were given here last."""
    details = db.scalars(
        select(Revision.details)
        .where(Revision.transcript_id == transcript_id)
        .order_by(Revision.id.desc())
    )
    return next((dict(one["voices"]) for one in details if "voices" in (one or {})), {})
