"""A corrected text gets its times from the words it replaces."""

import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate, chain

from transcripts.cues import Word

GAIN = 1.5  # what words that are alike save of the cost of one for each word
ALIKE = 0.45  # from here, 0 to 1, one word is taken for the other, misheard
UNSURE = 0.1  # what the same word costs for each neighbour that is not the same too
CELLS = 4096  # pairs of words that are weighed one by one; longer texts are cut into stretches
SURE = 3  # words in a row from which a stretch that is the same is surely the same
KEPT = 128  # rows between those that are remembered

Block = tuple[int, int, int, int]  # old words from, to, new words from, to; without the last
Span = tuple[float, float]  # seconds


def retimed(text: str, start: float, end: float, before: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a corrected text, with times inside start..end, in order.

    start, end: seconds. before: the words that the text replaces. Words that stay keep their times,
    and their probability where their letters are the same. Words that stand for others share the
    time of those in proportion to their letters, inserted ones the time between their neighbours.
    What lay outside start..end is timed like an inserted word.
    """
    texts = text.split()
    spans = _inside(before, start, end)
    times: list[Span | None] = [None] * len(texts)
    measured: list[float | None] = [None] * len(texts)
    for old, old_end, new, new_end in _blocks([w.text for w in before], texts):
        known = [span for span in spans[old:old_end] if span]
        if known and new < new_end:
            times[new:new_end] = _shared(known[0][0], known[-1][1], texts[new:new_end])
        if (old_end - old, new_end - new) == (1, 1) and _spelt_alike(before[old].text, texts[new]):
            measured[new] = before[old].probability
    return tuple(
        Word(word, *span, probability)
        for word, span, probability in zip(
            texts, _filled(times, texts, start, end), measured, strict=True
        )
    )


def common(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places (in before, in after) of a longest common subsequence, in order.

    A row of the table of lengths is one long integer, as in Crochemore et al., “A fast and practical
    bit-vector algorithm for the longest common subsequence problem” (2001).
    """
    head = _same_from_the_start(before, after)
    limit = min(len(before), len(after)) - head
    tail = _same_from_the_start(before[::-1][:limit], after[::-1][:limit])
    places: dict[Hashable, int] = {}
    for n, item in enumerate(before[head : len(before) - tail]):
        places[item] = places.get(item, 0) | 1 << n
    rows = [n for n in range(head, len(after) - tail) if after[n] in places]
    middle = _longest([places[after[n]] for n in rows], len(before) - head - tail)
    return [
        *((n, n) for n in range(head)),
        *((head + n, rows[m]) for n, m in middle),
        *((len(before) - n, len(after) - n) for n in range(tail, 0, -1)),
    ]


def runs(pairs: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Pairs that follow each other without a gap."""
    runs: list[list[tuple[int, int]]] = []
    for pair in pairs:
        if runs and (pair[0] - 1, pair[1] - 1) == runs[-1][-1]:
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return runs


def _same_from_the_start(before: Sequence[Hashable], after: Sequence[Hashable]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(before), len(after)))


def _longest(masks: list[int], width: int) -> list[tuple[int, int]]:
    """Pairs (bit, row), each bit set in the mask of its row; as many as can be in order.

    Only every so many rows are kept, and those between them worked out again on the way back.
    """
    kept = [(1 << width) - 1]
    for n in range(0, len(masks), KEPT):
        kept.append(_rows(kept[-1], masks[n : n + KEPT], width)[-1])
    pairs, bit = [], width
    for n in reversed(range(0, len(masks), KEPT)):
        rows = _rows(kept[n // KEPT], masks[n : n + KEPT], width)
        row = len(rows) - 1
        while row and bit:
            if rows[row] >> (bit - 1) & 1:
                bit -= 1
                continue
            row -= 1
            if rows[row] >> (bit - 1) & 1:
                bit -= 1
                pairs.append((bit, n + row))
    return pairs[::-1]


def _rows(row: int, masks: list[int], width: int) -> list[int]:
    """The first row and one for each mask: a bit is 0 where the length grows by one."""
    rows, full = [row], (1 << width) - 1
    for mask in masks:
        hit = row & mask
        row = ((row + hit) | (row - hit)) & full
        rows.append(row)
    return rows


def _inside(words: Sequence[Word], start: float, end: float) -> list[Span | None]:
    """The times of words, cut to start..end and in order; None for those that lie outside."""
    spans: list[Span | None] = []
    latest, following = start, end
    for word in words:
        first = min(max(word.start, latest), end)
        last = min(max(word.end, first), end)
        outside = word.end < start or word.start > end or (first == last and word.start < word.end)
        spans.append(None if outside else (first, last))
        latest = latest if outside else first
    for n in reversed(range(len(spans))):
        if span := spans[n]:
            spans[n] = (span[0], min(span[1], following))
            following = span[0]
    return spans


def _shared(start: float, end: float, texts: Sequence[str]) -> list[Span]:
    """A stretch of time, cut in proportion to the letters of the words."""
    letters = [len(_letters(text)) or 1 for text in texts]
    borders, so_far = [start], 0
    for count in letters[:-1]:
        so_far += count
        border = round(start + (end - start) * so_far / sum(letters), 3)
        borders.append(min(max(border, borders[-1]), end))
    return list(zip(borders, [*borders[1:], end], strict=True))


def _filled(
    times: Sequence[Span | None], texts: Sequence[str], start: float, end: float
) -> list[Span]:
    """Words without a time share what is free between their neighbours."""
    filled: list[Span] = []
    while len(filled) < len(times):
        first = len(filled)
        last = next((n for n in range(first, len(times)) if times[n]), len(times))
        free_from = filled[-1][1] if filled else start
        if last > first:
            free_to = times[last][0] if last < len(times) else end
            filled.extend(_shared(free_from, free_to, texts[first:last]))
        else:
            filled.append(times[first])
    return filled


def _letters(text: str) -> str:
    """A word without its punctuation, that between digits apart."""
    if text.isalnum() and text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(
        letter
        for n, letter in enumerate(text)
        if letter.isalnum()
        or unicodedata.category(letter) not in _ASIDE
        or (text[n - 1 : n].isdigit() and text[n + 1 : n + 2].isdigit())
    )


_ASIDE = frozenset("Pc Pd Ps Pe Pi Pf Po Sk Zs Zl Zp Cc Cf".split())


def _key(text: str) -> str:
    return _letters(text).casefold() or text


def _spelt_alike(one: str, other: str) -> bool:
    return one == other or _letters(one).lower() == _letters(other).lower() != ""


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[Block]:
    """All words, old and new, in order: what stands for what."""
    old = new = 0
    for link in _links([_key(text) for text in before], [_key(text) for text in after]):
        if old < link[0] or new < link[2]:
            yield old, link[0], new, link[2]
        yield link
        _, old, _, new = link
    if old < len(before) or new < len(after):
        yield old, len(before), new, len(after)


def _links(before: Sequence[str], after: Sequence[str], sure: int = SURE) -> list[Block]:
    """Words that are the same or alike, best over the whole text."""
    if before == after:
        return [(n, n + 1, n, n + 1) for n in range(len(before))]
    if len(before) * len(after) <= CELLS:
        return _best_links(before, after)
    links: list[Block] = []
    old = new = 0
    fixed = [run for run in runs(common(before, after)) if len(run) >= sure]
    for run in [*fixed, [(len(before), len(after))]]:
        stretch = before[old : run[0][0]], after[new : run[0][1]]
        if fixed or sure > 1:
            between = _links(*stretch, sure=SURE if fixed else 1)
            links += [(old + a, old + b, new + c, new + d) for a, b, c, d in between]
        links += [(a, a + 1, b, b + 1) for a, b in run if a < len(before)]
        old, new = run[-1][0] + 1, run[-1][1] + 1
    return links


def _best_links(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """The cheapest way from one text to the other, by a table of all pairs of words.

    A word that goes or comes costs one.
    """
    ways = _ways(before, after)
    costs = [[float(n) for n in range(len(after) + 1)]]
    steps: list[list[tuple[int, int]]] = [[(0, 1)] * (len(after) + 1)]
    for i in range(1, len(before) + 1):
        above, row, step = costs[-1], [float(i)], [(1, 0)]
        for j in range(1, len(after) + 1):
            cost, taken = (above[j] + 1, (1, 0)) if above[j] < row[-1] else (row[-1] + 1, (0, 1))
            for price, way in ways.get((i, j), ()):
                from_there = costs[i - way[0]][j - way[1]] + price
                if from_there < cost:
                    cost, taken = from_there, way
            row.append(cost)
            step.append(taken)
        costs.append(row)
        steps.append(step)
    return _way_back(steps)


def _way_back(steps: list[list[tuple[int, int]]]) -> list[Block]:
    links = []
    i, j = len(steps) - 1, len(steps[0]) - 1
    while i or j:
        up, left = steps[i][j] if i else (0, 1)
        if up and left:
            links.append((i - up, i, j - left, j))
        i, j = i - up, j - left
    return links[::-1]


def _ways(
    before: Sequence[str], after: Sequence[str]
) -> dict[tuple[int, int], list[tuple[float, tuple[int, int]]]]:
    """Words that may stand for each other, by where they end: what it costs, and how many they are.

    The same word costs next to nothing; words that are alike the less the more they are, and so do
    one and its two halves; one that is written apart, in as many parts as may be, next to nothing.
    """
    ways: dict[tuple[int, int], list[tuple[float, tuple[int, int]]]] = {}
    old, new = [_pieces(word) for word in before], [_pieces(word) for word in after]
    for i, j, likeness in _alike(old, new):
        price = _price(before, after, i, j) if before[i] == after[j] else 2 - GAIN * likeness
        ways.setdefault((i + 1, j + 1), []).append((price, (1, 1)))
    for i, j, likeness in _alike(_doubles(before), new):
        ways.setdefault((i + 2, j + 1), []).append((3 - GAIN * likeness, (2, 1)))
    for i, j, likeness in _alike(old, _doubles(after)):
        ways.setdefault((i + 1, j + 2), []).append((3 - GAIN * likeness, (1, 2)))
    for j, end, parts in _spellings(after, before):
        ways.setdefault((end, j + 1), []).append((UNSURE, (parts, 1)))
    for i, end, parts in _spellings(before, after):
        ways.setdefault((i + 1, end), []).append((UNSURE, (1, parts)))
    return ways


def _price(before: Sequence[str], after: Sequence[str], i: int, j: int) -> float:
    """The same word is surer where its neighbours are the same too."""
    sure = i > 0 and j > 0 and before[i - 1] == after[j - 1]
    return (2 - sure - (before[i + 1 : i + 2] == after[j + 1 : j + 2] != [])) * UNSURE


def _pieces(word: str) -> frozenset[str]:
    """Pairs of neighbouring letters, the edges too."""
    return frozenset(map("".join, zip(f" {word}", f"{word} ", strict=True)))


def _doubles(words: Sequence[str]) -> list[frozenset[str]]:
    return [_pieces(one + other) for one, other in zip(words, words[1:], strict=False)]


def _alike(
    old: Sequence[frozenset[str]], new: Sequence[frozenset[str]]
) -> Iterator[tuple[int, int, float]]:
    """Places of words that share many pieces, and how alike they are by Dice, ALIKE to 1."""
    holders: dict[str, list[int]] = {}
    for n, pieces in enumerate(old):
        for piece in pieces:
            holders.setdefault(piece, []).append(n)
    for m, pieces in enumerate(new):
        shared = Counter(chain.from_iterable(holders.get(piece, ()) for piece in pieces))
        for n, count in shared.items():
            likeness = 2 * count / (len(old[n]) + len(pieces))
            if likeness >= ALIKE:
                yield n, m, likeness


def _spellings(words: Sequence[str], parts: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Words that two or more parts in a row spell: which word, where the parts end, how many."""
    whole, borders = "".join(parts), {0: 0}
    for n, length in enumerate(accumulate(map(len, parts)), 1):
        borders[length] = n
    for n, word in enumerate(words):
        at = whole.find(word) if word else -1
        while at >= 0:
            first, last = borders.get(at), borders.get(at + len(word))
            if first is not None and last is not None and last - first > 1:
                yield n, last, last - first
            at = whole.find(word, at + 1)
