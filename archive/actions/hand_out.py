"""Chunks of a recording go from hand to hand: planned, claimed, let go, done or set aside.

The queue only says *when* a worker may take a chunk; *which* one is decided at that moment, by the
order of `archive/queries/queue.py`. So a recording can be put first, paused or cancelled while its
chunks wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import sessionmaker

from archive.db import now
from archive.models.recording import Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from archive.queries.queue import line

DEADLY = 3  # starts that nobody lived to see the end of, after which a chunk is set aside


@dataclass(frozen=True)
class Claim:
    """A chunk in hand. ticket: id of the workflow that has it."""

    recording_id: int
    attempt: int
    number: int
    ticket: str


def hand_out(db: DatabaseSession, recording: Recording, numbers: Sequence[int]) -> None:
    """Lays out the chunks with these numbers for this attempt; those that lie there stay."""
    laid_out = set(
        db.scalars(
            select(ChunkRow.number).where(
                ChunkRow.recording_id == recording.id, ChunkRow.attempt == recording.attempt
            )
        )
    )
    for number in numbers:
        if number not in laid_out:
            chunk = recording.plan[number]
            db.add(
                ChunkRow(
                    recording_id=recording.id,
                    attempt=recording.attempt,
                    number=number,
                    start=chunk["own_start"],
                    end=chunk["own_end"],
                )
            )


def claim(sessions: sessionmaker[DatabaseSession], worker: str, ticket: str) -> Claim | None:
    """Takes the next chunk in line; None where none waits. The same ticket gets the same chunk."""
    with sessions() as db:
        mine = db.scalars(select(ChunkRow).where(ChunkRow.ticket == ticket)).first()
    if mine is not None:
        return Claim(mine.recording_id, mine.attempt, mine.number, ticket)
    while True:
        with sessions() as db:
            row = _next(db)
        if row is None:
            return None
        with sessions.begin() as db:
            taken = _take(db, row, worker, ticket)
        if taken:  # else somebody was faster: on to the one after it
            return Claim(row.recording_id, row.attempt, row.number, ticket)


def begin(db: DatabaseSession, claim: Claim, worker: str) -> ChunkRow | None:
    """The claimed chunk, its start counted; None where it is no longer in this hand."""
    row = held(db, claim)
    if row is not None:
        row.worker, row.started_at, row.heard = worker, now(), 0.0
        row.deaths += 1
    return row


def held(db: DatabaseSession, claim: Claim) -> ChunkRow | None:
    """The row of a chunk that is still in this hand."""
    return db.scalars(
        select(ChunkRow).where(
            ChunkRow.recording_id == claim.recording_id,
            ChunkRow.attempt == claim.attempt,
            ChunkRow.number == claim.number,
            ChunkRow.ticket == claim.ticket,
            ChunkRow.state == ChunkState.RUNNING,
        )
    ).first()


def survived(db: DatabaseSession, claim: Claim) -> None:
    """The start did not end in a death, whatever else went wrong."""
    row = held(db, claim)
    if row is not None:
        row.deaths = max(0, row.deaths - 1)


def done(db: DatabaseSession, claim: Claim, key: str, cues: list[Any]) -> None:
    """The chunk is heard. cues: [start, end, text, language], to be shown while others run."""
    row = held(db, claim)
    if row is not None:
        row.state, row.key, row.cues = ChunkState.DONE, key, cues
        row.heard = (row.end - row.start) / 16_000
        row.failure = None


def set_aside(db: DatabaseSession, claim: Claim, failure: str) -> None:
    """The chunk cannot be heard; the others go on."""
    row = held(db, claim)
    if row is not None:
        row.state, row.failure = ChunkState.FAILED, failure[:2000]


def left(db: DatabaseSession, recording_id: int, attempt: int) -> int:
    """How many chunks of the attempt are neither done nor set aside."""
    return _count(db, recording_id, attempt, ChunkState.WAITING, ChunkState.RUNNING)


def hopeless(db: DatabaseSession, recording_id: int, attempt: int) -> bool:
    """Whether several chunks were set aside and none was heard: the others would fare no better."""
    failed = _count(db, recording_id, attempt, ChunkState.FAILED)
    return failed >= DEADLY and not _count(db, recording_id, attempt, ChunkState.DONE)


def share_heard(db: DatabaseSession, recording_id: int, attempt: int) -> float:
    """How much of the attempt's audio is heard, 0 to 1."""
    settled = ChunkRow.state.in_((ChunkState.DONE, ChunkState.FAILED))
    of_attempt = (ChunkRow.recording_id == recording_id, ChunkRow.attempt == attempt)
    whole, finished, running = (
        float(db.scalar(select(func.sum(what)).where(*of_attempt, *where)) or 0)  # some a Decimal
        for what, where in (
            (ChunkRow.end - ChunkRow.start, ()),
            (ChunkRow.end - ChunkRow.start, (settled,)),
            (ChunkRow.heard, (ChunkRow.state == ChunkState.RUNNING,)),
        )
    )
    return min(1.0, (finished / 16_000 + running) / (whole / 16_000)) if whole else 1.0


def _count(db: DatabaseSession, recording_id: int, attempt: int, *states: str) -> int:
    return (
        db.scalar(
            select(func.count())
            .select_from(ChunkRow)
            .where(
                ChunkRow.recording_id == recording_id,
                ChunkRow.attempt == attempt,
                ChunkRow.state.in_(states),
            )
        )
        or 0
    )


def _next(db: DatabaseSession) -> ChunkRow | None:
    for recording_id in line(db):
        row = db.scalars(
            select(ChunkRow)
            .join(ChunkRow.recording)
            .where(
                ChunkRow.recording_id == recording_id,
                ChunkRow.attempt == Recording.attempt,
                ChunkRow.state == ChunkState.WAITING,
            )
            .order_by(ChunkRow.number)
            .limit(1)
        ).first()
        if row is not None:
            return row
    return None


def _take(db: DatabaseSession, row: ChunkRow, worker: str, ticket: str) -> bool:
    """Whether the chunk came into this hand: it still waits, of a recording that is in work.

    Whoever pauses or cancels the recording in this moment waits, or is waited for.
    """
    db.scalar(
        select(Recording.id)
        .where(Recording.id == row.recording_id)
        .with_for_update(read=True, key_share=True)
    )
    in_work = exists().where(
        Recording.id == row.recording_id,
        Recording.attempt == row.attempt,
        Recording.state.in_((State.QUEUED, State.WORKING)),
    )
    taken = db.execute(
        update(ChunkRow)
        .where(ChunkRow.id == row.id, ChunkRow.state == ChunkState.WAITING, in_work)
        .values(state=ChunkState.RUNNING, worker=worker, ticket=ticket, started_at=now())
    )
    return bool(taken.rowcount)
