"""Choosing the language of the interface."""

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from archive.auth import safe_target
from archive.context import parts
from archive.language import COOKIE

blueprint = Blueprint("language", __name__)
YEAR = 365 * 24 * 3600  # seconds


@blueprint.post("/language")
def choose() -> Response:
    """Keeps the choice in a cookie, and goes back to where it was made."""
    language = request.form.get("language", "")
    if language not in parts().languages:
        abort(400)
    answer = redirect(safe_target(request.form.get("next"), url_for("home.index")))
    answer.set_cookie(
        COOKIE,
        language,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SECURE_COOKIES"],
    )
    return answer
