"""What may be meant while somebody is still typing: words that were said, sessions, people."""

from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from sqlalchemy import select

from transcripts.search import vocabulary
from transcripts.search.letters import as_written, seen_in
from transcripts.search.reading import Reader
from transcripts.search.tables import Field, documents, people
from transcripts.search.terms import fold, words

SHORTEST = 2  # letters
MOST_TYPED = 12  # words
MOST_WORDS, MOST_SESSIONS, MOST_PEOPLE = 6, 4, 4
CANDIDATES = 12  # words of which it is looked up whether they may be seen
MOST_NAMED = 300  # sessions whose people are looked at


@dataclass(frozen=True)
class Suggestions:
    """words: for the one that is typed last. sessions, people: ids with title or name."""

    words: tuple[str, ...] = ()
    sessions: tuple[tuple[int, str], ...] = ()
    people: tuple[tuple[int, str], ...] = ()


def suggested(reader: Reader, typed: str, visible: np.ndarray) -> Suggestions:
    """What goes with the words typed so far, the last of them perhaps a beginning."""
    given = words(typed)[-MOST_TYPED:]
    if not given or len(given[-1]) < SHORTEST or not typed[-1:].isalnum():
        return Suggestions()
    return Suggestions(
        _words(reader, given[-1], visible),
        _sessions(reader, given, visible),
        _people(reader, given, visible),
    )


def _words(reader: Reader, letters: str, visible: np.ndarray) -> tuple[str, ...]:
    found = vocabulary.most_used(reader.connection, letters, Field.SPEECH, CANDIDATES)
    reader.prepare(found)
    known = [(-seen_in(reader, entry, visible), entry.word, entry.id, entry) for entry in found]
    seen: dict[str, vocabulary.Entry] = {}
    for sessions, word, _, entry in sorted(known, key=itemgetter(0, 1, 2)):
        if sessions:
            seen.setdefault(word, entry)
    chosen = list(seen.values())[:MOST_WORDS]
    written = as_written(reader, chosen, visible)
    return tuple(written[entry.id] for entry in chosen)


def _matching(reader: Reader, given: list[str], field: Field, visible: np.ndarray) -> np.ndarray:
    """The rows of visible sessions that have all words in a field, the newest first."""
    *before, letters = given
    found = reader.counts(vocabulary.most_used(reader.connection, letters, field, 500)) > 0
    for word in before:
        known = vocabulary.of_words(reader.connection, [word])
        found &= reader.counts([entry for entry in known if entry.field is field]) > 0
    found &= visible
    return reader.catalogue.ordered(found, np.zeros(len(reader.catalogue)))


def _sessions(reader: Reader, given: list[str], visible: np.ndarray) -> tuple[tuple[int, str], ...]:
    rows = _matching(reader, given, Field.TITLE, visible)[:MOST_SESSIONS]
    ids = reader.catalogue.ids[rows].tolist()
    kept = select(documents.c.session_id, documents.c.title)
    titles = dict(reader.connection.execute(kept.where(documents.c.session_id.in_(ids))).all())
    return tuple((id_, titles[id_]) for id_ in ids)


def _people(reader: Reader, given: list[str], visible: np.ndarray) -> tuple[tuple[int, str], ...]:
    """People by all words of their names, those of the most sessions first."""
    rows = _matching(reader, given, Field.PEOPLE, visible)[:MOST_NAMED]
    ids = reader.catalogue.ids[rows].tolist()
    kept = select(people.c.person_id, people.c.name).where(people.c.session_id.in_(ids))
    sessions: dict[tuple[int, str], int] = {}
    for id_, name in reader.connection.execute(kept):
        sessions[id_, name] = sessions.get((id_, name), 0) + 1
    *before, letters = given
    named = [
        (-count, fold(name), person)
        for person, count in sessions.items()
        for name in [person[1]]
        if any(word.startswith(letters) for word in words(name)) and set(before) <= set(words(name))
    ]
    return tuple(person for _, _, person in sorted(named)[:MOST_PEOPLE])
