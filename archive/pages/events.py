"""An event's page."""

from flask import Blueprint, abort, render_template

from archive.auth import viewer
from archive.context import db
from archive.queries.event import event_page

blueprint = Blueprint("events", __name__)


@blueprint.get("/events/<slug>")
def show(slug: str) -> str:
    """The programme by day and room, with what is recorded and what is not."""
    page = event_page(db(), viewer(), slug)
    if page is None:
        abort(404)
    return render_template("event.html", page=page)
