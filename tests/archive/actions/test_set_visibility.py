"""Who can reach a session changes at once, in search as well."""

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.set_visibility import set_visibility
from archive.db import now
from archive.models.programme import Session, Visibility
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.finding import VISITORS, found


@pytest.fixture
def session(parts: Parts, db: DatabaseSession) -> Session:
    session = make.a_talk(db, parts, slug="talk", visibility=Visibility.DRAFT)
    db.commit()
    return session


@pytest.mark.parametrize("visibility", list(Visibility))
def test_visitors_find_what_is_public_and_staff_find_all(
    parts: Parts, db: DatabaseSession, session: Session, visibility: Visibility
):
    set_visibility(db, parts.index, session, visibility)

    assert session.visibility == visibility
    assert found(parts, db, "herzlich willkommen") == ["talk"]
    assert found(parts, db, "herzlich willkommen", VISITORS) == (
        ["talk"] if visibility == Visibility.PUBLIC else []
    )


@pytest.mark.parametrize("visibility", [Visibility.DRAFT, Visibility.UNLISTED])
def test_hit_disappears_in_the_same_transaction(
    parts: Parts, db: DatabaseSession, session: Session, visibility: Visibility
):
    set_visibility(db, parts.index, session, Visibility.PUBLIC)
    db.commit()

    with parts.sessions() as reader:
        set_visibility(db, parts.index, session, visibility)
        before = found(parts, reader, "willkommen", VISITORS)
        reader.rollback()
        db.commit()
        after = found(parts, reader, "willkommen", VISITORS)

    assert (before, after) == (["talk"], [])


def test_first_publication_is_noted_and_stays(parts: Parts, db: DatabaseSession, session: Session):
    set_visibility(db, parts.index, session, Visibility.UNLISTED)
    assert session.published_at is None

    before = now()
    set_visibility(db, parts.index, session, Visibility.PUBLIC)
    first = session.published_at
    set_visibility(db, parts.index, session, Visibility.DRAFT)
    set_visibility(db, parts.index, session, Visibility.PUBLIC)

    assert before <= first <= now()
    assert session.published_at == first
