"""A user has read what they were told."""

from sqlalchemy import delete

from archive.models.users import Notice
from archive.parts import Parts


def dismiss_notices(parts: Parts, user_id: int, notice_id: int | None = None) -> None:
    """Removes one notice of the user, or all of them; those of others stay."""
    gone = delete(Notice).where(Notice.user_id == user_id)
    if notice_id is not None:
        gone = gone.where(Notice.id == notice_id)
    with parts.sessions.begin() as db:
        db.execute(gone)
