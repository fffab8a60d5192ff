"""What waits for a turn at the engine, in which order, who works on what, and when it will be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Row, case, func, select, tuple_
from sqlalchemy.orm import Session as DatabaseSession

from archive.db import now
from archive.models.programme import Session
from archive.models.recording import Recording, State, Step
from archive.models.transcript import ChunkRow, ChunkState, TranscribedChunk
from archive.models.workers import Worker
from archive.queries.workers import DEAD_AFTER

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SAMPLE_RATE = 16_000
MEASURED = 20  # finished chunks of a model by which its speed is known
LOOKED_AT = 2000  # finished chunks among which those of a model are looked for
SOON = 5.0  # seconds of work after which the speed of a chunk under way says something
MEDIA_STEPS = (Step.PROBE, Step.POSTER, Step.SPEECH, Step.RENDITION)
IN_LINE = (State.QUEUED, State.WORKING)


@dataclass(frozen=True)
class Running:
    """A chunk that a worker has in hand; times in seconds."""

    recording_id: int
    slug: str
    title: str
    name: str
    model: str
    number: int
    start: float
    end: float
    worker: str
    since: datetime | None
    heard: float
    seconds: float  # since it began

    @property
    def share(self) -> float:
        """How much of the chunk is done, 0 to 1."""
        length = self.end - self.start
        return min(1.0, self.heard / length) if length > 0 else 0.0

    @property
    def speed(self) -> float | None:
        """Times real time; None while it is too early to say."""
        return self.heard / self.seconds if self.heard and self.seconds >= SOON else None


@dataclass(frozen=True)
class Standing:
    """Where a recording stands in line. Times in seconds.

    place: 1 for the next; None where nothing of it waits. audio: sound that is not heard yet.
    speed: times real time, as its model was measured. left: until it is done; None: not known yet.
    workers: who has a chunk of it in hand.
    """

    place: int | None = None
    audio: float | None = None
    speed: float | None = None
    left: float | None = None
    workers: tuple[str, ...] = ()


@dataclass(frozen=True)
class InLine:
    """A recording on the queue's page."""

    recording_id: int
    slug: str
    title: str
    name: str
    state: str
    step: str | None
    progress: float  # 0 to 1
    model: str
    duration: float | None  # seconds
    first: bool  # was put first
    standing: Standing


@dataclass(frozen=True)
class LiveWorker:
    """A worker that gives signs of life."""

    name: str
    since: datetime


@dataclass(frozen=True)
class Queue:
    """All that is worked on and waits.

    running: chunks at an engine. preparing: recordings whose file is worked on. waiting: those whose
    chunks wait, in order. arriving: those whose files wait. speeds: times real time, by model.
    """

    workers: tuple[LiveWorker, ...]
    running: tuple[Running, ...]
    preparing: tuple[InLine, ...]
    waiting: tuple[InLine, ...]
    arriving: tuple[InLine, ...]
    paused: tuple[InLine, ...]
    without_model: tuple[InLine, ...]
    speeds: dict[str, float]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        groups = (self.running, self.preparing, self.waiting, self.arriving)
        return not any((*groups, self.paused, self.without_model))

    @property
    def ending(self) -> frozenset[int]:
        """Ids of the recordings of which chunks run and none waits."""
        waiting = {one.recording_id for one in self.waiting}
        return frozenset(chunk.recording_id for chunk in self.running) - waiting

    @property
    def left(self) -> float | None:
        """Seconds until all that waits is done; None: not known yet."""
        found = [one.standing.left for one in self.waiting]
        return max(found) if found and None not in found else None  # type: ignore[type-var]


@dataclass
class _Load:
    """What is to be heard of a recording; audio in seconds."""

    recording_id: int
    event_id: int
    priority: int
    model: str
    state: str
    audio: float = 0.0
    longest: float = 0.0  # the longest rest of a chunk
    workers: tuple[str, ...] = ()


def line(db: DatabaseSession) -> list[int]:
    """Ids of the recordings with chunks that wait, in the order in which they get a turn.

    First those put first; then events take turns: the one with the fewest chunks running, then the
    one whose last start is longest ago.
    """
    waiting = db.execute(
        select(Recording.id, Recording.priority, Session.event_id)
        .join(Session, Recording.session_id == Session.id)
        .join(ChunkRow, ChunkRow.recording_id == Recording.id)
        .where(
            ChunkRow.state == ChunkState.WAITING,
            ChunkRow.attempt == Recording.attempt,
            Recording.state.in_(IN_LINE),
        )
        .distinct()
    ).all()
    if not waiting:
        return []
    running = case((ChunkRow.state == ChunkState.RUNNING, 1), else_=0)
    served = {
        event_id: (count, last or LONG_AGO)
        for event_id, count, last in db.execute(
            select(Session.event_id, func.sum(running), func.max(ChunkRow.started_at))
            .join(Recording, ChunkRow.recording_id == Recording.id)
            .join(Session, Recording.session_id == Session.id)
            .where(Session.event_id.in_({event_id for *_, event_id in waiting}))
            .group_by(Session.event_id)
        )
    }
    ordered = sorted(waiting, key=lambda row: (-row.priority, served[row.event_id], row.id))
    return [row.id for row in ordered]


def queue(db: DatabaseSession) -> Queue:
    """What runs where, what waits, in order, and until when."""
    workers, running, order = live_workers(db), _running_rows(db), line(db)
    speeds, loads = measured_speeds(db), _loads(db, running)
    found = _standings(loads, order, speeds, len(workers))
    in_work = {
        row.id: row
        for row in db.execute(
            select(
                *(Recording.id, Session.slug, Session.title, Recording.original_name),
                *(Recording.state, Recording.step, Recording.progress, Recording.model),
                *(Recording.duration, Recording.priority),
            )
            .join(Session, Recording.session_id == Session.id)
            .where(Recording.state.in_((*IN_LINE, State.PAUSED, State.WAITING_FOR_MODEL)))
            .order_by(Recording.priority.desc(), Recording.id)
        )
    }

    def those(ids: Iterable[int]) -> tuple[InLine, ...]:
        return tuple(_in_line(in_work[id_], found) for id_ in ids if id_ in in_work)

    def of(*states: str, steps: Sequence[str | None] = ()) -> list[int]:
        return [
            row.id
            for row in in_work.values()
            if row.state in states and (not steps or row.step in steps)
        ]

    preparing = of(State.WORKING, steps=MEDIA_STEPS)
    arriving = [id_ for id_ in of(*IN_LINE) if id_ not in preparing and id_ not in loads]
    return Queue(
        workers=workers,
        running=_chunks(running),
        preparing=those(preparing),
        waiting=those(order),
        arriving=those(arriving),
        paused=those(of(State.PAUSED)),
        without_model=those(of(State.WAITING_FOR_MODEL)),
        speeds=speeds,
    )


def standings(db: DatabaseSession) -> dict[int, Standing]:
    """Where each recording stands that has chunks to be heard, by its id."""
    loads = _loads(db, _running_rows(db))
    if not loads:
        return {}
    return _standings(loads, line(db), measured_speeds(db), len(live_workers(db)))


def live_workers(db: DatabaseSession) -> tuple[LiveWorker, ...]:
    """The workers that have given a sign of life lately."""
    rows = db.execute(
        select(Worker.name, Worker.started_at)
        .where(Worker.seen_at >= now() - DEAD_AFTER)
        .order_by(Worker.name)
    )
    return tuple(LiveWorker(name, since) for name, since in rows)


def measured_speeds(db: DatabaseSession) -> dict[str, float]:
    """How many times faster than real time each model was lately, by its name."""
    recent = (
        select(ChunkRow.id, ChunkRow.recording_id, ChunkRow.attempt, ChunkRow.key)
        .where(ChunkRow.state == ChunkState.DONE, ChunkRow.key.is_not(None))
        .order_by(ChunkRow.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    model_of: dict[tuple[int, str], str] = {}
    count: dict[str, int] = {}
    for recording_id, key, model in db.execute(
        select(recent.c.recording_id, recent.c.key, Recording.model)
        .join(Recording, Recording.id == recent.c.recording_id)
        .where(recent.c.attempt == Recording.attempt)
        .order_by(recent.c.id.desc())
    ):
        count[model] = count.get(model, 0) + 1
        if count[model] <= MEASURED:
            model_of[recording_id, key] = model
    if not model_of:
        return {}
    audio: dict[str, float] = {}
    took: dict[str, float] = {}
    of_chunk = (TranscribedChunk.recording_id, TranscribedChunk.key)
    for recording_id, key, start, end, seconds in db.execute(
        select(*of_chunk, TranscribedChunk.start, TranscribedChunk.end, TranscribedChunk.seconds)
        .where(tuple_(*of_chunk).in_(model_of))
    ):  # fmt: skip
        model = model_of[recording_id, key]
        audio[model] = audio.get(model, 0.0) + (end - start) / SAMPLE_RATE
        took[model] = took.get(model, 0.0) + seconds
    return {model: audio[model] / took[model] for model in audio if took[model] > 0}


def _running_rows(db: DatabaseSession) -> Sequence[Row]:
    """The chunks of current attempts that run, in their order."""
    return db.execute(
        select(
            *(ChunkRow.recording_id, ChunkRow.number, ChunkRow.worker, ChunkRow.heard),
            *(ChunkRow.start, ChunkRow.end, ChunkRow.started_at),
            *(Recording.priority, Recording.model, Recording.state, Session.event_id),
            *(Recording.original_name, Session.slug, Session.title),
        )
        .join(Recording, ChunkRow.recording_id == Recording.id)
        .join(Session, Recording.session_id == Session.id)
        .where(ChunkRow.state == ChunkState.RUNNING, ChunkRow.attempt == Recording.attempt)
        .order_by(ChunkRow.recording_id, ChunkRow.number)
    ).all()


def _loads(db: DatabaseSession, running: Sequence[Row]) -> dict[int, _Load]:
    """What is to be heard of each recording, by its id."""
    length = ChunkRow.end - ChunkRow.start
    of = (Recording.id, Recording.priority, Recording.model, Recording.state, Session.event_id)
    loads = {
        row.id: _Load(
            *(row.id, row.event_id, row.priority, row.model, row.state),
            audio=float(row.whole) / SAMPLE_RATE,  # PostgreSQL sums to a decimal
            longest=row.longest / SAMPLE_RATE,
        )
        for row in db.execute(
            select(*of, func.sum(length).label("whole"), func.max(length).label("longest"))
            .select_from(ChunkRow)
            .join(Recording, ChunkRow.recording_id == Recording.id)
            .join(Session, Recording.session_id == Session.id)
            .where(ChunkRow.state == ChunkState.WAITING, ChunkRow.attempt == Recording.attempt)
            .group_by(*of)
        )
    }
    for row in running:
        load = loads.setdefault(
            row.recording_id,
            _Load(row.recording_id, row.event_id, row.priority, row.model, row.state),
        )
        rest = max(0.0, (row.end - row.start) / SAMPLE_RATE - row.heard)
        load.audio += rest
        load.longest = max(load.longest, rest)
        if row.worker and row.worker not in load.workers:
            load.workers = (*load.workers, row.worker)
    return loads


def _chunks(running: Iterable[Row]) -> tuple[Running, ...]:
    moment = now()
    return tuple(
        Running(
            recording_id=row.recording_id,
            slug=row.slug,
            title=row.title,
            name=row.original_name,
            model=row.model,
            number=row.number,
            start=row.start / SAMPLE_RATE,
            end=row.end / SAMPLE_RATE,
            worker=row.worker or "",
            since=row.started_at,
            heard=row.heard,
            seconds=(moment - row.started_at).total_seconds() if row.started_at else 0.0,
        )
        for row in running
    )


def _standings(
    loads: dict[int, _Load], order: Sequence[int], speeds: dict[str, float], workers: int
) -> dict[int, Standing]:
    """Where each recording stands, by its id; `order` names those that wait for a turn."""
    in_turn = [loads[id_] for id_ in order if id_ in loads]
    places = {load.recording_id: place for place, load in enumerate(in_turn, start=1)}
    ending = [load for id_, load in loads.items() if id_ not in places and load.state in IN_LINE]
    return {
        id_: Standing(
            place=places.get(id_),
            audio=load.audio,
            speed=speeds.get(load.model),
            left=_left(load, in_turn, ending, speeds, workers) if load.state in IN_LINE else None,
            workers=load.workers,
        )
        for id_, load in loads.items()
    }


def _left(
    load: _Load,
    in_turn: Sequence[_Load],
    ending: Sequence[_Load],
    speeds: dict[str, float],
    workers: int,
) -> float | None:
    """Seconds until a recording is done: the sound ahead of it and its own, by the speed of all.

    Events take turns. So what is ahead is what was put before it, what is older in its own event,
    and of each other event as much as gets a turn meanwhile. in_turn: what waits, in order. ending:
    what waits no more and is still being heard.
    """
    alone = load in ending
    equals = [] if alone else [one for one in in_turn if one.priority == load.priority]
    own = [one for one in equals if one.event_id == load.event_id]
    before = [] if alone else [one for one in in_turn if one.priority > load.priority]
    ahead = [*before, *own[: own.index(load)], *ending] if not alone else []
    beside = [one for one in equals if one.event_id != load.event_id]
    if not workers or not all(speeds.get(one.model) for one in (load, *ahead, *beside)):
        return None

    def cost(*some: _Load) -> float:
        """Seconds that one worker needs."""
        return sum(one.audio / speeds[one.model] for one in some)

    longest = load.longest / speeds[load.model]  # a chunk cannot be shared
    if alone:
        return max(cost(load) / min(workers, max(1, len(load.workers))), longest)
    mine = cost(load, *ahead)
    theirs: dict[int, float] = {}
    for other in beside:
        theirs[other.event_id] = theirs.get(other.event_id, 0.0) + cost(other)
    return max((mine + sum(min(cost_, mine) for cost_ in theirs.values())) / workers, longest)


def _in_line(row: Row, found: dict[int, Standing]) -> InLine:
    return InLine(
        recording_id=row.id,
        slug=row.slug,
        title=row.title,
        name=row.original_name,
        state=row.state,
        step=row.step,
        progress=row.progress,
        model=row.model,
        duration=row.duration,
        first=row.priority > 0,
        standing=found.get(row.id, Standing()),
    )
