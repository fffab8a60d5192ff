"""Addresses are readable, short, and never those of another page."""

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.people import Person
from archive.models.programme import Event, Session
from archive.queries.slugs import free_slug, slug_of
from tests import factories as make


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Häuser & Straßen: Übersicht", "haeuser-strassen-uebersicht"),
        ("  Was  bleibt?  ", "was-bleibt"),
        ("Ærø, Åland, Malmö", "aeroe-aaland-malmoe"),
        ("Café naïve", "cafe-naive"),
        ("A/B\\C..D", "a-b-c-d"),
        ("講演", ""),
        ("x" * 99 + " y", "x" * 99),
        ("x" * 300, "x" * 100),
    ],
)
def test_slug_is_plain(title: str, slug: str):
    assert slug_of(title) == slug


@pytest.mark.parametrize(
    ("model", "slug"), [(Event, "event"), (Session, "session"), (Person, "person")]
)
def test_title_without_latin_letters_is_named_after_what_it_is(
    db: DatabaseSession, model: type, slug: str
):
    assert free_slug(db, model, "講演") == slug


def test_smallest_free_number_is_added(db: DatabaseSession):
    for slug in ("talk", "talk-2", "talk-4", "talk-about-it"):
        make.a_session(db, slug=slug)

    assert free_slug(db, Session, "Talk") == "talk-3"


def test_kinds_of_things_do_not_share_slugs(db: DatabaseSession):
    make.a_session(db, slug="talk")

    assert free_slug(db, Event, "Talk") == "talk"


@pytest.mark.parametrize("model", [Event, Session, Person])
def test_address_of_the_form_for_a_new_one_is_never_taken(db: DatabaseSession, model: type):
    """/desk/events/new is the form; an event called “New” needs another address."""
    assert free_slug(db, model, "New!") == "new-2"
