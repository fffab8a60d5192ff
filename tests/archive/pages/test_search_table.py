"""What a search finds as a table: a line for each moment, and nothing that a spreadsheet would run."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.index_session import index_session
from archive.models.programme import Kind, Visibility
from archive.pages import search_table
from archive.pages.search_table import harmless
from archive.parts import Parts
from tests import factories as make

HEADINGS = "Event Session Date Kind People Who_speaks Time Seconds Text Link".split()


@pytest.fixture
def talks(db: DatabaseSession, parts: Parts) -> None:
    mara, ben = (make.a_person(db, slug=n, name=n) for n in ("Mara Lindqvist", "=Ben"))
    make.a_talk(
        db,
        parts,
        make.an_event(db, slug="event", title="Smart Region, Tag 1"),
        [mara, ben],
        slug="first",
        title='„Häuser" aus Glas',
        cues=[
            make.timed_cue("Die Verwaltung, sie lebt.", 3723.4, 3725, "=Ben"),
            make.timed_cue("@alle: die Verwaltung ruht.", 3730, 3733),
        ],
    )
    other = make.an_event(db, slug="other")
    second = make.a_session(db, other, slug="second", title="Verwaltung am Rand")
    index_session(db, parts.index, second.id)
    make.a_talk(db, parts, slug="draft", visibility=Visibility.DRAFT, kind=Kind.PANEL)
    db.commit()


def table(client: FlaskClient, query: str, delimiter: str = ",") -> list[list[str]]:
    answer = client.get(f"/search.csv?{query}")
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8")
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=delimiter))


def test_each_moment_is_a_line_and_what_a_title_alone_finds_is_one_too(
    client: FlaskClient, talks: None
):
    lines = table(client, "q=Verwaltung")

    assert lines[0] == [heading.replace("_", " ") for heading in HEADINGS]
    link = "http://localhost/sessions/"
    of_first = ["Smart Region, Tag 1", '„Häuser" aus Glas']
    moments = [line for line in lines[1:] if line[:2] == of_first]
    assert [line[3:] for line in moments] == [
        [
            *("Talk", "Mara Lindqvist; =Ben", "'=Ben", "1:02:03", "3723.4"),
            *("Die Verwaltung, sie lebt.", f"{link}first?t=3723.4&q=Verwaltung"),
        ],
        [
            *("Talk", "Mara Lindqvist; =Ben", "", "1:02:10", "3730"),
            *("'@alle: die Verwaltung ruht.", f"{link}first?t=3730&q=Verwaltung"),
        ],
    ]
    (by_title,) = (line for line in lines if line[1] == "Verwaltung am Rand")
    assert by_title[5:] == ["", "", "", "", f"{link}second?q=Verwaltung"]


def test_links_are_those_of_the_configured_site(client: FlaskClient, parts: Parts, talks: None):
    object.__setattr__(parts, "site_url", "https://podium.example")

    assert table(client, "q=lebt")[1][-1].startswith("https://podium.example/sessions/first?t=")


def test_filters_and_order_are_those_of_the_page(client: FlaskClient, talks: None):
    assert [line[1] for line in table(client, "q=Verwaltung&event=other")[1:]] == [
        "Verwaltung am Rand"
    ]
    assert len(table(client, "q=Verwaltung&speaker=Ben")) == 2


def test_headings_and_words_come_in_the_language_of_the_page(client: FlaskClient, talks: None):
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"

    headings, *lines = table(client, "q=lebt", ";")

    assert headings == [
        *("Veranstaltung", "Beitrag", "Datum", "Art", "Personen", "Wer spricht"),
        *("Zeit", "Sekunden", "Text", "Link"),
    ]
    assert lines[0][3] == "Vortrag"
    assert re.fullmatch(r"\d+,\d", lines[0][7])


def test_file_is_named_after_the_query_and_kept_by_nobody(client: FlaskClient, talks: None):
    answer = client.get("/search.csv?q=Häuser aus Glas")

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="haeuser-aus-glas.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_draft_is_in_the_table_of_those_who_work_here_alone(organiser: FlaskClient, talks: None):
    def kinds(asking: FlaskClient) -> set[str]:
        return {line[3] for line in table(asking, "q=Verwaltung")[1:]}

    assert "Panel discussion" in kinds(organiser)
    visitor = organiser.application.test_client()
    visitor.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert kinds(visitor) == {"Talk"}


def test_table_that_is_cut_says_so_in_its_last_line(
    client: FlaskClient, talks: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search_table, "MOST", 2)

    lines = table(client, "q=Verwaltung")

    assert len(lines) == 4
    assert lines[3] == [
        "This table ends after 2 moments, but there are more. Narrow the search down."
    ]
    monkeypatch.setattr(search_table, "MOST", 3)
    assert [len(line) for line in table(client, "q=Verwaltung")] == [10] * 4


def test_more_sessions_than_are_read_at_once_are_all_there(
    client: FlaskClient, db: DatabaseSession, parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("archive.queries.found_moments.PER_PAGE", 2)
    event = make.an_event(db)
    titles = {make.a_talk(db, parts, event).title for _ in range(5)}
    db.commit()

    lines = table(client, "q=willkommen")[1:]

    assert len(lines) == 5
    assert {line[1] for line in lines} == titles


@pytest.mark.parametrize("query", ["", "q=", "q=-nein&event=event"])
def test_where_nothing_is_asked_for_the_page_says_how_to_ask(client: FlaskClient, query: str):
    answer = client.get(f"/search.csv?{query}")

    assert answer.status_code == 302
    assert answer.location.startswith("/search")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_cell_that_a_spreadsheet_would_calculate_is_made_harmless(cell: str):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Text", "1 = 1", " =1", "'=1", "–1"])
def test_other_cells_stay_as_they_are(cell: str):
    assert harmless(cell) == cell


def test_page_links_to_the_table_of_what_it_shows(client: FlaskClient, talks: None):
    html = client.get("/search?q=Verwaltung&event=event&order=newest").get_data(as_text=True)

    assert 'href="/search.csv?q=Verwaltung&amp;event=event&amp;order=newest" download>' in html
    assert "/search.csv" not in client.get("/search?q=xylophon").get_data(as_text=True)
