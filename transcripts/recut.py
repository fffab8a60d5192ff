"""Captions that somebody brings become cues to read: each word with its time, none too long.

Files cut by other rules than Podium: the segments of Whisper last up to half a minute. Such captions are
cut again by the rules of `transcripts/stitch.py`; all others stay as they came.
"""

from collections.abc import Sequence
from dataclasses import replace

from transcripts.align import retimed
from transcripts.cues import Cue
from transcripts.formats.lines import LINE
from transcripts.stitch import LINES, LONGEST, cues_of_words, lines_needed


def recut(captions: Sequence[Cue]) -> tuple[Cue, ...]:
    """Cues with a time for every word, in the order given; captions without a word are left out.

    Words keep the times that the file has; where it has none, they share the time of their caption by
    their letters.
    """
    cues: list[Cue] = []
    for caption in captions:
        text = " ".join(caption.text.split())
        if not text:
            continue
        words = retimed(text, caption.start, caption.end, caption.words)
        cue = replace(caption, text=text, words=words)
        cues.extend(_cut(cue) if _too_long(cue, measured=bool(caption.words)) else [cue])
    return tuple(cues)


def _cut(cue: Cue) -> list[Cue]:
    return [replace(part, speaker=cue.speaker) for part in cues_of_words(cue.words, cue.language)]


def _too_long(cue: Cue, *, measured: bool) -> bool:
    """A short text that stays for long is no reason where nobody knows when its words are spoken."""
    lasts = cue.end - cue.start > LONGEST and (measured or len(cue.text) > LINE)
    return lasts or lines_needed(cue.words) > LINES
