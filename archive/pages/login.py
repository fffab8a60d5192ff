"""Logging in and out."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_time, lazy_gettext
from flask_babel import gettext as _
from flask_login import logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired

from archive.actions.log_in import LoginRefused, log_in
from archive.auth import safe_target, start_login, viewer
from archive.context import db, parts
from archive.db import now
from archive.models.users import User
from archive.pages.forms import at_most

blueprint = Blueprint("login", __name__)


class LoginForm(FlaskForm):
    """Name and password."""

    name = StringField(
        lazy_gettext("Name"),
        [InputRequired(lazy_gettext("Enter your name.")), at_most(120)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [InputRequired(lazy_gettext("Enter your password.")), at_most(1000)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(lazy_gettext("Stay logged in on this device"))


@blueprint.route("/login", methods=["GET", "POST"])
def form() -> Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The log-in page; afterwards one is where one wanted to go."""
    target = safe_target(request.args.get("next"), url_for("desk.board"))
    if viewer() is not None:
        return redirect(target)
    given = LoginForm()
    if not given.validate_on_submit():
        return render_template("login.html", form=given), 400 if given.is_submitted() else 200
    try:
        user_id = log_in(
            parts().sessions,
            given.name.data,
            given.password.data,
            request.remote_addr or "",
        )
    except LoginRefused as refused:
        if refused.retry_at is None:
            given.password.errors = [_("Name or password is wrong.")]
            return render_template("login.html", form=given), 400
        return _wait(given, refused.retry_at)
    start_login(db().get_one(User, user_id), given.remember.data)
    return redirect(target)


def _wait(given: LoginForm, until: datetime) -> tuple[str, int, dict[str, str]]:
    """The page again, with the minute from which on another try is allowed."""
    minute = format_time(until + timedelta(seconds=59), "short")
    given.password.errors = [_("Too many tries. Try again after %(time)s.", time=minute)]
    seconds = max(1, round((until - now()).total_seconds()))
    return render_template("login.html", form=given), 429, {"Retry-After": str(seconds)}


@blueprint.post("/logout")
def out() -> Response:
    """Ends the log-in."""
    logout_user()
    flash(_("You are logged out."), "success")
    return redirect(url_for("home.index"))
