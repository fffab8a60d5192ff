"""The feed of a saved search: Atom as it is written down in RFC 4287, for whoever has the address."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.edit_user import set_active
from archive.actions.index_session import index_session
from archive.models.programme import Session, Visibility
from archive.models.searches import SavedSearch
from archive.models.users import User, UserRole
from archive.parts import Parts
from tests import factories as make
from tests.forms import log_in, submit

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/feeds/the-token.atom"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def owner(db: DatabaseSession, parts: Parts) -> User:
    """A member of staff with a saved search for Verwaltung; a talk, a later one, and a draft."""
    owner = make.a_user(db, UserRole.STAFF)
    event = make.an_event(db, slug="event", title="Smart Region")
    mara = make.a_person(db, name="Mara & Söhne")
    cues = [make.timed_cue(f"Die Verwaltung <{n}>.", n * 10, n * 10 + 4, "Mara") for n in range(8)]
    for day, slug, values in (
        (1, "older", {}),
        (3, "newer", {"title": "Häuser & <Glas>", "cues": cues}),
        (2, "draft", {"visibility": Visibility.DRAFT, "title": "Geheimsache"}),
    ):
        make.a_talk(
            *(db, parts, event, [mara]),
            slug=slug,
            starts_at=datetime(2026, 6, day, 8, tzinfo=UTC),
            **values,
        )
    db.add(
        SavedSearch(user_id=owner.id, name="Amt & Co.", arguments="q=Verwaltung", token="the-token")
    )
    db.commit()
    return owner


def feed(client: FlaskClient) -> ElementTree.Element:
    answer = client.get(FEED)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.get_data())


def texts(element: ElementTree.Element, name: str) -> list[str]:
    return [found.text for found in element.findall(ATOM + name)]


def links(element: ElementTree.Element) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}


def entry_of(root: ElementTree.Element, slug: str) -> ElementTree.Element:
    entries = root.findall(f"{ATOM}entry")
    return next(e for e in entries if f"/sessions/{slug}" in links(e)["alternate"])


def test_feed_has_what_a_feed_needs(client: FlaskClient, owner: User):
    root = feed(client)

    assert root.tag == f"{ATOM}feed"
    assert texts(root, "title") == ["Amt & Co. – Podium"]
    today = datetime.now(UTC).date().isoformat()
    assert texts(root, "id") == [f"tag:localhost,{today}:search/1"]
    assert len(texts(root, "updated")) == 1 and TIME.fullmatch(texts(root, "updated")[0])
    assert links(root) == {
        "self": f"http://localhost{FEED}",
        "alternate": "http://localhost/search?q=Verwaltung",
    }
    assert root.find(f"{ATOM}author/{ATOM}name").text == "Podium"


def test_each_entry_has_what_an_entry_needs(client: FlaskClient, owner: User):
    root = feed(client)
    entries = root.findall(f"{ATOM}entry")

    entries.sort(key=lambda e: links(e)["alternate"])
    assert [links(e)["alternate"].partition("?")[0].rpartition("/")[2] for e in entries] == [
        *("draft", "newer", "older")
    ]
    assert texts(entries[1], "title") == ["Häuser & <Glas>"]
    ids = [texts(entry, "id") for entry in entries]
    assert all(re.fullmatch(r"tag:localhost,\d{4}-\d\d-\d\d:session/\d+", one) for (one,) in ids)
    assert len({one for (one,) in ids}) == 3
    for entry in entries:
        assert TIME.fullmatch(texts(entry, "updated")[0])
        assert entry.find(f"{ATOM}author/{ATOM}name").text == "Mara & Söhne"
        assert entry.find(f"{ATOM}category").get("label") == "Smart Region"
    assert texts(root, "updated")[0] >= max(texts(e, "updated")[0] for e in entries)


def test_old_talk_that_was_put_in_just_now_comes_first(
    client: FlaskClient, db: DatabaseSession, parts: Parts, owner: User
):
    make.a_talk(
        db, parts, make.an_event(db, slug="past"), slug="long-ago",
        starts_at=datetime(1999, 6, 1, 8, tzinfo=UTC),
    )  # fmt: skip
    db.commit()

    entries = feed(client).findall(f"{ATOM}entry")

    assert "/sessions/long-ago" in links(entries[0])["alternate"]
    updated = [texts(entry, "updated")[0] for entry in entries]
    assert len(entries) == 4 and updated == sorted(updated, reverse=True)


def test_entry_tells_the_best_moments_with_whole_addresses(client: FlaskClient, owner: User):
    content = entry_of(feed(client), "newer").find(f"{ATOM}content")

    assert content.get("type") == "html"
    assert content.text.count("<li>") == 5
    assert (
        '<a href="http://localhost/sessions/newer?t=10&amp;q=Verwaltung">0:10</a>'
        ' <strong>Mara</strong> <q lang="de">Die Verwaltung &lt;1&gt;.</q>'
    ) in content.text
    assert "3 more moments in this session" in content.text


def test_ids_stay_whatever_changes(client: FlaskClient, db: DatabaseSession, owner: User):
    before = {texts(entry, "id")[0] for entry in feed(client).findall(f"{ATOM}entry")}
    db.get_one(Session, 1).title = "Ganz anders"
    db.get_one(Session, 1).slug = "another"
    db.get_one(SavedSearch, 1).name = "Anders"
    db.get_one(SavedSearch, 1).token = "another"
    db.commit()

    root = ElementTree.fromstring(client.get("/feeds/another.atom").get_data())

    assert {texts(entry, "id")[0] for entry in root.findall(f"{ATOM}entry")} == before


def test_what_xml_cannot_hold_is_left_out(
    client: FlaskClient, db: DatabaseSession, parts: Parts, owner: User
):
    db.get_one(Session, 1).title = "Ver\x0bwal\x01tung\ufffe"
    index_session(db, parts.index, 1)
    db.commit()

    assert texts(entry_of(feed(client), "older"), "title") == ["Verwaltung"]


def test_addresses_are_those_of_the_configured_site(client: FlaskClient, parts: Parts, owner: User):
    object.__setattr__(parts, "site_url", "https://podium.example")

    root = feed(client)

    assert links(root)["self"] == f"https://podium.example{FEED}"
    assert texts(root, "id")[0].startswith("tag:podium.example,")


def test_feed_is_for_its_reader_alone(client: FlaskClient, owner: User):
    answer = client.get(FEED)

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    again = client.get(FEED, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "Set-Cookie" not in answer.headers


def test_draft_is_shown_so_long_as_its_owner_may_see_it(
    client: FlaskClient, db: DatabaseSession, owner: User
):
    assert "Geheimsache" in client.get(FEED).get_data(as_text=True)

    owner.role = "none"
    db.commit()

    assert client.get(FEED).status_code == 404


def test_feed_of_a_disabled_log_in_is_gone_and_comes_back_with_it(
    client: FlaskClient, db: DatabaseSession, owner: User
):
    set_active(db, owner, False)
    db.commit()
    gone = client.get(FEED)
    set_active(db, owner, True)
    db.commit()

    assert gone.status_code == 404
    assert "Verwaltung" not in gone.get_data(as_text=True)
    assert client.get(FEED).status_code == 200


def test_feed_goes_with_its_user(client: FlaskClient, db: DatabaseSession, owner: User):
    db.delete(owner)
    db.commit()

    assert client.get(FEED).status_code == 404
    assert db.query(SavedSearch).count() == 0


def test_renewed_address_ends_the_old_one(client: FlaskClient, db: DatabaseSession, owner: User):
    log_in(client, "staff")

    answer = submit(client, "/desk/searches/1", to="/desk/searches/1/address")

    assert answer.location == "/desk/searches/1"
    assert client.get(FEED).status_code == 404
    token = db.get_one(SavedSearch, 1, populate_existing=True).token
    assert len(token) == 32
    assert client.get(f"/feeds/{token}.atom").status_code == 200
    assert f"/feeds/{token}.atom" in client.get("/desk/searches/1").get_data(as_text=True)


@pytest.mark.parametrize("token", ["", "x", "the-token%00", "THE-TOKEN", "the-token/"])
def test_address_that_nobody_was_given_is_not_there(client: FlaskClient, owner: User, token: str):
    assert client.get(f"/feeds/{token}.atom").status_code == 404


def test_feed_speaks_the_language_that_its_reader_asks_for(client: FlaskClient, owner: User):
    answer = client.get(FEED, headers={"Accept-Language": "de"})

    root = ElementTree.fromstring(answer.get_data())
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert "3 weitere Stellen" in answer.get_data(as_text=True)
