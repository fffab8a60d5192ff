"""Compounds, by the vocabulary of the archive: the Rechenzentrum is found by Zentrum.

A longer word is a compound of a shorter one where the rest is a word of the archive too, joining
letters aside, or where the shorter one is too long to stand there by chance. The same vocabulary
splits a compound that somebody searches for into its parts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from transcripts.search import vocabulary
from transcripts.search.clauses import Clause, Kind
from transcripts.search.terms import UNSTEMMED, stems_in
from transcripts.search.vocabulary import Entry

LANGUAGES = ("de", "nl", "da", "sv", "no", "")  # that write compounds as one word
JOINTS = ("", "s", "es", "n", "en", "er", "e")  # between the parts
SHORTEST = 3  # letters of a part
SHORTEST_SAID = 4  # letters of a part that is looked for by itself
LONG = 6  # letters; what is so long stands in no other word by chance
LONG_REST = 4
LONG_STEM = 5
MOST = 64  # compounds of one word that are looked for, those of the most sessions
NEAR = 5  # words between which the parts of a compound are looked for

# What stands before or behind a word without making a compound of it.
PREFIXES = frozenset(
    "ver be ge er ent emp zer miss un ur ab an auf aus bei ein mit nach vor zu zur zum um ueber unter "
    "durch wider wieder her hin los weg zurueck dar hinter heraus herein hinaus hinein voraus anti "
    "inter post prae re sub super trans non zusammen".split()
)
_SUFFIXES = (
    "in innen lich schaft keit heit ung isch los haft bar sam chen lein ier ierung ismus iert end nis "
    "tum est er".split()
)
ENDINGS = frozenset(
    suffix + ending
    for suffix in _SUFFIXES
    for ending in ("", "e", "en", "er", "es", "em", "s", "n")
)


def compounds_of(connection: Connection, clause: Clause) -> tuple[str, ...]:
    """The words in use that have the word of `clause`, in any of its forms, as a part."""
    (word,) = clause.words
    if not _may_be_part(word):
        return ()
    forms = {word} | {
        entry.word
        for stem, entry in vocabulary.of_stems(connection, clause.stems)
        if stem == word or entry.language in LANGUAGES
    }
    forms = {form for form in forms if _may_be_part(form)}
    stems = {stem for stem in clause.stems if stem == word or len(stem) >= LONG_STEM}
    stems -= UNSTEMMED
    rests: dict[Entry, list[tuple[str, bool]]] = defaultdict(list)
    for entry in vocabulary.around(connection, forms):
        rests[entry] += _rests(entry.word, forms, len(word) >= LONG)
    for stem, entry in vocabulary.ending(connection, stems) if stems else ():
        rests[entry] += _rests_before(stem, stems, len(word) >= LONG)
    rests = {entry: each for entry, each in rests.items() if _may_be_compound(entry, forms)}
    known = _known(connection, (rest for each in rests.values() for rest, _ in each))
    compounds = [entry for entry, each in rests.items() if _is_compound(each, known)]
    compounds.sort(key=_most_sessions)
    return tuple(dict.fromkeys(entry.word for entry in compounds))[:MOST]


def apart(connection: Connection, clause: Clause) -> tuple[Clause, ...]:
    """The parts of a compound near each other: also the Diskussion auf dem Podium."""
    (word,) = clause.words
    splits = [
        (first, word[at:])
        for at in range(SHORTEST_SAID, len(word) - SHORTEST_SAID + 1)
        for first in _without_joint(word[:at])
        if _may_be_said(first) and _may_be_said(word[at:])
    ]
    known = _known(connection, (part for split in splits for part in split))
    sound = [split for split in splits if known.issuperset(split)]
    if not sound:
        return ()
    best = max(sound, key=lambda split: (min(map(len, split)), split))
    parts = tuple(Clause(Kind.WORD, (part,), stems_in(part, "de"), part) for part in best)
    return (Clause(Kind.NEAR, (), (), clause.typed, parts, NEAR),)


def _may_be_part(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and word not in UNSTEMMED | PREFIXES


def _may_be_said(word: str) -> bool:
    return len(word) >= SHORTEST_SAID and _may_be_part(word)


def _most_sessions(entry: Entry) -> tuple[int, str]:
    return -entry.sessions, entry.word


def _may_be_compound(entry: Entry, forms: set[str]) -> bool:
    return entry.language in LANGUAGES and entry.word.isalpha() and entry.word not in forms


def _rests(longer: str, forms: Iterable[str], is_long: bool) -> Iterator[tuple[str, bool]]:
    """What is left of a word without a form in it, and whether the form is too long for chance."""
    yield from _rests_before(longer, forms, is_long)
    for form in forms:
        if longer.startswith(form):
            behind = longer[len(form) :]
            for joint in JOINTS:
                rest = behind.removeprefix(joint)
                if behind.startswith(joint) and rest not in ENDINGS:
                    yield rest, False


def _rests_before(longer: str, forms: Iterable[str], is_long: bool) -> Iterator[tuple[str, bool]]:
    for form in forms:
        if longer.endswith(form):
            before = longer.removesuffix(form)
            sure = is_long and len(before) >= LONG_REST and before not in PREFIXES
            for rest in _without_joint(before):
                yield rest, sure


def _without_joint(first: str) -> Iterator[str]:
    for joint in JOINTS:
        if first.endswith(joint):
            yield first.removesuffix(joint) if joint else first


def _known(connection: Connection, parts: Iterable[str]) -> set[str]:
    """Those of the parts that are words of the archive, in one form or another."""
    given = {part for part in parts if _may_be_part(part)}
    stemmed = {part: set(stems_in(part, "de")) for part in given}
    used = vocabulary.in_use(connection, given, {s for each in stemmed.values() for s in each})
    return {part for part in given if part in used or stemmed[part] & used}


def _is_compound(rests: Iterable[tuple[str, bool]], known: set[str]) -> bool:
    return any(rest in known or is_long for rest, is_long in rests)
