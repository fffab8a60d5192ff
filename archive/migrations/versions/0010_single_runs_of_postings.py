"""of a row of postings, the runs that are asked for are read without the others"""

from collections.abc import Iterator, Sequence

import numpy as np
import sqlalchemy as sa
from alembic import op

from transcripts.search.blocks import Runs, write_blocks
from transcripts.search.bulk import set_rows
from transcripts.search.index import SearchIndex
from transcripts.search.tables import postings

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

IN_ONE_GO = 20_000  # rows


def upgrade() -> None:
    connection = op.get_bind()
    tables = sa.inspect(connection)
    if not tables.has_table("search_postings"):  # after a downgrade: a command fills them
        return SearchIndex().create(connection)
    if "runs" not in {column["name"] for column in tables.get_columns("search_postings")}:
        return None  # made by an earlier migration as it is now
    op.alter_column("search_postings", "runs", new_column_name="places")
    for rows in _all_rows(connection):
        packed = write_blocks(_as_it_was([row.places for row in rows]))
        set_rows(
            connection,
            postings,
            ("entry_id", "block", "places"),
            [(row.entry_id, row.block, one) for row, one in zip(rows, packed, strict=True)],
        )
    return None


def downgrade() -> None:
    # The version before makes its tables and fills them by a command of its own.
    SearchIndex().drop(op.get_bind())


def _all_rows(connection: sa.Connection) -> Iterator[Sequence[sa.Row]]:
    """All rows of postings, some at a time."""
    key, last = sa.tuple_(postings.c.entry_id, postings.c.block), (-1, -1)
    ordered = sa.select(postings).order_by(postings.c.entry_id, postings.c.block).limit(IN_ONE_GO)
    while rows := connection.execute(ordered.where(key > last)).all():
        yield rows
        last = (rows[-1].entry_id, rows[-1].block)


def _as_it_was(rows: Sequence[bytes]) -> Runs:
    """Runs as rows had them before, owned by their numbers here; their sessions by slots only.

    Numbers of seven bits a byte, the lowest first: twice the number of runs, odd where each has one
    place only; the slots; the number of places of each and how many of them are in the cue of another;
    the gaps between places.
    """
    written = np.frombuffer(b"".join(rows), np.uint8)
    ends = np.flatnonzero(written < 0x80)
    starts = np.concatenate([[0], ends[:-1] + 1])
    numbers = np.zeros(len(ends), np.int64)
    for nth in range(5):
        there = starts + nth <= ends
        numbers[there] |= (written[starts[there] + nth].astype(np.int64) & 0x7F) << 7 * nth
    begins = np.searchsorted(ends, np.cumsum([0, *map(len, rows)])[:-1])
    counts, alone = numbers[begins] >> 1, (numbers[begins] & 1).astype(bool)
    owners = np.repeat(np.arange(len(rows)), counts)
    firsts = np.cumsum(counts) - counts
    at = begins[owners] + 1 + np.arange(len(owners)) - firsts[owners]
    slots, several = numbers[at], ~alone[owners]
    sizes, cues = np.ones(len(owners), np.int64), np.ones(len(owners), np.int64)
    sizes[several] = numbers[at[several] + counts[owners[several]]]
    cues[several] = sizes[several] - numbers[at[several] + 2 * counts[owners[several]]]
    ends_of_runs = np.cumsum(sizes)
    before = ends_of_runs - sizes
    first_gap = begins + 1 + counts * np.where(alone, 1, 3)
    gaps_at = np.repeat(first_gap[owners] - before[firsts][owners], sizes)
    sums = np.cumsum(numbers[gaps_at + np.arange(len(gaps_at))])
    places = sums - np.repeat(np.concatenate([[0], sums])[before], sizes)
    return Runs(owners, slots, cues, sizes, places)
