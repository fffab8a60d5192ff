"""Words as search compares them: the same for every database, German and English first.

Each word has an exact form (folded: lower case, umlauts written out, no accents) and a stem
(Snowball, https://snowballstem.org). Gender forms count as the plain plural: Teilnehmer*innen,
Teilnehmer:innen, Teilnehmer_innen, Teilnehmer/-innen and TeilnehmerInnen are Teilnehmerinnen.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import Stemmer

ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fi": "finnish", "fr": "french", "hu": "hungarian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
UNKNOWN = ("de", "en")  # what a word may be of which nobody knows the language
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "ς": "σ"}
)
# Words so frequent and so short that a stem equal to theirs would be found everywhere: the stem of
# “Sicherheit” is “sich”. They are found by their exact form only.
UNSTEMMED = frozenset(
    "aber als also am an auch auf aus bei bin bis das dass dem den der des die dir doch du durch "
    "ein eine einem einen einer eines er es fuer hat hier ich ihm ihn ihr im in ist ja kann man mein "
    "mich mir mit nach nicht noch nun nur ob oder ohne sehr sein sich sie sind so soll um und uns unser "
    "unter vom von vor war was weg wenn wer wie wir wird wo zu zum zur ueber "
    "a an and are as at be but by can do does for from had has have he her his how i if in into is "
    "it its me my no not of on or our out she so than that the their them then there they this to "
    "up us was we were what when which who will with you your".split()
)

LONGEST_WORD = 80  # letters; what is longer is cut

SOFT_HYPHEN = "\u00ad"
# Letters, each perhaps followed by loose accents (as macOS writes them) or a soft hyphen.
_LETTERS = rf"(?:[^\W_][\u0300-\u036f{SOFT_HYPHEN}]*+)++"
_WORD = re.compile(
    r"(?<![\w.,])\d{1,3}(?:[.,]\d{3})+(?![\w]|[.,]\d)"  # 1.000 and 1,000, read as 1000
    r"|(?<!\w)(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?"  # K.I., read as KI
    rf"|{_LETTERS}(?:['’]{_LETTERS})?"  # a word, perhaps with an apostrophe inside,
    r"(?:(?:\*|:|_|/-?|\()(?:innen|in)\b\)?)?",  # and its gender mark
    re.IGNORECASE,
)
# Where a text has nothing of what makes words difficult, they are found several times as fast.
_NOT_PLAIN = re.compile(rf"['’*:_/(\u0300-\u036f{SOFT_HYPHEN}]|\w[.,]\w")
_PLAIN = re.compile(r"[^\W_]+")
_GENDER = re.compile(r"(?:\*|:|_|/-?|\()(innen|in)\)?$", re.IGNORECASE)
HYPHEN = re.compile("[-‐‑]")
_HYPHENATED = re.compile(rf"(?<![^\W_]){_LETTERS}(?:[-‐‑]{_LETTERS})++")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text.

    exact: its folded form. stems: under which it is found too, none for small words. start, end:
    where it stands in the text.
    """

    exact: str
    stems: tuple[str, ...]
    start: int
    end: int


def analyse(text: str, language: str | None) -> list[Term]:
    """The words of `text`, in order; `language` is a BCP 47 code, None where nobody knows."""
    codes = _codes(language)
    return [
        Term(exact, stems(exact, codes), match.start(), match.end())
        for match in _WORD.finditer(text)
        if (exact := exact_form(match[0]))
    ]


def words(text: str) -> list[str]:
    """The exact forms of the words of `text`, in order."""
    return [exact for word in spelled(text) if (exact := exact_form(word))]


def spelled(text: str) -> list[str]:
    """The words of `text` as they stand in it."""
    return _WORD.findall(text) if _NOT_PLAIN.search(text) else _PLAIN.findall(text)


def joined_hyphens(text: str, language: str | None) -> list[Term]:
    """Hyphenated words once more, as one: the IT-Sicherheit is found as itsicherheit too."""
    if not HYPHEN.search(text):
        return []
    codes = _codes(language)
    return [
        Term(exact, stems(exact, codes), match.start(), match.end())
        for match in _HYPHENATED.finditer(text)
        if (exact := fold(match[0]))
    ]


@lru_cache(maxsize=200_000)
def exact_form(word: str) -> str:
    """The folded form of a word, whatever gender mark it has; empty if nothing is left."""
    return fold(_GENDER.sub(r"\1", word))


def fold(word: str) -> str:
    """Lower case, umlauts written out, accents and apostrophes gone."""
    if word.isascii() and word.isalnum():
        return word.lower()[:LONGEST_WORD]
    plain = unicodedata.normalize("NFC", word).lower().translate(UMLAUTS)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if letter.isalnum())
    return plain.lower().translate(UMLAUTS)[:LONGEST_WORD]  # “ℌ” and “ǽ” need both once more


@lru_cache(maxsize=100_000)
def stems(exact: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The stems that a folded word has in these languages; none for the small words."""
    if exact in UNSTEMMED:
        return ()
    return tuple(sorted({_stem(exact, code) for code in codes}))


def known_language(language: str | None) -> str:
    """The code of a language whose stems are known, without its country; empty for all others."""
    code = (language or "").split("-")[0].lower()
    return code if code in ALGORITHMS else ""


def _codes(language: str | None) -> tuple[str, ...]:
    """The languages whose stems count for a text."""
    code = known_language(language)
    return (code,) if code else UNKNOWN


def stems_in(exact: str, language: str) -> tuple[str, ...]:
    """The stems of a folded word in a `known_language`."""
    return stems(exact, _codes(language))


def _stem(exact: str, code: str) -> str:
    found = fold(_stemmer(code).stemWord(exact))
    if code == "de" and len(found) > 5 and found.endswith("um"):
        found = found[:-2]  # Zentrum, Zentren
    return found if len(found) >= 3 else exact


@cache
def _stemmer(code: str) -> Stemmer.Stemmer:
    no_cache = 0  # words, as `stems` has its own
    return Stemmer.Stemmer(ALGORITHMS[code], no_cache)
