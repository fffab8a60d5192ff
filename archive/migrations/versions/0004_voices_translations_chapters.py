"""voices of a recording, transcripts that are translations, chapters of a session"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A column with a default is added in place: a table made anew would take its children along.
    op.add_column("recordings", sa.Column("voices", sa.JSON(), nullable=True))
    op.add_column(
        "transcripts",
        sa.Column("translation", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("sessions", sa.Column("chapters", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sessions", "chapters")
    op.drop_column("transcripts", "translation")
    op.drop_column("recordings", "voices")
