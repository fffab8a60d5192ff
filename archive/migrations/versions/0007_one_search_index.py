"""one search index for all databases, in the place of their full-text tables"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from transcripts.search.index import SearchIndex
from transcripts.search.results import Document, Passage

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FULL_TEXT = ("search_passage_words", "search_document_words")
KEPT = ("search_documents", "search_people", "search_passages")


def upgrade() -> None:
    connection = op.get_bind()
    if not sa.inspect(connection).has_table("search_passages"):
        return  # made by 0001 as it is now
    for name in FULL_TEXT:
        op.execute(f"DROP TABLE IF EXISTS {name}")
    for name in KEPT:
        op.execute(f"CREATE TABLE old_{name} AS SELECT * FROM {name}")
        op.drop_table(name)
    index = SearchIndex()
    index.create(connection)
    index.load(connection, _kept(connection))
    for name in KEPT:
        op.drop_table(f"old_{name}")


def downgrade() -> None:
    # The version before makes its tables and fills them by a command of its own.
    SearchIndex().drop(op.get_bind())


def _kept(connection: sa.Connection) -> Iterator[tuple[Document, list[Passage]]]:
    old = {name: sa.Table(f"old_{name}", sa.MetaData(), autoload_with=connection) for name in KEPT}
    documents, people, passages = (old[name] for name in KEPT)
    moment = sa.type_coerce(documents.c.starts_at, sa.DateTime(timezone=True)).label("begins")
    columns = [column for column in documents.c if column.name != "starts_at"]
    for row in connection.execute(sa.select(*columns, moment)).all():
        names = connection.execute(
            sa.select(people.c.person_id, people.c.name)
            .where(people.c.session_id == row.session_id)
            .order_by(people.c.position)
        )
        said = connection.execute(
            sa.select(
                passages.c.start,
                passages.c.end,
                passages.c.text,
                passages.c.language,
                passages.c.cue_index,
                passages.c.speaker,
            )
            .where(passages.c.session_id == row.session_id)
            .order_by(passages.c.cue_index)
        )
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
        )
        yield document, [Passage(*one) for one in said]
