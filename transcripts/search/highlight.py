"""Marks what was found, in the original letters."""

import itertools
from dataclasses import dataclass

from transcripts.search.clauses import Clause, Kind
from transcripts.search.query import Query
from transcripts.search.terms import Term, analyse, joined_hyphens


@dataclass(frozen=True)
class Fragment:
    """A piece of a text; the pieces joined are the text."""

    text: str
    marked: bool


def highlight(text: str, query: Query, language: str | None) -> tuple[Fragment, ...]:
    """`text` in pieces, those that match what `query` wants marked."""
    terms = analyse(text, language)
    spans: list[tuple[int, int]] = []
    for clause in query.wanted:
        spans += _spans(clause, terms, text, language)
    return _fragments(text, spans)


def highlight_end(text: str, query: Query) -> tuple[Fragment, ...]:
    """Marks the beginning of a phrase at the end of `text`: the rest is in the next cue."""
    terms = analyse(text, None)
    spans = []
    for clause in (leaf for wanted in query.wanted for leaf in wanted.leaves()):
        for count in range(min(len(clause.words) - 1, len(terms)), 0, -1):
            if tuple(t.exact for t in terms[-count:]) == clause.words[:count]:
                spans.append((terms[-count].start, terms[-1].end))
                break
    return _fragments(text, spans)


def snippet(
    text: str, query: Query, language: str | None, width: int = 200
) -> tuple[Fragment, ...]:
    """About `width` characters of `text` around its first match, with dots where it is cut."""
    pieces = highlight(text, query, language)
    if len(text) <= width:
        return pieces
    start, end = _window(text, pieces, width)
    dots_before = (Fragment("… ", False),) if start else ()
    dots_after = (Fragment(" …", False),) if end < len(text) else ()
    return (*dots_before, *_cut(pieces, start, end), *dots_after)


def matches(clause: Clause, text: str, language: str | None) -> bool:
    """Whether `text` holds what `clause` asks for."""
    return bool(_spans(clause, analyse(text, language), text, language))


def _spans(
    clause: Clause, terms: list[Term], text: str, language: str | None
) -> list[tuple[int, int]]:
    if clause.parts:
        return [span for part in clause.parts for span in _spans(part, terms, text, language)]
    if clause.kind == Kind.PREFIX:
        return [(t.start, t.end) for t in terms if t.exact.startswith(clause.words[0])]
    wholes = joined_hyphens(text, language)
    forms = [
        t
        for t in [*terms, *wholes]
        if t.exact in clause.also or not set(t.stems).isdisjoint(clause.stems)
    ]
    count = len(clause.words)
    runs = [
        (terms[n].start, terms[n + count - 1].end)
        for n in range(len(terms) - count + 1)
        if tuple(t.exact for t in terms[n : n + count]) == clause.words
    ]
    runs += [(t.start, t.end) for t in forms]
    if not runs:
        for other in clause.apart:
            parts = [_spans(part, terms, text, language) for part in other.parts]
            runs += [span for each in parts for span in each] if all(parts) else []
    return runs


def _fragments(text: str, spans: list[tuple[int, int]]) -> tuple[Fragment, ...]:
    fragments, at = [], 0
    for start, end in _merged(spans):
        if start > at:
            fragments.append(Fragment(text[at:start], False))
        fragments.append(Fragment(text[start:end], True))
        at = end
    if at < len(text) or not fragments:
        fragments.append(Fragment(text[at:], False))
    return tuple(fragments)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, pieces: tuple[Fragment, ...], width: int) -> tuple[int, int]:
    """Where to cut, between words: the first match a third from the beginning."""
    before = list(itertools.takewhile(lambda piece: not piece.marked, pieces))
    match = sum(len(piece.text) for piece in before) if len(before) < len(pieces) else 0
    start = max(0, min(match - width // 3, len(text) - width))
    end = start + width
    if start:
        start = text.find(" ", start, match) + 1 or start
    if end < len(text):
        space = text.rfind(" ", match, end)
        end = space if space > match else end
    return start, end


def _cut(pieces: tuple[Fragment, ...], start: int, end: int) -> tuple[Fragment, ...]:
    """What lies between two places of the text; marks stay, also on half a match."""
    kept, at = [], 0
    for piece in pieces:
        text = piece.text[max(0, start - at) : max(0, end - at)]
        if text:
            kept.append(Fragment(text, piece.marked))
        at += len(piece.text)
    return tuple(kept)
