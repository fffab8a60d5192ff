"""The search page: an index of quotations."""

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import lazy_gettext

from archive.auth import viewer
from archive.context import db, parts
from archive.pages.asked import LONGEST_NAME, asked, choice_names
from archive.pages.words import page_number
from archive.queries.home import example_queries
from archive.queries.search import Choice, archive_size, search_page
from archive.queries.suggestions import suggestions_for
from transcripts.search.query import Note, only_words, without
from transcripts.search.results import Order

blueprint = Blueprint("search", __name__)

UNSAID = (None, 1, Order.RELEVANCE)  # values that an address leaves out
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
ORDERS = {
    Order.RELEVANCE: lazy_gettext("Best matches first"),
    Order.NEWEST: lazy_gettext("Newest first"),
    Order.SPEAKER: lazy_gettext("By speaker"),
}


@blueprint.get("/search")
def results() -> str:
    """Sessions and moments in which the words of `q` were said, by `speaker` where that is given."""
    read = asked(request.args)
    query, choice, order = read.query, read.choice, read.order
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
        arguments=read.arguments,
        kept={name: value for name, value in read.arguments.items() if name != "q"},
        chosen=choice_names(choice),
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


def _address(text: str | None, choice: Choice, changes: dict[str, object]) -> str:
    """This search with some arguments changed; None takes one away."""
    arguments: dict[str, object] = {"q": text, **vars(choice), **changes}
    return url_for("search.results", **{k: v for k, v in arguments.items() if v not in UNSAID})
