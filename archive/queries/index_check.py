"""Whether the search index says what the catalogue and the transcripts say."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.programme import Session
from archive.queries.searchable import searchable
from transcripts.search.index import SearchIndex


class Fault(StrEnum):
    """How a session in the index differs from the session itself."""

    MISSING = "missing"  # it is not in
    GONE = "gone"  # only the index has it
    OUTDATED = "outdated"  # something about it, or something said, is another


@dataclass(frozen=True)
class IndexCheck:
    """How many sessions there are, and those that differ; by slug, or by number where they are gone."""

    sessions: int
    faults: dict[Fault, tuple[str, ...]]


def index_check(db: DatabaseSession, index: SearchIndex) -> IndexCheck:
    """Compares every session. One that differs is looked at twice: it may just have been changed."""
    slugs = dict(db.execute(select(Session.id, Session.slug)).all())
    found: dict[Fault, list[str]] = {fault: [] for fault in Fault}
    for id_ in sorted({*slugs, *index.sessions(db.connection())}):
        fault = _fault(db, index, id_) and _fault(db, index, id_)
        if fault:
            found[fault].append(slugs.get(id_, str(id_)))
    return IndexCheck(len(slugs), {fault: tuple(names) for fault, names in found.items() if names})


def _fault(db: DatabaseSession, index: SearchIndex, session_id: int) -> Fault | None:
    wanted = searchable(db, session_id)
    kept = index.kept(db.connection(), session_id)
    if wanted == kept:
        return None
    if kept is None:
        return Fault.MISSING
    return Fault.GONE if wanted is None else Fault.OUTDATED
