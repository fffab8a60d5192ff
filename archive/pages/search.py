"""The search page: an index of quotations."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from archive.auth import viewer
from archive.context import db, parts
from archive.pages.words import page_number
from archive.queries.home import example_queries
from archive.queries.search import Choice, archive_size, search_page
from transcripts.search.query import parse

blueprint = Blueprint("search", __name__)

LONGEST_QUERY = 300  # letters
FILTERS = ("event", "person", "kind", "language")


@blueprint.get("/search")
def results() -> str:
    """Sessions and moments in which the words of `q` were said."""
    text = request.args.get("q", "")[:LONGEST_QUERY].replace("\x00", "").strip()
    choice = Choice(**{name: _argument(name) for name in FILTERS})
    query = parse(text)
    page = None
    if text:
        number = page_number(request.args.get("page"))
        page = search_page(db(), parts().index, viewer(), query, choice, number)
    return render_template(
        "search.html",
        query=text,
        parsed=query,
        page=page,
        choice=choice,
        size=archive_size(db(), viewer()),
        examples=() if page and page.total_sessions else example_queries(db()),
        address=lambda **changes: _address(text, choice, changes),
        notes=_notes(text, page is not None),
    )


def _argument(name: str) -> str | None:
    return request.args.get(name, "")[:120].replace("\x00", "").strip() or None


def _address(text: str, choice: Choice, changes: dict[str, object]) -> str:
    """This search with some arguments changed; None takes one away. A new filter begins on page 1."""
    arguments: dict[str, object] = {"q": text, **vars(choice), **changes}
    return url_for("search.results", **{k: v for k, v in arguments.items() if v not in (None, 1)})
