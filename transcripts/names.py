"""The words an engine should listen for: names and terms that a programme tells beforehand."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

LONGEST = 60  # characters of a term
LONG_COMPOUND = 14  # letters from which a German noun is seldom enough to be told

# What stands before a name, or behind it, and is hardly ever spoken with it.
ACADEMIC = re.compile(
    r"""(?: (?:univ|apl|jun|hon|em)\.?-?\s?(?=prof) | prof(?:\.|\s) | professor(?:in)?\s
        | (?:doktor|pd|frau|herrn?)\s | m(?:rs?|s)(?:\.|\s) | (?:priv\.-?)?doz\.
        | (?:dr|dipl|bacc?)(?:\.|\s)(?:-[a-zäöü]+\b\.?)* | (?:ing|lic|mag)\. | (?-i:[hE]\.\s?[ch])\.
        | (?:rer|med|phil|iur|jur|nat|pol|oec|habil|mult|theol|vet|publ)\. )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
POSTNOMINAL = re.compile(
    r"\s+(?:Ph\.?D|[BM]\.?\s?(?:A|Sc|Eng)|LL\.?\s?M|MBA|MPA|MdB|MdL|MdEP|CISSP)\.?$"
)
BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
EDGES = " \t.,;:!?…\"'„“”‚‘’«»‹›()[]{}<>*_–—-"
GENDER_FORM = re.compile(r"[*:_]in(?:nen)?\b|[a-zäöüß]In(?:nen)?$|/-?in(?:nen)?\b", re.UNICODE)
ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
SENTENCE_START = re.compile(r"[.:!?–—|]$")
GERMAN = frozenset(
    "der die das den dem des ein eine einer und oder für mit von vom zu zum zur im am auf aus bei "
    "nach über unter wie was wer warum nicht ist sind wird werden als durch ohne wir ich sich".split()
)


def terms_of(
    *,
    people: Sequence[str],
    organisations: Sequence[str],
    title: str,
    abstract: str,
    glossary: Sequence[str],
) -> tuple[str, ...]:
    """Names of people, glossary, organisations, telling words of title and abstract, in this order.

    people: in the order of the line-up; academic titles are left out. glossary: terms. No term comes
    twice, in whatever case, holds a comma or has more than 60 characters; no name of a person comes
    again inside a longer term.
    """
    names = [_name(person) for person in people]
    bodies = [BRACKETS.sub("", body).split(",")[0] for body in organisations]
    words = [*_words_of_title(title), *_telling(abstract)]
    return _without_doubles(names, [*map(_untitled, glossary), *bodies, *words])


def _without_doubles(names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}  # by their words in one case, with spaces around
    people: list[str] = []
    for told, is_person in [*((n, True) for n in names), *((o, False) for o in others)]:
        term = _plain(told)
        key = f" {term.casefold()} "
        if not term or len(term) > LONGEST or any(key in other for other in kept):
            continue
        if any(person in key for person in people):
            continue
        kept[key] = term
        if is_person:
            people.append(key)
    return tuple(kept.values())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).strip(" ,;")


def _name(person: str) -> str:
    """The name as it is spoken: “Prof. Dr.-Ing. Mira Lenz, M.A. (sie/ihr)” is “Mira Lenz”."""
    spoken = _untitled(BRACKETS.sub("", person).split(",")[0])
    return POSTNOMINAL.sub("", spoken)


def _untitled(text: str) -> str:
    text = _plain(text)
    while (found := ACADEMIC.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    return text


def _words_of_title(title: str) -> Iterator[str]:
    yield from _telling(title)
    tokens = title.split()
    words = [token.strip(EDGES) for token in tokens]
    if _is_german(words):
        yield from (w for w in words if _is_long_noun(w) and not GENDER_FORM.search(w))
    elif not _is_title_case(words):
        yield from _capitalised(tokens)


def _telling(text: str) -> Iterator[str]:
    """Acronyms, mixed case, words with digits, and hyphenated compounds with capitals."""
    words = [word.strip(EDGES) for word in re.split(r"[\s/|,;]+", ADDRESS.sub(" ", text))]
    spelt = [word for word in words if len(word) > 1 and word.isalpha()]
    shouted = sum(map(str.isupper, spelt)) > len(spelt) / 2 and len(spelt) > 3
    for word in words:
        if not shouted and _is_telling(word):
            yield word


def _is_telling(word: str) -> bool:
    if GENDER_FORM.search(word) or word.isnumeric():
        return False
    if re.search(r"\d", word):
        return bool(re.search(r"[A-ZÄÖÜ]", word) or re.match(r"[a-zäöüß]+\d", word))
    if "-" in word:
        return any(part[:1].isupper() for part in word.split("-"))
    return any(map(str.isupper, word[1:]))


def _is_german(words: Sequence[str]) -> bool:
    return any(w.casefold() in GERMAN or re.search(r"[äöüß]", w.casefold()) for w in words)


def _is_long_noun(word: str) -> bool:
    return len(word) >= LONG_COMPOUND and word[0].isupper() and word.isalpha()


def _is_title_case(words: Sequence[str]) -> bool:
    """Whether capitals tell nothing: “How To Build A Better Register”, or a title of nouns alone."""
    longer = [word for word in words[1:] if len(word) > 3]
    return sum(word[0].isupper() for word in longer) > 0.7 * len(longer)


def _capitalised(tokens: Sequence[str]) -> Iterator[str]:
    """Capitalised words that begin no sentence; neighbours are one name."""
    name: list[str] = []
    begins = True
    for token in [*tokens, ""]:
        word = token.strip(EDGES)
        capital = len(word) > 1 and word[0].isupper() and not GENDER_FORM.search(word)
        if capital and not begins:
            name.append(word)
        elif name:
            yield " ".join(name)
            name = []
        if name and token[-1] in ",;.:!?":
            yield " ".join(name)
            name = []
        begins = bool(SENTENCE_START.search(token))
