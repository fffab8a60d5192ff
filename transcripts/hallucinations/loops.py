"""Repetition: of a window as zlib sees it, of words in a row, inside a word."""

import re
from collections.abc import Iterator

from transcripts.hallucinations.said import Said, bare

HIGHEST_COMPRESSION = 2.4  # Whisper's own threshold
REPEATS = {1: 8, 2: 6, 3: 5}  # times that so many words come in a row; longer ones: 4
LONGEST_REPEATED = 8  # words
STUTTER = re.compile(r"([^\W\d_]{1,8}?)\1{9,}")


def loops(said: Said) -> Iterator[tuple[int, int]]:
    """Words that come again and again."""
    for first, last, signals in said.each_cue():
        if signals is not None and signals.compression_ratio > HIGHEST_COMPRESSION:
            yield first, last
    words = [bare(word.text) for word in said.words]
    for size in range(1, LONGEST_REPEATED + 1):
        yield from _repeated(words, size)
    for place, word in enumerate(words):
        if STUTTER.search(word):
            yield place, place + 1


def _repeated(words: list[str], size: int) -> Iterator[tuple[int, int]]:
    """Where the same `size` words come again and again without anything between."""
    least = size * REPEATS.get(size, 4)
    run = 0
    for place in range(size, len(words) + 1):
        if place < len(words) and words[place] and words[place] == words[place - size]:
            run += 1
            continue
        if run + size >= least:
            yield place - size - run, place
        run = 0
