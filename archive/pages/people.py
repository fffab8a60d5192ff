"""A person's page."""

from flask import Blueprint, abort, render_template, request

from archive.auth import viewer
from archive.context import db
from archive.queries.person import person_page

blueprint = Blueprint("people", __name__)


@blueprint.get("/people/<slug>")
def show(slug: str) -> str:
    """Who this is, and every session, newest first; `session` is one to show all that they said in."""
    whole = request.args.get("session")
    page = person_page(db(), viewer(), slug, whole)
    if page is None:
        abort(404)
    return render_template("person.html", page=page, whole=whole)
