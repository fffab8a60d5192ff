"""create_app: joins the parts of the web."""

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from archive.auth import init_auth
from archive.context import close_db
from archive.errors import init_errors
from archive.language import init_language
from archive.pages import (
    events,
    feeds,
    health,
    home,
    language,
    login,
    media,
    people,
    search,
    search_table,
    sessions,
)
from archive.pages.desk import again as desk_again
from archive.pages.desk import board as desk
from archive.pages.desk import corrections as desk_corrections
from archive.pages.desk import events as desk_events
from archive.pages.desk import glossary as desk_glossary
from archive.pages.desk import history as desk_history
from archive.pages.desk import imports as desk_imports
from archive.pages.desk import notices as desk_notices
from archive.pages.desk import persons as desk_persons
from archive.pages.desk import queue as desk_queue
from archive.pages.desk import recordings as desk_recordings
from archive.pages.desk import searches as desk_searches
from archive.pages.desk import sessions as desk_sessions
from archive.pages.desk import streaming as desk_streaming
from archive.pages.desk import users as desk_users
from archive.pages.desk import voices as desk_voices
from archive.parts import Parts
from archive.security import init_security

PAGES = (
    *(home, events, people, sessions, search, search_table, media, login, language, health),
    *(desk, desk_events, desk_persons, desk_sessions, desk_recordings, desk_users),
    *(desk_queue, desk_again, desk_notices, desk_corrections, desk_history, desk_imports),
    *(desk_voices, desk_streaming, desk_glossary, desk_searches, feeds),
)
# What is worth compressing; videos, sound and pictures are compressed by their nature.
TEXTS = (
    *("text/html", "text/css", "text/javascript", "text/plain", "text/vtt", "text/markdown"),
    *("text/csv", "application/atom+xml"),
    *("application/json", "application/ttml+xml", "application/x-subrip", "image/svg+xml"),
)


def create_app(
    parts: Parts, *, secret_key: str, secure_cookies: bool, trusted_proxies: int
) -> Flask:
    """The app on `parts`; trusted_proxies: how many proxies' forwarding headers are believed."""
    app = Flask("archive")
    app.extensions["podium"] = parts
    app.teardown_appcontext(close_db)
    app.config.update(COMPRESS_MIMETYPES=TEXTS, COMPRESS_ALGORITHM=("br", "zstd", "gzip"))
    Compress(app)  # first, so that it compresses what all others have had their say in
    init_security(app, secret_key=secret_key, secure_cookies=secure_cookies)
    init_auth(app)
    init_language(app)
    init_errors(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    if trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, *[trusted_proxies] * 4
        )
    return app
