"""corrections by people, and texts that are offered"""

import sqlalchemy as sa
from alembic import op

import archive.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("updated_at", archive.db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_id"],
            ["revisions.id"],
            name=op.f("fk_corrections_base_id_revisions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_corrections_transcript_id_transcripts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_corrections_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint(
            "transcript_id", "user_id", name=op.f("uq_corrections_transcript_id_user_id")
        ),
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrections_user_id"), ["user_id"], unique=False)

    op.create_table(
        "correction_patches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("rival", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["corrections.id"],
            name=op.f("fk_correction_patches_correction_id_corrections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_patches")),
    )
    with op.batch_alter_table("correction_patches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_correction_patches_correction_id"), ["correction_id"], unique=False
        )

    # A column with a default is added in place: a table made anew would take its children along.
    for table, column in (
        (
            "revisions",
            sa.Column("offered", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        ("cues", sa.Column("reviewed", sa.Boolean(), nullable=False, server_default=sa.false())),
    ):
        op.add_column(table, column)


def downgrade() -> None:
    op.drop_column("cues", "reviewed")
    op.drop_column("revisions", "offered")
    op.drop_table("correction_patches")
    op.drop_table("corrections")
