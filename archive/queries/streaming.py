"""Whether recordings stream, in which sizes, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import Rendition, RenditionKind, Streaming, StreamingState


@dataclass(frozen=True)
class StreamingLine:
    """The work on the sizes of a video that plays, and what came of it."""

    state: str | None  # None: nobody has asked for it yet
    progress: float  # 0 to 1
    reason: str | None  # why it failed, or is not needed
    details: dict
    heights: tuple[int, ...]  # lines, the smallest first; empty: it does not stream

    @property
    def may_be_asked_for(self) -> bool:
        """Whether trying could change something."""
        waits = self.state in (StreamingState.QUEUED, StreamingState.WORKING)
        settled = self.state == StreamingState.DONE or self.reason in ("small", "sound")
        return not (waits or settled)


def streaming_lines(db: DatabaseSession, ids: Sequence[int]) -> dict[int, StreamingLine]:
    """Those of the recordings with these ids that are videos which play; two queries."""
    made: dict[int, dict[str, dict]] = {}
    kinds = (RenditionKind.VIDEO, RenditionKind.HLS)
    for recording_id, kind, details in db.execute(
        select(Rendition.recording_id, Rendition.kind, Rendition.details).where(
            Rendition.recording_id.in_(ids), Rendition.kind.in_(kinds)
        )
    ):
        made.setdefault(recording_id, {})[kind] = details or {}
    rows = {
        row.recording_id: row
        for row in db.scalars(select(Streaming).where(Streaming.recording_id.in_(ids)))
    }
    return {
        id_: _line(rows.get(id_), kinds.get(RenditionKind.HLS))
        for id_, kinds in made.items()
        if RenditionKind.VIDEO in kinds
    }


def _line(row: Streaming | None, ladder: dict | None) -> StreamingLine:
    return StreamingLine(
        state=row.state if row else None,
        progress=row.progress if row else 0.0,
        reason=row.reason if row else None,
        details=dict(row.details or {}) if row else {},
        heights=tuple(sorted(ladder["heights"])) if ladder else (),
    )
