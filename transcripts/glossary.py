"""An event's glossary: how terms are written, and what is corrected where they are written wrongly.

A line holds terms to listen for, parted by commas, or the right writing of one term, “=” and what is
written wrongly instead, parted by commas: “ekom21 = e-kom 21, Ekom einundzwanzig”.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from transcripts.align import retimed
from transcripts.cues import Cue

LONGEST = 80  # characters of a writing
MOST = 500  # lines

Reason = Literal[
    *("no_right", "no_wrong", "two_signs", "several_right", "too_long", "too_many"),
    *("no_letters", "edges", "same", "signs", "wrong_twice", "wrong_is_right"),
]


@dataclass(frozen=True)
class Entry:
    """A term: its right writing, and what is written wrongly instead of it."""

    right: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line. line: from 1. form: the writing in question.

    other: the right writing of another line that it collides with.
    """

    line: int
    reason: Reason
    form: str = ""
    other: str = ""


@dataclass(frozen=True)
class Glossary:
    """What a glossary says. Writings with problems are not in the entries."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """The right writings, in order: what an engine may listen for."""
        return tuple(entry.right for entry in self.entries)


@dataclass(frozen=True)
class Occurrence:
    """A place in a text, from character `start` to before `end`, and what is to stand there."""

    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """What was corrected: when it is said, in seconds, and how it was and is written."""

    start: float
    before: str
    after: str


# --- reading -----------------------------------------------------------------------------------


def parse(text: str) -> Glossary:
    """Reads a glossary, and tells every problem that it has."""
    lines = [(n, plain(line)) for n, line in enumerate(text.splitlines(), 1)]
    lines = [(n, line) for n, line in lines if line]
    problems = [Problem(lines[MOST][0], "too_many")] if len(lines) > MOST else []
    read: list[tuple[int, Entry]] = []
    for number, line in lines[:MOST]:
        for found in _read(number, line):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                read.append((number, found))
    rights: dict[str, set[str]] = {}
    for _, entry in read:
        rights.setdefault(_folded(entry.right), set()).add(entry.right)
    taken: dict[str, str] = {}  # what is written wrongly -> the right writing
    entries: list[Entry] = []
    for number, entry in read:
        kept: list[str] = []
        for wrong in entry.wrong:
            if found := _collision(number, entry, wrong, rights, taken):
                problems.append(found)
            elif _key(entry, wrong) not in taken:
                taken[_key(entry, wrong)] = entry.right
                kept.append(wrong)
        entries.append(replace(entry, wrong=tuple(kept)))
    return Glossary(tuple(entries), tuple(sorted(problems, key=lambda one: one.line)))


def plain(line: str) -> str:
    """A line or a writing with composed letters and single spaces."""
    return " ".join(unicodedata.normalize("NFC", line).split())


def _read(number: int, line: str) -> Iterator[Entry | Problem]:
    """The entries of one line, each looked at by itself."""
    left, sign, rest = line.partition("=")
    left = left.strip()
    wrong = _parted(rest)
    if not sign:
        for term in _parted(line):
            yield Problem(number, "too_long", term) if len(term) > LONGEST else Entry(term)
    elif not left:
        yield Problem(number, "no_right")
    elif "=" in rest:
        yield Problem(number, "two_signs")
    elif len(_parted(left)) > 1:
        yield Problem(number, "several_right", left)
    elif not re.search(r"\w", left):
        yield Problem(number, "no_letters", left)
    elif len(left) > LONGEST:
        yield Problem(number, "too_long", left)
    elif not wrong:
        yield Problem(number, "no_wrong", left)
    else:
        problems = {form: _problem(number, left, form) for form in wrong}
        yield Entry(left, tuple(form for form, found in problems.items() if found is None))
        yield from filter(None, problems.values())


def _parted(text: str) -> list[str]:
    return [part.strip() for part in re.split("[,;]", text) if part.strip()]


def _problem(number: int, right: str, wrong: str) -> Problem | None:
    if wrong == right:
        return Problem(number, "same", wrong)
    if len(wrong) > LONGEST:
        return Problem(number, "too_long", wrong)
    if not re.fullmatch(r"\w(.*\w)?", wrong):
        return Problem(number, "edges", wrong)
    return None


def _collision(
    number: int, entry: Entry, wrong: str, rights: dict[str, set[str]], taken: dict[str, str]
) -> Problem | None:
    others = rights.get(_folded(wrong), set()) - {entry.right}
    if others:
        return Problem(number, "wrong_is_right", wrong, min(others))
    other = taken.get(_key(entry, wrong), entry.right)
    return Problem(number, "wrong_twice", wrong, other) if other != entry.right else None


def _key(entry: Entry, wrong: str) -> str:
    """By what a wrong writing is known: in any case, unless case is all that is wrong with it."""
    return wrong if _folded(wrong) == _folded(entry.right) else _folded(wrong)


# --- correcting --------------------------------------------------------------------------------


def corrected(
    cues: Sequence[Cue],
    entries: Iterable[Entry],
    only: Collection[tuple[int, int]] | None = None,
) -> tuple[tuple[Cue, ...], tuple[Change, ...]]:
    """The cues with right writings in the place of wrong ones, and what was changed, in order.

    only: the places that may be corrected, as (cue, character in its text); all without it. Words
    that stay keep their times. Cues in which nothing is wrong are the same objects.
    """
    finder = Finder(entries)
    after, changes = list(cues), []
    for number, cue in enumerate(cues):
        found = [
            one for one in finder.found(cue.text) if only is None or (number, one.start) in only
        ]
        if not found:
            continue
        text = written(cue.text, found)
        words = retimed(text, cue.start, cue.end, cue.words) if cue.words else ()
        after[number] = replace(cue, text=text, words=words)
        changes += [Change(_seconds(cue, one.start), one.before, one.after) for one in found]
    return tuple(after), tuple(changes)


def written(text: str, found: Sequence[Occurrence]) -> str:
    """The text with what is to stand at these places, which are in order."""
    pieces, done = [], 0
    for one in found:
        pieces += [text[done : one.start], one.after]
        done = one.end
    return "".join([*pieces, text[done:]])


def _seconds(cue: Cue, at: int) -> float:
    """When the word at a character begins; where only the cue is timed, when that begins."""
    if len(cue.words) != len(cue.text.split()):
        return cue.start
    inside = at > 0 and not cue.text[at - 1].isspace()
    return cue.words[len(cue.text[:at].split()) - inside].start


INSIDE = "\\w\u0300-\u036f\u00ad\u200d"  # what belongs to a word
WORD = re.compile(f"[{INSIDE}]+")


class _Form(NamedTuple):
    """A writing to look for. ahead: characters before its first word. right: None where it is right."""

    pattern: re.Pattern[str]
    ahead: int
    right: str | None


class _Span(NamedTuple):
    """Characters from, to; with the tail up to `whole`. after: what is to stand there."""

    start: int
    end: int
    whole: int
    after: str = ""


class Finder:
    """Finds what the entries of a glossary call wrong; their forms are kept by their first word."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._forms: dict[str, list[_Form]] = {}
        self._cases: dict[str, str] = {}  # wrong in nothing but case -> right
        for entry in entries:
            self._add(entry.right, None)
            for wrong in entry.wrong:
                if _folded(wrong) == _folded(entry.right):
                    self._cases[wrong] = entry.right
                else:
                    self._add(wrong, entry.right)

    def _add(self, writing: str, right: str | None) -> None:
        key = _folded(writing)
        first = WORD.search(key)
        if first is None:
            return
        body = r"\s+".join(map(re.escape, key.split()))
        genitive = right is None or _has_genitive(key)
        tail = "(s?)" if genitive else "()"
        pattern = re.compile(f"(?<![{INSIDE}]){body}{tail}(?![{INSIDE}])")
        form = _Form(pattern, first.start(), right)
        self._forms.setdefault(first[0], []).append(form)
        if genitive and first.end() == len(key):
            self._forms.setdefault(first[0] + "s", []).append(form)

    def found(self, text: str) -> list[Occurrence]:
        """The places of a text where something is written wrongly, in order; none overlap.

        Whole words only, in any case unless case is what is wrong; of places that overlap, the
        longest. What is part of a right writing is left alone. Behind a hyphen or an apostrophe a
        tail stays as it is, and so does the “s” of the genitive behind what no other word can be: a
        writing of several words, or with a digit.
        """
        folded = _folded(text)
        if self._forms.keys().isdisjoint(WORD.findall(folded)):
            return []
        right: list[_Span] = []
        wrong: list[_Span] = []
        for word in WORD.finditer(folded):
            for form in self._forms.get(word[0], ()):
                at = word.start() - form.ahead
                match = form.pattern.match(folded, at) if at >= 0 else None
                if match is None:
                    continue
                start, end, whole = match.start(), match.start(1), match.end()
                if form.right is not None:
                    wrong.append(_Span(start, end, whole, form.right))
                elif after := self._right_case(text[start:end], tail=whole > end):
                    wrong.append(_Span(start, end, whole, after))
                else:
                    right.append(_Span(start, end, whole))
        chosen: list[_Span] = []
        for span in sorted(wrong, key=lambda one: (one.start - one.whole, one.start)):
            if not any(one.start < span.whole and span.start < one.whole for one in right + chosen):
                chosen.append(span)
        return [
            Occurrence(span.start, span.end, text[span.start : span.end], span.after)
            for span in sorted(chosen)
        ]

    def _right_case(self, text: str, *, tail: bool) -> str | None:
        text = " ".join(text.split())
        return None if tail and not _has_genitive(text) else self._cases.get(text)


def _has_genitive(writing: str) -> bool:
    """Whether an “s” behind it can be nothing but the genitive: “Haus” is not of “Hau”."""
    return " " in writing or any(map(str.isdigit, writing))


def _folded(text: str) -> str:
    """Small letters, as many as there were."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(one if len(one.lower()) > 1 else one.lower() for one in text)
    return lowered.replace("ς", "σ")
