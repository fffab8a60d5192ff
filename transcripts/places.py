"""Where one text of a recording says something else than another, so that each place can be taken alone.

Two runs of an engine differ in nearly every cue, if only by a hundredth of a second: that is no place.
Words that moved from one cue into the next belong to one place, for half of it would lose or double
them.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.align import common
from transcripts.cues import Cue
from transcripts.revisions import Patch, patches_between, word_changes

SAME_TIME = 1.0  # seconds by which two texts may time the same cue differently
LONG = 30.0  # seconds; no cue lasts longer


def places(before: Sequence[Cue], after: Sequence[Cue]) -> tuple[Patch, ...]:
    """Patches of `before`, disjoint and in order, each of which may be taken without the others.

    With all of them `before` says what `after` says, and with any of them its cues stand in order,
    where those of both do. A cue of `after` that names nobody is said by whoever speaks then.
    """
    wanted = _settled(before, _named(before, after))
    joined: list[Patch] = []
    last: Patch | None = None  # as it was before it was joined
    for patch in patches_between(before, wanted):
        if last is not None and _hang_together(before, last, patch):
            joined[-1] = Patch(joined[-1].first, patch.last, joined[-1].cues + patch.cues)
        else:
            joined.append(patch)
        last = patch
    return tuple(patch for patch in joined if _says_something_else(before, patch))


def _says_something_else(before: Sequence[Cue], patch: Patch) -> bool:
    return bool(word_changes(before[patch.first : patch.last + 1], patch.cues))


def _named(before: Sequence[Cue], after: Sequence[Cue]) -> list[Cue]:
    """The cues of `after`; who speaks where it does not say is who speaks longest then in `before`."""
    return [cue if cue.speaker else replace(cue, speaker=_speaker(before, cue)) for cue in after]


def _speaker(before: Sequence[Cue], cue: Cue) -> str | None:
    seconds: dict[str | None, float] = {}
    for other in _around(before, cue):
        shared = min(cue.end, other.end) - max(cue.start, other.start)
        if shared > 0:
            seconds[other.speaker] = seconds.get(other.speaker, 0.0) + shared
    return max(seconds, key=lambda speaker: seconds[speaker], default=None)


def _around(cues: Sequence[Cue], cue: Cue) -> Iterator[Cue]:
    """Cues that may share time with one: those that begin before its end, the nearest first."""
    until = bisect_left(cues, cue.end, key=lambda one: one.start)
    for other in reversed(cues[:until]):
        if other.start < cue.start - LONG:
            return
        yield other


def _settled(before: Sequence[Cue], after: Sequence[Cue]) -> list[Cue]:
    """`after`, with the very cues of `before` where it says the same at about the same time."""
    wanted = list(after)
    for n, m in common([*map(_said, before)], [*map(_said, after)]):
        cue, latest = before[n], wanted[m - 1].start if m else 0.0
        following = after[m + 1].start if m + 1 < len(after) else cue.start
        near = max(abs(cue.start - after[m].start), abs(cue.end - after[m].end)) <= SAME_TIME
        if near and latest <= cue.start <= following:
            wanted[m] = cue
    return wanted


def _said(cue: Cue) -> tuple[str, str | None, str | None]:
    return cue.text, cue.speaker, cue.language


def _hang_together(before: Sequence[Cue], one: Patch, other: Patch) -> bool:
    """Whether neither of two patches that touch could be taken without the other."""
    if one.last + 1 < other.first:
        return False
    behind, ahead = before[one.last + 1 : one.last + 2], before[: other.first][-1:]
    if one.cues and behind and behind[0].start < one.cues[-1].start:
        return True
    if other.cues and ahead and other.cues[0].start < ahead[0].start:
        return True
    old, new = _words(before[one.first : one.last + 1]), _words(one.cues)
    pairs = common(old + _words(before[other.first : other.last + 1]), new + _words(other.cues))
    return any((n < len(old)) != (m < len(new)) for n, m in pairs)


def _words(cues: Sequence[Cue]) -> list[str]:
    return [_letters(word) for cue in cues for word in cue.text.casefold().split()]


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, word)) or word
