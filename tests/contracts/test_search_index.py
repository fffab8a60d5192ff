"""What every search index does, shown on each database."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, inspect

from tests.contracts.search_cases import CASES
from tests.databases import postgres_engine, sqlite_engine
from tests.transcripts.strategies import any_text
from transcripts.search.clauses import Clause, Kind, Restriction, Speaker
from transcripts.search.highlight import Fragment, matches
from transcripts.search.index import SearchIndex
from transcripts.search.query import by_speaker, parse
from transcripts.search.results import (
    Document,
    Facets,
    Filters,
    Moment,
    Order,
    Passage,
    Results,
    Reviewed,
)
from transcripts.search.suggesting import Suggestions
from transcripts.search.terms import analyse

PUBLIC = Filters(visibilities=frozenset({"public"}))


@dataclass(frozen=True)
class Backend:
    """An index and its database, with empty tables."""

    engine: Engine
    index: SearchIndex


@dataclass(frozen=True)
class Shelf:
    """An index within a transaction that is never committed."""

    connection: Connection
    index: SearchIndex

    def put(self, document: Document, passages: list[Passage]) -> None:
        self.index.put(self.connection, document, passages)

    def add(self, session_id: int, *cues: str, passage_language="de", **values) -> None:
        """A session, public and German if not said otherwise, with these cues, 5 s each."""
        passages = [
            Passage(n * 5.0, n * 5.0 + 4, text, passage_language, n) for n, text in enumerate(cues)
        ]
        self.put(document(session_id, **values), passages)

    def talk(self, session_id: int, *cues: tuple[str | None, str], **values) -> None:
        """A session with these cues, each a speaker and what they said, 5 s each."""
        passages = [
            Passage(n * 5.0, n * 5.0 + 4, text, "de", n, speaker)
            for n, (speaker, text) in enumerate(cues)
        ]
        self.put(document(session_id, **values), passages)

    def search(self, query: str, filters: Filters = PUBLIC, **paging: Any) -> Results:
        return self.index.search(self.connection, parse(query), filters, **paging)

    def suggested(self, typed: str, filters: Filters = PUBLIC) -> Suggestions:
        return self.index.suggested(self.connection, typed, filters.visibilities)

    def found(self, query: str, filters: Filters = PUBLIC) -> list[int]:
        """The sessions found, best first."""
        return [hit.session_id for hit in self.search(query, filters).hits]

    def moments(self, query: str) -> dict[int, list[int]]:
        """Cue indexes by session."""
        hits = self.search(query, moments_per_session=1000).hits
        return {hit.session_id: [moment.cue_index for moment in hit.moments] for hit in hits}


def document(session_id: int, **values) -> Document:
    given = {
        "event_id": 1,
        "kind": "talk",
        "language": "de",
        "visibility": "public",
        "starts_at": datetime(2026, 6, 12, 8, tzinfo=UTC),
        "title": "",
    }
    return Document(session_id=session_id, **(given | values))


def plain(fragments: tuple[Fragment, ...] | None) -> str:
    """The text with what is marked in brackets."""
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in fragments or ())


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    engine = sqlite_engine(tmp_path_factory.mktemp("search") / "search.sqlite")
    yield created(engine, SearchIndex())
    engine.dispose()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Backend]:
    with postgres_engine() as engine:
        yield created(engine, SearchIndex())


def created(engine: Engine, index: SearchIndex) -> Backend:
    with engine.begin() as connection:
        index.create(connection)
    return Backend(engine, index)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.getfixturevalue(request.param)


@contextmanager
def empty_shelf(backend: Backend) -> Iterator[Shelf]:
    with backend.engine.connect() as connection, connection.begin() as transaction:
        yield Shelf(connection, backend.index)
        transaction.rollback()


@pytest.fixture
def shelf(backend: Backend) -> Iterator[Shelf]:
    with empty_shelf(backend) as shelf:
        yield shelf


# --- words, phrases, beginnings, without -------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=str)
def test_words_are_found_as_they_were_said(shelf, case):
    shelf.add(1, case.text, passage_language=case.language)

    assert shelf.found(case.query) == [1] * case.found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_words_are_found_in_titles(sqlite, case):
    with empty_shelf(sqlite) as shelf:
        shelf.put(document(1, language=case.language, title=case.text), [])

        assert shelf.found(case.query) == [1] * case.found


@pytest.mark.parametrize("field", ["subtitle", "abstract"])
def test_subtitle_and_abstract_are_searched(shelf, field):
    shelf.put(document(1, **{field: "ein Haus aus Glas"}), [])

    assert shelf.found("Häuser") == shelf.found('"aus Glas"') == shelf.found("Gl*") == [1]
    assert shelf.found("Garten") == []


def test_people_are_found_by_their_names(shelf):
    shelf.add(1, people=((7, "Mara Lindqvist"), (8, "Jon Ek")))
    shelf.add(2, people=((9, "Zoë Müller-Lüdenscheidt"),))

    assert shelf.found("lindqvist jon") == [1]
    assert shelf.found('"Mara Lindqvist"') == [1]
    assert shelf.found("zoe mueller") == [2]
    assert shelf.found('"Lindqvist Jon"') == []


def test_phrase_does_not_go_from_subtitle_into_abstract(shelf):
    shelf.add(1, subtitle="Ein offenes", abstract="Haus aus Glas")

    assert shelf.found('"offenes Haus"') == []


def test_words_may_be_spread_over_title_people_and_speech(shelf):
    shelf.add(1, "ein Haus", "aus Glas", title="Verwaltung", people=((7, "Mara Lindqvist"),))

    assert shelf.found("Haus Glas Verwaltung Lindqvist") == [1]
    assert shelf.found("Haus Glas Verwaltung Ek") == []


def test_phrase_is_found_across_two_cues(shelf):
    shelf.add(1, "ein offenes Haus", "aus Glas und Stein", "am Meer")

    assert shelf.moments('"Haus aus Glas"') == {1: [0]}
    assert shelf.moments('"Haus aus"') == {1: [0]}
    assert shelf.moments('"Glas und Stein am Meer"') == {1: [1]}
    assert shelf.moments('"Haus aus Glas und Stein am"') == {1: [0]}
    assert shelf.moments('"Meer ein"') == {}
    assert shelf.moments('"Haus Glas"') == {}


def test_unwanted_word_takes_out_the_cue_in_which_it_was_said(shelf):
    shelf.add(1, "Haus aus Glas", "Haus aus Stein")
    shelf.add(2, "Haus aus Glas")

    assert shelf.moments("Haus -Glas") == {1: [1]}


@pytest.mark.parametrize(
    "where", [{"title": "Glas"}, {"subtitle": "Glas"}, {"abstract": "Glas"}, {"people": ((7, "Glas"),)}]
)  # fmt: skip
def test_unwanted_word_takes_out_the_session_that_is_about_it(shelf, where):
    shelf.add(1, "ein Haus", **where)
    shelf.add(2, "ein Haus")

    assert shelf.found("Haus -Glas") == [2]


# --- speakers ----------------------------------------------------------------------------------

ADA, JON = "Dr. Ada Örtel-Nagy", "Jon Ek"


@pytest.mark.parametrize(
    ("query", "cues"),
    [
        ("speaker:Örtel", [0, 4]),
        ("sprecher:Jon", [2]),
        ("Sprecherin:ada", [0, 4]),
        ("speaker:OERTEL", [0, 4]),
        ('speaker:"Nagy Ada"', [0, 4]),
        ('speaker:"Ada Örtel-Nagy"', [0, 4]),
        ("speaker:Nag*", [0, 4]),
        ('speaker:"Ada Ek"', []),
        ("speaker:Ört", []),
        ("speaker:Örteln", []),
        ("speaker:Ida", []),
        ("speaker:Jon speaker:Ada", [0, 2, 4]),
        ("speaker:Jon speaker:Ida", [2]),
        ("speaker:Ada Haus", [0, 4]),
        ("speaker:Jon Häuser", [2]),
        ("speaker:Jon Garten", []),
        ("speaker:Ada Haus -Glas", [4]),
        ("Haus -speaker:Ada", [2, 3]),
        ("Haus -speaker:Jon -sprecher:ada", [3]),
        ("speaker:Ada speaker:Jon Haus -speaker:Jon", [0, 4]),
        ("-speaker:Ada", []),
        ("speaker:Podium", []),
    ],
)
def test_speaker_is_found_by_parts_of_the_name(shelf, query, cues):
    shelf.talk(
        1,
        (ADA, "ein Haus aus Glas"),
        (ADA, "und ein Garten"),
        (JON, "ein Haus"),
        (None, "ein Haus"),
        (ADA, "noch ein Haus"),
        title="Podium",
    )

    assert shelf.moments(query) == ({1: cues} if cues else {})


def test_speaker_alone_finds_where_turns_begin(shelf):
    shelf.talk(1, (ADA, "eins"), (ADA, "zwei"), (JON, "drei"), (ADA, "vier"), (ADA, "fünf"))
    shelf.talk(2, (None, "eins"), (ADA, "zwei"), (None, "drei"), (ADA, "vier"), (ADA, "fünf"))

    results = shelf.search("speaker:ada")

    assert shelf.moments("speaker:ada") == {2: [1, 3], 1: [0, 3]}
    assert (results.total_sessions, results.total_moments) == (2, 4)
    assert {moment.speaker for hit in results.hits for moment in hit.moments} == {ADA}
    assert [plain(m.fragments) for m in results.hits[1].moments] == ["eins", "vier"]


def test_speaker_alone_finds_the_newest_session_first(shelf):
    noon = datetime(2026, 6, 12, 12, tzinfo=UTC)
    shelf.talk(1, (ADA, "eins"), (JON, "zwei"), (ADA, "drei"), starts_at=noon)
    shelf.talk(2, (ADA, "eins"), starts_at=noon + timedelta(days=1))
    shelf.talk(3, (ADA, "eins"), starts_at=noon - timedelta(days=1))

    assert shelf.found("speaker:ada") == [2, 1, 3]  # fmt: skip


def test_what_is_asked_of_a_speaker_must_be_said_by_them(shelf):
    shelf.talk(1, (ADA, "guten Morgen"), (JON, "ein Haus"), title="Haus", people=((7, "Haus"),))
    shelf.talk(2, (ADA, "ein Haus"))

    assert shelf.found("speaker:Ada Haus") == [2]


def test_what_is_said_about_a_session_does_not_order_what_a_speaker_said(shelf):
    shelf.talk(1, (ADA, "ein Haus, ein Haus"), (ADA, "ein Haus"), abstract="Haus")
    shelf.talk(2, (ADA, "ein Haus"), title="Haus")

    assert shelf.found("Haus") == [2, 1]
    assert shelf.found("speaker:Ada Haus") == [1, 2]


def test_phrase_is_said_by_one(shelf):
    shelf.talk(1, (ADA, "ein offenes Haus"), (JON, "aus Glas"))
    shelf.talk(2, (ADA, "ein offenes Haus"), (ADA, "aus Glas"), (None, "und Stein"))

    assert shelf.moments('"Haus aus Glas"') == {2: [0]}
    assert shelf.moments('speaker:Ada "Haus aus Glas"') == {2: [0]}
    assert shelf.moments('"Glas und Stein"') == {}


def test_name_of_a_speaker_is_no_word_that_was_said(shelf):
    shelf.talk(1, (ADA, "ein Haus"))

    assert shelf.found("Ada") == []
    assert shelf.found("Haus Örtel") == []


def test_speakers_of_drafts_leave_no_trace(shelf):
    shelf.talk(1, (ADA, "ein Haus"), visibility="draft")
    shelf.talk(2, (JON, "ein Haus"))

    assert shelf.search("speaker:Ada") == Results(0, 0, (), Facets(), 1, 0)
    assert shelf.search("speaker:Ada speaker:Jon").total_moments == 1
    assert shelf.found("speaker:Ada", Filters()) == [1]


def test_filters_and_facets_hold_for_speakers(shelf):
    shelf.talk(1, (ADA, "ein Haus"), event_id=1)
    shelf.talk(2, (ADA, "ein Haus"), (JON, "ja"), (ADA, "ein Garten"), event_id=2)

    results = shelf.search("speaker:Ada", replace(PUBLIC, event_id=2))

    assert (results.total_sessions, results.total_moments) == (1, 2)
    assert results.facets.events == {1: 1, 2: 1}


def test_index_that_is_loaded_with_what_it_keeps_finds_what_it_found(shelf):
    shelf.talk(1, (ADA, "ein offenes Haus"), (ADA, "aus Glas"), (JON, "ein Haus"), title="Glas")
    shelf.talk(2, (JON, "ein Haus"), (None, "und ein Garten"))
    queries = ("Haus", '"Haus aus Glas"', "speaker:Jon", "speaker:Ada Glas", "Garten -Haus", "Glas")
    before = [shelf.search(query) for query in queries]

    ids = shelf.index.sessions(shelf.connection)
    shelf.index.load(shelf.connection, [shelf.index.kept(shelf.connection, id_) for id_ in ids])

    assert [shelf.search(query) for query in queries] == before
    shelf.talk(1, (JON, "ein Garten"))
    assert shelf.moments("speaker:Jon") == {2: [0], 1: [0]}
    assert shelf.moments("speaker:Ada") == {}


# --- hits --------------------------------------------------------------------------------------


def test_hit_shows_its_best_moments_with_second_cue_and_speaker(shelf):
    shelf.put(
        document(1, title="Ein Haus", subtitle="aus Glas", people=((7, "Mara Haus"), (8, "Jon"))),
        [
            Passage(0.4, 2.2, "Guten Morgen.", "de", 0, "Mara Haus"),
            Passage(2.4, 4.6, "Häuser sind schön.", "de", 1, "Mara Haus"),
            Passage(61.5, 64.25, "Dieses Haus steht.", "de", 2, "Jon"),
        ],
    )

    (hit,) = shelf.search("Haus").hits

    assert plain(hit.title) == "Ein [Haus]"
    assert plain(hit.subtitle) == "aus Glas"
    assert [(id_, plain(name)) for id_, name in hit.people] == [(7, "Mara [Haus]")]
    assert hit.abstract is None
    assert hit.moments == (
        Moment(
            2.4, 4.6, 1, (Fragment("Häuser", True), Fragment(" sind schön.", False)), "Mara Haus"
        ),
        Moment(
            61.5,
            64.25,
            2,
            (Fragment("Dieses ", False), Fragment("Haus", True), Fragment(" steht.", False)),
            "Jon",
        ),
    )
    assert (hit.moment_count, hit.moment_starts) == (2, (2.4, 61.5))


def test_hit_shows_the_abstract_where_it_matches(shelf):
    shelf.add(1, abstract="Vom Bauen. " * 30 + "Ein Haus am Meer. " + "Vom Wohnen. " * 30)

    (hit,) = shelf.search("Haus").hits

    assert "Ein [Haus] am Meer" in plain(hit.abstract)
    assert plain(hit.abstract).startswith("… ") and plain(hit.abstract).endswith(" …")
    assert hit.moments == ()


def test_best_moments_are_shown_in_the_order_of_the_recording(shelf):
    shelf.add(1, "Häuser", "Häuser", "Haus", "Häuser", "Haus aus Holz, Haus aus Stein")

    (hit,) = shelf.search("Haus", moments_per_session=2).hits

    assert [moment.cue_index for moment in hit.moments] == [2, 4]
    assert (hit.moment_count, hit.moment_starts) == (5, (0.0, 5.0, 10.0, 15.0, 20.0))


def test_moments_are_those_where_all_words_meet_if_there_are_any(shelf):
    shelf.add(1, "ein Haus", "aus Glas", "ein Haus aus Glas")
    shelf.add(2, "ein Haus", "aus Glas")

    assert shelf.moments("Haus Glas") == {1: [2], 2: [0, 1]}
    assert [hit.moment_count for hit in shelf.search("Haus Glas").hits] == [1, 2]
    assert shelf.search("Haus Glas").total_moments == 3


def test_phrase_that_begins_at_the_end_of_a_cue_is_marked_there(shelf):
    shelf.add(1, "ein offenes Haus", "aus Glas")

    (hit,) = shelf.search('"Haus aus Glas"').hits

    assert [plain(moment.fragments) for moment in hit.moments] == ["ein offenes [Haus]"]


def test_many_moments_are_counted_and_the_first_500_told(shelf):
    shelf.add(1, *["ein Haus"] * 1201)

    (hit,) = shelf.search("Haus").hits

    assert (hit.moment_count, len(hit.moment_starts), len(hit.moments)) == (1201, 500, 3)
    assert hit.moment_starts[-1] == 499 * 5.0


# --- order -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"title": "Haus"}, {"cues": ["Haus"]}),
        ({"title": "Haus"}, {"abstract": "Haus"}),
        ({"people": ((7, "Mara Haus"),)}, {"abstract": "Haus"}),
        ({"title": "Haus"}, {"title": "Häuser"}),
        ({"cues": ["Haus"]}, {"cues": ["Häuser"]}),
        ({"cues": ["Haus", "Haus"]}, {"cues": ["Haus"]}),
        ({"abstract": "Haus", "cues": ["Haus"]}, {"abstract": "Haus"}),
    ],
)
def test_better_session_comes_first(shelf, better, worse):
    for session_id, values in ((1, better), (2, worse), (4, worse), (3, better)):
        shelf.add(
            session_id, *values.get("cues", ()), **{k: v for k, v in values.items() if k != "cues"}
        )

    assert shelf.found("Haus") == [3, 1, 4, 2]  # fmt: skip


def test_session_in_which_all_words_meet_comes_first(shelf):
    shelf.add(1, "ein Haus aus Glas")
    shelf.add(2, "ein Haus", "ein Glas", "noch ein Haus", "noch ein Glas")

    assert shelf.found("Haus Glas") == [1, 2]


def test_rare_word_counts_more_than_a_common_one(shelf):
    shelf.add(2, "Zikade", title="Haus")
    shelf.add(1, "Haus", title="Zikade")
    for session_id in range(3, 20):
        shelf.add(session_id, "Haus")

    assert shelf.found("Haus Zikade") == [1, 2]


def test_newer_session_comes_first_where_both_are_as_good(shelf):
    noon = datetime(2026, 6, 12, 12, tzinfo=UTC)
    shelf.add(1, "Haus", starts_at=noon)
    shelf.add(2, "Haus", starts_at=None)
    shelf.add(
        3, "Haus", starts_at=datetime(2026, 6, 12, 13, 30, tzinfo=timezone(timedelta(hours=2)))
    )
    shelf.add(4, "Haus", starts_at=noon + timedelta(days=1))

    assert shelf.found("Haus") == [4, 1, 3, 2]  # fmt: skip


@pytest.mark.parametrize("query", ["Zentrum", "Zentrum OR Garten", "Zentrum Tag"])
def test_word_counts_more_than_its_form_and_that_more_than_a_compound(shelf, query):
    for session_id, word in ((1, "Rechenzentrum"), (2, "Zentrum"), (3, "Zentren")):
        shelf.add(session_id, f"guten Tag, das {word}")

    assert shelf.found(query) == [2, 3, 1]


def test_compound_in_a_title_counts_less_than_the_word_and_more_than_speech(shelf):
    shelf.add(1, title="Das Rechenzentrum")
    shelf.add(2, "das Zentrum")
    shelf.add(3, title="Das Zentrum")

    assert shelf.found("Zentrum") == [3, 1, 2]


def test_parts_of_a_compound_are_looked_for_together_and_not_in_names(shelf):
    shelf.add(1, "die Stadt und ihr Haus", title="Haus", people=((7, "Eva Haus"),))
    shelf.add(2, "die Stadt", people=((8, "Eva Stadt Haus"),))

    (hit,) = shelf.search("Stadthaus").hits

    assert (hit.session_id, plain(hit.title)) == (1, "Haus")
    assert plain(hit.moments[0].fragments) == "die [Stadt] und ihr [Haus]"


def test_name_is_found_by_the_whole_word_only(shelf):
    shelf.add(1, people=((7, "Eva Lindenberg"),))
    shelf.add(2, people=((8, "Eva Linden"),))
    shelf.add(3, people=((9, "Eva Berg"),))

    assert shelf.found("Berg") == [3]
    assert shelf.found("Lindenberg") == [1]


def test_exact_name_comes_before_what_only_shares_its_stem(shelf):
    shelf.add(2, people=((7, "Eva Lang"),))
    shelf.add(1, people=((8, "Eva Langer"),))

    assert shelf.found("Langer")[0] == 1
    assert shelf.found("Lang")[0] == 2


def test_order_may_be_by_date_or_by_speaker(shelf):
    for session_id, day, name, text in (
        (1, 3, "Örtel", "Haus"), (2, 1, "Zoll", "Haus Haus Haus"), (3, 2, "oben", "Haus"),
    ):  # fmt: skip
        moment = datetime(2026, 6, day, tzinfo=UTC)
        shelf.add(session_id, text, starts_at=moment, people=((session_id, name),))
    shelf.add(4, "Haus Haus", starts_at=None)

    def found(order: Order, **paging: int) -> list[int]:
        return [hit.session_id for hit in shelf.search("Haus", order=order, **paging).hits]

    assert found(Order.RELEVANCE) == [1, 3, 2, 4]
    assert found(Order.NEWEST) == [1, 3, 2, 4]
    assert found(Order.SPEAKER) == [3, 1, 2, 4]
    assert found(Order.SPEAKER, page=2, per_page=2) == [2, 4]
    phrase = shelf.search('"Haus Haus"', order=Order.SPEAKER)
    assert [hit.session_id for hit in phrase.hits] == [2, 4]


# --- nearness, titles --------------------------------------------------------------------------


def test_words_may_be_near_each_other_across_cues(shelf):
    shelf.add(1, "ein Haus", "ganz aus Glas", "am Meer")

    assert shelf.moments("Glas near:3 Haus") == {1: [0]}
    assert shelf.moments("Meer near:2 Glas") == {1: [1]}
    assert shelf.moments("Haus near:2 Glas") == {}


def test_nearness_holds_in_titles_too(shelf):
    shelf.add(1, title="Ein Haus aus Glas")

    assert shelf.found("Glas near:2 Haus") == [1]
    assert shelf.found("Glas near:1 Haus") == []


def test_title_is_asked_for_alone(shelf):
    shelf.talk(1, (ADA, "Haus aus Glas"), title="Garten")
    shelf.talk(2, (ADA, "Garten aus Glas"), title="Haus")

    assert shelf.found("title:Haus") == [2]
    assert shelf.moments("title:Haus Glas") == {2: [0]}
    assert shelf.moments("title:Häuser OR Haus") == {1: [0], 2: []}
    assert shelf.moments("title:Haus speaker:Ada Glas") == {2: [0]}
    assert shelf.found('title:"Haus Garten"') == []


# --- what was meant, what may be meant ---------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Verwaltugn", "Verwaltung"),
        ("Verwltung", "Verwaltung"),
        ("Fervaltung", "Verwaltung"),
        ("Grösse Verwaltunk", "Grösse Verwaltung"),
        ("groese", "Größe"),
        ('"die Gröse der" Stadt', '"die Größe der" Stadt'),
        ("Lindqist", "Lindqvist"),
        ("Verwaltung", None),
        ("Größen", None),
        ("Xylophon", None),
        ("Stat", "Stadt"),
        ("Sta", None),
    ],
)
def test_what_was_meant_is_offered_in_its_own_letters(shelf, typed, meant):
    shelf.add(1, "Die Größe der Stadt", "Unsere Verwaltung", people=((7, "Mara Lindqvist"),))

    assert shelf.search(typed).meant == meant


def test_word_of_many_sessions_is_offered_first(shelf):
    shelf.add(1, "Hase")
    shelf.add(2, "Hose")
    shelf.add(3, "Hose")

    assert shelf.search("Huse").meant == "Hose"


def test_words_of_drafts_are_not_offered(shelf):
    shelf.add(
        1, "Geheimnis", title="Verschluss", visibility="draft", people=((7, "Ida Lindqvist"),)
    )
    shelf.add(2, "ein Haus")

    for typed in ("Geheimniss", "Verschlus", "Lindqist"):
        assert shelf.search(typed).meant is None
    for typed in ("Geh", "Ver", "Ida", "Lin"):
        assert shelf.suggested(typed) == Suggestions()
    assert shelf.search("Geheimniss", Filters()).meant == "Geheimnis"
    assert shelf.suggested("Geh", Filters()).words == ("Geheimnis",)


def test_drafts_do_not_change_which_word_is_offered_first(shelf):
    for session_id in (1, 2):
        shelf.add(session_id, "Hose")
    shelf.add(3, "Hase")
    for session_id in range(4, 9):
        shelf.add(session_id, "Hase", visibility="draft")

    assert shelf.search("Huse").meant == "Hose"
    assert shelf.search("Huse", Filters()).meant == "Hase"
    assert shelf.suggested("H").words == ()
    assert shelf.suggested("Ha").words == ("Hase",)
    shelf.add(9, "Hafen Hafen")
    shelf.add(10, "Hafen")
    assert shelf.suggested("Ha").words == ("Hafen", "Hase")
    assert shelf.suggested("Ha", Filters()).words == ("Hase", "Hafen")


def test_words_sessions_and_people_are_suggested(shelf):
    mara, max_ = (7, "Mara Lindqvist"), (8, "Max Örtel")
    shelf.add(1, "im Magen", "viele Märkte", title="Markt und Macht", people=(mara,))
    shelf.add(2, "viele Märkte", title="Der Markt", people=(max_, mara))

    assert shelf.suggested("Mag").words == ("Magen",)
    assert shelf.suggested("mae").words == ("Märkte",)
    assert shelf.suggested("viele Mär").words == ("Märkte",)
    assert shelf.suggested("ma") == Suggestions(
        ("Märkte", "Magen"),
        ((2, "Der Markt"), (1, "Markt und Macht")),
        ((7, "Mara Lindqvist"), (8, "Max Örtel")),
    )
    assert shelf.suggested("Macht Mar").sessions == ((1, "Markt und Macht"),)
    assert shelf.suggested("Örtel Ma").people == ((8, "Max Örtel"),)
    assert shelf.suggested("der ma").sessions == ((2, "Der Markt"),)
    for nothing in ("", "m", " ", "Haus ", '"', "x" * 2000):
        assert shelf.suggested(nothing) == Suggestions()


# --- filters and visibility --------------------------------------------------------------------


@pytest.fixture
def programme(shelf: Shelf) -> Shelf:
    """Sessions that all say “Haus”."""
    mara, jon = (7, "Mara Lindqvist"), (8, "Jon Ek")
    earlier = {"starts_at": datetime(2025, 5, 2, 8, tzinfo=UTC), "reviewed": Reviewed.ALL}
    shelf.add(1, "Haus", event_id=1, kind="talk", language="de", people=(mara,), **earlier)
    shelf.add(2, "Haus", event_id=1, kind="panel", language="de", people=(mara, jon))
    shelf.add(3, "Haus", event_id=2, kind="talk", language="en", people=(jon,))
    shelf.add(
        4, "Haus", event_id=2, kind="workshop", language=None, people=(), reviewed=Reviewed.NONE
    )
    for session_id, visibility in ((5, "draft"), (6, "unlisted")):
        values = {"title": "Haus", "abstract": "Haus", "people": (mara, (9, "Ida Haus"))}
        shelf.add(session_id, "Haus", event_id=3, kind="keynote", visibility=visibility, **values)
    return shelf


@pytest.mark.parametrize(
    ("choice", "sessions"),
    [
        ({}, [4, 3, 2, 1]),
        ({"event_id": 1}, [2, 1]),
        ({"event_id": 3}, []),
        ({"person_id": 8}, [3, 2]),
        ({"language": "de"}, [2, 1]),
        ({"language": "en"}, [3]),
        ({"kind": "talk"}, [3, 1]),
        ({"year": 2025}, [1]),
        ({"year": 2026, "kind": "talk"}, [3]),
        ({"reviewed": Reviewed.ALL}, [1]),
        ({"reviewed": Reviewed.SOME}, []),
        ({"restrictions": (Restriction("event", ("2",)),)}, [4, 3]),
        ({"restrictions": (Restriction("event", ()),)}, []),
        ({"restrictions": (Restriction("event", ("1",), unwanted=True),)}, [4, 3]),
        ({"restrictions": (Restriction("year", ("2024", "2025")),)}, [1]),
        ({"restrictions": (Restriction("kind", ("talk", "panel")),)}, [3, 2, 1]),
        ({"restrictions": (Restriction("language", ("de",)),)}, [2, 1]),
        ({"restrictions": (Restriction("session", ("1", "4", "5")),)}, [4, 1]),
        ({"event_id": 1, "person_id": 8}, [2]),
        ({"event_id": 1, "person_id": 7, "language": "de", "kind": "talk"}, [1]),
        ({"event_id": 2, "person_id": 7}, []),
        ({"event_id": -1}, []),
    ],
)
def test_filters_narrow_what_is_found(programme, choice, sessions):
    results = programme.search("Haus", replace(PUBLIC, **choice))

    assert [hit.session_id for hit in results.hits] == sessions
    assert results.total_sessions == results.total_moments == len(sessions)
    assert (
        programme.index.found(programme.connection, parse("Haus"), replace(PUBLIC, **choice))
        == sessions
    )


def test_facets_count_what_each_value_would_leave(programme):
    facets = programme.search("Haus", PUBLIC).facets

    assert facets == Facets(
        events={1: 2, 2: 2},
        people={7: 2, 8: 2},
        languages={"de": 2, "en": 1},
        kinds={"talk": 2, "panel": 1, "workshop": 1},
        years={2025: 1, 2026: 3},
        reviewed={"all": 1, "none": 1},
    )


def test_facets_keep_all_other_filters(programme):
    facets = programme.search("Haus", replace(PUBLIC, event_id=1, kind="talk")).facets

    assert facets == Facets(
        events={1: 1, 2: 1},
        people={7: 1},
        languages={"de": 1},
        kinds={"talk": 1, "panel": 1},
        years={2025: 1},
        reviewed={"all": 1},
    )


def test_draft_and_unlisted_sessions_leave_no_trace(programme):
    with_them = programme.search("Haus")

    for session_id in (5, 6):
        programme.index.remove(programme.connection, session_id)

    without = programme.search("Haus")
    assert without.facets == with_them.facets
    assert [hit.session_id for hit in without.hits] == [hit.session_id for hit in with_them.hits]
    assert (without.total_sessions, without.total_moments, without.pages) == (4, 4, 1)
    assert (with_them.total_sessions, with_them.total_moments, with_them.pages) == (4, 4, 1)
    assert programme.found("Ida") == []


def test_order_does_not_tell_of_sessions_that_nobody_may_see(shelf):
    shelf.add(1, "Haus Haus", title="Glas")
    shelf.add(2, "Glas Glas", title="Haus")
    before = shelf.search("Haus Glas").hits

    for session_id in range(3, 30):
        shelf.add(session_id, "Haus", title="Haus", visibility="draft")

    assert shelf.search("Haus Glas").hits == before


def test_visibilities_say_what_may_be_found(programme):
    def found(*visibilities: str) -> list[int]:
        return sorted(programme.found("Haus", Filters(visibilities=frozenset(visibilities))))

    assert found("draft") == [5]
    assert found("draft", "unlisted", "public") == [1, 2, 3, 4, 5, 6]
    assert found() == []
    assert sorted(programme.found("Haus", Filters())) == [1, 2, 3, 4, 5, 6]


def test_session_made_public_is_found_at_once(programme):
    programme.index.put_document(programme.connection, document(5, title="Haus"))

    assert 5 in programme.found("Haus")


# --- pages -------------------------------------------------------------------------------------


def test_pages_share_out_the_hits(shelf):
    for session_id in range(1, 6):
        shelf.add(session_id, "Haus")

    pages = [shelf.search("Haus", page=page, per_page=2) for page in (1, 2, 3, 4)]

    assert [[hit.session_id for hit in page.hits] for page in pages] == [[5, 4], [3, 2], [1], []]
    assert {(page.total_sessions, page.total_moments, page.pages) for page in pages} == {(5, 5, 3)}
    assert [page.page for page in pages] == [1, 2, 3, 4]
    assert len({str(page.facets) for page in pages}) == 1


def test_page_before_the_first_is_the_first(shelf):
    shelf.add(1, "Haus")

    assert shelf.search("Haus", page=-3) == shelf.search("Haus", page=1)


def test_search_for_nothing_finds_nothing(shelf):
    shelf.add(1, "Haus")

    assert shelf.search("") == Results(0, 0, (), Facets(), 1, 0)


def test_many_sessions_are_found(shelf):
    for session_id in range(1, 520):
        shelf.index.put_document(
            shelf.connection, document(session_id, title="Haus", people=((session_id, "Mara"),))
        )

    results = shelf.search("Haus", page=52)

    assert (results.total_sessions, results.pages) == (519, 52)
    assert len(results.hits) == 9
    assert len(results.facets.people) == 519


# --- putting and removing ----------------------------------------------------------------------


def test_put_replaces_what_was_there(shelf):
    shelf.add(1, "ein Haus", "aus Glas", title="Alt", people=((7, "Mara"), (8, "Jon")))
    shelf.add(1, "ein Garten", title="Neu", people=((8, "Jon"),))

    assert shelf.moments("Garten") == {1: [0]}
    assert [shelf.found(word) for word in ("Haus", "Glas", "Alt", "Mara")] == [[], [], [], []]
    assert [shelf.found(word) for word in ("Neu", "Jon")] == [[1], [1]]


def test_put_document_leaves_the_passages(shelf):
    shelf.add(1, "ein Haus", title="Alt")

    shelf.index.put_document(shelf.connection, document(1, title="Neu"))

    assert [shelf.found(word) for word in ("Haus", "Neu", "Alt")] == [[1], [1], []]


def test_removed_session_is_gone_and_the_others_stay(shelf):
    shelf.add(1, "ein Haus", title="Eins")
    shelf.add(2, "ein Haus", title="Zwei")

    for _ in range(2):
        shelf.index.remove(shelf.connection, 1)

    assert shelf.found("Haus") == [2]
    assert shelf.found("Eins") == []
    shelf.add(1, "ein Garten")
    assert shelf.found("Haus") == [2]


def test_put_takes_any_iterable_of_passages(shelf):
    shelf.index.put(
        shelf.connection, document(1), (Passage(0, 1, "Haus", "de", n) for n in range(2))
    )

    assert shelf.moments("Haus") == {1: [0, 1]}


def test_index_follows_the_transaction(backend):
    with backend.engine.connect() as connection:
        transaction = connection.begin()
        Shelf(connection, backend.index).add(1, "Haus", title="Haus")
        transaction.rollback()

    with backend.engine.connect() as connection:
        assert Shelf(connection, backend.index).found("Haus") == []


def test_create_is_harmless_where_the_tables_are(shelf):
    shelf.add(1, "Haus")

    shelf.index.create(shelf.connection)

    assert shelf.found("Haus") == [1]


def test_drop_removes_every_table(backend):
    with backend.engine.begin() as connection:
        before = inspect(connection).get_table_names()
        backend.index.drop(connection)
        after = inspect(connection).get_table_names()
        backend.index.create(connection)

    assert {"search_documents", "search_postings", "search_texts"} < set(before)
    assert [name for name in after if name.startswith("search_")] == []


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
        (replace(entry, session_id=n), cues) for n, (entry, cues) in enumerate(entries, 1)
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


@given(archive=archives, query=queries.map(" ".join))
def test_words_of_many_sessions_are_found_as_those_of_few(backend, archive, query):
    with (
        mock.patch("transcripts.search.writing.COMMON", 2),
        mock.patch("transcripts.search.ranking.FIRST_LOOK", 1),
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


def test_a_word_in_two_languages_is_found_where_its_sessions_are_looked_at_one_by_one(shelf):
    with (
        mock.patch("transcripts.search.writing.COMMON", 2),
        mock.patch("transcripts.search.ranking.FIRST_LOOK", 1),
    ):
        for session_id in (1, 2, 3):
            cues = [Passage(0, 4, "Haus", "de", 0), Passage(5, 9, "Haus", "en", 1)]
            shelf.put(document(session_id), cues)

        assert shelf.search("Haus").total_moments == 6


def test_what_was_not_looked_at_is_said(shelf):
    for session_id in range(1, 6):
        shelf.add(session_id, "ein Haus aus Glas", "und ein Haus aus Glas")

    assert not shelf.search('"Haus aus Glas"').more
    with mock.patch("transcripts.search.ranking.MOST_LOOKED_AT", 3):
        results = shelf.search('"Haus aus Glas"')

    assert (results.more, results.total_sessions, results.total_moments) == (True, 3, 6)


def test_moments_beyond_the_number_that_is_counted_are_more_than_that(shelf):
    for session_id in range(1, 4):
        shelf.add(session_id, "das Haus", "zwei Häuser", "ein Haus neben Häusern")

    assert (shelf.search("Haus").total_moments, shelf.search("Haus").more) == (9, False)
    with mock.patch("transcripts.search.ranking.COUNTED", 5):
        results = shelf.search("Haus")

    assert (results.more, results.total_sessions, results.total_moments) == (True, 3, 5)


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
