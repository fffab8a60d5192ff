"""The search page: an index of quotations."""

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext

from archive.auth import viewer
from archive.context import db, parts
from archive.pages.words import kind_name, language_name, page_number
from archive.queries.home import example_queries
from archive.queries.search import Choice, archive_size, choice_labels, search_page
from transcripts.search.query import Note, by_speaker, parse, without

blueprint = Blueprint("search", __name__)

LONGEST_READ = 10_000  # letters; how many of them count is up to the query
LONGEST_NAME = 200  # letters
OPERATOR = lazy_gettext("speaker:")  # in a language that transcripts/search/query.py understands
NOTES = {
    Note.TOO_LONG: lazy_gettext("This is very long; only its beginning was searched for."),
    Note.TOO_MANY: lazy_gettext("These are many words; only the first were searched for."),
    Note.ONLY_EXCLUDED: lazy_gettext(
        "Only words to leave out are named here. Name at least one that was said."
    ),
    Note.NOTHING_TO_SEARCH: lazy_gettext("There is no word in it that could be searched for."),
}
FILTERS = ("event", "person", "kind", "language")


@blueprint.get("/search")
def results() -> str:
    """Sessions and moments in which the words of `q` were said, by `speaker` where that is given."""
    choice = Choice(**{name: _argument(name) for name in FILTERS})
    query = parse(_asked())
    text = query.text
    page = None
    if query:
        number = page_number(request.args.get("page"))
        page = search_page(db(), parts().index, viewer(), query, choice, number)
    return render_template(
        "search.html",
        query=text,
        words=without(query, (*query.speakers, *query.unwanted_speakers)),
        speakers=query.speakers,
        by_others=lambda speaker: _address(without(query, [speaker]) or None, choice, {}),
        page=page,
        choice=choice,
        chosen=_chosen(choice_labels(db(), choice)),
        notes=[NOTES[note] for note in query.notes],
        size=None if page else archive_size(db(), viewer()),
        example_queries=() if page and page.total_sessions else example_queries(db()),
        address=lambda **changes: _address(text, choice, changes),
        page_address=lambda number: _address(text, choice, {"page": number}),
    )


def _asked() -> str:
    """What is asked for; a page about a person says by its `speaker` who must have said it."""
    typed = request.args.get("q", "")[:LONGEST_READ]
    speaker = request.args.get("speaker", "")[:LONGEST_NAME]
    return by_speaker(speaker, typed, str(OPERATOR)) if speaker.strip() else typed


def _argument(name: str) -> str | None:
    return request.args.get(name, "")[:120].replace("\x00", "").strip() or None


def _address(text: str | None, choice: Choice, changes: dict[str, object]) -> str:
    """This search with some arguments changed; None takes one away."""
    arguments: dict[str, object] = {"q": text, **vars(choice), **changes}
    return url_for("search.results", **{k: v for k, v in arguments.items() if v not in (None, 1)})


def _chosen(labels: dict[str, str]) -> list[tuple[str, str]]:
    """The filters in force and what to call them."""
    names = {"kind": kind_name, "language": language_name}
    return [(name, names.get(name, str)(label)) for name, label in labels.items()]
