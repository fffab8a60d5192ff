"""Which voice says which line of a transcript.

Each word belongs to the voice whose turn it overlaps most, in a gap to the nearest one. A line belongs
to the voice that most of it overlaps; where another one says a part of it that is worth telling, the
line is cut between two words.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from transcripts.cues import Cue, Word
from transcripts.voices.turns import Turn

SHORTEST_PART = 1.0  # seconds of another voice for which a line is cut
FEWEST_WORDS = 2  # words of another voice for which a line is cut


@dataclass(frozen=True)
class Line:
    """A cue, or a part of one, that one voice says. place: of the whole cue, counted from 0."""

    cue: Cue
    voice: str
    place: int


def spoken_lines(cues: Sequence[Cue], turns: Sequence[Turn]) -> tuple[Line, ...]:
    """The cues with their voices, cut where two voices speak in one; none without any turn.

    turns: in order, without overlaps. Words keep their times; a part begins and ends with its words,
    the first one with its cue's start and the last one with its end.
    """
    if not turns:
        return ()
    timed = _Timed(turns)
    return tuple(
        Line(part, voice, place)
        for place, cue in enumerate(cues)
        for part, voice in _parts(cue, timed)
    )


class _Timed:
    """Turns that can be asked which voice a stretch of time belongs to."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._ends = [turn.end for turn in turns]

    def shares(self, start: float, end: float) -> Counter[str]:
        """Seconds of each voice between start and end."""
        shares: Counter[str] = Counter()
        for turn in self._turns[bisect_left(self._ends, start) :]:
            if turn.start >= end:
                break
            shares[turn.voice] += min(turn.end, end) - max(turn.start, start)
        return shares

    def nearest(self, start: float, end: float) -> str:
        """The voice that has most of the time, or else the one that is nearest to it."""
        shares = self.shares(start, end)
        if shares and max(shares.values()) > 0:
            return max(shares, key=lambda voice: shares[voice])
        place = bisect_left(self._ends, start)
        near = self._turns[max(place - 1, 0) : place + 1]
        return min(near, key=lambda turn: max(start - turn.end, turn.start - end)).voice


def _parts(cue: Cue, timed: _Timed) -> list[tuple[Cue, str]]:
    words = cue.words
    if not words or " ".join(word.text for word in words) != cue.text:
        return [(cue, timed.nearest(cue.start, cue.end))]
    runs = _worth_telling(
        [
            (voice, [word for word, _ in run])
            for voice, run in groupby(
                ((word, timed.nearest(word.start, word.end)) for word in words),
                key=lambda pair: pair[1],
            )
        ]
    )
    if len(runs) == 1:
        shares: Counter[str] = Counter()
        for word in words:
            shares[timed.nearest(word.start, word.end)] += word.end - word.start
        return [(cue, max(shares, key=lambda voice: shares[voice]))]
    last = len(runs) - 1
    return [
        (
            replace(
                cue,
                start=cue.start if place == 0 else run[0].start,
                end=cue.end if place == last else max(run[-1].end, run[0].start),
                text=" ".join(word.text for word in run),
                words=tuple(run),
            ),
            voice,
        )
        for place, (voice, run) in enumerate(runs)
    ]


def _worth_telling(runs: list[tuple[str, list[Word]]]) -> list[tuple[str, list[Word]]]:
    """Runs of words of one voice, those that are too short given to their neighbours."""
    while len(runs) > 1:
        short = [place for place, (_, words) in enumerate(runs) if not _is_told(words)]
        if not short:
            break
        place = min(short, key=lambda place: _length(runs[place][1]))
        beside = [near for near in (place - 1, place + 1) if 0 <= near < len(runs)]
        heir = max(beside, key=lambda near: _length(runs[near][1]))
        runs[place] = (runs[heir][0], runs[place][1])
        runs = [
            (voice, [word for _, words in same for word in words])
            for voice, same in groupby(runs, key=lambda run: run[0])
        ]
    return runs


def _is_told(words: Sequence[Word]) -> bool:
    return len(words) >= FEWEST_WORDS and _length(words) >= SHORTEST_PART


def _length(words: Sequence[Word]) -> float:
    return words[-1].end - words[0].start
