"""Who is introduced in a transcript: “Das Wort hat nun Frau Dr. Beispiel”, “My name is Nora Hill”.

A name counts where it is one of the line-up and can be no other. What is found is a suggestion for
whoever names the voices, and never becomes a name by itself.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from transcripts.names import terms_of
from transcripts.voices.lines import Line

LONGEST_WAIT = 30.0  # seconds after an introduction within which the other voice begins
LONGEST_QUOTE = 160  # letters of the sentence that is quoted

OF_ONESELF = re.compile(
    r"\b(?P<certain>mein name ist|ich hei(?:ß|ss)e|my name is|my name’s|my name's)\s"
    r"|\b(?:ich bin|i am|i’m|i'm)\s",
    re.IGNORECASE,
)
# What follows the name after “Ich bin”; of “Ich bin Anna Berg sehr dankbar” nothing is learnt.
FOLLOWS = re.compile(r"\s*(?:[.,;:!?–—]|$|(?:und|von|vom|aus|and|from|of)\b)", re.IGNORECASE)
OF_ANOTHER = re.compile(
    r"\b(?:das wort hat|hat (?:nun |jetzt )?das wort|(?:ich|wir) begrü(?:ß|ss)en?|begrü(?:ß|ss)en sie"
    r"|willkommen|ich übergebe an|ich gebe (?:das wort |weiter )?an"
    r"|welcome|let me introduce|i(?: would|’d|'d) like to introduce|over to|the floor is yours"
    r"|hand over to)\b",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"^(?:(?:und|so|ja|gut|also|nun|dann|and|now|well)\b,?\s+)*(?:frau|herr|mr|mrs|ms)\b.*\?$",
    re.IGNORECASE,
)
THANKS = re.compile(r"\b(?:dank\w*|thank\w*)\b", re.IGNORECASE)
TITLES = re.compile(r"^(?:(?:frau|herr|dr|prof|professor(?:in)?|mr|mrs|ms)\b\.?\s*)+")
SENTENCE = re.compile(
    r".+?(?:(?<!\bDr)(?<!\bProf)(?<!\bMr)(?<!\bMrs)(?<!\bMs)[.!?…]+(?=\s|$)|$)", re.S
)


@dataclass(frozen=True)
class Suggestion:
    """Who a voice may be, and why.

    person: as the line-up has the name. start: when the sentence `said` is said, in seconds.
    own: whether the voice says so of itself.
    """

    person: str
    start: float
    said: str
    own: bool


def suggestions(lines: Sequence[Line], people: Sequence[str]) -> dict[str, Suggestion]:
    """Voices, and who each may be by what is said; voices of which nothing is said are left out.

    people: the names of the line-up, with titles and all. The one who is introduced is the next other
    voice. Where two people come into question for a voice, or two voices for one of them, there is no
    suggestion; but what somebody says of themselves goes before what others say.
    """
    names = _names(people)
    passages = [(voice, list(run)) for voice, run in groupby(lines, key=lambda line: line.voice)]
    own: list[tuple[str, Suggestion]] = []
    by_others: list[tuple[str, Suggestion]] = []
    for place, (voice, run) in enumerate(passages):
        following = passages[place + 1] if place + 1 < len(passages) else None
        told = list(_sentences(run))
        for number, (start, end, said) in enumerate(told):
            quote = said if len(said) <= LONGEST_QUOTE else f"{said[: LONGEST_QUOTE - 1].rstrip()}…"
            person = _of_oneself(said, names)
            if person:
                own.append((voice, Suggestion(person, start, quote, own=True)))
                continue
            if following is None or following[1][0].cue.start - end > LONGEST_WAIT:
                continue
            person = _of_another(said, names, last=number >= len(told) - 2)
            if person:
                by_others.append((following[0], Suggestion(person, start, quote, own=False)))
    settled = _settled(own)
    taken = {suggestion.person for suggestion in settled.values()}
    rest = [
        (voice, one) for voice, one in by_others if voice not in settled and one.person not in taken
    ]
    return settled | _settled(rest)


def _settled(found: Sequence[tuple[str, Suggestion]]) -> dict[str, Suggestion]:
    """The first suggestion of each voice that only one person, who is no other voice, is found for."""
    people: dict[str, set[str]] = {}
    voices: dict[str, set[str]] = {}
    for voice, one in found:
        people.setdefault(voice, set()).add(one.person)
        voices.setdefault(one.person, set()).add(voice)
    settled: dict[str, Suggestion] = {}
    for voice, one in found:
        if len(people[voice]) == 1 and len(voices[one.person]) == 1:
            settled.setdefault(voice, one)
    return settled


def _sentences(run: Sequence[Line]) -> Iterator[tuple[float, float, str]]:
    """The sentences that one voice says in a row: start, end, text."""
    text = " ".join(line.cue.text for line in run)
    ends = list(accumulate(len(line.cue.text) + 1 for line in run))
    for found in SENTENCE.finditer(text):
        said = found[0].strip()
        if said:
            begin = found.end() - len(found[0].lstrip())
            first, last = bisect_right(ends, begin), bisect_right(ends, found.end() - 1)
            yield run[first].cue.start, run[min(last, len(run) - 1)].cue.end, said


def _of_oneself(said: str, names: dict[str, re.Pattern[str]]) -> str | None:
    """Who somebody says to be."""
    for found in OF_ONESELF.finditer(said):
        rest = TITLES.sub("", _plain(said[found.end() :]), count=1)
        for person, pattern in names.items():
            named = pattern.match(rest)
            if named and (found["certain"] or FOLLOWS.match(rest, named.end())):
                return person
    return None


def _of_another(said: str, names: dict[str, re.Pattern[str]], *, last: bool) -> str | None:
    """The only one who is named where somebody is introduced, or asked at the end of a turn."""
    if not OF_ANOTHER.search(said) and not (last and QUESTION.search(said)):
        return None
    if THANKS.search(said):
        return None
    text = _plain(said)
    named = [person for person, pattern in names.items() if pattern.search(text)]
    return named[0] if len(named) == 1 else None


def _names(people: Sequence[str]) -> dict[str, re.Pattern[str]]:
    """What finds each person in plain text: the full name, or the surname where it is theirs alone."""
    spoken = {person: _plain(_untitled(person)).split() for person in dict.fromkeys(people)}
    surnames = [words[-1] for words in spoken.values() if words]
    found = {}
    for person, words in spoken.items():
        if words:
            forms = [words] if surnames.count(words[-1]) > 1 else [words, words[-1:]]
            either = "|".join(r"[\s-]+".join(map(_loose, form)) for form in forms)
            found[person] = re.compile(rf"\b(?:{either})\b")
    return found


def _untitled(person: str) -> str:
    return "".join(terms_of(people=[person], organisations=(), title="", abstract="", glossary=()))


def _loose(word: str) -> str:
    """A pattern of a word, its hyphens written or not."""
    return r"[\s-]+".join(map(re.escape, word.split("-")))


def _plain(text: str) -> str:
    """Small letters without marks, so that “Müller”, “Mueller” and “Muller” are the same."""
    text = text.casefold().translate({ord("ä"): "a", ord("ö"): "o", ord("ü"): "u", ord("ø"): "o"})
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return re.sub("([aou])e", r"\1", bare)
