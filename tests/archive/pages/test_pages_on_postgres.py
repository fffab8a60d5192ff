"""The public pages answer on PostgreSQL what they answer on SQLite."""

from pathlib import Path

import pytest

from archive.actions.migrate import migrate
from archive.app import create_app
from archive.models.searches import SavedSearch
from archive.parts import Parts
from tests import factories as make
from tests.conftest import parts_on
from tests.databases import postgres_engine

PAGES = {
    "/": "Newest recordings",
    "/events/event": "1 session, 1 with a recording",
    "/people/mara": "Mara Lindqvist",
    "/sessions/talk?t=5&q=Haus": "<mark>H\u00e4user</mark>",
    "/sessions/talk/transcript.vtt": "WEBVTT",
    "/sessions/talk/words.json": "[0,36",
    "/sessions/talk/progress.json": "ready",
    "/search?q=Verwaltung&event=event&person=mara&kind=talk&language=de": "2 moments in 1 session",
    "/search.csv?q=Verwaltung": "0:00:10,10.4,Die Verwaltung der Zukunft",
    "/feeds/the-token.atom": "Die Verwaltung der Zukunft",
    "/search?q=xylophon": "Nobody said",
    "/search": "1 recording",
}


@pytest.fixture
def postgres_parts(tmp_path: Path):
    with postgres_engine() as engine:
        migrate(engine)
        yield parts_on(engine, tmp_path)


def test_every_page_answers_on_postgres(postgres_parts: Parts):
    with postgres_parts.sessions.begin() as db:
        mara = make.a_person(db, slug="mara", name="Mara Lindqvist")
        make.a_talk(db, postgres_parts, make.an_event(db, slug="event"), [mara], slug="talk")
        owner = make.a_user(db)
        db.add(
            SavedSearch(user_id=owner.id, name="Amt", arguments="q=Verwaltung", token="the-token")
        )
    app = create_app(
        postgres_parts, secret_key="only for tests", secure_cookies=False, trusted_proxies=0
    )
    client = app.test_client()
    for address, expected in PAGES.items():
        answer = client.get(address, headers={"Accept-Language": "en"})
        assert answer.status_code == 200, address
        assert expected in answer.get_data(as_text=True), address
