"""What the arguments of a search ask for, read in one way by its page, its table and saved searches."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext

from archive.context import db
from archive.pages.words import kind_name, kinds_called, language_name, reviewed_name
from archive.queries.search import Choice, choice_labels
from transcripts.search.query import Query, by_speaker, parse
from transcripts.search.results import Order

LONGEST_READ = 10_000  # letters; how many of them count is up to the query
LONGEST_NAME = 200  # letters
FILTERS = ("event", "person", "kind", "language", "year", "reviewed")
OPERATOR = lazy_gettext("speaker:")  # in a language that transcripts/search/query.py understands


@dataclass(frozen=True)
class Asked:
    """What is searched for, what the search is narrowed down to, and the order of what is found."""

    query: Query
    choice: Choice
    order: Order

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of its address, without what goes without saying."""
        order = "" if self.order is Order.RELEVANCE else str(self.order)
        given = {"q": self.query.text, **vars(self.choice), "order": order}
        return {name: value for name, value in given.items() if value}


def asked(arguments: Mapping[str, str]) -> Asked:
    """What is asked for; kinds of sessions by the names that they have in any language."""
    query = parse(_typed(arguments))
    restrictions = (
        replace(one, values=tuple(sorted({v for name in one.values for v in kinds_called(name)})))
        if one.field == "kind"
        else one
        for one in query.restrictions
    )
    order = arguments.get("order", "")
    return Asked(
        query=replace(query, restrictions=tuple(restrictions)),
        choice=Choice(**{name: _filter(arguments, name) for name in FILTERS}),
        order=Order(order) if order in list(Order) else Order.RELEVANCE,
    )


def choice_names(choice: Choice) -> list[tuple[str, str]]:
    """The filters in force and what to call them."""
    names = {"kind": kind_name, "language": language_name, "reviewed": reviewed_name}
    labels = choice_labels(db(), choice)
    return [(name, names.get(name, str)(label)) for name, label in labels.items()]


def _typed(arguments: Mapping[str, str]) -> str:
    """What was typed; a page about a person says by its `speaker` who must have said it."""
    typed = arguments.get("q", "")[:LONGEST_READ]
    speaker = arguments.get("speaker", "")[:LONGEST_NAME]
    return by_speaker(speaker, typed, str(OPERATOR)) if speaker.strip() else typed


def _filter(arguments: Mapping[str, str], name: str) -> str | None:
    return arguments.get(name, "")[:120].replace("\x00", "").strip() or None
