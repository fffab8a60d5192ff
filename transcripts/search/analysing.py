"""The words of a session, as they are looked up: where each stands, and in how many cues.

A place counts the words of the session, from 0. Where the speaker changes one place is left out, so that
no phrase goes from one to the other. It works on all words of a session at once, as there are thousands,
and what it gives is quickly handed from one process to another.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.search.passages import in_parts
from transcripts.search.results import Document, Passage
from transcripts.search.sets import distinct
from transcripts.search.tables import BEGINNINGS_IN, Field
from transcripts.search.terms import (
    HYPHEN,
    exact_form,
    joined_hyphens,
    known_language,
    spelled,
    words,
)
from transcripts.search.vocabulary import WHOLE, Key, key_of

BEGINNINGS = (2, 3, 4)  # letters
LETTER = 21  # bits of a letter


@dataclass(frozen=True)
class Found:
    """Where words stand: how many places each has, in how many cues, and the places; and in how many
    cues words begin with the same few letters.

    lines: the keys of all of these, the words first, each in a line.
    """

    lines: str
    sizes: np.ndarray
    cues: np.ndarray
    places: np.ndarray
    begun: np.ndarray

    def keys(self) -> list[Key]:
        """Those of the words, then those of the beginnings."""
        return self.lines.split("\n") if self.lines else []


class Said:
    """What is said in a session. first: the place of the first word of each cue. starts: of cues,
    milliseconds, ascending. turns: the cues with which a turn begins. texts: parts, as they are kept.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        starts = np.array([round(passage.start * 1000) for passage in passages], np.int64)
        self.starts = np.maximum.accumulate(starts) if len(starts) else starts
        self.texts = in_parts(passages)
        speakers = [passage.speaker for passage in passages]
        changes = np.array(
            [n == 0 or speakers[n] != speakers[n - 1] for n in range(len(passages))], bool
        )
        self.turns = np.flatnonzero(changes)
        keys = _Keys()
        said = [keys.said(passage) for passage in passages]
        ids = np.array([id_ for each in said for id_ in each], np.int64)
        cues = np.repeat(np.arange(len(passages)), [len(each) for each in said])
        ids, cues = ids[ids >= 0], cues[ids >= 0]
        sizes = np.bincount(cues, minlength=len(passages))
        left_out = np.cumsum(changes) - 1
        self.first = np.cumsum(sizes) - sizes + left_out
        places = np.arange(len(ids)) + left_out[cues]
        begun, begun_cues = _begun(keys.words, ids, cues)
        others = np.array(
            [
                (id_, self.first[cue] + at, cue)
                for cue, passage in enumerate(passages)
                for id_, at in keys.wholes(passage)
            ]
            + [(id_, cue, cue) for cue, name in enumerate(speakers) for id_ in keys.names(name)],
            np.int64,
        ).reshape(-1, 3)
        self.found = _found(
            list(keys.ids),
            np.concatenate([ids, others[:, 0]]),
            np.concatenate([places, others[:, 1]]),
            np.concatenate([cues, others[:, 2]]),
            [key_of(BEGINNINGS_IN[Field.SPEECH], word, "") for word in begun],
            begun_cues,
        )


class _Keys:
    """Numbers the keys of a session as they come."""

    def __init__(self) -> None:
        self.ids: dict[Key, int] = {}
        self.words: list[str] = []  # of each
        self._known: dict[str, _Spelled] = {}
        self._names: dict[str | None, list[int]] = {None: []}

    def said(self, passage: Passage) -> list[int]:
        """Those of the words of a cue; -1 for what folds to nothing."""
        language = passage.language or ""
        if language not in self._known:
            self._known[language] = _Spelled(self, known_language(language))
        known = self._known[language]
        return [known[word] for word in spelled(passage.text)]

    def wholes(self, passage: Passage) -> Iterator[tuple[int, int]]:
        """Those of the hyphenated words of a cue as one, and the number of the first word of each."""
        if HYPHEN.search(passage.text):
            language = known_language(passage.language)
            for at, whole in wholes(passage.text, passage.language, words(passage.text)):
                yield self.number(Field.SPEECH, whole, language), at

    def names(self, speaker: str | None) -> list[int]:
        """Those of the words of a speaker's name."""
        if speaker not in self._names:
            parts = sorted(set(words(speaker)))
            self._names[speaker] = [self.number(Field.SPEAKER, part, "") for part in parts]
        return self._names[speaker]

    def number(self, field: Field, word: str, language: str) -> int:
        """That of a key, which may be new."""
        number = self.ids.setdefault(key_of(field, word, language), len(self.ids))
        if number == len(self.words):
            self.words.append(word)
        return number


class _Spelled(dict[str, int]):
    """The numbers of words as they are spelled, in one language."""

    def __init__(self, keys: _Keys, language: str) -> None:
        super().__init__()
        self._keys = keys
        self._language = language

    def __missing__(self, word: str) -> int:
        exact = exact_form(word)
        self[word] = self._keys.number(Field.SPEECH, exact, self._language) if exact else -1
        return self[word]


def wholes(text: str, language: str | None, said: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Hyphenated words as one: the number of their first word, and how the vocabulary has them."""
    at = 0
    for term in joined_hyphens(text, language):
        at = next((n for n in range(at, len(said)) if term.exact.startswith(said[n])), at)
        yield at, WHOLE + term.exact
        at += 1


class Told:
    """The words of a document's fields; between two texts of a field one place is left out."""

    def __init__(self, document: Document) -> None:
        given = {
            Field.TITLE: [document.title],
            Field.PEOPLE: [name for _, name in document.people],
            Field.ABOUT: [document.subtitle, document.abstract],
        }
        language = known_language(document.language)
        places: dict[tuple[Field, str], list[int]] = defaultdict(list)
        for field, parts in given.items():
            first = 0
            for text in parts:
                said = words(text)
                for at, word in enumerate(said, first):
                    places[field, word].append(at)
                for at, whole in wholes(text, document.language, said):
                    places[field, whole].append(first + at)
                first += len(said) + 1
        ids = np.repeat(np.arange(len(places)), [len(each) for each in places.values()])
        stand = np.array([place for each in places.values() for place in each], np.int64)
        begun = {
            key_of(BEGINNINGS_IN[field], word[:letters], "")
            for field, word in places
            if not word.startswith(WHOLE)
            for letters in BEGINNINGS
            if len(word) >= letters
        }
        self.found = _found(
            [key_of(field, word, language) for field, word in places],
            ids,
            stand,
            np.zeros(len(ids), np.int64),
            sorted(begun),
            np.ones(len(begun), np.int64),
        )


@dataclass(frozen=True)
class Analysed:
    """A session as it is written. said: None where what is said stays as it is."""

    document: Document
    told: Told
    said: Said | None


def analysed(document: Document, passages: Sequence[Passage] | None) -> Analysed:
    """A session and all that is said in it or, where that stays as it is, None."""
    return Analysed(document, Told(document), None if passages is None else Said(passages))


def _found(
    keys: Sequence[Key],
    ids: np.ndarray,
    places: np.ndarray,
    cues: np.ndarray,
    begun: Sequence[Key],
    begun_cues: np.ndarray,
) -> Found:
    """ids: of keys, each with a place and the cue in which that is. begun: of beginnings."""
    order = np.lexsort((places, ids))
    ids, places, cues = ids[order], places[order], cues[order]
    begins = np.diff(ids, prepend=-1) != 0
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=len(ids))
    of_cues = begins | (np.diff(cues, prepend=-1) != 0)
    counts = np.add.reduceat(of_cues, starts) if len(starts) else sizes
    lines = "\n".join([*(keys[id_] for id_ in ids[starts].tolist()), *begun])
    return Found(lines, sizes, counts, places, begun_cues)


def _begun(words: Sequence[str], ids: np.ndarray, cues: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The beginnings of words, and in how many cues each is. ids: of words, each with its cue."""
    letters = _first_letters(words)
    span = int(cues.max(initial=0)) + 1
    begun: list[str] = []
    counts = [np.zeros(0, np.int64)]
    codes = letters[:, 0]
    for nth in range(1, max(BEGINNINGS)):
        codes = codes << LETTER | letters[:, nth]
        _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
        if nth + 1 in BEGINNINGS:
            there = letters[:, nth] > 0
            numbers = np.where(there, codes, -1)[ids]
            said = distinct((numbers * span + cues)[numbers >= 0]) // span
            in_cues = np.bincount(said, minlength=len(first))
            so = np.flatnonzero(in_cues)
            begun += [words[at][: nth + 1] for at in first[so].tolist()]
            counts.append(in_cues[so])
    return begun, np.concatenate(counts)


def _first_letters(words: Sequence[str]) -> np.ndarray:
    """The first letters of words as numbers, 0 where a word is at its end: a row for each."""
    longest = max(BEGINNINGS)
    cut = np.array(words or [""], f"U{longest}")
    return cut.view(np.uint32).reshape(-1, longest).astype(np.int64)[: len(words)]
