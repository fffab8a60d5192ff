"""What was probably meant, where a word of a query is nowhere: by the archive's own vocabulary."""

from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from transcripts.search import vocabulary
from transcripts.search.clauses import Kind
from transcripts.search.letters import as_written, seen_in
from transcripts.search.lookup import Asked
from transcripts.search.ranking import WEIGHTS, Search
from transcripts.search.tables import Field
from transcripts.search.terms import analyse
from transcripts.search.vocabulary import Entry

SHORTEST = 4  # letters of a word that is put right
SHORT = 7  # letters; up to here one letter may be wrong, in longer words two
CANDIDATES = 48  # of which it is looked up in how many sessions they may be seen
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def meant(search: Search) -> str | None:
    """The text of the query with the nearest words of the archive; None where all of them are known.

    Only words of sessions that the one who asks may see are offered.
    """
    unknown = {word for asked in search.wanted for word in _unknown(search, asked)}
    right = {word: _nearest(search, word) for word in unknown if len(word) >= SHORTEST}
    found = {word: entry for word, entry in right.items() if entry is not None}
    if not found:
        return None
    written = as_written(search.reader, found.values(), search.visible)
    text, at, pieces = search.query.text, 0, []
    for term in analyse(text, None):
        if term.exact in found:
            pieces += [text[at : term.start], written[found[term.exact].id]]
            at = term.end
    return "".join([*pieces, text[at:]])


def _unknown(search: Search, asked: Asked) -> Iterator[str]:
    """The words of a clause that no visible session has, in any form."""
    for leaf in asked.leaves():
        if leaf.clause.kind is Kind.WORD:
            said = search.evidence.spoken(leaf).said[search.visible].any()
            if not said and not any(search.evidence.told(leaf, f).said.any() for f in WEIGHTS):
                yield leaf.clause.words[0]
        elif leaf.clause.kind is Kind.PHRASE:
            for word, by_field in zip(leaf.clause.words, leaf.words, strict=True):
                entries = [e for f in (Field.SPEECH, *WEIGHTS) for e in by_field.get(f, ())]
                if not _is_seen(search, entries):
                    yield word


def _is_seen(search: Search, entries: Iterable[Entry]) -> bool:
    return bool((search.reader.counts(list(entries)) * search.visible).any())


def _nearest(search: Search, word: str) -> Entry | None:
    """The entry that is nearest to a word, of the most sessions, if any is near enough."""
    most = 1 if len(word) <= SHORT else 2
    connection = search.reader.connection
    near: list[tuple[tuple[int, bool, str, int], Entry]] = []
    if len(word) <= SHORT:
        alike: Iterable[str] = _edits(word)
    else:
        half = (len(word) - 1) // 2
        alike = vocabulary.like(
            connection, word[:half], word[-half:], len(word) - most, len(word) + most
        )
        alike = [other for other in alike if OSA.distance(word, other, score_cutoff=most) <= most]
    for entry in vocabulary.in_any_field(connection, alike):
        distance = OSA.distance(word, entry.word)
        if distance:
            is_other = entry.word[0] != word[0]
            near.append(((distance, is_other, entry.word, entry.id), entry))
    near.sort()
    search.reader.prepare(entry for _, entry in near[:CANDIDATES])
    seen = [
        ((distance, is_other, -sessions, word, id_), entry)
        for (distance, is_other, word, id_), entry in near[:CANDIDATES]
        if (sessions := seen_in(search.reader, entry, search.visible))
    ]
    return min(seen)[1] if seen else None


def _edits(word: str) -> set[str]:
    """All that is one letter away: left out, one too many, another one, two changed over."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(before + after[1:] for before, after in splits if after),
        *(before + after[1] + after[0] + after[2:] for before, after in splits if len(after) > 1),
        *(before + letter + after[1:] for before, after in splits if after for letter in ALPHABET),
        *(before + letter + after for before, after in splits for letter in ALPHABET),
    } - {word}
