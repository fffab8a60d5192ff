"""What an engine said as one row of words, from which cues, sentences and stretches are taken."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.cues import Cue, Word
from transcripts.engines.engine import Heard, Signals

SENTENCE_END = re.compile(r"[.!?…][\"»“”’)]*$")


@dataclass(frozen=True)
class Said:
    """What an engine said in a slice: a flat row of words, and what is known of each.

    words: times in seconds from the start of the slice, as the engine gave them. cues: for each
    word, the index of its cue. signals: one for each cue, or None.
    """

    words: tuple[Word, ...]
    cues: tuple[int, ...]
    signals: tuple[Signals | None, ...]

    def cue_of(self, place: int) -> tuple[int, int]:
        """The (first, last + 1) words of the cue in which a word stands."""
        first = self.cues.index(self.cues[place])
        return first, first + self.cues.count(self.cues[place])

    def each_cue(self) -> Iterator[tuple[int, int, Signals | None]]:
        """(first, last + 1) words of each cue, and its signals."""
        first = 0
        while first < len(self.words):
            _, last = self.cue_of(first)
            yield first, last, self.signals[self.cues[first]]
            first = last

    def each_sentence(self) -> Iterator[tuple[int, int]]:
        """Sentences, and whole cues, which may be several: “Amara.org” ends none."""
        starts = [place for place in range(len(self.words) + 1) if self.begins(place)]
        yield from zip(starts, starts[1:], strict=False)
        yield from ((first, last) for first, last, _ in self.each_cue())

    def begins(self, place: int) -> bool:
        """Whether a sentence or a cue begins there, or the text ends."""
        return (
            place in (0, len(self.words))
            or self.cues[place] != self.cues[place - 1]
            or bool(SENTENCE_END.search(self.words[place - 1].text))
        )

    def text(self, first: int, last: int) -> str:
        """Some of the words as one text."""
        return " ".join(word.text for word in self.words[first:last])


def said_of(heard: Heard) -> Said:
    """What was heard as words; those of a cue without word times share its time by their letters."""
    words: list[Word] = []
    cues: list[int] = []
    for number, cue in enumerate(heard.cues):
        found = cue.words or _spread(cue)
        words.extend(found)
        cues.extend([number] * len(found))
    known = len(heard.signals) == len(heard.cues)
    signals = heard.signals if known else (None,) * len(heard.cues)
    return Said(tuple(words), tuple(cues), tuple(signals))


def span(words: Sequence[Word]) -> tuple[float, float]:
    """From the earliest start to the latest end, seconds; (0, 0) where there are none."""
    if not words:
        return 0.0, 0.0
    return min(word.start for word in words), max(max(word.start, word.end) for word in words)


def bare(text: str) -> str:
    """A word in one case, without punctuation."""
    return re.sub(r"[^\w']|_", "", text.replace("’", "'")).casefold()


def plain(text: str) -> str:
    """Words in one case, with single spaces and without punctuation."""
    return " ".join(re.sub(r"[^\w']+", " ", text.replace("’", "'")).casefold().split())


def _spread(cue: Cue) -> tuple[Word, ...]:
    texts = cue.text.split()
    letters = sum(map(len, texts))
    words, start = [], cue.start
    for text in texts:
        end = start + (cue.end - cue.start) * len(text) / letters
        words.append(Word(text, start, end))
        start = end
    return tuple(words)
