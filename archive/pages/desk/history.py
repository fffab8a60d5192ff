"""The history of a transcript: its revisions, what each changed, and the way back."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from archive.access import Act
from archive.actions.restore_revision import restore_revision
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.pages.sessions import percent
from archive.queries.history import RevisionLine, difference, history

blueprint = Blueprint("desk_history", __name__, url_prefix="/desk/sessions/<slug>/history")


@blueprint.get("", endpoint="index")
@demands(Act.CORRECT)
def index(slug: str) -> str:
    """All revisions, the newest first."""
    found = history(db(), slug) or abort(404)
    return render_template("desk/history.html", history=found, percent=percent, form=FlaskForm())


@blueprint.get("/<int(min=1,max=2147483647):revision_id>", endpoint="show")
@demands(Act.CORRECT)
def show(slug: str, revision_id: int) -> str:
    """What a revision changed from the one before it, or from the one in `against`."""
    found = difference(db(), slug, revision_id, request.args.get("against", type=int))
    return render_template("desk/difference.html", difference=found or abort(404), form=FlaskForm())


@blueprint.post("/<int(min=1,max=2147483647):revision_id>/restoration", endpoint="restore")
@demands(Act.CORRECT)
def restore(slug: str, revision_id: int) -> Response:
    """Shows an older revision again, or takes one that is offered."""
    found = history(db(), slug) or abort(404)
    line = next((one for one in found.revisions if one.id == revision_id), None) or abort(404)
    if line.shown:
        flash(_("This revision is shown already."), "info")
    else:
        restore_revision(parts(), viewer().id, revision_id)
        flash(_("Revision %(number)s is shown again.", number=line.number), "success")
    return redirect(url_for("desk_history.index", slug=slug))


@blueprint.app_template_global("revision_words")
def revision_words(line: RevisionLine) -> str:
    """Who made a revision, and how."""
    if line.restored is not None:
        return _("Taken over from revision %(number)s", number=line.restored)
    if line.origin == "machine":
        return _(
            "By machine: %(model)s, %(engine)s", model=line.model or "?", engine=line.engine or "?"
        )
    if line.origin == "import":
        return _("Imported")
    return _("Corrected by people")
