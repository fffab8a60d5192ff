"""The feed of a saved search (Atom, RFC 4287). Its address is the key: feed readers do not log in."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

from flask import Blueprint, Response, abort, request
from flask_babel import get_locale, ngettext

from archive.context import db, parts
from archive.models.searches import SavedSearch
from archive.pages.asked import Asked, asked
from archive.pages.words import clock, moment_url, public_url
from archive.queries.saved_searches import FeedEntry, feed_entries, search_of_feed
from transcripts.search.query import only_words

blueprint = Blueprint("feeds", __name__)

ATOM = "http://www.w3.org/2005/Atom"
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ElementTree.register_namespace("", ATOM)


@blueprint.get("/feeds/<token>.atom")
def feed(token: str) -> Response:
    """What the search finds for its owner now; nothing once the owner may not search any more."""
    saved = search_of_feed(db(), token) or abort(404)
    read = asked(dict(parse_qsl(saved.arguments)))
    entries = feed_entries(db(), parts().index, saved.user, read.query, read.choice)
    response = Response(
        _written(saved, read, entries), content_type="application/atom+xml; charset=utf-8"
    )
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Accept-Language")
    return response.make_conditional(request)


def _written(saved: SavedSearch, read: Asked, entries: tuple[FeedEntry, ...]) -> bytes:
    root = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": str(get_locale()).replace("_", "-")})
    updated = max([saved.created_at, *(entry.updated_at for entry in entries)])
    _add(root, "title", f"{saved.name} – {parts().site_name}")
    _add(root, "id", _tag("search", saved.id, saved.created_at))
    _add(root, "updated", _time(updated))
    _add(root, "link", rel="self", href=public_url("feeds.feed", token=saved.token))
    _add(root, "link", rel="alternate", href=public_url("search.results", **read.arguments))
    _add(_add(root, "author"), "name", parts().site_name)
    words = only_words(read.query)
    for entry in entries:
        _add_entry(root, entry, words)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_entry(root: ElementTree.Element, entry: FeedEntry, words: str) -> None:
    session = entry.session
    element = _add(root, "entry")
    _add(element, "title", session.title)
    _add(element, "id", _tag("session", session.id, entry.created_at))
    _add(element, "updated", _time(entry.updated_at))
    _add(element, "published", _time(entry.created_at))
    _add(
        element, "link", rel="alternate", href=moment_url(session.slug, None, words, external=True)
    )
    for person in session.people:
        _add(_add(element, "author"), "name", person.name)
    _add(element, "category", term=session.event_slug, label=session.event_title)
    _add(element, "content", _content(entry, words), type="html")


def _content(entry: FeedEntry, words: str) -> str:
    """Event and day, then the best moments: each a link to its second, its speaker and its text."""
    session = entry.session
    division = ElementTree.Element("div")
    day = session.starts_at.date().isoformat() if session.starts_at else ""
    _inside(division, "p", " · ".join(filter(None, (session.event_title, day))))
    if entry.moments:
        moments = _inside(division, "ul")
        for moment in entry.moments:
            line = _inside(moments, "li")
            url = moment_url(session.slug, moment.start, words, external=True)
            _inside(line, "a", clock(moment.start), href=url).tail = " "
            if moment.speaker:
                _inside(line, "strong", moment.speaker).tail = " "
            text = "".join(piece.text for piece in moment.fragments)
            _inside(line, "q", text, lang=session.language or "")
    more = entry.moment_count - len(entry.moments)
    if more > 0:
        told = ngettext(
            "%(num)s more moment in this session", "%(num)s more moments in this session", more
        )
        url = moment_url(session.slug, None, words, external=True)
        _inside(_inside(division, "p"), "a", told, href=url)
    return ElementTree.tostring(division, encoding="unicode", method="html")


def _tag(kind: str, number: int, made: datetime) -> str:
    """A name that stays whatever becomes of addresses (RFC 4151)."""
    host = urlsplit(public_url("home.index")).hostname
    return f"tag:{host},{made.astimezone(UTC).date().isoformat()}:{kind}/{number}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    return _inside(parent, f"{{{ATOM}}}{name}", text, **attributes)


def _inside(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    """A new last element; what XML cannot hold is left out of its text and attributes."""
    given = {key: NO_XML.sub("", value) for key, value in attributes.items() if value}
    element = ElementTree.SubElement(parent, name, given)
    element.text = NO_XML.sub("", text) or None
    return element
