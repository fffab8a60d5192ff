"""chunks of an attempt, notices, glossaries"""

import sqlalchemy as sa
from alembic import op

import archive.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=True),
        sa.Column("ticket", sa.String(length=200), nullable=True),
        sa.Column("started_at", archive.db.Moment(timezone=True), nullable=True),
        sa.Column("heard", sa.Double(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("cues", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_chunks_recording_id_recordings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunks")),
        sa.UniqueConstraint(
            "recording_id", "attempt", "number", name=op.f("uq_chunks_recording_id_attempt_number")
        ),
    )
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chunks_state"), ["state"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", archive.db.Moment(timezone=True), nullable=False),
        sa.Column("mailed_at", archive.db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_notices_recording_id_recordings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notices_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "user_id",
            "recording_id",
            "attempt",
            name=op.f("uq_notices_user_id_recording_id_attempt"),
        ),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_recording_id"), ["recording_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_user_id"), ["user_id"], unique=False)

    # A column with a default is added in place: a table made anew would take its children along.
    for table, column in (
        ("events", sa.Column("glossary", sa.Text(), nullable=False, server_default="")),
        (
            "recordings",
            sa.Column("other_languages", sa.JSON(), nullable=False, server_default="[]"),
        ),
        ("recordings", sa.Column("terms", sa.JSON(), nullable=True)),
        ("recordings", sa.Column("draft", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("recordings", sa.Column("stretch", sa.JSON(), nullable=True)),
        ("recordings", sa.Column("priority", sa.Integer(), nullable=False, server_default="0")),
        ("sessions", sa.Column("other_languages", sa.JSON(), nullable=False, server_default="[]")),
        ("users", sa.Column("email", sa.String(length=254), nullable=False, server_default="")),
    ):
        op.add_column(table, column)


def downgrade() -> None:
    op.drop_column("users", "email")
    op.drop_column("sessions", "other_languages")
    for column in ("priority", "stretch", "draft", "terms", "other_languages"):
        op.drop_column("recordings", column)
    op.drop_column("events", "glossary")
    op.drop_table("notices")
    op.drop_table("chunks")
