"""The search page: an index of quotations."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import lazy_gettext

from archive.auth import viewer
from archive.context import db, parts
from archive.pages.words import (
    kind_name,
    kinds_called,
    language_name,
    page_number,
    reviewed_name,
)
from archive.queries.home import example_queries
from archive.queries.search import Choice, archive_size, choice_labels, search_page
from archive.queries.suggestions import suggestions_for
from transcripts.search.query import Note, Query, by_speaker, only_words, parse, without
from transcripts.search.results import Order

blueprint = Blueprint("search", __name__)

LONGEST_READ = 10_000  # letters; how many of them count is up to the query
LONGEST_NAME = 200  # letters
UNSAID = (None, 1, Order.RELEVANCE)  # values that an address leaves out
OPERATOR = lazy_gettext("speaker:")  # in a language that transcripts/search/query.py understands
NOTES = {
    Note.TOO_LONG: lazy_gettext("This is very long; only its beginning was searched for."),
    Note.TOO_MANY: lazy_gettext("These are many words; only the first were searched for."),
    Note.ONLY_EXCLUDED: lazy_gettext(
        "Only words to leave out are named here. Name at least one that was said."
    ),
    Note.ONLY_NARROWED: lazy_gettext(
        "This only says where to search. Name at least one word that was said."
    ),
    Note.NOT_IN_CHOICE: lazy_gettext(
        "OR only joins words; what stands beside it to narrow down or to leave out holds for all."
    ),
    Note.NOTHING_TO_SEARCH: lazy_gettext("There is no word in it that could be searched for."),
}
FILTERS = ("event", "person", "kind", "language", "year", "reviewed")
ORDERS = {
    Order.RELEVANCE: lazy_gettext("Best matches first"),
    Order.NEWEST: lazy_gettext("Newest first"),
    Order.SPEAKER: lazy_gettext("By speaker"),
}


@blueprint.get("/search")
def results() -> str:
    """Sessions and moments in which the words of `q` were said, by `speaker` where that is given."""
    choice = Choice(**{name: _argument(name) for name in FILTERS})
    query = asked()
    order = _order()
    text = query.text
    page = None
    if query:
        number = page_number(request.args.get("page"))
        page = search_page(db(), parts().index, viewer(), query, choice, number, order)

    def address(**changes: object) -> str:
        return _address(text, choice, {"order": order, **changes})

    return render_template(
        "search.html",
        query=text,
        words=only_words(query),
        speakers=query.speakers,
        by_others=lambda speaker: _address(without(query, [speaker]) or None, choice, {}),
        page=page,
        choice=choice,
        kept={**vars(choice), "order": None if order is Order.RELEVANCE else order},
        chosen=_chosen(choice_labels(db(), choice)),
        notes=[NOTES[note] for note in query.notes],
        size=None if page else archive_size(db(), viewer()),
        example_queries=() if page and page.total_sessions else example_queries(db()),
        order=order,
        orders=ORDERS,
        address=address,
        page_address=lambda number: address(page=number),
    )


@blueprint.get("/search/suggestions")
def suggestions() -> Response:
    """What may be meant by the letters of `q` so far: words, sessions, people."""
    typed = request.args.get("q", "")[:LONGEST_NAME]
    found = suggestions_for(db(), parts().index, viewer(), typed)
    answer = jsonify(
        words=[
            {"text": completed, "url": url_for("search.results", q=completed)}
            for completed in found.words
        ],
        sessions=[
            {"text": title, "url": url_for("sessions.show", slug=slug)}
            for slug, title in found.sessions
        ],
        people=[
            {"text": name, "url": url_for("people.show", slug=slug)} for slug, name in found.people
        ],
    )
    answer.cache_control.private = True
    answer.cache_control.max_age = 30
    return answer


def asked() -> Query:
    """What is asked for; kinds of sessions by the names that they have in any language."""
    query = parse(_typed())
    restrictions = (
        replace(one, values=tuple(sorted({v for name in one.values for v in kinds_called(name)})))
        if one.field == "kind"
        else one
        for one in query.restrictions
    )
    return replace(query, restrictions=tuple(restrictions))


def _order() -> Order:
    given = request.args.get("order", "")
    return Order(given) if given in list(Order) else Order.RELEVANCE


def _typed() -> str:
    """What was typed; a page about a person says by its `speaker` who must have said it."""
    typed = request.args.get("q", "")[:LONGEST_READ]
    speaker = request.args.get("speaker", "")[:LONGEST_NAME]
    return by_speaker(speaker, typed, str(OPERATOR)) if speaker.strip() else typed


def _argument(name: str) -> str | None:
    return request.args.get(name, "")[:120].replace("\x00", "").strip() or None


def _address(text: str | None, choice: Choice, changes: dict[str, object]) -> str:
    """This search with some arguments changed; None takes one away."""
    arguments: dict[str, object] = {"q": text, **vars(choice), **changes}
    return url_for("search.results", **{k: v for k, v in arguments.items() if v not in UNSAID})


def _chosen(labels: dict[str, str]) -> list[tuple[str, str]]:
    """The filters in force and what to call them."""
    names = {"kind": kind_name, "language": language_name, "reviewed": reviewed_name}
    return [(name, names.get(name, str)(label)) for name, label in labels.items()]
