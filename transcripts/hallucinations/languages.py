"""Stretches in another language than the slice's: German and English, told by their small words."""

from collections.abc import Iterator

from transcripts.hallucinations.said import Said, bare

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


def translated(said: Said, language: str) -> Iterator[tuple[int, int, str]]:
    """Neighbouring cues in English that should be German, or the other way round; and in which."""
    own = language.split("-")[0].lower()
    if own not in FUNCTION_WORDS:
        return
    other = "en" if own == "de" else "de"
    for first, last in _runs_in(said, other, own):
        there, here, count = _small_words(said, first, last, other, own)
        if count >= ENOUGH_WORDS and there >= 0.25 * count and here <= 0.05 * count:
            yield first, last, other


def _runs_in(said: Said, other: str, own: str) -> Iterator[tuple[int, int]]:
    """Neighbouring cues with more small words of the other language; those without any go along."""
    run: tuple[int, int] | None = None
    for first, last, _ in said.each_cue():
        there, here, _ = _small_words(said, first, last, other, own)
        if there > here:
            run = (run[0] if run else first, last)
        elif run and here:
            yield run
            run = None
    if run:
        yield run


def _small_words(said: Said, first: int, last: int, other: str, own: str) -> tuple[int, int, int]:
    """Small words of the other language, those of the own one, and all words: how many there are."""
    words = [bare(word.text) for word in said.words[first:last]]
    there = sum(word in FUNCTION_WORDS[other] for word in words)
    here = sum(word in FUNCTION_WORDS[own] for word in words)
    return there, here, len(words)
