"""search knows who said what: the words of the passages are written anew"""

from alembic import op

from transcripts.search.index import SearchIndex
from transcripts.search.postgres import PostgresIndex
from transcripts.search.sqlite import SqliteIndex

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _search_index().renew(op.get_bind())


def downgrade() -> None:
    # On SQLite the older version leaves the column alone; on PostgreSQL it would have to fill it.
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("search_passage_words", "said_by")


def _search_index() -> SearchIndex:
    return SqliteIndex() if op.get_bind().dialect.name == "sqlite" else PostgresIndex()
