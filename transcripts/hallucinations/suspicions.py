"""What was hardly said: every rule is asked, and of each word the first that suspects it tells.

Whisper was trained on subtitles and always says something: it repeats itself, thanks for watching
where there is noise, echoes what it was told to listen for, loses a window or translates it. No
signal alone tells such text from speech, so each kind has its own rule, and a rule stays silent
where a speaker may really have said it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from transcripts.hallucinations.languages import translated
from transcripts.hallucinations.loops import loops
from transcripts.hallucinations.phrases import echoes, phrases
from transcripts.hallucinations.said import Said
from transcripts.hallucinations.silence import beyond, silent
from transcripts.hallucinations.times import backwards, too_fast


@dataclass(frozen=True)
class Suspicion:
    """Words that were hardly said, from `first` up to `last` (not included).

    language: the one they are in, where that is what is wrong.
    """

    kind: str
    first: int
    last: int
    language: str | None = None


def suspicions(
    said: Said,
    voice: np.ndarray,
    seconds: float,
    language: str,
    prompt: str,
    *,
    draft: bool = False,
) -> list[Suspicion]:
    """What was hardly said, in order, none of it twice.

    voice: probabilities of speech of the slice, a frame of 32 ms each. seconds: length of the slice.
    language: BCP 47 code that the words should be in. prompt: the terms the decoder was given.
    draft: without the rules whose only remedy is to hear it again.
    """
    found = [
        *_of("times", beyond(said, seconds)),
        *_of("loop", loops(said)),
        *_of("phrase", phrases(said, voice)),
        *_of("echo", echoes(said, prompt)),
        *_of("silence", silent(said, voice)),
        *_of("times", backwards(said)),
    ]
    if not draft:
        found += [*_of("rate", too_fast(said)), *_of("language", translated(said, language))]
    return _without_overlap(found, len(said.words))


def _of(kind: str, runs: Iterable[tuple]) -> Iterator[Suspicion]:
    return (Suspicion(kind, *run) for run in runs)


def _without_overlap(found: list[Suspicion], count: int) -> list[Suspicion]:
    """The first rule that suspects a word has it; in the order of the `count` words."""
    holders: list[Suspicion | None] = [None] * count
    for one in found:
        for place in range(one.first, one.last):
            holders[place] = holders[place] or one
    runs: list[Suspicion] = []
    for place, holder in enumerate(holders):
        if holder is None:
            continue
        if place and holders[place - 1] is holder:
            runs[-1] = replace(runs[-1], last=place + 1)
        else:
            runs.append(replace(holder, first=place, last=place + 1))
    return runs
