"""A session of three hours as data: 30,000 words in cues, and a video that lasts as long.

The words are made up from German syllables and drawn as words of a language are, a few often and
most of them hardly ever (Zipf), so that the text compresses no better than speech does.
"""

import random
import subprocess
from dataclasses import replace
from pathlib import Path

from transcripts.cues import Cue, Word
from transcripts.stitch import cues_of_words

SECONDS = 10_800.0
WORDS = 30_000
VOCABULARY = 6_000  # different words
SENTENCE = 14  # words, on average
TURN = 45  # cues until somebody else speaks
SPEAKERS = ("Ada Örtel", "Mara Lindqvist", "Jon Brack", "Ilse Tamm")  # invented

_BEGIN = "be ver ge ent an auf ein zu durch über unter mit nach vor bei".split()
_MIDDLE = (
    "walt daten stadt bürg schul netz land gemein dienst plan bau recht rat zeit werk haus amt schrift"
    " zukunft digital kreis wirt schaft form sich raum mark sprach weg licht kind ordn klar fach"
).split()
_END = "ung en er keit lich e ig isch heit schaft end est te es em".split()


def long_session(seconds: float = SECONDS, words: int = WORDS, seed: int = 1) -> list[Cue]:
    """Cues in order; the words of each have times, seconds."""
    draw = random.Random(seed)
    vocabulary = _vocabulary(draw)
    weights = [1 / (rank + 2.7) for rank in range(len(vocabulary))]
    texts = draw.choices(vocabulary, weights, k=words)
    lengths = [(len(text) + 3) * draw.uniform(0.6, 1.4) for text in texts]
    pace, time = seconds / sum(lengths), 0.0
    spoken, left, first = [], 0, True
    for text, length in zip(texts, lengths, strict=True):
        if first:
            left, first = draw.randint(SENTENCE // 2, SENTENCE * 3 // 2), False
            text = text.capitalize()
        left -= 1
        if left == 0:
            text, first = text + ".", True
        elif draw.random() < 0.08:
            text += ","
        took = length * pace
        spoken.append(Word(text, round(time, 2), round(time + took * 0.9, 2), 0.97))
        time += took
    cues = cues_of_words(spoken, "de")
    return [
        replace(cue, speaker=SPEAKERS[place // TURN % len(SPEAKERS)])
        for place, cue in enumerate(cues)
    ]


def write_long_video(path: Path, seconds: float = SECONDS) -> None:
    """Writes a dark, silent video that browsers play."""
    sources = [
        "-f",
        "lavfi",
        "-i",
        "color=black:s=160x90:r=2",
        "-f",
        "lavfi",
        "-i",
        "anullsrc=cl=mono",
    ]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-pix_fmt", "yuv420p"]
    coding += ["-c:a", "aac", "-b:a", "16k", "-movflags", "+faststart", "-t", str(seconds)]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *sources, *coding, str(path)],
        check=True,
        stdin=subprocess.DEVNULL,
    )


def _vocabulary(draw: random.Random) -> list[str]:
    """Different words, the short ones first, as languages have it."""
    words: set[str] = set()
    while len(words) < VOCABULARY:
        parts = draw.choices(_MIDDLE, k=draw.choice((1, 1, 1, 2, 2, 3)))
        begin = draw.choice(_BEGIN) if draw.random() < 0.5 else ""
        words.add(begin + "".join(parts) + draw.choice(_END))
    longer = sorted(words, key=lambda word: (len(word) + draw.random() * 8, word))
    return [
        *"die der und das ist wir in zu nicht ein auch es so für auf mit sie dass".split(),
        *longer,
    ]
