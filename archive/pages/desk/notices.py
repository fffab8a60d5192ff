"""Notices at the top of the desk's pages, until they are dismissed."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from archive.access import Act
from archive.actions.dismiss_notices import dismiss_notices
from archive.auth import demands, safe_target, viewer
from archive.context import db, parts
from archive.queries.notices import NoticeLine, notices_of

blueprint = Blueprint("desk_notices", __name__, url_prefix="/desk/notices")


@blueprint.post("/<int(min=1):notice_id>/dismissal")
@demands(Act.SEE_DRAFTS)
def dismiss(notice_id: int) -> Response:
    """Takes one away."""
    dismiss_notices(parts(), viewer().id, notice_id)
    return redirect(_back())


@blueprint.post("/dismissal")
@demands(Act.SEE_DRAFTS)
def dismiss_all() -> Response:
    """Takes all away."""
    dismiss_notices(parts(), viewer().id)
    return redirect(_back())


@blueprint.app_template_global("own_notices")
def own_notices() -> tuple[NoticeLine, ...]:
    """The notices of whoever asks."""
    user = viewer()
    return notices_of(db(), user.id) if user else ()


def _back() -> str:
    return safe_target(request.form.get("next"), url_for("desk.board"))
