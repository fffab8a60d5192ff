"""An archive of any size, made from a seed: sessions of a thousand cues in German and English.

Words come from Debian's lists (packages wngerman and wamerican) with their inflections, German ones
also as compounds of them, and are drawn as words of a language are (Zipf): small words first, most of
the others hardly ever, so that the vocabulary grows with the archive. Phrases recur, four people speak
in turns, and a few sessions are drafts. Nobody in it exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from transcripts.search.results import Document, Passage, Reviewed

CUES = 1_000  # in a session
WORDS = 9  # in a cue
SECONDS = 4.0  # from a cue to the next
SESSIONS = 200  # in an event
TURN = 20  # cues, on average, until somebody else speaks
KNOWN = 5_000  # words that everybody uses; the others are rarer than Zipf's law has it
STEEPNESS = 1.6  # of the law among them
COMPOUNDS = 400_000
PHRASES, SHARE_OF_PHRASES = 2_000, 0.1  # of cues
LISTS = {"de": "/usr/share/dict/ngerman", "en": "/usr/share/dict/american-english"}
SMALL = {
    "de": "die der und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine "
    "auch als an nach wie im für man aber aus durch wenn nur war noch werden bei hat wir was wird sein "
    "einen welche sind oder zur um haben einer mir über ihm diese einem ihr uns da zum kann doch vor",
    "en": "the of and to in a is that for it as was with be by on not he i this are or his from at "
    "which but have an had they you were their one all we can her has there been if more when will "
    "would who so no what up out about into than them some could these two may then do first any now",
}
KINDS = ("talk", "talk", "talk", "panel", "workshop", "keynote")


@dataclass(frozen=True)
class Tongue:
    """The words of a language, the most frequent first, and how likely each is to be drawn."""

    code: str
    words: np.ndarray
    upto: np.ndarray  # sums of the shares
    phrases: list[list[int]]

    def draw(self, random: np.random.Generator, count: int) -> np.ndarray:
        """Numbers of words."""
        return np.searchsorted(self.upto, random.random(count)).clip(max=len(self.words) - 1)


class MadeArchive:
    """The same for the same seed, however much of it is taken."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        random = np.random.default_rng(seed)
        self.tongues = {code: _tongue(code, random) for code in LISTS}
        names = [w for w in self.tongues["de"].words[3_000:60_000].tolist() if w.isalpha()]
        drawn = random.choice(np.array(names, object), (6_000, 2))
        self.names = [f"{first.capitalize()} {last.capitalize()}" for first, last in drawn.tolist()]

    def sessions(self, cues: int) -> Iterator[tuple[Document, list[Passage]]]:
        """Sessions with so many cues in all, the first session has id 1."""
        for number in range(1, -(-cues // CUES) + 1):
            yield self.session(number, min(CUES, cues - (number - 1) * CUES))

    def session(self, number: int, cues: int = CUES) -> tuple[Document, list[Passage]]:
        """One session."""
        random = np.random.default_rng((self.seed, number))
        tongue = self.tongues["de" if random.random() < 0.7 else "en"]
        event = number // SESSIONS + 1
        people = random.integers(0, len(self.names), 4).tolist()
        day = datetime(2016, 3, 1, 8, tzinfo=UTC) + timedelta(days=event % 120 * 30 + number % 3)
        document = Document(
            session_id=number,
            event_id=event,
            kind=KINDS[int(random.integers(len(KINDS)))],
            language=tongue.code,
            visibility="draft" if random.random() < 0.02 else "public",
            starts_at=day,
            title=self._text(tongue, random, 5),
            abstract=self._text(tongue, random, 30),
            people=tuple((number, self.names[number]) for number in dict.fromkeys(people)),
            reviewed=(Reviewed.ALL, Reviewed.SOME, Reviewed.NONE)[int(random.integers(3))],
        )
        return document, self._said(tongue, random, cues, [self.names[n] for n in people])

    def _said(
        self, tongue: Tongue, random: np.random.Generator, cues: int, speakers: list[str]
    ) -> list[Passage]:
        texts = tongue.words[tongue.draw(random, cues * WORDS)].reshape(cues, WORDS).tolist()
        turns = np.cumsum(random.random(cues) < 1 / TURN) % len(speakers)
        phrases = random.random(cues) < SHARE_OF_PHRASES
        which = (random.zipf(1.4, cues) - 1) % len(tongue.phrases)
        passages = []
        for cue, (words, turn, phrase) in enumerate(
            zip(texts, turns.tolist(), phrases.tolist(), strict=True)
        ):
            if phrase:
                chosen = tongue.words[tongue.phrases[which[cue]]].tolist()
                words = [*words[: WORDS - len(chosen)], *chosen]
            start = cue * SECONDS
            passages.append(
                Passage(start, start + 3.5, " ".join(words), tongue.code, cue, speakers[turn])
            )
        return passages

    @staticmethod
    def _text(tongue: Tongue, random: np.random.Generator, count: int) -> str:
        return " ".join(tongue.words[tongue.draw(random, count)].tolist())


def _tongue(code: str, random: np.random.Generator) -> Tongue:
    if not Path(LISTS[code]).exists():
        raise SystemExit("the word lists are missing: apt-get install wngerman wamerican")
    small = SMALL[code].split()
    listed = [word for word in Path(LISTS[code]).read_text().split() if word.isalpha()]
    others = np.array(sorted(set(listed) - set(small)), object)
    random.shuffle(others)
    rest = others.tolist()
    if code == "de":
        rest += _compounds([word for word in rest if word[0].isupper()], random)
    words = np.array([*small, *rest], object)
    ranks = np.arange(len(words)) + 2.7
    shares = 1 / ranks * np.maximum(1.0, ranks / KNOWN) ** (1 - STEEPNESS)
    upto = np.cumsum(shares / shares.sum())
    phrases = [
        np.searchsorted(upto, random.random(int(random.integers(3, 6)))).tolist()
        for _ in range(PHRASES)
    ]
    return Tongue(code, words, upto, phrases)


def _compounds(nouns: list[str], random: np.random.Generator) -> list[str]:
    short = np.array([noun for noun in nouns if 4 <= len(noun) <= 9], object)
    pairs = random.choice(short, (COMPOUNDS, 2)).tolist()
    joints = random.choice(np.array(["", "s", ""], object), COMPOUNDS).tolist()
    return [a + joint + b.lower() for (a, b), joint in zip(pairs, joints, strict=True)]
