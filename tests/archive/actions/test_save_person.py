"""People are added and changed; their address stays and search knows the new name at once."""

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.delete_from_programme import delete_person
from archive.actions.finish_correction import finish_correction
from archive.actions.restore_revision import restore_revision
from archive.actions.save_correction import Said, save_correction
from archive.actions.save_person import save_person
from archive.models.people import Person
from archive.models.programme import Session
from archive.parts import Parts
from archive.queries.spoken import sessions_naming
from tests import factories as make
from tests.archive.actions.finding import found
from transcripts.cues import Cue


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


# --- a corrected name in transcripts -----------------------------------------------------------


def speakers(db: DatabaseSession, session: Session) -> list[list[str | None]]:
    """The speakers of the cues, by revision."""
    db.expire_all()
    return [
        [cue.speaker for cue in revision.cues]
        for recording in session.recordings
        for transcript in recording.transcripts
        for revision in transcript.revisions
    ]


def said_by(*names: str | None) -> list[Cue]:
    return [make.timed_cue("Ein Haus aus Glas.", n, n + 1, name) for n, name in enumerate(names)]


def test_corrected_name_is_corrected_in_every_revision(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Ada Byron")
    talk = make.a_talk(
        db, parts, people=[person], cues=said_by("Ada Byron", None, "Jon Ek", "ada byron")
    )
    user = make.a_user(db)
    (transcript,) = talk.recordings[0].transcripts
    db.commit()
    restore_revision(parts, user.id, transcript.revisions[0].id)
    db.expire_all()
    offered = transcript.revisions[0]
    offered.offered = True

    saved(parts, db, "Ada Lovelace", person)

    assert speakers(db, talk) == [["Ada Lovelace", None, "Jon Ek", "ada byron"]] * 2
    assert found(parts, db, "speaker:Lovelace Glas") == [talk.slug]
    assert found(parts, db, 'speaker:"Ada Byron"') == [talk.slug]  # what was typed otherwise


def test_corrected_name_can_be_taken_back(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Ada Byron")
    talk = make.a_talk(db, parts, people=[person], cues=said_by("Ada Byron", "Jon Ek"))

    saved(parts, db, "Ada Lovelace", person)
    saved(parts, db, "Ada Byron", person)

    assert speakers(db, talk) == [["Ada Byron", "Jon Ek"]]


def test_name_stays_where_the_person_is_not_on_stage(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Ada Byron")
    talk = make.a_talk(db, parts, people=[make.a_person(db)], cues=said_by("Ada Byron"))
    make.a_talk(db, parts, people=[person])

    saved(parts, db, "Ada Lovelace", person)

    assert speakers(db, talk) == [["Ada Byron"]]


@pytest.mark.parametrize("other", ["Ada Byron", "Ada Lovelace"])
def test_name_stays_where_somebody_else_on_stage_has_it_or_is_called_so(
    parts: Parts, db: DatabaseSession, other: str
):
    person, namesake = saved(parts, db, "Ada Byron"), saved(parts, db, other)
    both = make.a_talk(db, parts, people=[person, namesake], cues=said_by("Ada Byron", other))
    alone = make.a_talk(db, parts, people=[person], cues=said_by("Ada Byron"))
    assert sessions_naming(db, person, "Ada Lovelace") == [alone.id]

    saved(parts, db, "Ada Lovelace", person)

    assert speakers(db, both) == [["Ada Byron", other]]
    assert speakers(db, alone) == [["Ada Lovelace"]]


def test_name_in_unfinished_corrections_is_corrected_too(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Ada Byron")
    talk = make.a_talk(db, parts, people=[person], cues=said_by("Ada Byron", "Jon Ek", "Ada Byron"))
    user, (transcript,) = make.a_user(db), talk.recordings[0].transcripts
    base = transcript.revisions[0]
    db.commit()
    typed = [Cue(n, n + 1, "Ein Haus.", (), name) for n, name in enumerate(["Ada Byron", "Jon Ek"])]
    save_correction(
        parts, user.id, transcript.id, base.id,
        [Said(n, n, (cue,)) for n, cue in enumerate(typed)],
    )  # fmt: skip

    saved(parts, db, "Ada Lovelace", person)
    db.commit()

    assert finish_correction(parts, user.id, transcript.id).revision == 2
    assert speakers(db, talk) == [["Ada Lovelace", "Jon Ek", "Ada Lovelace"]] * 2
    assert [cue.text for cue in transcript.revisions[1].cues][:2] == ["Ein Haus."] * 2


def test_everything_is_corrected_or_nothing(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Ada Byron")
    talk = make.a_talk(db, parts, people=[person], cues=said_by("Ada Byron"))
    db.commit()

    saved(parts, db, "Ada Lovelace", person)
    db.rollback()

    assert (person.name, speakers(db, talk)) == ("Ada Byron", [["Ada Byron"]])
    assert found(parts, db, "speaker:Lovelace") == []
    assert found(parts, db, "speaker:Byron") == [talk.slug]


def test_name_of_a_deleted_person_stays_in_the_text(parts: Parts, db: DatabaseSession):
    person = saved(parts, db, "Ada Byron")
    talk = make.a_talk(db, parts, people=[person], cues=said_by("Ada Byron"))

    delete_person(db, parts.index, person)

    assert speakers(db, talk) == [["Ada Byron"]]
    assert found(parts, db, "speaker:Byron") == [talk.slug]


def test_name_is_corrected_on_either_database(either_parts: Parts):
    with either_parts.sessions() as db:
        person = saved(either_parts, db, "Ada Byron")
        talk = make.a_talk(db, either_parts, people=[person], cues=said_by("Ada Byron", "Jon Ek"))
        assert sessions_naming(db, person) == [talk.id]

        saved(either_parts, db, "Ada Lovelace", person)

        assert speakers(db, talk) == [["Ada Lovelace", "Jon Ek"]]
        assert found(either_parts, db, "speaker:Lovelace") == [talk.slug]
