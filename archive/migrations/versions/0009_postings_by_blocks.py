"""the search index keeps its postings by blocks of sessions"""

import json
import zlib
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from transcripts.search.index import SearchIndex
from transcripts.search.results import Document, Passage, Reviewed

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = ("search_documents", "search_people", "search_texts")


def upgrade() -> None:
    connection = op.get_bind()
    tables = sa.inspect(connection)
    if not tables.has_table("search_postings"):  # after a downgrade: a command fills them
        return SearchIndex().create(connection)
    if "block" in {column["name"] for column in tables.get_columns("search_postings")}:
        return None  # made by an earlier migration as it is now
    for name in KEPT:
        op.execute(f"CREATE TABLE old_{name} AS SELECT * FROM {name}")
    index = SearchIndex()
    index.drop(connection)
    index.create(connection)
    index.load(connection, _kept(connection))
    for name in KEPT:
        op.drop_table(f"old_{name}")
    return None


def downgrade() -> None:
    # The version before makes its tables and fills them by a command of its own.
    SearchIndex().drop(op.get_bind())


def _kept(connection: sa.Connection) -> Iterator[tuple[Document, list[Passage]]]:
    old = {name: sa.Table(f"old_{name}", sa.MetaData(), autoload_with=connection) for name in KEPT}
    documents, people, texts = (old[name] for name in KEPT)
    moment = sa.type_coerce(documents.c.starts_at, sa.DateTime(timezone=True)).label("begins")
    columns = [column for column in documents.c if column.name != "starts_at"]
    for row in connection.execute(sa.select(*columns, moment)).all():
        names = connection.execute(
            sa.select(people.c.person_id, people.c.name)
            .where(people.c.session_id == row.session_id)
            .order_by(people.c.position)
        )
        parts = connection.scalars(
            sa.select(texts.c.cues)
            .where(texts.c.session_id == row.session_id)
            .order_by(texts.c.part)
        )
        passages = [Passage(*cue) for part in parts for cue in json.loads(zlib.decompress(part))]
        document = Document(
            row.session_id,
            row.event_id,
            row.kind,
            row.language,
            row.visibility,
            row.begins,
            row.title,
            row.subtitle,
            row.abstract,
            tuple((person_id, name) for person_id, name in names),
            row.reviewed and Reviewed(row.reviewed),
        )
        yield document, passages
