"""What is heard so far of a recording that has no transcript yet, from the chunks of its attempt."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Recording, State
from archive.models.transcript import ChunkRow, ChunkState
from archive.queries.cards import RecordingView
from archive.queries.text import Block, Missing, Paragraph, Why, cue_line, paragraphs

SAMPLE_RATE = 16_000  # of the times of chunks
SETTLED = (ChunkState.DONE, ChunkState.FAILED)
# While a recording without a transcript stands here, what is heard of it is shown.
UNFINISHED = (State.QUEUED, State.WORKING, State.PAUSED, State.FAILED)


@dataclass(frozen=True)
class PartialTranscript:
    """What is heard so far of a recording that has no transcript yet."""

    edition: str  # within one, text is only added
    language: str
    draft: bool
    settled: int  # chunks that are done or set aside
    blocks: tuple[Block, ...]

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The text, without the stretches that have none."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))


def partial_transcript(db: DatabaseSession, recording: RecordingView) -> PartialTranscript | None:
    """What the chunks of the attempt say so far; None before there are any."""
    if recording.state not in UNFINISHED:
        return None
    rows = db.execute(
        select(
            ChunkRow.start,
            ChunkRow.end,
            ChunkRow.state,
            ChunkRow.cues,
            ChunkRow.attempt,
            Recording.language,
            Recording.draft,
        )
        .join(ChunkRow.recording)
        .where(ChunkRow.recording_id == recording.id, ChunkRow.attempt == Recording.attempt)
        .order_by(ChunkRow.number)
    ).all()
    if not rows:
        return None
    language = _main_language(rows)
    why = Why.STOPPED if recording.state == State.FAILED else Why.COMING
    return PartialTranscript(
        edition=f"{recording.id}-{rows[0].attempt}-{language}-{why}",
        language=language,
        draft=rows[0].draft,
        settled=sum(row.state in SETTLED for row in rows),
        blocks=_blocks(rows, language, why),
    )


def settled_chunks(db: DatabaseSession, recording: RecordingView) -> int:
    """How many chunks of the attempt are settled, of a recording without a transcript."""
    if recording.state not in UNFINISHED:
        return 0
    count = (
        select(func.count())
        .select_from(ChunkRow)
        .join(ChunkRow.recording)
        .where(
            ChunkRow.recording_id == recording.id,
            ChunkRow.attempt == Recording.attempt,
            ChunkRow.state.in_(SETTLED),
        )
    )
    return db.scalar(count) or 0


def _main_language(rows: Sequence[Any]) -> str:
    """The declared language, or the one most is said in so far; nothing where nobody knows."""
    if rows[0].language:
        return rows[0].language
    seconds: Counter[str] = Counter()
    for row in rows:
        for start, end, _text, language in row.cues or ():
            seconds[language or ""] += end - start
    return max(seconds, key=lambda language: seconds[language], default="")


def _blocks(rows: Sequence[Any], language: str, why: Why) -> tuple[Block, ...]:
    """The text of each chunk that is done, and what is missing between; `why`: of the others.

    Each chunk makes paragraphs of its own, so that what is read stays when its neighbours come.
    """
    made: list[Block] = []
    index = 0
    for row in rows:
        if row.state == ChunkState.DONE:
            lines = [
                cue_line(index + n, start, end, text, code if code != language else None)
                for n, (start, end, text, code) in enumerate(row.cues or ())
            ]
            made.extend(paragraphs(lines, [None] * len(lines)))
            index += len(lines)
            continue
        reason = Why.FAILED if row.state == ChunkState.FAILED else why
        start, end = row.start / SAMPLE_RATE, row.end / SAMPLE_RATE
        last = made[-1] if made else None
        if isinstance(last, Missing) and last.why == reason:
            start = last.start
            made.pop()
        made.append(Missing(start, end, reason))
    return tuple(made)
