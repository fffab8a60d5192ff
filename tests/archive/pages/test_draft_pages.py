"""A visitor can reach nothing of a draft, by any address; staff can."""

import re

import pytest

from archive.models.programme import Visibility
from archive.models.users import User, UserRole
from archive.queries.event import event_page
from archive.queries.home import front_page
from archive.queries.media import served_file
from archive.queries.person import person_page
from archive.queries.session import session_page, session_progress, transcript_file
from tests import factories as make
from transcripts.formats.registry import FORMATS

SECRET = "Geheimsache"


@pytest.fixture
def draft(db, parts):
    """A draft beside a public session of the same person at the same event."""
    event = make.an_event(db, slug="event")
    person = make.a_person(db, slug="person")
    make.a_talk(db, parts, event, [person], slug="open")
    session = make.a_talk(
        db, parts, event, [person], slug="draft", title=SECRET, visibility=Visibility.DRAFT
    )
    db.commit()
    return session


def media_addresses(session) -> list[str]:
    return [
        f"/media/{rendition.id}/{session.slug}.{rendition.key.rsplit('.')[-1]}"
        for recording in session.recordings
        for rendition in recording.renditions
    ]


def test_no_address_of_a_draft_is_found(client, draft):
    addresses = [
        "/sessions/draft",
        "/sessions/draft?t=3",
        "/sessions/draft/progress.json",
        "/sessions/draft/words.json",
        *(f"/sessions/draft/transcript.{format}" for format in FORMATS),
        *media_addresses(draft),
    ]
    assert len(addresses) == 13
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 404
    )


def test_draft_looks_like_nothing_at_all(client, draft):
    def shown(address):
        page = client.get(address).get_data(as_text=True).replace(address, "")
        return re.sub(r'name="csrf_token"[^>]*', "", page)  # tells the second in which it was made

    assert shown("/sessions/draft") == shown("/sessions/nothing")


@pytest.mark.parametrize(
    "address",
    ["/", "/events/event", "/people/person", f"/search?q={SECRET}", "/search?q=Verwaltung"],
)
def test_no_list_names_a_draft(client, draft, address):
    answer = client.get(address)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "/sessions/draft" not in text
    assert text.count(SECRET) == (0 if "Geheim" not in address else text.count(SECRET))
    assert f">{SECRET}" not in text.replace(f'value="{SECRET}"', "").replace("<title>", "")


def test_page_of_a_person_known_only_from_a_draft_is_not_found(client, db):
    person = make.a_person(db, slug="ghost")
    event = make.an_event(db, slug="ghosts")
    make.a_session(db, event, [person], visibility=Visibility.DRAFT)
    db.commit()
    assert client.get("/people/ghost").status_code == 404
    assert client.get("/events/ghosts").status_code == 404


def test_unlisted_session_is_open_but_in_no_list(client, db, parts):
    person = make.a_person(db, slug="person")
    session = make.a_talk(
        db, parts, make.an_event(db, slug="event"), [person], slug="quiet", title=SECRET,
        visibility=Visibility.UNLISTED,
    )  # fmt: skip
    db.commit()
    for address in ["/sessions/quiet", "/sessions/quiet/transcript.vtt", *media_addresses(session)]:
        assert client.get(address).status_code == 200, address
    for address in ("/", "/events/event", "/people/person", "/search?q=Verwaltung"):
        assert "/sessions/quiet" not in client.get(address).get_data(as_text=True), address


@pytest.mark.parametrize("role", list(UserRole))
def test_staff_reach_all_of_a_draft(db, draft, role):
    user = User(name="staff", role=role, active=True)
    rendition = draft.recordings[0].renditions[0]
    assert session_page(db, user, "draft").card.title == SECRET
    assert session_progress(db, user, "draft").playable
    assert transcript_file(db, user, "draft").draft
    assert served_file(db, user, rendition.id).draft
    assert SECRET in [card.title for card in front_page(db, user).sessions]
    assert SECRET in [card.title for card in person_page(db, user, "person").sessions]
    assert event_page(db, user, "event").sessions == 2


def test_locked_account_is_a_visitor(db, draft):
    user = User(name="staff", role=UserRole.ADMIN, active=False)
    assert session_page(db, user, "draft") is None


def test_media_of_a_draft_stay_out_of_shared_caches(db, draft):
    user = User(name="staff", role=UserRole.STAFF, active=True)
    assert served_file(db, user, draft.recordings[0].renditions[0].id).draft
    assert not served_file(db, None, _public_rendition(db).id).draft


def _public_rendition(db):
    from sqlalchemy import select

    from archive.models.programme import Session

    public = db.scalars(select(Session).where(Session.slug == "open")).one()
    return public.recordings[0].renditions[0]
