"""What a search finds as a table (CSV, RFC 4180), for spreadsheets."""

import csv
import io
from collections.abc import Iterable

from babel.numbers import get_decimal_symbol
from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from archive.auth import viewer
from archive.context import db, parts
from archive.pages.asked import asked
from archive.pages.words import kind_name, moment_url, seconds
from archive.queries.found_moments import FoundMoment, found_moments
from archive.queries.slugs import slug_of
from transcripts.search.query import only_words

blueprint = Blueprint("search_table", __name__)

MOST = 10_000  # moments
MARK = "\N{BYTE ORDER MARK}"  # by which spreadsheets know that it is UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which what a spreadsheet calculates begins


@blueprint.get("/search.csv")
def table() -> AnyResponse:
    """One line for each moment; where nothing is asked for, the search page says how to ask."""
    read = asked(request.args)
    if not read.query:
        return redirect(url_for("search.results", **read.arguments))
    found = found_moments(
        db(), parts().index, viewer(), read.query, read.choice, read.order, MOST + 1
    )
    words = only_words(read.query)
    lines = [_line(one, words) for one in found]
    if len(lines) > MOST:
        lines[MOST:] = [[_cut()]]
    response = Response(_written([_headings(), *lines]), content_type="text/csv; charset=utf-8")
    name = slug_of(read.query.text) or "search"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _headings() -> list[str]:
    return [
        *(_("Event"), _("Session"), _("Date"), _("Kind"), _("People"), _("Who speaks")),
        *(_("Time"), _("Seconds"), _("Text"), _("Link")),
    ]


def _line(found: FoundMoment, words: str) -> list[str]:
    session, moment = found.session, found.moment
    at = moment.start if moment else None
    return [
        session.event_title,
        session.title,
        session.starts_at.date().isoformat() if session.starts_at else "",
        kind_name(session.kind),
        "; ".join(person.name for person in session.people),
        (moment.speaker or "") if moment else "",
        _time(moment.start) if moment else "",
        seconds(moment.start).replace(".", _decimal_symbol()) if moment else "",
        "".join(piece.text for piece in moment.fragments) if moment else "",
        moment_url(session.slug, at, words, external=True),
    ]


def _cut() -> str:
    return ngettext(
        "This table ends after %(num)s moment, but there are more. Narrow the search down.",
        "This table ends after %(num)s moments, but there are more. Narrow the search down.",
        MOST,
    )


def _time(at: float) -> str:
    """Seconds as a time with its hours: 0:01:23."""
    minutes, rest = divmod(int(at), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _written(lines: Iterable[list[str]]) -> str:
    text = io.StringIO(MARK, newline="")
    text.seek(0, io.SEEK_END)
    # Where decimals have a comma, spreadsheets part cells by semicolons.
    writer = csv.writer(text, delimiter=";" if _decimal_symbol() == "," else ",")
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return text.getvalue()


def _decimal_symbol() -> str:
    return get_decimal_symbol(get_locale())


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for something to calculate."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
