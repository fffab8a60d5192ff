"""What is done about words that nobody said: heard again, taken away, or an honest gap.

Everything here depends on the chunk alone. A window is decoded again at most once for each language
that may have been spoken, and all of it together takes no more sound than the chunk has.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from transcripts.cues import Word
from transcripts.engines.engine import SAMPLE_RATE, Engine, Heard, Options, stop_if
from transcripts.hallucinations.caught import Caught
from transcripts.hallucinations.pieces import Piece, moved, pieces_near, pieces_of, shared
from transcripts.hallucinations.said import said_of, span
from transcripts.hallucinations.suspicions import Suspicion, suspicions
from transcripts.hallucinations.times import BACKWARDS
from transcripts.hallucinations.voiced import LEAST_SPEECH, lost_speech, voiced_seconds
from transcripts.speech import FRAME

REMOVABLE = frozenset({"silence", "phrase", "echo", "times"})
"""What may be taken away without hearing it again."""

GAPS = {"de": "[unverständlich]"}
GAP = "[inaudible]"
QUOTED = 200  # characters of what was caught


@dataclass(frozen=True)
class Repaired:
    """The words of a slice; all times in seconds of the slice.

    other_languages: (start, end, language) of what is not in the language of the slice.
    """

    words: tuple[Word, ...]
    caught: tuple[Caught, ...] = ()
    other_languages: tuple[tuple[float, float, str], ...] = ()


def repaired(
    engine: Engine,
    samples: np.ndarray,
    options: Options,
    heard: Heard,
    *,
    voice: np.ndarray,
    cancelled: Callable[[], bool] | None = None,
) -> Repaired:
    """What `heard` says, without what nobody said; what was lost is heard again with `engine`.

    samples: the slice, int16, 16 kHz mono, shape (n,). voice: its probability of speech, frame by
    frame, float32, shape (frames,). cancelled: is asked before each decoding, and
    by the engine. Where nothing is suspicious the engine is not asked, and every word stays as it is.
    Raises EngineError, and Cancelled.
    """
    return _Repair(engine, samples, options, heard, voice, cancelled).done()


@dataclass(frozen=True)
class _Second:
    """Another decoding of a piece: words in seconds of the slice, and what is suspicious (kinds)."""

    words: tuple[Word, ...]
    language: str
    log_probability: float
    doubts: frozenset[str]


class _Repair:
    """One slice under repair: what was said, what is taken away, and what comes in its place."""

    def __init__(
        self,
        engine: Engine,
        samples: np.ndarray,
        options: Options,
        heard: Heard,
        voice: np.ndarray,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.engine = engine
        self.samples = samples
        self.options = options
        self.heard = heard
        self.cancelled = cancelled
        self.seconds = len(samples) / SAMPLE_RATE
        self.said = said_of(heard)
        self.voice = voice
        self.spent: dict[str, float] = {}  # seconds decoded again, by language
        self.taken: set[int] = set()  # places of words
        self.new: list[tuple[Piece, Sequence[Word]]] = []
        self.caught: list[Caught] = []
        self.others: list[tuple[float, float, str]] = []

    def done(self) -> Repaired:
        doubtful = [one for one in self._suspicions() if not self._remove(one)]
        for one in self._joined(doubtful):
            self._replace(one)
        if not self.options.draft:
            self._find_what_was_lost()
        caught = sorted(self.caught, key=lambda one: one.start)
        return Repaired(tuple(self._words()), tuple(caught), tuple(sorted(self.others)))

    def _suspicions(self) -> list[Suspicion]:
        language, prompt, draft = self.heard.language, self.heard.prompt, self.options.draft
        return suspicions(self.said, self.voice, self.seconds, language, prompt, draft=draft)

    def _words(self) -> Iterator[Word]:
        """What is left, and what is new, in order of time."""
        new = sorted(self.new, key=lambda one: one[0].start)
        for place, word in enumerate(self.said.words):
            if place in self.taken:
                continue
            while new and (new[0][0].start + new[0][0].end) / 2 < word.start:
                yield from new.pop(0)[1]
            yield word
        for _, words in new:
            yield from words

    # --- taken away --------------------------------------------------------------------------

    def _remove(self, one: Suspicion) -> bool:
        """Takes words away where nobody speaks, and where what is spoken is written already."""
        start, end = self._inside(*span(self.said.words[one.first : one.last]))
        beyond = self.said.words[one.first].start >= self.seconds
        double = self.options.draft and one.kind == "times"
        silent = voiced_seconds(self.voice, start, end) < LEAST_SPEECH
        if one.kind not in REMOVABLE or not (one.kind == "silence" or beyond or double or silent):
            return False
        self.taken.update(range(one.first, one.last))
        self._catch(one.kind, start, end, "removed", self.said.text(one.first, one.last))
        return True

    # --- heard again -------------------------------------------------------------------------

    def _joined(self, doubtful: list[Suspicion]) -> list[Suspicion]:
        """Grown to whole cues, because those are what can be heard again; one for each cue."""
        if self.options.draft:
            return doubtful
        joined: list[Suspicion] = []
        for one in doubtful:
            first, last = self._whole_cues(one.first, one.last)
            while joined and first < joined[-1].last:
                one = joined.pop()
                first, last = min(one.first, first), max(one.last, last)
            joined.append(replace(one, first=first, last=last))
        return joined

    def _whole_cues(self, first: int, last: int) -> tuple[int, int]:
        """Grown to whole cues, and over neighbours that claim the same time."""
        words = self.said.words
        while True:
            first, last = self.said.cue_of(first)[0], self.said.cue_of(last - 1)[1]
            start, end = span(words[first:last])
            if first and words[first - 1].end > start + BACKWARDS:
                first -= 1
            elif last < len(words) and words[last].start < end - BACKWARDS:
                last += 1
            else:
                return first, last

    def _replace(self, one: Suspicion) -> None:
        """Puts what another decoding hears, or a gap, in the place of words."""
        places = [place for place in range(one.first, one.last) if place not in self.taken]
        self.taken.update(places)
        words = [self.said.words[place] for place in places]
        text = " ".join(word.text for word in words)
        pieces = pieces_near(words, self.voice, self._room(one))
        for piece, old in zip(pieces, shared(words, pieces), strict=True):
            self._settle(one, piece, old, text)
        if not pieces:
            self._catch(one.kind, *self._inside(*span(words)), "removed", text)

    def _room(self, one: Suspicion) -> tuple[float, float]:
        """From the end of the word before to the start of the word after: seconds of the slice."""
        words = self.said.words
        start, end = self._inside(*span(words[one.first : one.last]))
        before = words[one.first - 1].end if one.first else 0.0
        after = words[one.last].start if one.last < len(words) else self.seconds
        start = before if before < end else start
        return self._inside(start, after if after > start else end)

    def _settle(self, one: Suspicion, piece: Piece, old: Sequence[Word], text: str) -> None:
        seconds = self._heard_again(one, piece)
        good = [second for second in seconds if not second.doubts]
        if good:
            best = max(good, key=lambda second: second.log_probability)
            self._put(piece, best.words, best.language)
            remedy = "decoded_again"
        elif old and one.language and all("language" in second.doubts for second in seconds[:1]):
            self._put(piece, old, one.language)
            remedy = "kept"
        else:
            self._put(piece, [Word(self._gap(), piece.start, piece.end, 0.0)], self.heard.language)
            remedy = "gap"
        self._catch(one.kind, piece.start, piece.end, remedy, text)

    def _put(self, piece: Piece, words: Sequence[Word], language: str) -> None:
        self.new.append((piece, words))
        if language != self.heard.language:
            self.others.append((*span(words), language))

    def _gap(self) -> str:
        return GAPS.get(_primary(self.heard.language), GAP)

    def _heard_again(self, one: Suspicion, piece: Piece) -> list[_Second]:
        """Other decodings: in the language of the slice and, where another was heard, in that."""
        if self.options.draft:
            return []
        others = [code for code in self.options.candidates if _primary(code) == one.language]
        tried = (self._decoded(piece, code) for code in [self.heard.language, *others[:1]])
        return [second for second in tried if second is not None]

    def _decoded(self, piece: Piece, language: str) -> _Second | None:
        """Another decoding; None where the slice has been heard again once in this language."""
        first, last = (int(time * SAMPLE_RATE) for time in (piece.heard_from, piece.heard_to))
        length = (last - first) / SAMPLE_RATE
        spent = self.spent[language] = self.spent.get(language, 0.0) + length
        if spent > self.seconds:
            return None
        stop_if(self.cancelled)
        options = replace(self.options, again=True, terms=(), language=language)
        heard = self.engine.transcribe(self.samples[first:last], options, cancelled=self.cancelled)
        said = said_of(heard)
        voice = self.voice[int(first / FRAME) : int(np.ceil(last / FRAME))]
        doubts = {found.kind for found in suspicions(said, voice, length, language, heard.prompt)}
        if not said.words or lost_speech([(w.start, w.end) for w in said.words], voice):
            doubts.add("lost")
        chances = [signals.log_probability for signals in heard.signals]
        return _Second(
            tuple(moved(word, piece) for word in said.words),
            language,
            fmean(chances) if chances else -np.inf,
            frozenset(doubts),
        )

    # --- lost --------------------------------------------------------------------------------

    def _find_what_was_lost(self) -> None:
        """Hears again where people talk and nothing is written."""
        left = [w for place, w in enumerate(self.said.words) if place not in self.taken]
        covered = [(word.start, word.end) for word in left]
        covered += [(piece.start, piece.end) for piece, _ in self.new]
        for start, end in lost_speech(covered, self.voice):
            before = max((last for _, last in covered if last <= start + 0.1), default=0.0)
            after = min((first for first, _ in covered if first >= end - 0.1), default=self.seconds)
            room = self._inside(min(before, start), max(after, end))
            for piece in pieces_of([(start, end)], self.voice, room):
                self._settle(Suspicion("lost", 0, 0), piece, (), "")

    # --- within the slice --------------------------------------------------------------------

    def _inside(self, start: float, end: float) -> tuple[float, float]:
        start = min(max(start, 0.0), self.seconds)
        return start, min(max(end, start), self.seconds)

    def _catch(self, kind: str, start: float, end: float, remedy: str, text: str) -> None:
        self.caught.append(Caught(kind, round(start, 2), round(end, 2), remedy, text[:QUOTED]))


def _primary(code: str) -> str:
    return code.split("-")[0].lower()
