"""What changed between two versions of a transcript, and how changes of two people come together.

Places of cues are counted from 0.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from transcripts.align import common, retimed, runs
from transcripts.cues import Cue, Word

CONTEXT = 5  # words that are told on either side of a change
ISLAND = 3  # times as many words changed on both sides: then what is kept between is kept by chance


@dataclass(frozen=True)
class Patch:
    """Cues that stand for the cues `first` to `last` of a base, both inclusive.

    last is first - 1 where they are put in before `first`; without cues, those of the base go.
    """

    first: int
    last: int
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class Conflict:
    """One place that two people changed differently.

    mine: what I want to stand there, its range counted in theirs; my neighbouring patches that the
    same change of theirs touches are one here. base, theirs: the cues that stood and that stand there.
    """

    mine: Patch
    base: tuple[Cue, ...]
    theirs: tuple[Cue, ...]


@dataclass(frozen=True)
class Change:
    """What became of a run of words.

    kind: “speaker” where the words stayed and are now said by somebody else.
    start: where it stands in the recording, seconds.
    speaker_before, speaker_after: who said it; None where unknown, or where the words did not stand.
    """

    kind: Literal["kept", "removed", "added", "speaker"]
    text: str
    start: float
    speaker_before: str | None = None
    speaker_after: str | None = None


def applied(cues: Sequence[Cue], patches: Sequence[Patch]) -> tuple[Cue, ...]:
    """The cues with all patches; patches at the same place come in the order given.

    Raises ValueError where patches overlap, lie outside or end before they begin.
    """
    result: list[Cue] = []
    so_far = 0
    for patch in _in_order(patches):
        if patch.last < patch.first - 1:
            raise ValueError(f"{_named(patch)} ends before it begins")
        if not 0 <= patch.first <= patch.last + 1 <= len(cues):
            raise ValueError(f"{_named(patch)} lies outside of {len(cues)} cues")
        if patch.first < so_far:
            raise ValueError(f"{_named(patch)} overlaps the one before it, up to cue {so_far - 1}")
        result.extend(cues[so_far : patch.first])
        result.extend(patch.cues)
        so_far = patch.last + 1
    result.extend(cues[so_far:])
    return tuple(result)


def _in_order(patches: Sequence[Patch]) -> list[Patch]:
    return sorted(patches, key=lambda patch: (patch.first, patch.last))


def _named(patch: Patch) -> str:
    return f"the patch of cues {patch.first} to {patch.last}"


def patches_between(before: Sequence[Cue], after: Sequence[Cue]) -> tuple[Patch, ...]:
    """Small patches, disjoint and in order, that make one version of the other.

    Cues that changed in part, and still have their time or their text, have a patch of their own.
    """
    likely = common([*map(_without_words, before)], [*map(_without_words, after)])
    same = [(n, m) for n, m in likely if before[n] == after[m]]
    return tuple(
        Patch(smaller.old, smaller.old_end - 1, tuple(after[smaller.new : smaller.new_end]))
        for gap in _gaps(same, _Gap(0, len(before), 0, len(after)))
        for smaller in _pieces(gap, before, after)
    )


def _without_words(cue: Cue) -> Hashable:
    """What tells cues apart nearly always, and is quick to hash."""
    return cue.start, cue.end, cue.text, cue.speaker, cue.language


class _Gap(NamedTuple):
    """Old places from, to, and new places from, to, without the last: what stands for what."""

    old: int
    old_end: int
    new: int
    new_end: int


def _gaps(pairs: Sequence[tuple[int, int]], whole: _Gap) -> Iterator[_Gap]:
    """What lies between pairs of places."""
    old, new = whole.old, whole.new
    for n, m in [*pairs, (whole.old_end, whole.new_end)]:
        if old < n or new < m:
            yield _Gap(old, n, new, m)
        old, new = n + 1, m + 1


def _pieces(gap: _Gap, before: Sequence[Cue], after: Sequence[Cue]) -> Iterator[_Gap]:
    """A gap, cut where one cue clearly stands for another: same text, same time, or same moment."""
    pairs: list[tuple[int, int]] = []
    for key in (_text, _times):
        for rest in [*_gaps(pairs, gap)]:
            old = [key(cue) for cue in before[rest.old : rest.old_end]]
            new = [key(cue) for cue in after[rest.new : rest.new_end]]
            pairs += [(rest.old + n, rest.new + m) for n, m in common(old, new)]
        pairs.sort()
    for rest in [*_gaps(pairs, gap)]:
        couples = list(
            zip(range(rest.old, rest.old_end), range(rest.new, rest.new_end), strict=False)
        )
        same_size = rest.old_end - rest.old == rest.new_end - rest.new
        if same_size and all(_overlap(before[n], after[m]) for n, m in couples):
            pairs += couples
    pairs.sort()
    alone = [_Gap(n, n + 1, m, m + 1) for n, m in pairs]
    yield from sorted([*alone, *_gaps(pairs, gap)])


def _text(cue: Cue) -> Hashable:
    return cue.text


def _times(cue: Cue) -> Hashable:
    return cue.start, cue.end


def _overlap(one: Cue, other: Cue) -> bool:
    return one.start < other.end and other.start < one.end


def rebased(
    mine: Sequence[Patch], base: Sequence[Cue], theirs: Sequence[Cue]
) -> tuple[tuple[Patch, ...], tuple[Conflict, ...]]:
    """My patches of `base` moved on to `theirs`, another version of it, and what contradicts it.

    Patches are first made as small as they can be. What theirs says too is dropped. Of a single cue,
    text, speaker, times and language are merged each by itself; the times of its words follow them.
    Both results are counted in theirs; all of mine is there with the patches and those of the
    conflicts. Raises ValueError where my patches overlap or lie outside of `base`.
    """
    patches: list[Patch] = []
    conflicts: list[Conflict] = []
    shift = 0  # cues by which theirs is longer, up to here
    my_small = patches_between(base, applied(base, mine))
    for first, last, my_part, their_part in _groups(my_small, patches_between(base, theirs)):
        start = first + shift
        shift += sum(len(patch.cues) - (patch.last - patch.first + 1) for patch in their_part)
        end = last + shift
        if not my_part:
            continue
        stood, stands = tuple(base[first : last + 1]), tuple(theirs[start : end + 1])
        moved = [Patch(p.first - first, p.last - first, p.cues) for p in my_part]
        wanted, agreed = applied(stood, moved), not their_part
        if len(stood) == len(stands) == len(wanted) == 1:
            cue, agreed = _merged(stood[0], wanted[0], stands[0])
            wanted = (cue,)
        if wanted == stands:
            continue
        patch = Patch(start, end, wanted)
        if agreed:
            patches.append(patch)
        else:
            conflicts.append(Conflict(patch, stood, stands))
    return tuple(patches), tuple(conflicts)


def _groups(
    mine: Sequence[Patch], theirs: Sequence[Patch]
) -> Iterator[tuple[int, int, list[Patch], list[Patch]]]:
    """The patches that touch each other: first and last cue of the base, mine and theirs.

    For this a cue is an odd number, and a place before or behind one an even number.
    """
    spots = [
        (2 * p.first + (p.first <= p.last), 2 * p.last + 1 + (p.first > p.last), n, p)
        for n, patches in enumerate((mine, theirs))
        for p in patches
    ]
    reached = -1
    group: tuple[list[Patch], list[Patch]] = ([], [])
    begun = 0
    for low, high, side, patch in sorted(spots, key=lambda spot: spot[:3]):
        if low > reached:
            if any(group):
                yield begun // 2, (reached - 1) // 2, *group
            group, begun = ([], []), low
        group[side].append(patch)
        reached = max(reached, high)
    if any(group):
        yield begun // 2, (reached - 1) // 2, *group


def _merged(base: Cue, mine: Cue, theirs: Cue) -> tuple[Cue, bool]:
    """What both made of a cue, and whether they agree; where they do not, mine."""
    fields = [
        (base.text, mine.text, theirs.text),
        (base.speaker, mine.speaker, theirs.speaker),
        ((base.start, base.end), (mine.start, mine.end), (theirs.start, theirs.end)),
        (base.language, mine.language, theirs.language),
    ]
    text, speaker, (start, end), language = (
        their if my == stood else my for stood, my, their in fields
    )
    agreed = all(my == their or stood in (my, their) for stood, my, their in fields)
    words = _merged_words(base, mine, theirs, Cue(start, end, text))
    return Cue(start, end, text, words, speaker, language), agreed


def _merged_words(base: Cue, mine: Cue, theirs: Cue, wanted: Cue) -> tuple[Word, ...]:
    """The words of the side that changed them; of both, with the times of who left the text alone."""
    for one, other in ((mine, theirs), (theirs, mine)):
        if _said(one) == _said(wanted) and other.words in (base.words, one.words):
            return one.words
    theirs_is_newer = mine.text != base.text and theirs.text == base.text
    timed, other = (theirs, mine) if theirs_is_newer else (mine, theirs)
    words = timed.words or other.words
    return retimed(wanted.text, wanted.start, wanted.end, words) if words else ()


def _said(cue: Cue) -> Hashable:
    return cue.text, cue.start, cue.end


class _Step(NamedTuple):
    """A word that was kept, removed or added: which of which cue."""

    kind: str
    text: str
    cue: Cue
    place: int
    speakers: tuple[str | None, str | None]  # before, after


def word_changes(before: Sequence[Cue], after: Sequence[Cue]) -> tuple[tuple[Change, ...], ...]:
    """The places where what is said, or who says it, differs, each with some words around it."""
    steps = list(_steps(before, after))
    changed = [n for n, step in enumerate(steps) if step.kind != "kept"]
    places: list[list[int]] = []
    for n in changed:
        if places and n - places[-1][1] <= 2 * CONTEXT + 1:
            places[-1][1] = n
        else:
            places.append([n, n])
    return tuple(
        tuple(_changes(steps[max(first - CONTEXT, 0) : last + CONTEXT + 1]))
        for first, last in places
    )


def _steps(before: Sequence[Cue], after: Sequence[Cue]) -> Iterator[_Step]:
    """Every word of both, in order; what is the same comes once."""
    pairs = common([*map(_heard, before)], [*map(_heard, after)])
    old = new = 0
    for n, m in [*pairs, (len(before), len(after))]:
        yield from _steps_between(before[old:n], after[new:m])
        for cue in after[m : m + 1]:
            for place, text in enumerate(cue.text.split()):
                yield _Step("kept", text, cue, place, (cue.speaker, cue.speaker))
        old, new = n + 1, m + 1


def _steps_between(before: Sequence[Cue], after: Sequence[Cue]) -> Iterator[_Step]:
    old, new = _words_of(before), _words_of(after)
    pairs = _telling(common([w[0] for w in old], [w[0] for w in new]), len(old), len(new))
    so_far, so_far_new = 0, 0
    for n, m in [*pairs, (len(old), len(new))]:
        for text, cue, place in old[so_far:n]:
            yield _Step("removed", text, cue, place, (cue.speaker, None))
        for text, cue, place in new[so_far_new:m]:
            yield _Step("added", text, cue, place, (None, cue.speaker))
        for text, cue, place in new[m : m + 1]:
            speakers = (old[n][1].speaker, cue.speaker)
            kind = "kept" if speakers[0] == speakers[1] else "speaker"
            yield _Step(kind, text, cue, place, speakers)
        so_far, so_far_new = n + 1, m + 1


def _words_of(cues: Sequence[Cue]) -> list[tuple[str, Cue, int]]:
    return [(text, cue, n) for cue in cues for n, text in enumerate(cue.text.split())]


def _telling(pairs: list[tuple[int, int]], old: int, new: int) -> list[tuple[int, int]]:
    """Without the few words that two different sentences share by chance."""
    kept = [(-1, -1)]
    found = runs(pairs)
    following = [*(run[0] for run in found[1:]), (old, new)]
    for run, (n, m) in zip(found, following, strict=False):
        changed_before = max(run[0][0] - kept[-1][0], run[0][1] - kept[-1][1]) - 1
        changed_after = max(n - run[-1][0], m - run[-1][1]) - 1
        if len(run) * ISLAND > min(changed_before, changed_after):
            kept.extend(run)
    return kept[1:]


def _changes(steps: Sequence[_Step]) -> Iterator[Change]:
    """Runs of words that have the same said of them."""
    for (kind, speakers), run in groupby(steps, key=lambda step: (step.kind, step.speakers)):
        words = list(run)
        text = " ".join(step.text for step in words)
        yield Change(kind, text, _start(words[0]), *speakers)


def _start(step: _Step) -> float:
    """When the word begins; where only the cue is timed, about."""
    cue, texts = step.cue, step.cue.text.split()
    if len(cue.words) == len(texts):
        return cue.words[step.place].start
    so_far = sum(map(len, texts[: step.place])) / sum(map(len, texts))
    return round(cue.start + (cue.end - cue.start) * so_far, 3)


def corrected_share(machine: Sequence[Cue], shown: Sequence[Cue]) -> float:
    """The share of the shown cues, 0 to 1, whose text or speaker is not what the machine said."""
    same = common([*map(_heard, machine)], [*map(_heard, shown)])
    return 1 - len(same) / len(shown) if shown else 0.0


def _heard(cue: Cue) -> Hashable:
    return cue.text, cue.speaker
