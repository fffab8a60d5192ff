"""What a request has at hand: the parts of the app, and one database session."""

from flask import current_app, g
from sqlalchemy.orm import Session

from archive.parts import Parts


def parts() -> Parts:
    """The parts this app was made with."""
    return current_app.extensions["podium"]


def db() -> Session:
    """The database session of this request; closed with it, committed only by actions."""
    if "db" not in g:
        g.db = parts().sessions()
    return g.db


def close_db(_error: BaseException | None = None) -> None:
    """Ends the request's session; what was not committed is rolled back."""
    session = g.pop("db", None)
    if session is not None:
        session.close()
