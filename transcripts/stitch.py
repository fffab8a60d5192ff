"""Chunks become one transcript, and words become cues by the rules of subtitling.

The rules: at most two lines of 42 characters, 1 to 7 seconds, breaks where a sentence or a clause
ends, never behind an article or a preposition where that can be avoided, and always at a pause.
They are weighed against each other by a shortest path over all ways to break the words.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from transcripts.cues import Cue, Word
from transcripts.formats.lines import LINE
from transcripts.transcribe import ChunkTranscript

LINES = 2
LONGEST = 7.0  # seconds
SHORTEST = 1.0  # seconds
FASTEST = 20.0  # characters a second
PAUSE = 1.0  # seconds of silence that end a cue
APART = 0.2  # seconds between words that two chunks heard, from which they are not the same
SAME_MOMENT = 0.8  # seconds by which two chunks may time one word differently

SENTENCE_END = re.compile(r"[.!?…][\"»“”’)]*$")
CLAUSE_END = re.compile(r"[,;:–—][\"»“”’)]*$")
CONJUNCTIONS = frozenset(
    "und oder aber denn sondern dass weil wenn als ob damit obwohl während bevor nachdem sodass "
    "and or but because that which who when while if although before after so".split()
)
CLINGING = frozenset(  # a line should not end with one of these
    "der die das den dem des ein eine einen einem einer eines im in am an auf aus bei mit nach von "
    "vom zu zum zur für über unter um durch ohne sehr nicht kein keine mein unser ihr sein "
    "the a an of to in on at by for from with into my our your their his her its not very".split()
)


def stitch(chunks: Sequence[ChunkTranscript]) -> tuple[Cue, ...]:
    """The cues of a recording from its chunks, in order; pure."""
    cues: list[Cue] = []
    for chunk, words in zip(chunks, _forward(_without_doubles(chunks)), strict=True):
        cues.extend(_cues(chunk, words))
    return tuple(_with_time_to_read(cues))


def cues_of_chunk(chunk: ChunkTranscript) -> list[Cue]:
    """The cues of one chunk alone, of the words it answers for; the whole may break them elsewhere."""
    own = [word for word in chunk.words if chunk.own_start <= _middle(word) <= chunk.own_end]
    return _cues(chunk, own)


def cues_of_words(words: Sequence[Word], language: str | None = None) -> list[Cue]:
    """Cues for words in order, broken where reading is easiest."""
    return [
        Cue(
            group[0].start,
            group[-1].end,
            " ".join(w.text for w in group),
            tuple(group),
            None,
            language,
        )
        for run in _runs(words)
        for group in _best_groups(run)
    ]


def _cues(chunk: ChunkTranscript, words: Sequence[Word]) -> list[Cue]:
    """Cues of words of a chunk; no cue is in two languages."""

    def language(word: Word) -> str:
        return next(
            (code for start, end, code in chunk.other_languages if start <= _middle(word) < end),
            chunk.language,
        )

    return [
        cue for code, said in groupby(words, key=language) for cue in cues_of_words([*said], code)
    ]


def _without_doubles(chunks: Sequence[ChunkTranscript]) -> list[list[Word]]:
    """The words of each chunk; what two neighbours both heard is kept once."""
    words = [list(chunk.words) for chunk in chunks]
    for n, (one, other) in enumerate(zip(chunks, chunks[1:], strict=False)):
        if other.start < one.end:
            words[n], words[n + 1] = _joined(words[n], words[n + 1], other.start, one.end)
    return words


def _joined(
    left: list[Word], right: list[Word], start: float, end: float
) -> tuple[list[Word], list[Word]]:
    """Cuts both in the middle of the words they agree on; where there are none, by time.

    What one heard beyond the cut, at a time when the other heard nothing, is kept. start, end: the
    stretch both heard, seconds.
    """
    agreed = _agreement(left, right, start, end)
    if agreed is not None:
        in_left, in_right = agreed
        before = _alone(right[:in_right], left)
        after = _alone(left[in_left:], right)
        return (
            sorted(left[:in_left] + before, key=_middle),
            sorted(after + right[in_right:], key=_middle),
        )
    border = (start + end) / 2
    return (
        [word for word in left if _middle(word) <= border],
        [word for word in right if _middle(word) > border],
    )


def _alone(words: list[Word], others: list[Word]) -> list[Word]:
    """Words at whose time nothing of the others was said, nor the same word close by."""
    return [
        word
        for word in words
        if not any(
            (other.start < word.end + APART and word.start < other.end + APART)
            or (_plain(other) == _plain(word) and abs(other.start - word.start) <= SAME_MOMENT)
            for other in others
        )
    ]


def _agreement(
    left: list[Word], right: list[Word], start: float, end: float
) -> tuple[int, int] | None:
    """Where the same word is in both: in the middle of the run they agree on best.

    Time matters because a small word that comes twice would else join two different moments.
    """
    first = sum(1 for word in left if _middle(word) < start)
    last = sum(1 for word in right if _middle(word) <= end)
    runs = [
        (*_agreed(left[n:], right[m:last]), n, m)
        for n in range(first, len(left))
        for m in range(last)
    ]
    _, size, n, m = max(runs, default=(0.0, 0, 0, 0))
    return (n + size // 2, m + size // 2) if size else None


def _agreed(left: list[Word], right: list[Word]) -> tuple[float, int]:
    """How well, and on how many words, both agree before the first that is not the same."""
    likeness, size = 0.0, 0
    for one, other in zip(left, right, strict=False):
        apart = abs(one.start - other.start)
        if apart > SAME_MOMENT or _plain(one) != _plain(other):
            break
        likeness += 1.0 - apart / SAME_MOMENT
        size += 1
    return likeness, size


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _plain(word: Word) -> str:
    return re.sub(r"\W", "", word.text).casefold()


def _forward(chunks: list[list[Word]]) -> list[list[Word]]:
    """No word begins before the one before it, or lasts until after the next one has begun."""
    latest, following = 0.0, float("inf")
    begun: list[list[Word]] = []
    for words in chunks:
        begun.append([])
        for word in words:
            latest = max(latest, word.start)
            begun[-1].append(replace(word, start=latest, end=max(latest, word.end)))
    for words in reversed(begun):
        for n in reversed(range(len(words))):
            words[n] = replace(words[n], end=min(words[n].end, following))
            following = words[n].start
    return begun


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Words without a pause between them."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and word.start - runs[-1][-1].end <= PAUSE:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _best_groups(words: list[Word]) -> list[list[Word]]:
    """The cheapest way to break a run into cues."""
    best: list[tuple[float, int]] = [(0.0, 0)]  # for the first n words: cost, where the last began
    for end in range(1, len(words) + 1):
        options = []
        for start in range(end - 1, -1, -1):
            group = words[start:end]
            if len(group) > 1 and not _fits(group):
                break
            cost = best[start][0] + _cost(group, words[end] if end < len(words) else None)
            options.append((cost, start))
        best.append(min(options))
    groups, end = [], len(words)
    while end:
        start = best[end][1]
        groups.append(words[start:end])
        end = start
    return groups[::-1]


def _fits(group: list[Word]) -> bool:
    longest_word = max(len(word.text) for word in group)
    return (
        longest_word <= LINE
        and lines_needed(group) <= LINES
        and group[-1].end - group[0].start <= LONGEST
    )


def lines_needed(group: Sequence[Word]) -> int:
    """How many lines of a subtitle the words take up, 1 for none."""
    lines, length = 1, -1
    for word in group:
        length += 1 + len(word.text)
        if length > LINE:
            lines, length = lines + 1, len(word.text)
    return lines


def _cost(group: list[Word], following: Word | None) -> float:
    """What a cue costs: one for being there, and more for each rule it bends."""
    cost = 3.0
    seconds = max(group[-1].end - group[0].start, 0.01)
    length = sum(len(word.text) + 1 for word in group) - 1
    if seconds < SHORTEST:
        cost += 3.0
    if length / seconds > FASTEST:
        cost += 1.0
    inside = sum(1 for word in group[:-1] if SENTENCE_END.search(word.text))
    cost += 2.5 * inside  # a new sentence wants a new cue
    if following is not None:
        cost += _break_cost(group[-1].text, following.text)
    return cost


def _break_cost(last: str, following: str) -> float:
    if SENTENCE_END.search(last):
        return 0.0
    if CLAUSE_END.search(last):
        return 1.5
    if last.casefold() in CLINGING:
        return 9.0
    if following.casefold() in CONJUNCTIONS:
        return 2.5
    return 5.0


def _with_time_to_read(cues: list[Cue]) -> list[Cue]:
    """Short cues stay until they are read, or until the next one comes."""
    read = []
    for n, cue in enumerate(cues):
        wanted = cue.start + max(SHORTEST, len(cue.text) / FASTEST)
        limit = cues[n + 1].start if n + 1 < len(cues) else wanted
        end = round(max(cue.end, min(wanted, limit)), 2)
        read.append(replace(cue, end=end))
    return read
