"""A person's page."""

from flask import Blueprint, abort, render_template

from archive.auth import viewer
from archive.context import db
from archive.queries.person import person_page

blueprint = Blueprint("people", __name__)


@blueprint.get("/people/<slug>")
def show(slug: str) -> str:
    """Who this is, and every session, newest first."""
    page = person_page(db(), viewer(), slug)
    if page is None:
        abort(404)
    return render_template("person.html", page=page)
