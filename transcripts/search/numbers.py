"""Numbers as they are said and as they are written: German and English.

Written ones are known up to 9999; said ones up to 2099, years included: a table of all would take long
to make.
"""

import re
from collections import defaultdict
from functools import cache

from num2words import num2words

from transcripts.search.terms import fold

HIGHEST_SAID = 2099
ENGLISH = 99  # what is higher takes several words
_PARTS = re.compile(
    "(?:null|eins?|zwei|zwo|drei|vier|fuenf|sechs?|sieb(?:en)?|acht|neun|zehn|elf|zwoelf|zwan|s?sig|zig"
    "|hundert|tausend|und|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thir|fif"
    "|teen|twen|for|eigh|ty)+"
)  # of the words for numbers; a word of other parts is none


def said_or_written(word: str) -> tuple[str, ...]:
    """The other ways to give the number that a folded word is; nothing where it is none.

    English compounds are one word here, as search joins their hyphens: twentyfive. One is only
    “eins”, as “ein” and “one” mostly say something else.
    """
    if word.isdecimal():
        return _said(int(word)) if word.isascii() and len(word) <= 4 else ()
    if not _PARTS.fullmatch(word):
        return ()
    return tuple(str(number) for number in _numbers().get(word, ()))


@cache
def _said(number: int) -> tuple[str, ...]:
    german = {num2words(number, lang="de")}
    if 1100 <= number <= 1999:
        german.add(num2words(number, lang="de", to="year"))
    german |= {word.removeprefix("ein") for word in german if word.startswith(("einhu", "einta"))}
    german |= {"zwo"} if number == 2 else set()
    english = {num2words(number, lang="en")} if 1 < number <= ENGLISH else set()
    forms = {fold(word) for word in german | english if " " not in word}
    return tuple(sorted(forms))


@cache
def _numbers() -> dict[str, tuple[int, ...]]:
    """The numbers that each word says."""
    found: dict[str, list[int]] = defaultdict(list)
    for number in range(HIGHEST_SAID + 1):
        for word in _said(number):
            found[word].append(number)
    return {word: tuple(numbers) for word, numbers in found.items()}
