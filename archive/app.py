"""create_app: joins the parts of the web."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from archive.auth import init_auth
from archive.context import close_db
from archive.errors import init_errors
from archive.language import init_language
from archive.pages import (
    desk,
    events,
    health,
    home,
    language,
    login,
    media,
    people,
    search,
    sessions,
    words,
)
from archive.parts import Parts
from archive.security import init_security


def create_app(
    parts: Parts, *, secret_key: str, secure_cookies: bool, trusted_proxies: int
) -> Flask:
    """The app on `parts`; trusted_proxies: how many proxies' forwarding headers are believed."""
    app = Flask("archive")
    app.extensions["podium"] = parts
    app.config["MAX_CONTENT_LENGTH"] = None  # each upload has its own limit, see pages/desk
    app.config["MAX_FORM_MEMORY_SIZE"] = 2_000_000
    app.teardown_appcontext(close_db)
    init_security(app, secret_key=secret_key, secure_cookies=secure_cookies)
    init_auth(app)
    init_language(app)
    init_errors(app)
    for page in (home, events, people, sessions, search, media, login, language, health, desk):
        app.register_blueprint(page.blueprint)
    if trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, *[trusted_proxies] * 4
        )
    return app
