"""The grammar of what is typed into the search field; `transcripts/search/query.py` describes it."""

import re
from dataclasses import replace

from transcripts.search.clauses import (
    Clause,
    Kind,
    Speaker,
    alternatives,
    distinct,
)
from transcripts.search.numbers import said_or_written
from transcripts.search.terms import analyse, fold, joined_hyphens

MOST_CLAUSES = 12
NEAR = 10  # words, where nobody says how many
FARTHEST = 100  # words
DEEPEST = 20  # brackets within brackets

QUOTES = '"„“”«»‟‹›'
_FIELDS = {
    "speaker": ("speaker", "sprecher", "sprecherin"),
    "event": ("event", "veranstaltung"),
    "year": ("year", "jahr"),
    "kind": ("kind", "art"),
    "language": ("lang", "language", "sprache"),
    "title": ("title", "titel"),
}
_FIELD_OF = {name: field for field, names in _FIELDS.items() for name in names}
_NAMES = "|".join(sorted(_FIELD_OF, key=len, reverse=True))
_SPEAKER = "|".join(sorted(_FIELDS["speaker"], key=len, reverse=True))
TOKEN = re.compile(
    rf"(?P<near>(?<!\S)(?:near|nahe):(?P<distance>\d{{0,4}})(?!\S))"
    rf"|(?P<or>(?<![^\s()])(?:OR|ODER|\|+)(?![^\s()]))"
    r"|(?P<minus>(?<![^\s(])[-−–])?(?:"
    # At the beginning of a word; “Sprecher:in” and “Sprecher:innen” are words and name nobody.
    rf"(?P<field>(?<![^\s(\-−–])(?:(?i:{_SPEAKER})(?=: )|(?i:{_NAMES})(?=:\S))):(?!(?i:in|innen)\b) ?"
    rf"(?:[{QUOTES}](?P<values>[^{QUOTES}]*)[{QUOTES}]?|(?P<value>[^\s{QUOTES}()]+))"
    rf"|(?P<open>(?<![^\s(\-−–])\((?=[^\s)]))"
    rf"|[{QUOTES}](?P<phrase>[^{QUOTES}]*)[{QUOTES}]?"
    rf"|(?P<word>(?:\((?i:in|innen)\)|[^\s{QUOTES}()])+))"
    r"|(?P<close>\))"
)
_YEARS = re.compile(r"(\d{4})(?:(?:-|–|\.\.)(\d{4}))?")


# What stands side by side must all match; OR joins its two neighbours, near what is around it.

All = list[Clause]


class Reading:
    """Reads the tokens of a query from the first to the last."""

    def __init__(self, typed: str) -> None:
        self.unwanted: All = []
        self.speakers: list[Speaker] = []
        self.unwanted_speakers: list[Speaker] = []
        self.restrictions: dict[tuple[str, bool], list[str]] = {}
        self.not_in_choice = False
        self.cut = False
        self._depth = 0
        self._tokens = list(TOKEN.finditer(typed))
        self._at = 0
        self.wanted: All = []
        while self._at < len(self._tokens):
            self.wanted += self._sequence()
            self._at += 1  # over a bracket that closes nothing

    def _sequence(self, unwanted: bool = False) -> All:
        """What must all match, up to the bracket that closes."""
        choices: list[list[All]] = []  # each with its alternatives
        before: str | None = None  # the field of what was read last, empty for words
        is_choice = False
        while self._at < len(self._tokens) and not self._tokens[self._at]["close"]:
            token = self._tokens[self._at]
            self._at += 1
            if token["or"]:
                is_choice = before is not None
            elif token["near"]:
                if before == "":
                    self._near(choices[-1][-1], int(token["distance"] or NEAR))
            else:
                read, field = self._read(token, unwanted)
                if is_choice and before == field == "" and read:
                    choices[-1].append(read)
                elif read:
                    choices.append([read])
                if is_choice and before != field:
                    self.not_in_choice = True
                is_choice = False
                before = field if read or field else before
        return [clause for alternatives in choices for clause in self._either(alternatives)]

    def _read(self, token: re.Match[str], unwanted: bool) -> tuple[All, str]:
        """The clauses of one thing; or none, and the field in which it narrows the search down."""
        minus = bool(token["minus"])
        if token["open"]:
            if self._depth == DEEPEST:
                return [], ""
            self._depth += 1
            inner = self._sequence(unwanted or minus)
            self._depth -= 1
            self._at += 1  # over the bracket that closes
            if minus:
                self.unwanted += [part for clause in inner for part in alternatives(clause)]
            return ([], "-") if minus else (inner, "")
        field = field_of(token)
        if field == "speaker":
            side = self.unwanted_speakers if minus or unwanted else self.speakers
            _add_speaker(side, speaker_of(token))
            return [], field
        values = _values(field, _value(token)) if field not in (None, "title") else []
        if values:
            self.restrictions.setdefault((field, minus or unwanted), []).extend(values)
            return [], field
        clause = _clause(token)
        if clause is not None and minus:
            self.unwanted.append(clause)
            return [], "-"
        return [clause] if clause else [], ""

    def _near(self, before: All, distance: int) -> None:
        """Joins what was read last with what follows; of a chain, each with its neighbour."""
        if self._at == len(self._tokens):
            return
        following = self._tokens[self._at]
        if following["close"] or following["or"] or following["near"] or following["minus"]:
            return
        self._at += 1
        read, _ = self._read(following, False)
        before += read
        if len(read) != 1 or before[-1].in_title or before[-2].in_title:
            return
        first, second = before[-2:]
        distance = min(distance, FARTHEST)
        left = first.parts[1] if first.kind is Kind.NEAR else first
        typed = f"{left.typed} near:{distance} {second.typed}"
        near = Clause(Kind.NEAR, (), (), typed, (left, second), distance)
        before[-2:] = [first, near] if first.kind is Kind.NEAR else [near]

    def _either(self, choice: list[All]) -> All:
        """The alternatives as clauses that all must match: (a b) OR c is (a OR c) (b OR c)."""
        found: list[tuple[Clause, ...]] = [()]
        for alternative in choice:
            found = [(*one, clause) for one in found for clause in alternative]
            if len(found) > MOST_CLAUSES:
                self.cut = True
                found = found[:MOST_CLAUSES]
        return [_one_of(clauses) for clauses in found]


def _one_of(clauses: tuple[Clause, ...]) -> Clause:
    parts = distinct(part for clause in clauses for part in alternatives(clause))
    if len(parts) == 1:
        return parts[0]
    return Clause(Kind.EITHER, (), (), " OR ".join(part.typed for part in parts), tuple(parts))


def field_of(match: re.Match[str]) -> str | None:
    """The field that a token names, if it does."""
    return _FIELD_OF[match["field"].lower()] if match["field"] else None


def _value(match: re.Match[str]) -> str:
    return match["value"] if match["values"] is None else match["values"]


def _values(field: str, typed: str) -> list[str]:
    """What a restriction asks for; nothing where that is no value at all."""
    if field == "year":
        years = _YEARS.fullmatch(typed.strip())
        if not years:
            return []
        first, last = int(years[1]), int(years[2] or years[1])
        return [str(year) for year in range(first, min(last, first + 200) + 1)]
    plain = " ".join(typed.split()).casefold()
    return [plain] if fold(plain) else []


def _add_speaker(side: list[Speaker], speaker: Speaker) -> None:
    if speaker.words and all(speaker.names != known.names for known in side):
        side.append(speaker)


def speaker_of(match: re.Match[str]) -> Speaker:
    """Whom a token of the field “speaker” asks for."""
    typed = _value(match)
    words: dict[tuple[Kind, str], Clause] = {}
    for part in typed.split():
        beginning = _prefix(part)
        for word in [beginning] if beginning else _plain_words(part):
            words.setdefault((word.kind, word.words[0]), word)
    return Speaker(tuple(words.values())[:MOST_CLAUSES], typed.strip())


def _plain_words(text: str) -> list[Clause]:
    return [Clause(Kind.WORD, (t.exact,), (), t.exact) for t in analyse(text, None)]


def _clause(match: re.Match[str]) -> Clause | None:
    if match["phrase"] is not None:
        return _of_words(match["phrase"])
    if match["field"]:
        clause = _prefix(_value(match)) or _of_words(_value(match))
        in_title = field_of(match) == "title"  # what is no year or the like is a word to find
        return clause and replace(clause, in_title=in_title)
    word = match["word"]
    return _prefix(word) or _of_words(word)


def _prefix(word: str) -> Clause | None:
    if word.endswith("*") and len(fold(word)) >= 2 and len(analyse(word, None)) == 1:
        return Clause(Kind.PREFIX, (fold(word),), (), word)
    return None


def _of_words(text: str) -> Clause | None:
    """A single word with its stems, or a phrase: also of a word with hyphens."""
    terms = analyse(text, None)
    words = tuple(term.exact for term in terms)
    if not words:
        return None
    if len(words) == 1:
        return Clause(Kind.WORD, words, terms[0].stems, text, also=said_or_written(words[0]))
    if " " in text:
        return Clause(Kind.PHRASE, words, (), text)
    wholes = joined_hyphens(text, None)
    stems = {stem for term in wholes for stem in term.stems}
    also = [word for term in wholes for word in said_or_written(term.exact)]
    return Clause(Kind.PHRASE, words, tuple(sorted(stems)), text, also=tuple(also))
