"""What a page shows of a session that was found: its texts marked, and its best moments."""

from collections.abc import Sequence

from sqlalchemy import Row

from transcripts.search.highlight import Fragment, highlight, highlight_end, matches, snippet
from transcripts.search.index import Moment, SessionHit
from transcripts.search.query import Clause, Query

MOST_STARTS = 500


def hit(
    query: Query,
    row: Row,
    names: Sequence[tuple[int, str]],
    cues: Sequence[Row],
    score: float,
    count: int,
    most: int,
) -> SessionHit:
    """A session as the page shows it; cues: rows of `passages`, in the order of the recording."""
    people_found = [(id_, highlight(name, query, row.language)) for id_, name in names]
    abstract = snippet(row.abstract, query, row.language) if row.abstract else ()
    best = sorted(cues, key=lambda cue: (-_worth(query, cue), cue.start))[:most]
    return SessionHit(
        session_id=row.session_id,
        score=score,
        title=highlight(row.title, query, row.language),
        subtitle=highlight(row.subtitle, query, row.language) if row.subtitle else (),
        people=tuple((id_, pieces) for id_, pieces in people_found if _marked(pieces)),
        abstract=abstract if _marked(abstract) else None,
        moments=tuple(
            Moment(
                cue.start,
                cue.end,
                cue.cue_index,
                _marked_text(query, cue),
                cue.speaker,
            )
            for cue in sorted(best, key=lambda cue: (cue.start, cue.cue_index))
        ),
        moment_count=count,
        moment_starts=tuple(cue.start for cue in cues[:MOST_STARTS]),
    )


def _marked_text(query: Query, cue: Row) -> tuple[Fragment, ...]:
    pieces = highlight(cue.text, query, cue.language)
    return pieces if _marked(pieces) else highlight_end(cue.text, query)


def _worth(query: Query, cue: Row) -> float:
    """How good a cue is as an answer: clauses in it, and very words."""
    exact = highlight(cue.text, _exactly(query), cue.language)
    held = sum(matches(clause, cue.text, cue.language) for clause in query.wanted)
    return held * 10 + sum(piece.marked for piece in exact)


def _exactly(query: Query) -> Query:
    """The query without other forms of its words."""
    wanted = tuple(Clause(c.kind, c.words, (), c.typed) for c in query.wanted)
    return Query(query.text, wanted, ())


def _marked(pieces: Sequence[Fragment]) -> bool:
    return any(piece.marked for piece in pieces)
