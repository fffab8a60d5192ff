"""People are added and changed; their address stays and search knows the new name at once."""

from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.save_person import save_person
from archive.models.people import Person
from archive.parts import Parts
from tests import factories as make
from tests.archive.actions.finding import found


def saved(parts: Parts, db: DatabaseSession, name: str, person: Person | None = None) -> Person:
    return save_person(
        db, parts.index, name=name, affiliation="Amt", biography="Zählt.", person=person
    )


def test_new_person_holds_what_was_given(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Dr. Jörg Weiß")

    assert (person.name, person.affiliation, person.biography) == (
        "Dr. Jörg Weiß",
        "Amt",
        "Zählt.",
    )
    assert person.slug == "dr-joerg-weiss"


def test_two_people_of_a_name_have_two_addresses(parts: Parts, db: DatabaseSession):
    assert [saved(parts, db, "Ada Byron").slug for _ in range(2)] == ["ada-byron", "ada-byron-2"]


def test_new_name_is_found_at_once_and_the_old_no_longer(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Ada Byron")
    talks = [make.a_talk(db, parts, people=[person]).slug for _ in range(2)]
    db.commit()
    assert sorted(found(parts, db, "Byron")) == sorted(talks)

    saved(parts, db, "Ada Lovelace", person)

    assert person.slug == "ada-byron"
    assert found(parts, db, "Byron") == []
    assert sorted(found(parts, db, "Lovelace")) == sorted(talks)
    assert sorted(found(parts, db, "herzlich willkommen")) == sorted(talks)
