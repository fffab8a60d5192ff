"""What somebody typed into the search field, understood as far as it goes.

    words that all must occur      "a phrase"      begin*      -without      -"not this"
    one OR another                 (one OR another) third       one near:10 another
    speaker:Name                   speaker:"Both Names"        -speaker:Name
    event:word   year:2026   year:2024-2026   kind:panel   lang:en   title:word

OR may be written ODER or |, and the fields have German names too: sprecher:, veranstaltung:, jahr:,
art:, sprache:, titel:, nahe:. Nothing that can be typed is an error; what is ignored is said in
`notes`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from transcripts.search.clauses import Clause, Restriction, Speaker, distinct
from transcripts.search.grammar import MOST_CLAUSES, QUOTES, TOKEN, Reading, field_of, speaker_of
from transcripts.search.terms import SOFT_HYPHEN

LONGEST = 1000  # characters


class Note(StrEnum):
    """What was ignored in a query."""

    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    ONLY_EXCLUDED = "only_excluded"
    ONLY_NARROWED = "only_narrowed"
    NOT_IN_CHOICE = "not_in_choice"
    NOTHING_TO_SEARCH = "nothing_to_search"


@dataclass(frozen=True)
class Query:
    """wanted: all must match. unwanted: none may. notes: what was ignored, see `Note`.

    speakers: where there are any, one of them must have said it. unwanted_speakers: none of them may.
    restrictions: all hold.
    """

    text: str
    wanted: tuple[Clause, ...]
    unwanted: tuple[Clause, ...]
    notes: tuple[Note, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    unwanted_speakers: tuple[Speaker, ...] = ()
    restrictions: tuple[Restriction, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.speakers)


def parse(text: str) -> Query:
    """Reads what was typed; never raises."""
    notes = []
    visible = (c if c.isprintable() else " " for c in text.replace(SOFT_HYPHEN, ""))
    typed = " ".join("".join(visible).split())
    if len(typed) > LONGEST:
        typed = typed[:LONGEST]
        notes.append(Note.TOO_LONG)
    reading = Reading(typed)
    wanted = distinct(reading.wanted)
    unwanted = distinct(reading.unwanted)
    speakers, unwanted_speakers = reading.speakers, reading.unwanted_speakers
    if reading.cut or _weight(wanted) + len(unwanted) > MOST_CLAUSES:
        notes.append(Note.TOO_MANY)
        wanted, unwanted = _first(wanted, unwanted)
    if len(speakers) + len(unwanted_speakers) > MOST_CLAUSES:
        if Note.TOO_MANY not in notes:
            notes.append(Note.TOO_MANY)
        speakers, unwanted_speakers = _first(speakers, unwanted_speakers)
    if reading.not_in_choice:
        notes.append(Note.NOT_IN_CHOICE)
    if not wanted and not speakers:
        if unwanted or unwanted_speakers:
            notes.append(Note.ONLY_EXCLUDED)
        elif reading.restrictions:
            notes.append(Note.ONLY_NARROWED)
        elif typed:
            notes.append(Note.NOTHING_TO_SEARCH)
    return Query(
        typed,
        tuple(wanted),
        tuple(unwanted),
        tuple(notes),
        tuple(speakers),
        tuple(unwanted_speakers),
        tuple(
            Restriction(field, tuple(dict.fromkeys(values)), unwanted)
            for (field, unwanted), values in reading.restrictions.items()
        ),
    )


def by_speaker(name: str, text: str = "", operator: str = "speaker:") -> str:
    """The query that asks for `text` as said by somebody of this name."""
    plain = re.sub(rf"[{QUOTES}]", " ", name)
    return f'{operator}"{" ".join(plain.split())}" {text}'.strip()


def without(query: Query, speakers: Iterable[Speaker]) -> str:
    """The text of `query` without these of its speakers, wanted or not."""
    gone = {speaker.names for speaker in speakers}

    def is_gone(match: re.Match[str]) -> bool:
        return field_of(match) == "speaker" and speaker_of(match).names in gone

    return _cut_out(query.text, is_gone)


def only_words(query: Query) -> str:
    """The text of `query` without what narrows it down: speakers, events, years, kinds, languages."""
    return _cut_out(query.text, lambda match: field_of(match) not in (None, "title"))


def _cut_out(text: str, is_gone: Callable[[re.Match[str]], bool]) -> str:
    kept, at = [], 0
    for match in TOKEN.finditer(text):
        if is_gone(match):
            kept.append(text[at : match.start()])
            at = match.end()
    return " ".join(" ".join([*kept, text[at:]]).split())


def _weight(clauses: Iterable[Clause]) -> int:
    return sum(sum(1 for _ in clause.leaves()) for clause in clauses)


def _first(wanted: list, unwanted: list) -> tuple[list, list]:
    """As many as are searched for, the wanted before the others."""
    kept, room = [], MOST_CLAUSES
    for one in wanted:
        room -= _weight([one]) if isinstance(one, Clause) else 1
        if room < 0:
            break
        kept.append(one)
    if wanted and not kept:  # one choice of very many
        only = wanted[0]
        kept, room = [replace(only, parts=only.parts[:MOST_CLAUSES])], 0
    return kept, unwanted[: max(0, room)]
