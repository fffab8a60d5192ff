"""Who is there: Flask-Login over our users, and what a page demands of its visitor."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user

from archive.access import Act, allows
from archive.context import db
from archive.models.users import User


class LoggedIn(UserMixin):
    """A user as Flask-Login sees one; its id ends with the user's stamp, so it can be ended."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.id}:{self.user.stamp}"


def init_auth(app: Flask) -> None:
    """Joins Flask-Login to the app."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)
    app.context_processor(lambda: {"Act": Act, "may": may})


def viewer() -> User | None:
    """The user who asks, or None for a visitor."""
    return current_user.user if current_user.is_authenticated else None


def settle_for_visitor() -> None:
    """Takes whoever asks for a visitor where that was not found out yet: needs no database."""
    if "_login_user" not in g:  # where Flask-Login keeps what it found
        g._login_user = current_app.login_manager.anonymous_user()


def may(act: Act) -> bool:
    """Whether whoever asks may do `act`."""
    return allows(viewer(), act)


def demands(act: Act) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Lets a view answer only those who may do `act`; visitors are asked to log in first."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if viewer() is None:
                if request.method in ("GET", "HEAD"):
                    return redirect(url_for("login.form", next=request.full_path.rstrip("?")))
                abort(403)
            if not may(act):
                abort(403)
            return view(*args, **kwargs)

        guarded.demanded_act = act  # type: ignore[attr-defined]
        return guarded

    return decorate


def start_login(user: User, remember: bool) -> None:
    """From the next request on, `user` is there."""
    login_user(LoggedIn(user), remember=remember)


def safe_target(target: str | None, otherwise: str) -> str:
    """`target` where it is a path of this site, else `otherwise`: no redirect leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return otherwise
    if "\\" in target or any(ord(letter) < 32 for letter in target):
        return otherwise
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else otherwise


def _load(known_as: str) -> LoggedIn | None:
    number, _, stamp = known_as.partition(":")
    user = db().get(User, int(number)) if number.isdigit() else None
    if user is None or not user.active or user.stamp != stamp:
        return None
    return LoggedIn(user)
