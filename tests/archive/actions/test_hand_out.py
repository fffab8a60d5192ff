"""Chunks go from hand to hand: each to one worker at a time, in the order of the line."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import sessionmaker

from archive.actions import hand_out
from archive.actions.hand_out import DEADLY, Claim, claim
from archive.actions.pause import pause
from archive.db import now
from archive.models.recording import Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from archive.parts import Parts
from tests import factories as make

WAITING, RUNNING, DONE, FAILED = ChunkState


def a_recording(db: DatabaseSession, **values: object) -> Recording:
    """A recording in work, of four chunks that are not laid out yet."""
    given = {"state": State.WORKING, "plan": make.a_plan(4)}
    session = values.pop("session", None) or make.a_session(db)
    recording = make.a_recording(db, session, **(given | values))
    db.commit()
    return recording


def chunks(db: DatabaseSession, recording: Recording, *states: str) -> list[ChunkRow]:
    """Chunks of the recording in these states, from number 0 on."""
    rows = [make.a_chunk(db, recording, n, state=state) for n, state in enumerate(states)]
    db.commit()
    return rows


def in_hand(db: DatabaseSession, recording: Recording, **values: object) -> Claim:
    """A claim on the only chunk of the recording."""
    given = {"state": RUNNING, "ticket": "hear-1", "worker": "one"}
    make.a_chunk(db, recording, 0, **(given | values))
    db.commit()
    return Claim(recording.id, recording.attempt, 0, "hear-1")


def only(db: DatabaseSession) -> ChunkRow:
    """The only chunk, as it is stored."""
    db.expire_all()
    return db.scalars(select(ChunkRow)).one()


# Laying out ---------------------------------------------------------------------------------


def test_chunks_are_laid_out_as_the_plan_has_them(db: DatabaseSession):
    recording = a_recording(db, attempt=3)

    hand_out.hand_out(db, recording, [1, 3])
    db.commit()

    rows = db.scalars(select(ChunkRow).order_by(ChunkRow.number)).all()
    assert [(row.number, row.attempt, row.state) for row in rows] == [
        (1, 3, WAITING),
        (3, 3, WAITING),
    ]
    assert [(row.start, row.end) for row in rows] == [
        (make.CHUNK, 2 * make.CHUNK),
        (3 * make.CHUNK, 4 * make.CHUNK),
    ]


def test_chunk_answers_for_its_own_stretch_and_not_for_the_overlap(db: DatabaseSession):
    plan = [{"index": 0, "start": 0, "end": 340_000, "own_start": 0, "own_end": 330_000}]
    recording = a_recording(db, plan=plan)

    hand_out.hand_out(db, recording, [0])

    assert (only(db).start, only(db).end) == (0, 330_000)


def test_laying_out_twice_changes_nothing_of_what_lies_there(db: DatabaseSession):
    recording = a_recording(db)
    hand_out.hand_out(db, recording, [0, 1])
    db.commit()
    db.scalars(select(ChunkRow).where(ChunkRow.number == 0)).one().state = DONE
    db.commit()

    hand_out.hand_out(db, recording, [0, 1, 2])
    db.commit()

    rows = db.scalars(select(ChunkRow).order_by(ChunkRow.number)).all()
    assert [(row.number, row.state) for row in rows] == [(0, DONE), (1, WAITING), (2, WAITING)]


def test_each_attempt_has_chunks_of_its_own(db: DatabaseSession):
    recording = a_recording(db)
    hand_out.hand_out(db, recording, [0])
    recording.attempt = 2

    hand_out.hand_out(db, recording, [0])

    assert sorted(db.scalars(select(ChunkRow.attempt))) == [1, 2]


# Claiming -----------------------------------------------------------------------------------


def test_claimed_chunk_is_the_first_that_waits(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = a_recording(db)
        chunks(db, recording, DONE, RUNNING, FAILED, WAITING, WAITING)

    got = claim(either_parts.sessions, "one", "hear-1")

    assert got == Claim(recording.id, 1, 3, "hear-1")
    with either_parts.sessions() as db:
        row = db.scalars(select(ChunkRow).where(ChunkRow.number == 3)).one()
        assert (row.state, row.worker, row.ticket) == (RUNNING, "one", "hear-1")
        assert now() - timedelta(minutes=1) < row.started_at <= now()
        assert row.deaths == 0  # a claim is not a start yet


def test_numbers_count_and_not_the_order_of_laying_out(parts: Parts, db: DatabaseSession):
    recording = a_recording(db)
    for number in (2, 0, 1):
        make.a_chunk(db, recording, number)
    db.commit()

    numbers = [claim(parts.sessions, "one", f"hear-{n}").number for n in range(3)]

    assert numbers == [0, 1, 2]


def test_nothing_is_claimed_where_nothing_waits(parts: Parts, db: DatabaseSession):
    chunks(db, a_recording(db), DONE, RUNNING, FAILED)

    assert claim(parts.sessions, "one", "hear-1") is None


def test_same_ticket_gets_the_same_chunk_again(either_parts: Parts):
    with either_parts.sessions() as db:
        chunks(db, a_recording(db), WAITING, WAITING)

    first = claim(either_parts.sessions, "one", "hear-1")
    again = claim(either_parts.sessions, "two", "hear-1")

    assert first == again
    with either_parts.sessions() as db:
        states = list(db.scalars(select(ChunkRow.state).order_by(ChunkRow.number)))
    assert states == [RUNNING, WAITING]


def test_ticket_of_a_chunk_that_is_done_takes_no_second_one(parts: Parts, db: DatabaseSession):
    chunks(db, a_recording(db), WAITING, WAITING)
    first = claim(parts.sessions, "one", "hear-1")
    with parts.sessions.begin() as other:
        hand_out.done(other, first, "k", [])

    assert claim(parts.sessions, "one", "hear-1") == first


@pytest.mark.parametrize("state", [s for s in State if s not in (State.QUEUED, State.WORKING)])
def test_chunks_of_a_recording_that_is_not_in_work_are_never_claimed(
    parts: Parts, db: DatabaseSession, state: State
):
    chunks(db, a_recording(db, state=state), WAITING)

    assert claim(parts.sessions, "one", "hear-1") is None
    assert only(db).state == WAITING


def test_chunks_of_an_older_attempt_are_never_claimed(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = a_recording(db, attempt=2)
        make.a_chunk(db, recording, 0, attempt=1)
        make.a_chunk(db, recording, 1)
        db.commit()

    assert claim(either_parts.sessions, "one", "hear-1") == Claim(recording.id, 2, 1, "hear-1")
    assert claim(either_parts.sessions, "one", "hear-2") is None


def test_recording_that_is_put_first_is_claimed_first(either_parts: Parts):
    with either_parts.sessions() as db:
        event = make.an_event(db)
        session = make.a_session(db, event)
        first, second = (a_recording(db, session=session, priority=p) for p in (0, 1))
        for recording in (first, second):
            chunks(db, recording, WAITING)

    got = [claim(either_parts.sessions, "one", f"hear-{n}").recording_id for n in range(2)]

    assert got == [second.id, first.id]


def test_events_take_turns(either_parts: Parts):
    with either_parts.sessions() as db:
        large, small = (make.a_session(db, make.an_event(db)) for _ in range(2))
        first, second = (a_recording(db, session=large) for _ in range(2))
        other = a_recording(db, session=small)
        for recording in (first, second, other):
            chunks(db, recording, WAITING, WAITING)

    got = [claim(either_parts.sessions, "one", f"hear-{n}").recording_id for n in range(6)]

    assert got == [first.id, other.id, first.id, other.id, second.id, second.id]


@pytest.mark.parametrize("workers", [2, 6])
def test_no_chunk_is_ever_in_two_hands(either_parts: Parts, workers: int):
    with either_parts.sessions() as db:
        for _ in range(2):
            chunks(db, a_recording(db), *[WAITING] * 6)

    got = at_once(workers, lambda n: all_claims(either_parts.sessions, f"worker-{n}"))

    taken = [(c.recording_id, c.number) for claims in got for c in claims]
    assert len(taken) == len(set(taken)) == 12
    with either_parts.sessions() as db:
        rows = db.scalars(select(ChunkRow)).all()
    assert {row.ticket for row in rows} == {c.ticket for claims in got for c in claims}
    assert {row.state for row in rows} == {RUNNING}


def test_chunk_that_another_worker_took_meanwhile_is_passed_over(
    parts: Parts, db: DatabaseSession, monkeypatch: pytest.MonkeyPatch
):
    chunks(db, a_recording(db), WAITING, WAITING)
    other: list[Claim | None] = []
    before_taking(monkeypatch, lambda: other.append(claim(parts.sessions, "two", "hear-2")))

    mine = claim(parts.sessions, "one", "hear-1")

    assert (other[0].number, mine.number) == (0, 1)


def test_chunk_of_a_recording_that_was_paused_meanwhile_is_not_taken(
    either_parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    with either_parts.sessions() as db:
        recording = a_recording(db)
        chunks(db, recording, WAITING)
    before_taking(monkeypatch, lambda: pause(either_parts, recording.id))

    assert claim(either_parts.sessions, "one", "hear-1") is None

    with either_parts.sessions() as db:
        assert only(db).state == WAITING


def test_pausing_and_claiming_at_once_leaves_nothing_in_hand(either_parts: Parts):
    with either_parts.sessions() as db:
        ids = [a_recording(db).id for _ in range(12)]
        for id_ in ids:
            chunks(db, db.get_one(Recording, id_), WAITING, WAITING)

    def work(number: int) -> None:
        if number:
            all_claims(either_parts.sessions, f"worker-{number}")
        else:
            for id_ in ids:
                assert pause(either_parts, id_)

    at_once(4, work)

    with either_parts.sessions() as db:
        assert set(db.scalars(select(ChunkRow.state))) == {WAITING}


# In hand ------------------------------------------------------------------------------------


def test_begun_chunk_counts_its_start_until_somebody_lives_to_see_its_end(db: DatabaseSession):
    taken = in_hand(db, a_recording(db), heard=7.5)

    assert hand_out.begin(db, taken, "two").number == 0
    db.commit()

    row = only(db)
    assert (row.worker, row.deaths, row.heard) == ("two", 1, 0.0)
    assert row.started_at is not None

    hand_out.begin(db, taken, "two")
    hand_out.begin(db, taken, "two")
    hand_out.survived(db, taken)
    db.commit()
    assert only(db).deaths == 2


def test_survivor_of_a_start_that_was_forgiven_already_owes_nothing(db: DatabaseSession):
    taken = in_hand(db, a_recording(db), deaths=0)

    hand_out.survived(db, taken)

    assert only(db).deaths == 0


@pytest.mark.parametrize(
    "lost",
    [
        {"ticket": "hear-2"},
        {"ticket": None, "state": WAITING},
        {"state": DONE},
        {"state": FAILED},
        {"attempt": 2},
    ],
)
def test_chunk_that_left_this_hand_is_out_of_its_reach(db: DatabaseSession, lost: dict):
    recording = a_recording(db)
    in_hand(db, recording, deaths=1, heard=5.0, **lost)
    mine = Claim(recording.id, 1, 0, "hear-1")
    before = only(db).state

    assert hand_out.held(db, mine) is None
    assert hand_out.begin(db, mine, "two") is None
    hand_out.survived(db, mine)
    hand_out.done(db, mine, "k", [[0, 1, "Zu spät", "de"]])
    hand_out.set_aside(db, mine, "too late")
    db.commit()

    row = only(db)
    assert (row.state, row.worker, row.deaths, row.heard) == (before, "one", 1, 5.0)
    assert (row.key, row.cues, row.failure) == (None, None, None)


def test_done_chunk_keeps_its_words_and_forgets_its_trouble(db: DatabaseSession):
    taken = in_hand(db, a_recording(db), failure="an older trouble")

    hand_out.done(db, taken, "k" * 64, [[0.0, 1.5, "Grüße", "de"]])
    db.commit()

    row = only(db)
    assert (row.state, row.key, row.heard, row.failure) == (DONE, "k" * 64, 20.0, None)
    assert row.cues == [[0.0, 1.5, "Grüße", "de"]]


def test_chunk_that_is_set_aside_keeps_why_at_bearable_length(db: DatabaseSession):
    taken = in_hand(db, a_recording(db))

    hand_out.set_aside(db, taken, "x" * 3000)
    db.commit()

    assert (only(db).state, only(db).failure) == (FAILED, "x" * 2000)


# The whole attempt --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "count"),
    [((), 0), ((DONE, FAILED), 0), ((DONE, WAITING, RUNNING), 2), ((RUNNING,), 1)],
)
def test_left_is_what_waits_or_runs(db: DatabaseSession, states: tuple, count: int):
    recording = a_recording(db)
    chunks(db, recording, *states)
    make.a_chunk(db, recording, 0, attempt=9)  # of another attempt

    assert hand_out.left(db, recording.id, 1) == count


@pytest.mark.parametrize(
    ("states", "hopeless"),
    [
        ((FAILED,) * (DEADLY - 1) + (WAITING,), False),
        ((FAILED,) * DEADLY, True),
        ((FAILED,) * DEADLY + (WAITING, RUNNING), True),
        ((FAILED,) * DEADLY + (DONE,), False),
    ],
)
def test_attempt_is_hopeless_when_several_failed_and_none_was_heard(
    db: DatabaseSession, states: tuple, hopeless: bool
):
    recording = a_recording(db)
    chunks(db, recording, *states)
    make.a_chunk(db, recording, 0, attempt=9, state=DONE)  # of another attempt

    assert hand_out.hopeless(db, recording.id, 1) is hopeless


def test_share_heard_is_one_of_audio_and_not_of_chunks(either_parts: Parts):
    with either_parts.sessions() as db:
        recording = a_recording(db)
        make.a_chunk(db, recording, 0, start=0, end=16_000 * 30, state=DONE, heard=30.0)
        make.a_chunk(db, recording, 1, start=16_000 * 30, end=16_000 * 40, state=FAILED, heard=9.0)
        make.a_chunk(
            db, recording, 2, start=16_000 * 40, end=16_000 * 60, state=RUNNING, heard=15.5
        )
        make.a_chunk(db, recording, 3, start=16_000 * 60, end=16_000 * 100)
        make.a_chunk(db, recording, 0, attempt=9, state=DONE)  # of another attempt

        assert hand_out.share_heard(db, recording.id, 1) == pytest.approx(0.555)


@pytest.mark.parametrize(
    ("states", "share"), [((WAITING, WAITING), 0.0), ((DONE, FAILED), 1.0), ((), 1.0)]
)
def test_share_heard_goes_from_nothing_to_all(either_parts: Parts, states: tuple, share: float):
    with either_parts.sessions() as db:
        recording = a_recording(db)
        chunks(db, recording, *states)

        assert hand_out.share_heard(db, recording.id, 1) == share


def test_share_heard_is_never_more_than_all(db: DatabaseSession):
    recording = a_recording(db)
    make.a_chunk(db, recording, 0, state=RUNNING, heard=99.0)

    assert hand_out.share_heard(db, recording.id, 1) == 1.0


# What the tests share -----------------------------------------------------------------------


def all_claims(sessions: sessionmaker[DatabaseSession], worker: str) -> list[Claim]:
    """Claims until nothing waits."""
    claims: list[Claim] = []
    while (got := claim(sessions, worker, f"{worker}-{len(claims)}")) is not None:
        claims.append(got)
    return claims


def at_once(count: int, work: Callable[[int], object]) -> list:
    """What `work` returns in each of `count` threads that start at the same moment."""
    start, results, errors = threading.Barrier(count), [None] * count, []

    def run(number: int) -> None:
        try:
            start.wait(timeout=60)
            results[number] = work(number)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert errors == []
    return results


def before_taking(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Has `meanwhile` happen once, between the choice of a chunk and its being taken."""
    choose, left = hand_out._next, [meanwhile]

    def chosen(db: DatabaseSession) -> ChunkRow | None:
        row = choose(db)
        if left:
            left.pop()()
        return row

    monkeypatch.setattr(hand_out, "_next", chosen)
