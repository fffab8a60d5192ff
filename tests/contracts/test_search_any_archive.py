"""Any archive, any query: search finds what reading every text finds, on both databases alike."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.shelf import PUBLIC, Shelf, document, empty_shelf, plain
from tests.transcripts.strategies import any_text
from transcripts.search.clauses import Clause, Kind, Speaker
from transcripts.search.highlight import matches
from transcripts.search.query import by_speaker, parse
from transcripts.search.results import Document, Filters, Passage
from transcripts.search.terms import analyse

# --- hostile -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE search_passages; --",
        '"Haus" AND (exact:x) NEAR/2 *',
        "a' | 'b & !c <-> d:*",
        "\\ % _ \u2028 \u0085 😀 <b>Haus</b>",
        "x" * 5000,
        "Wort " * 5000,
        "\u037a-\u037a",
        "ß zzborderzz",
        'speaker:"ß" -sprecher:"a\' | b" speaker:*',
    ],
)
def test_hostile_text_is_kept_and_found_as_text(shelf, text):
    shelf.talk(
        1, (text[:200], text), (None, "und ein Schluss"),
        title=text, subtitle=text, abstract=text, people=((7, text),),
    )  # fmt: skip

    (hit,) = shelf.search("Schluss").hits  # fmt: skip

    assert plain(hit.title) == text
    assert shelf.search(f'"{text}"').total_sessions <= 1
    assert shelf.search(text).total_sessions <= 1
    assert shelf.search(by_speaker(text[:200])).total_sessions <= 1
    assert shelf.search(f"speaker:{text} -sprecher:{text}").total_sessions <= 1


@given(typed=any_text)
def test_every_query_can_be_asked(backend, typed):
    with empty_shelf(backend) as shelf:
        shelf.add(1, "ein Haus", typed.replace("\0", ""))

        for query in (
            typed, f"Haus -{typed}", f'"{typed}" {typed}* {typed}', f"speaker:{typed} {typed}",
            f'Haus -speaker:"{typed}"',
        ):  # fmt: skip
            assert shelf.search(query).total_sessions in (0, 1)


# --- any archive, any query --------------------------------------------------------------------

SAID = (
    "Haus Häuser Hauses Glas Gläser Stadt Städte Zentrum Rechenzentrum IT-Sicherheit sich sicher 3 drei "
    "in the city cities"
)
vocabulary = st.sampled_from(SAID.split())
sentences = st.lists(vocabulary, max_size=6).map(" ".join)
spoken = st.sampled_from(["de", "en", None])
speakers = st.sampled_from([None, "Ada Örtel", "Jon Ek", "Ada Ek"])
passages = st.lists(st.tuples(sentences, spoken, speakers), max_size=5).map(
    lambda cues: [
        Passage(n * 5.0, n * 5.0 + 4, text, language, n, speaker)
        for n, (text, language, speaker) in enumerate(cues)
    ]
)
documents = st.builds(
    document,
    st.just(0),
    event_id=st.integers(1, 2),
    kind=st.sampled_from(["talk", "panel"]),
    language=spoken,
    visibility=st.sampled_from(["public", "public", "unlisted", "draft"]),
    starts_at=st.none() | st.datetimes(datetime(2020, 1, 1), timezones=st.just(UTC)),
    title=sentences,
    subtitle=sentences,
    abstract=sentences,
    people=st.lists(st.tuples(st.integers(1, 3), sentences), max_size=2, unique=True).map(tuple),
)
archives = st.lists(st.tuples(documents, passages), max_size=5).map(
    lambda entries: [
        (replace(entry, session_id=90 * n), cues)  # in several blocks
        for n, (entry, cues) in enumerate(entries, 1)
    ]
)
terms = st.one_of(
    vocabulary,
    st.lists(vocabulary, min_size=2, max_size=3).map(lambda words: f"({' OR '.join(words)})"),
    vocabulary.map(lambda word: word[:3] + "*"),
    sentences.map(lambda words: f'"{words}"'),
    st.sampled_from(["speaker:ada", "sprecher:EK", 'speaker:"Örtel Ada"', "speaker:j*"]),
)
queries = st.lists(st.builds("".join, st.tuples(st.sampled_from(["", "", "-"]), terms)), max_size=4)
stored_text = any_text.map(lambda text: text.replace("\0", ""))  # PostgreSQL stores no NUL


@given(archive=archives, query=queries.map(" ".join))
def test_index_finds_what_reading_every_text_finds(backend, archive, query):
    with empty_shelf(backend) as shelf:
        for entry, cues in archive:
            shelf.put(entry, cues)

        hits = shelf.search(query, Filters(), moments_per_session=100).hits

        found = {hit.session_id: [moment.cue_index for moment in hit.moments] for hit in hits}
        assert found == by_reading(shelf, archive, query)


@given(archive=archives, query=queries.map(" ".join), side_by_side=st.sampled_from([1, 16]))
def test_words_of_many_sessions_are_found_as_those_of_few(backend, archive, query, side_by_side):
    with (
        mock.patch("transcripts.search.writing.COMMON", 2),
        mock.patch("transcripts.search.ranking.FIRST_LOOK", 1),
        mock.patch("transcripts.search.reading.SIDE_BY_SIDE", side_by_side),
        empty_shelf(backend) as shelf,
    ):
        for entry, cues in archive:
            shelf.put(entry, [])
            shelf.put(entry, cues)
        for entry, _ in archive[1::2]:
            shelf.index.remove(shelf.connection, entry.session_id)

        hits = shelf.search(query, Filters(), moments_per_session=100).hits

        found = {hit.session_id: [moment.cue_index for moment in hit.moments] for hit in hits}
        assert found == by_reading(shelf, archive[::2], query)


@given(archive=archives, query=queries.map(" ".join), counted=st.integers(0, 4))
def test_moments_are_counted_exactly_up_to_a_number(backend, archive, query, counted):
    with (
        mock.patch("transcripts.search.ranking.COUNTED", counted),
        mock.patch("transcripts.search.ranking.FIRST_LOOK", 1),
        empty_shelf(backend) as shelf,
    ):
        for entry, cues in archive:
            shelf.put(entry, cues)

        results = shelf.search(query, Filters(), per_page=1)

        there = sum(map(len, by_reading(shelf, archive, query).values()))
        if results.more:
            assert results.total_moments <= there
            assert there > counted
        else:
            assert results.total_moments == there


def test_a_word_in_two_languages_is_found_where_its_sessions_are_looked_at_one_by_one(shelf):
    with (
        mock.patch("transcripts.search.writing.COMMON", 2),
        mock.patch("transcripts.search.ranking.FIRST_LOOK", 1),
    ):
        for session_id in (1, 2, 3):
            cues = [Passage(0, 4, "Haus", "de", 0), Passage(5, 9, "Haus", "en", 1)]
            shelf.put(document(session_id), cues)

        assert shelf.search("Haus").total_moments == 6


@given(archive=archives, query=queries.map(" ".join), filters=st.sampled_from([Filters(), PUBLIC]))
def test_both_databases_give_the_same_results(sqlite, postgres, archive, query, filters):
    results = []
    for backend in (sqlite, postgres):
        with empty_shelf(backend) as shelf:
            for entry, cues in archive:
                shelf.put(entry, cues)
            results.append(shelf.search(query, filters, per_page=3))

    assert results[0] == results[1]


@given(texts=st.lists(stored_text, max_size=4), query=any_text)
def test_both_databases_read_all_letters_alike(sqlite, postgres, texts, query):
    results = []
    for backend in (sqlite, postgres):
        with empty_shelf(backend) as shelf:
            for session_id, text in enumerate(texts, 1):
                shelf.add(session_id, text, title=text)
            results.append([shelf.search(query), *(shelf.search(text) for text in texts)])

    assert results[0] == results[1]


def by_reading(
    shelf: Shelf, archive: list[tuple[Document, list[Passage]]], query: str
) -> dict[int, list[int]]:
    """The cues that answer a query, by session: the rules of `SearchIndex.search`, read slowly."""
    asked, found = shelf.index.understood(shelf.connection, parse(query)), {}
    for entry, cues in archive:
        if not asked or any(is_told(clause, entry) for clause in asked.unwanted):
            continue
        allowed = [
            n
            for n, cue in enumerate(cues)
            if not any(is_said(clause, cues, n) for clause in asked.unwanted)
            and not any(is_by(speaker, cue) for speaker in asked.unwanted_speakers)
            and (not asked.speakers or any(is_by(speaker, cue) for speaker in asked.speakers))
        ]
        if not asked.wanted:
            turns = [n for n in allowed if n == 0 or cues[n - 1].speaker != cues[n].speaker]
            found |= {entry.session_id: turns} if turns else {}
            continue
        said = [{n for n in allowed if is_said(clause, cues, n)} for clause in asked.wanted]
        told = [not asked.speakers and is_told(clause, entry) for clause in asked.wanted]
        if all(cue or field for cue, field in zip(said, told, strict=True)):
            found[entry.session_id] = sorted(set.intersection(*said) or set.union(*said))
    return found


def is_by(speaker: Speaker, cue: Passage) -> bool:
    return cue.speaker is not None and all(
        matches(word, cue.speaker, None) for word in speaker.words
    )


def is_told(clause: Clause, entry: Document) -> bool:
    if clause.parts:
        return any(is_told(part, entry) for part in clause.parts)
    texts = [entry.title, entry.subtitle, entry.abstract]
    by_name = replace(clause, also=(), apart=())
    return any(matches(clause, text, entry.language) for text in texts) or any(
        matches(by_name, name, entry.language) for _, name in entry.people
    )


def is_said(clause: Clause, cues: list[Passage], n: int) -> bool:
    if clause.parts:
        return any(is_said(part, cues, n) for part in clause.parts)
    return matches(clause, cues[n].text, cues[n].language) or goes_on(clause, cues[n:])


def goes_on(clause: Clause, cues: list[Passage]) -> bool:
    """Whether a phrase begins in the first of these cues, and ends in one that the same speaker says."""
    if clause.kind != Kind.PHRASE:
        return False
    turn = itertools.takewhile(lambda cue: cue.speaker == cues[0].speaker, cues)
    first, *others = (tuple(t.exact for t in analyse(cue.text, cue.language)) for cue in turn)
    said = first + tuple(itertools.chain.from_iterable(others))
    count = len(clause.words)
    return any(said[n : n + count] == clause.words for n in range(len(first)))
