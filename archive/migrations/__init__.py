"""The database's versions, by Alembic; `flask --app wsgi prepare` brings it up to the newest."""
