"""The front page."""

from flask import Blueprint, render_template

from archive.auth import viewer
from archive.context import db
from archive.pages.words import carried_by
from archive.queries.home import front_page

blueprint = Blueprint("home", __name__)
carried_by(blueprint)


@blueprint.get("/")
def index() -> str:
    """The newest sessions, the events, and a large search field."""
    return render_template("home.html", page=front_page(db(), viewer()))
