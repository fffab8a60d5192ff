"""Pages ask the database as often for three rows as for one."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from archive.models.recording import State
from archive.models.transcript import ChunkState
from tests import factories as make


@contextmanager
def counted(engine):
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "address", ["/", "/events/event", "/people/person", "/search?q=Verwaltung"]
)
def test_page_asks_as_often_for_three_sessions_as_for_one(client, db, parts, address):
    meeting = make.an_event(db, slug="event")
    person = make.a_person(db, slug="person")
    counts = []
    for talks in (1, 2):
        for _ in range(talks):
            make.a_talk(db, parts, meeting, [person, make.a_person(db)])
        db.commit()
        client.get(address)
        with counted(parts.engine) as statements:
            assert client.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_person_page_asks_as_often_for_much_said_as_for_little(client, db, parts):
    meeting = make.an_event(db, slug="event")
    person = make.a_person(db, slug="person", name="Ada")
    counts = []
    for talks, length in ((1, 1), (3, 60)):
        for _ in range(talks):
            speakers = ["Ada", "Ada", "Ben"] * length
            cues = [make.timed_cue(f"Satz {n}.", n, n + 1, who) for n, who in enumerate(speakers)]
            make.a_talk(db, parts, meeting, [person, make.a_person(db)], cues=cues)
        db.commit()
        client.get("/people/person")
        with counted(parts.engine) as statements:
            assert client.get("/people/person").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_session_page_asks_as_often_for_a_long_text_as_for_a_short_one(client, db, parts):
    counts = []
    for length in (1, 300):
        cues = [make.timed_cue(f"Satz Nummer {n}.", n, n + 1, "Ada") for n in range(length)]
        people = [make.a_person(db) for _ in range(3)]
        make.a_talk(db, parts, people=people, cues=cues, slug=f"talk-{length}")
        db.commit()
        with counted(parts.engine) as statements:
            assert client.get(f"/sessions/talk-{length}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_growing_text_asks_as_often_for_many_stretches_as_for_one(client, db, parts):
    counts = []
    for length in (1, 40):
        session = make.a_session(db, slug=f"half-{length}")
        recording = make.a_recording(db, session, state=State.WORKING)
        make.a_rendition(db, parts, recording)
        for n in range(length):
            cues = [[n * 20.0, n * 20 + 5.0, f"Satz Nummer {n}.", "de"]]
            make.a_chunk(db, recording, n, state=ChunkState.DONE, cues=cues)
        db.commit()
        with counted(parts.engine) as statements:
            assert client.get(f"/sessions/half-{length}").status_code == 200
            assert client.get(f"/sessions/half-{length}/progress.json").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 20
