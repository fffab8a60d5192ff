"""Alembic's entry: runs on the connection it is handed in `config.attributes["connection"]`."""

from alembic import context

from archive.models.registry import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_name=lambda name, kind, parents: kind != "table" or name in Base.metadata.tables,
)
with context.begin_transaction():
    context.run_migrations()
