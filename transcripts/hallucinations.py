"""What Whisper says that nobody said, told from speech by signals; pure.

Whisper was trained on subtitles and always says something: it repeats itself, thanks for watching
where there is noise, echoes what it was told to listen for, loses a window or translates it. No
signal alone tells such text from speech, so each kind has its own rule, and a rule stays silent
where a speaker may really have said it. What is done about it stands in `transcripts.repair`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from transcripts.cues import Cue, Word
from transcripts.engines.engine import SAMPLE_RATE, Heard, Signals
from transcripts.speech import FRAME, HYSTERESIS, THRESHOLD

CHECKS = 1
"""Raise it when a rule or a remedy changes, so that chunks are transcribed anew."""

FRAME_SECONDS = FRAME / SAMPLE_RATE
SHORTEST_VOICE = 0.12  # seconds; noise and music make shorter blips
TOLERANCE = 0.5  # seconds by which the times of words and of voices may differ
BACKWARDS = 1.0  # seconds by which a word may begin before the one before it
BREATH = 1.5  # seconds of pause between two sentences that were lost together
LOST = 3.0  # seconds of speech without a word
HIGHEST_COMPRESSION = 2.4  # Whisper's own threshold
LOWEST_LOG_PROBABILITY = -1.0  # likewise
HIGHEST_NO_SPEECH = 0.6  # likewise
FASTEST = 8.0  # words a second; German and English speakers stay below 5
REPEATS = {1: 8, 2: 6, 3: 5}  # times that so many words come in a row; longer ones: 4
LONGEST_REPEATED = 8  # words

REMOVABLE = frozenset({"silence", "phrase", "echo", "times"})
"""What may be taken away without hearing it again."""

SENTENCE_END = re.compile(r"[.!?…][\"»“”’)]*$")
STUTTER = re.compile(r"([^\W\d_]{1,8}?)\1{9,}")

STATIONS = r"zdf|ard|ndr|wdr|swr|mdr|br|hr|rbb|orf|srf|arte|3sat|phoenix|funk|bbc"
STATION_CREDIT = rf"(?: (?:und|für|im auftrag|des|von|mediagroup|{STATIONS}|(?:19|20)\d\d))*"
CREDITS = tuple(  # closing titles of films: whole sentences that are written, never spoken
    re.compile(pattern)
    for pattern in (
        r"(?:untertitel(?:ung)?|subtitles?|captions?)(?: \w+){0,3} amara(?: org)? "
        r"(?:community|gemeinschaft)",
        r"untertitel(?:ung)?(?: im auftrag)? (?:des|der|von|vom|durch|für)(?: das| den)?"
        rf" (?:{STATIONS}){STATION_CREDIT}",
        rf"copyright (?:{STATIONS}){STATION_CREDIT}|(?:{STATIONS})(?: mediagroup)? (?:19|20)\d\d",
    )
)
NAMED_CREDIT = re.compile(  # goes on with a name
    r"(?:(?:subtitles?|captions?|subtitling|captioning|transcription) (?:created |provided )?by"
    r"|(?:translated|transcribed|subtitled|captioned) by|untertitel(?:ung)? von)\b"
)
POLITE = tuple(  # what a speaker may say, too
    re.compile(pattern)
    for pattern in (
        r"(?:(?:vielen |herzlichen |besten )?dank|danke)(?: schön| sehr)?"
        r"(?: (?:fürs|für das) (?:zuschauen|zusehen|zuhören))?",
        r"(?:und )?bis (?:zum nächsten mal|bald|dann)",
        r"tschüss?",
        r"(?:.* )?(?:abonniert?|abonnieren)(?: .*)? kanal(?: .*)?",
        r"(?:thank you|thanks)(?: (?:so|very) much)?(?: for (?:watching|listening|viewing).*)?",
        r"(?:i'll |i will )?see you (?:in the )?next (?:time|video|week|one)",
        r"(?:please )?(?:don't forget to )?(?:like and )?subscribe(?: to .*)?",
        r"(?:good)?bye(?: bye)?",
    )
)
# Small words that one language has and the other has not.
FUNCTION_WORDS = {
    "de": frozenset(
        "und der das den dem des ist nicht ein eine einen einem einer zu zum zur mit auf für von "
        "auch wir ich sie es dass wie aber oder wenn noch nur werden haben sind kann wird diese "
        "dieser hier schon mehr sich wurde bei nach aus uns ihr mein damit durch".split()
    ),
    "en": frozenset(
        "and the of to that is it this we you have are for with not be they but from which our "
        "there can what would about these has were been their your by on as at if how more".split()
    ),
}
ENOUGH_WORDS = 12  # to tell the language of a window


@dataclass(frozen=True)
class Caught:
    """What was caught in a chunk, and what was done about it.

    kind: loop, silence, phrase, echo, times, lost, language or rate. start, end: seconds of the
    recording. remedy: decoded_again, removed, gap, or kept where it turned out to be spoken. text:
    what was caught, at most 200 characters.
    """

    kind: str
    start: float
    end: float
    remedy: str
    text: str


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

    def text(self, first: int, last: int) -> str:
        """Some of the words as one text."""
        return " ".join(word.text for word in self.words[first:last])


@dataclass(frozen=True)
class Suspicion:
    """Words that were hardly said, from `first` up to `last` (not included).

    language: the one they are in, where that is what is wrong.
    """

    kind: str
    first: int
    last: int
    language: str | None = None


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
        *_beyond(said, seconds),
        *_loops(said),
        *_phrases(said, voice),
        *_echoes(said, prompt),
        *_silent(said, voice),
        *_backwards(said),
    ]
    if not draft:
        found += [*_rates(said), *_translated(said, language)]
    return _without_overlap(found, len(said.words))


def lost_speech(
    covered: Sequence[tuple[float, float]], voice: np.ndarray
) -> list[tuple[float, float]]:
    """Where people talk for three seconds or more and nothing is written: seconds of the slice.

    covered: where words are, in any order. voice: as for `suspicions`.
    """
    free = np.ones(len(voice), bool)
    for start, end in covered:
        free[max(0, int(start / FRAME_SECONDS)) : max(0, int(np.ceil(end / FRAME_SECONDS)))] = False
    found = []
    for first, last in _runs(free):
        part, offset = voice[first:last], first * FRAME_SECONDS
        for start, end in intervals(part, pause=BREATH):
            spoken = part[round(start / FRAME_SECONDS) : round(end / FRAME_SECONDS)] >= THRESHOLD
            if np.sum(spoken) * FRAME_SECONDS >= LOST:
                found.append((offset + start, offset + end))
    return found


def intervals(voice: np.ndarray, *, pause: float = 0.0) -> list[tuple[float, float]]:
    """Where voices are, seconds of the slice; pauses of up to `pause` seconds are part of it."""
    found: list[tuple[float, float]] = []
    for first, last in _runs(voice >= HYSTERESIS):
        start, end = first * FRAME_SECONDS, last * FRAME_SECONDS
        if end - start < SHORTEST_VOICE:
            continue
        if found and start - found[-1][1] <= pause:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _runs(marked: np.ndarray) -> list[tuple[int, int]]:
    """Where a row of booleans is true, as (first, last + 1)."""
    closed = np.concatenate([[False], marked, [False]])
    edges = np.flatnonzero(closed[1:] != closed[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def voiced_seconds(voice: np.ndarray, start: float, end: float) -> float:
    """How long voices are heard between two seconds of the slice."""
    parts = (min(end, last) - max(start, first) for first, last in intervals(voice))
    return sum(part for part in parts if part > 0)


def _spread(cue: Cue) -> tuple[Word, ...]:
    texts = cue.text.split()
    letters = sum(map(len, texts))
    words, start = [], cue.start
    for text in texts:
        end = start + (cue.end - cue.start) * len(text) / letters
        words.append(Word(text, start, end))
        start = end
    return tuple(words)


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


# --- where nobody speaks -----------------------------------------------------------------------


def _beyond(said: Said, seconds: float) -> Iterator[Suspicion]:
    """Words that begin after the sound has ended."""
    outside = [word.start > seconds + TOLERANCE for word in said.words]
    yield from (Suspicion("times", *run) for run in _whole_runs(said, outside))


def _silent(said: Said, voice: np.ndarray) -> Iterator[Suspicion]:
    """Words that lie almost wholly where nobody speaks."""
    near = [(start - TOLERANCE, end + TOLERANCE) for start, end in intervals(voice)]
    outside = [_is_outside(word, near) for word in said.words]
    yield from (Suspicion("silence", *run) for run in _whole_runs(said, outside))


def _is_outside(word: Word, near: list[tuple[float, float]]) -> bool:
    start, end = word.start, max(word.end, word.start + 0.01)
    within = max((min(end, last) - max(start, first) for first, last in near), default=-1.0)
    return within < 0.1 * (end - start)


def _whole_runs(said: Said, marked: list[bool]) -> Iterator[tuple[int, int]]:
    """Runs of marked words that are more than one word of a sentence that was timed wrongly."""
    first = 0
    while first < len(marked):
        last = first
        while last < len(marked) and marked[last]:
            last += 1
        if last - first > 2 or (last > first and _begins(said, first) and _begins(said, last)):
            yield first, last
        first = max(last, first + 1)


def _begins(said: Said, place: int) -> bool:
    """Whether a sentence or a cue begins there, or the text ends."""
    return (
        place in (0, len(said.words))
        or said.cues[place] != said.cues[place - 1]
        or bool(SENTENCE_END.search(said.words[place - 1].text))
    )


# --- what is no speech by its text -------------------------------------------------------------


def _loops(said: Said) -> Iterator[Suspicion]:
    """Repetition: of a window as zlib sees it, of words in a row, inside a word."""
    for first, last, signals in said.each_cue():
        if signals is not None and signals.compression_ratio > HIGHEST_COMPRESSION:
            yield Suspicion("loop", first, last)
    words = [_bare(word.text) for word in said.words]
    for size in range(1, LONGEST_REPEATED + 1):
        yield from (Suspicion("loop", *run) for run in _repeated(words, size))
    for place, word in enumerate(words):
        if STUTTER.search(word):
            yield Suspicion("loop", place, place + 1)


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


def _phrases(said: Said, voice: np.ndarray) -> Iterator[Suspicion]:
    """Credits of films, and thanks that nobody gave."""
    for first, last in _sentences(said):
        text = said.text(first, last)
        if _is_credit(text) or (_is_polite(text) and _is_doubtful(said, first, last, voice)):
            yield Suspicion("phrase", first, last)


def _sentences(said: Said) -> Iterator[tuple[int, int]]:
    """Sentences, and whole cues, which may be several: “Amara.org” ends none."""
    starts = [place for place in range(len(said.words) + 1) if _begins(said, place)]
    yield from zip(starts, starts[1:], strict=False)
    yield from ((first, last) for first, last, _ in said.each_cue())


def _is_credit(text: str) -> bool:
    plain = _plain(text)
    if any(pattern.fullmatch(plain) for pattern in CREDITS):
        return True
    begun = NAMED_CREDIT.match(plain)
    if begun is None:
        return False
    name = text.split()[len(begun.group().split()) :]
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in name)
    return (
        2 <= capitals == sum(word.casefold() not in ("the", "der", "die", "and") for word in name)
    )


def _is_polite(text: str) -> bool:
    return any(pattern.fullmatch(_plain(text)) for pattern in POLITE)


def _is_doubtful(said: Said, first: int, last: int, voice: np.ndarray) -> bool:
    """Whether the other signals, too, say that nobody said it; two weak ones agree, or one is strong."""
    start, end = span(said.words[first:last])
    near = voiced_seconds(voice, start - TOLERANCE, end + TOLERANCE)
    spoken = near / max(end - start, 0.01)
    signals = said.signals[said.cues[first]]
    weak = [spoken < 0.6]
    if signals is not None:
        weak.append(signals.no_speech > HIGHEST_NO_SPEECH)
        weak.append(signals.log_probability < LOWEST_LOG_PROBABILITY)
    impossible = last - first > 2 and (last - first) / max(end - start, 0.01) > 1.5 * FASTEST
    return spoken < 0.25 or impossible or sum(weak) > 1


def _echoes(said: Said, prompt: str) -> Iterator[Suspicion]:
    """Several of the terms in their order, parted by commas, and nothing else."""
    terms = [_plain(term) for term in prompt.split(",")]
    for first, last in _sentences(said):
        parts = [_plain(part) for part in said.text(first, last).split(",")]
        parts = [part for part in parts if part]
        if len(parts) > 1 and _is_in_order(parts, terms):
            yield Suspicion("echo", first, last)


def _is_in_order(parts: list[str], terms: list[str]) -> bool:
    rest = iter(terms)
    return all(part in rest for part in parts)


# --- what cannot have been said so -------------------------------------------------------------


def _backwards(said: Said) -> Iterator[Suspicion]:
    """Words that begin long before the one before them, up to where time goes on."""
    latest, begun = -np.inf, None
    for place, word in enumerate(said.words):
        if begun is None and word.start < latest - BACKWARDS:
            begun = place
        elif begun is not None and word.start >= latest:
            yield Suspicion("times", begun, place)
            begun = None
        latest = max(latest, word.start)
    if begun is not None:
        yield Suspicion("times", begun, len(said.words))


def _rates(said: Said) -> Iterator[Suspicion]:
    """Cues of more words than anybody can say in their time."""
    for first, last, _ in said.each_cue():
        start, end = span(said.words[first:last])
        if last - first >= 8 and last - first > FASTEST * (end - start):
            yield Suspicion("rate", first, last)


def _translated(said: Said, language: str) -> Iterator[Suspicion]:
    """Neighbouring cues in English that should be German, or the other way round."""
    own = language.split("-")[0].lower()
    if own not in FUNCTION_WORDS:
        return
    other = "en" if own == "de" else "de"
    for first, last in _runs_in(said, other, own):
        words = [_bare(word.text) for word in said.words[first:last]]
        there = sum(word in FUNCTION_WORDS[other] for word in words)
        here = sum(word in FUNCTION_WORDS[own] for word in words)
        if len(words) >= ENOUGH_WORDS and there >= 0.25 * len(words) and here <= 0.05 * len(words):
            yield Suspicion("language", first, last, other)


def _runs_in(said: Said, other: str, own: str) -> Iterator[tuple[int, int]]:
    """Neighbouring cues with more small words of the other language; those without any go along."""
    run: tuple[int, int] | None = None
    for first, last, _ in said.each_cue():
        words = [_bare(word.text) for word in said.words[first:last]]
        there = sum(word in FUNCTION_WORDS[other] for word in words)
        here = sum(word in FUNCTION_WORDS[own] for word in words)
        if there > here:
            run = (run[0] if run else first, last)
        elif run and here:
            yield run
            run = None
    if run:
        yield run


def span(words: Sequence[Word]) -> tuple[float, float]:
    """From the earliest start to the latest end, seconds; (0, 0) where there are none."""
    if not words:
        return 0.0, 0.0
    return min(word.start for word in words), max(max(word.start, word.end) for word in words)


def _bare(text: str) -> str:
    return re.sub(r"[^\w']|_", "", text.replace("’", "'")).casefold()


def _plain(text: str) -> str:
    """Words in one case, with single spaces and without punctuation."""
    return " ".join(re.sub(r"[^\w']+", " ", text.replace("’", "'")).casefold().split())
