"""The search page: an index of quotations."""

import re
from datetime import UTC, datetime

import pytest

from archive.models.programme import Kind
from tests import factories as make


def text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


@pytest.fixture
def talks(db, parts):
    event = make.an_event(db, slug="event", title="Smart Region")
    person = make.a_person(db, slug="mara", name="Mara Lindqvist")
    make.a_talk(db, parts, event, [person], slug="first")
    make.a_talk(
        db,
        parts,
        make.an_event(db, slug="other", title="Kommunaltag"),
        [make.a_person(db, slug="ben", name="Ben Ode")],
        slug="second",
        kind=Kind.PANEL,
        title="Ein Podium",
        cues=[make.timed_cue("Die Verwaltung lebt.", 1, 3, "Ben Ode")],
    )
    db.commit()


def test_moment_links_to_its_second_with_the_query(client, talks):
    html = text(client, "/search?q=Verwaltung")
    assert 'href="/sessions/first?t=10.4&amp;q=Verwaltung"' in html


def test_moment_quotes_the_sentence_with_the_hit_marked(client, talks):
    html = text(client, "/search?q=Verwaltung&event=other")
    assert "Ben Ode" in html
    assert "Die <mark>Verwaltung</mark> lebt." in html


def test_count_is_announced(client, talks):
    html = text(client, "/search?q=Verwaltung")
    count = re.search(r'search__count" role="status">\s*(.*?)\s*</p>', html, re.S).group(1)
    assert count == "3 moments in 2 sessions"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("event=event", {"first"}),
        ("person=ben", {"second"}),
        ("kind=panel", {"second"}),
        ("language=de", {"first", "second"}),
        ("kind=panel&event=event", set()),
        ("event=nowhere", set()),
    ],
)
def test_filter_narrows_the_search(client, talks, filters, found):
    html = text(client, f"/search?q=Verwaltung&{filters}")
    assert set(re.findall(r'result__title"[^>]*><a href="/sessions/(\w+)', html)) == found


def test_filters_show_counts_and_what_is_chosen(client, talks):
    html = text(client, "/search?q=Verwaltung&person=ben")
    assert re.search(r'aria-current="true" href="/search\?q=Verwaltung"', html)
    assert 'class="chip" href="/search?q=Verwaltung"' in html


def test_title_and_people_are_found_too(client, talks):
    assert "/sessions/second" in text(client, "/search?q=Podium")
    assert "/sessions/first" in text(client, "/search?q=Lindqvist")


def test_nothing_found_helps_on(client, talks):
    html = text(client, "/search?q=xylophon")
    assert "Nothing found" in html
    assert 'class="advice"' in html
    assert re.search(r'class="examples".*?<a href="/search\?q=', html, re.S)


@pytest.mark.parametrize(
    "query", ['"purple elephants"', "„purple elephants“", "»purple elephants«"]
)
def test_nothing_found_quotes_a_phrase_once(client, talks, query):
    assert "Nobody said “purple elephants” here" in text(client, f"/search?q={query}")


def test_empty_query_explains_how_to_search(client, talks):
    html = text(client, "/search")
    assert "How to search" in html
    assert "2 recordings" in html


def test_nonsense_in_page_shows_the_nearest_one(client, talks):
    for page in ("0", "-3", "abc", "99999", "1e9", "9" * 50, ""):
        assert "/sessions/first" in text(client, f"/search?q=Verwaltung&page={page}"), page


ODD_QUERIES = (
    '"', '""', "*", "-", "-Verwaltung", '"a', "AND OR NOT", "a:b", "()", "%00", "%ff", "NEAR(a b)",
    "'; drop table sessions; --", "%F0%9F%98%80", "x" * 5000, "a " * 500, "<script>",
)  # fmt: skip


def test_any_query_is_answered_with_a_page(client, talks):
    for query in ODD_QUERIES:
        html = text(client, f"/search?q={query}")
        assert "<script>" not in html.replace('<script type="module"', ""), query
        text(client, f"/sessions/first?q={query}")


def test_what_was_ignored_in_a_query_is_said(client, talks):
    assert "Name at least one that was said" in text(client, "/search?q=-Verwaltung")
    assert "no word in it" in text(client, "/search?q=...")
    assert "only the first" in text(client, "/search?q=" + "+".join(f"w{n}" for n in range(40)))
    assert "only its beginning" in text(client, "/search?q=" + "x" * 5000)


def test_many_results_are_paged(client, db, parts):
    for number in range(12):
        make.a_talk(
            db, parts, slug=f"talk-{number}", starts_at=datetime(2026, 1, 1 + number, tzinfo=UTC)
        )
    db.commit()
    first = text(client, "/search?q=Verwaltung")
    second = text(client, "/search?q=Verwaltung&page=2")
    shown = [set(re.findall(r'class="result__title"[^>]*><a href="/sessions/([\w-]+)', html))
             for html in (first, second)]  # fmt: skip
    assert [len(slugs) for slugs in shown] == [10, 2]
    assert shown[0] & shown[1] == set()
    assert 'rel="next" href="/search?q=Verwaltung&amp;page=2"' in first


# --- by speaker --------------------------------------------------------------------------------


def test_speaker_is_a_chip_that_can_be_removed(client, talks):
    html = text(client, '/search?q=sprecher:"Ben Ode" Verwaltung speaker:Ada&kind=panel')

    chips = re.findall(r'class="chip" href="([^"]+)">(.*?) <', html)
    assert chips == [
        ("/search?q=Verwaltung+speaker:Ada&amp;kind=panel", "Said by Ben Ode"),
        ("/search?q=sprecher:%22Ben+Ode%22+Verwaltung&amp;kind=panel", "Said by Ada"),
        ("/search?q=sprecher:%22Ben+Ode%22+Verwaltung+speaker:Ada", "Panel discussion"),
    ]


def test_moment_of_a_speaker_names_them_and_links_without_the_name(client, talks):
    html = text(client, "/search?q=speaker:ode Verwaltung")

    assert re.findall(r'moment__speaker">(.*?)<', html) == ["Ben Ode"]
    assert 'class="moment" href="/sessions/second?t=1&amp;q=Verwaltung"' in html
    assert "1 moment in 1 session" in html


def test_speaker_alone_lists_their_moments(client, talks):
    html = text(client, "/search?q=speaker:ode")

    assert 'class="moment" href="/sessions/second?t=1"' in html
    assert 'class="chip" href="/search"' in html


def test_unknown_speaker_is_said_honestly(client, talks):
    for address in (
        "/search?q=speaker:Ida Verwaltung",
        "/search?q=speaker:Ida Verwaltung&kind=panel",
    ):
        html = text(client, address)
        assert "No speaker here is called “Ida”" in html
        assert "Nothing found" in html
        assert re.search(r'href="/search\?q=Verwaltung[^"]*">Search without this name', html)


def test_known_speaker_who_did_not_say_it_is_said_honestly(client, talks):
    html = text(client, "/search?q=speaker:Ode Xylophon")

    assert "Ode never said “Xylophon” here" in html
    assert "No speaker here" not in html


def test_speaker_of_a_draft_is_unknown_to_visitors(client, db, parts, talks):
    make.a_talk(
        db, parts, visibility="draft", cues=[make.timed_cue("Geheim.", 0, 1, "Ida Geheim")]
    )  # fmt: skip
    db.commit()

    assert "No speaker here is called “Ida”" in text(client, "/search?q=speaker:Ida Xylophon")


def test_odd_names_are_answered_with_a_page(client, talks):
    for query in ODD_QUERIES:
        for asked in (f'q=speaker:"{query}" -sprecher:{query}', f"q={query}&speaker={query}"):
            html = text(client, f"/search?{asked}")
            assert "<script>" not in html.replace('<script type="module"', ""), query
    text(client, "/search?q=Haus&speaker=" + "x" * 5000)


def test_help_explains_how_to_ask_for_a_speaker(client, talks):
    assert "speaker:Smith" in text(client, "/search")
    german = client.get("/search", headers={"Accept-Language": "de"}).get_data(as_text=True)
    assert "sprecher:Beispiel" in german


def found_in(html: str) -> set[str]:
    """The sessions among the results."""
    return set(re.findall(r'result__title"[^>]*><a href="/sessions/(\w+)', html))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("event:kommunaltag", {"second"}),
        ("event:other", {"second"}),
        ('veranstaltung:"smart region"', {"first"}),
        ("-event:kommunaltag", {"first"}),
        ("event:nowhere", set()),
        ("kind:panel", {"second"}),
        ("art:Podiumsdiskussion", {"second"}),
        ("art:Podium", {"second"}),
        ("kind:Talk OR kind:panel", {"first", "second"}),
        ("kind:nothing", set()),
        ("lang:de", {"first", "second"}),
        ("sprache:en", set()),
        ("year:1999", set()),
        ("title:Podium", {"second"}),
    ],
)
def test_query_itself_narrows_the_search(client, talks, query, found):
    assert found_in(text(client, f"/search?q=Verwaltung {query}")) == found


def test_choices_of_year_and_transcript_are_offered(client, talks):
    html = text(client, "/search?q=Verwaltung")
    year = re.search(r"/search\?q=Verwaltung&amp;year=(\d{4})", html)[1]
    assert found_in(text(client, f"/search?q=Verwaltung&year={year}")) == {"first", "second"}
    assert "reviewed=none" in html
    assert found_in(text(client, "/search?q=Verwaltung&reviewed=all")) == set()
    assert found_in(text(client, "/search?q=Verwaltung&year=x")) == set()
    assert "Not reviewed" in text(client, "/search?q=Verwaltung&reviewed=none")


def test_order_is_kept_on_the_way(client, talks):
    html = text(client, "/search?q=Verwaltung&order=speaker")
    assert 'aria-current="true" href="/search?q=Verwaltung&amp;order=speaker"' in html
    assert 'name="order" value="speaker"' in html
    assert "kind=panel&amp;order=speaker" in html
    assert 'aria-current="true" href="/search?q=Verwaltung"' in text(
        client, "/search?q=Verwaltung&order=nonsense"
    )


def test_what_was_meant_is_a_link(client, talks):
    html = text(client, "/search?q=Verwalltung kind:panel")
    assert 'href="/search?q=Verwaltung+kind:panel"' in html or (
        'href="/search?q=Verwaltung%20kind:panel"' in html
    )


def test_links_to_moments_leave_out_what_only_narrows_down(client, talks):
    html = text(client, "/search?q=Verwaltung event:kommunaltag")
    assert 'href="/sessions/second?t=1&amp;q=Verwaltung"' in html


def test_suggestions_complete_what_is_typed(client, talks):
    found = client.get("/search/suggestions?q=die Verw").get_json()
    assert found["words"] == [{"text": "die Verwaltung", "url": "/search?q=die+Verwaltung"}]
    found = client.get("/search/suggestions?q=Ben").get_json()
    assert found["people"] == [{"text": "Ben Ode", "url": "/people/ben"}]
    found = client.get("/search/suggestions?q=Podi").get_json()
    assert found["sessions"] == [{"text": "Ein Podium", "url": "/sessions/second"}]


@pytest.mark.parametrize("typed", ["", "%00", "a" * 5000, '"', "*", "%F0%9F%8F%A0"])
def test_nothing_is_suggested_for_nonsense(client, talks, typed):
    answer = client.get(f"/search/suggestions?q={typed}")
    assert answer.get_json() == {"words": [], "sessions": [], "people": []}
