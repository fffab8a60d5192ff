"""What a recording is listened to with comes from its session and its event."""

from sqlalchemy.orm import Session as DatabaseSession

from archive.queries.terms import session_terms
from tests import factories as make


def test_terms_come_from_people_glossary_organisations_title_and_abstract(db: DatabaseSession):
    event = make.an_event(db, glossary="Podium-Archiv\nOZG, Registermodernisierung\n\n")
    people = [
        make.a_person(db, name="Prof. Dr. Mira Lenz", affiliation="Stadtwerke Norderhaven"),
        make.a_person(db, name="Zoë Ångström", affiliation=""),
    ]
    session = make.a_session(
        db,
        event,
        people,
        title="Was die Verwaltungscloud kann",
        subtitle="Ein Blick auf FITKO",
        abstract="Es geht um XRepository und um vieles mehr.",
    )

    terms = session_terms(db, session.id)

    assert terms[:5] == (
        "Mira Lenz",
        "Zoë Ångström",
        "Podium-Archiv",
        "OZG",
        "Registermodernisierung",
    )
    assert terms[5] == "Stadtwerke Norderhaven"
    assert {"Verwaltungscloud", "FITKO"} < set(terms[6:])
    assert terms[-1] == "XRepository"
    assert "" not in terms


def test_only_right_writings_are_listened_for(db: DatabaseSession):
    event = make.an_event(db, glossary="ekom21 = e-kom 21, Ekom einundzwanzig\nOZG")

    assert session_terms(db, make.a_session(db, event, title="x").id) == ("ekom21", "OZG")


def test_people_come_in_the_order_of_the_line_up(db: DatabaseSession):
    people = [make.a_person(db, name=name) for name in ("Zora Ahlers", "Ada Zumthor")]
    session = make.a_session(db, people=people, title="x")

    assert session_terms(db, session.id)[:2] == ("Zora Ahlers", "Ada Zumthor")


def test_session_that_tells_nothing_has_no_terms(db: DatabaseSession):
    assert session_terms(db, make.a_session(db, title="Ein Gespräch").id) == ()


def test_neighbouring_sessions_do_not_lend_their_terms(db: DatabaseSession):
    event = make.an_event(db)
    make.a_session(db, event, [make.a_person(db, name="Ada Zumthor")], title="OZG")

    assert session_terms(db, make.a_session(db, event, title="Ein Gespräch").id) == ()
