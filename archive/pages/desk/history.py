"""The history of a transcript: its revisions, what each changed, and the way back."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from archive.access import Act
from archive.actions.remove_translation import remove_translation
from archive.actions.restore_revision import restore_revision
from archive.actions.take_in_part import MovedOn, take_in_part
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.pages.sessions import percent
from archive.pages.words import language_name
from archive.queries.history import Difference, History, RevisionLine, difference, history

blueprint = Blueprint("desk_history", __name__, url_prefix="/desk/sessions/<slug>/history")
REVISION = "<int(min=1,max=2147483647):revision_id>"


@blueprint.get("", endpoint="index")
@demands(Act.CORRECT)
def index(slug: str) -> str:
    """All revisions of each transcript, the newest first."""
    found = history(db(), slug) or abort(404)
    return render_template("desk/history.html", history=found, percent=percent, form=FlaskForm())


@blueprint.get(f"/{REVISION}", endpoint="show")
@demands(Act.CORRECT)
def show(slug: str, revision_id: int) -> str:
    """What a revision changed from the one before it, or from the one in `against`.

    Of an offered one, places can be chosen; `chosen` is “all”, “none”, or empty: those that nobody
    has reviewed.
    """
    found = difference(db(), slug, revision_id, request.args.get("against", type=int)) or abort(404)
    return render_template(
        "desk/difference.html",
        difference=found,
        chosen=_chosen(found, request.args.get("chosen", "")),
        form=FlaskForm(),
    )


@blueprint.post(f"/{REVISION}/restoration", endpoint="restore")
@demands(Act.CORRECT)
def restore(slug: str, revision_id: int) -> Response:
    """Shows an older revision again, or takes one that is offered."""
    line = _history(slug).lines.get(revision_id) or abort(404)
    if line.shown:
        flash(_("This revision is shown already."), "info")
    else:
        restore_revision(parts(), viewer().id, revision_id)
        said = (
            _("Revision %(number)s is taken over.", number=line.number)
            if line.offered
            else _("Revision %(number)s is shown again.", number=line.number)
        )
        flash(said, "success")
    return redirect(url_for("desk_history.index", slug=slug))


@blueprint.post(f"/{REVISION}/part", endpoint="take")
@demands(Act.CORRECT)
def take(slug: str, revision_id: int) -> Response:
    """Takes the chosen places of an offered revision."""
    line = _history(slug).lines.get(revision_id) or abort(404)
    if not line.offered:
        abort(404)
    chosen = set(request.form.getlist("place", type=int))
    base_id = request.form.get("base", type=int) or 0
    back = redirect(url_for("desk_history.show", slug=slug, revision_id=revision_id))
    try:
        taken = take_in_part(parts(), viewer().id, revision_id, base_id, chosen)
    except MovedOn:
        flash(
            _("The text has changed since you opened this page. Look at the places once more."),
            "warning",
        )
        return back
    if taken is None:
        flash(_("Choose at least one place first."), "info")
        return back
    said = ngettext(
        "%(num)s place is taken over; this is revision %(number)s now.",
        "%(num)s places are taken over; this is revision %(number)s now.",
        taken.places,
        number=taken.revision,
    )
    flash(said, "success")
    return redirect(url_for("desk_history.index", slug=slug))


@blueprint.route(
    "/translations/<language>/removal", methods=["GET", "POST"], endpoint="remove_translation"
)
@demands(Act.UPLOAD)
def removal(slug: str, language: str) -> Response | str:
    """Says what would be lost with a translation, and removes it."""
    found = _history(slug)
    lines = next(
        (one for one in found.transcripts if one.translation and one.language == language), None
    ) or abort(404)
    title = _("Translation: %(language)s", language=language_name(language))
    form = FlaskForm()
    if form.validate_on_submit():
        remove_translation(parts(), found.recording_id, language)
        flash(_("“%(name)s” is removed.", name=title), "success")
        return redirect(url_for("desk_history.index", slug=slug))
    count = len(lines.revisions)
    return render_template(
        "desk/deletion.html",
        form=form,
        title=title,
        lost=[
            ngettext("its only revision", "all its %(num)s revisions", count),
            _("its subtitles in the player and its downloads; what was said stays"),
        ],
        back=url_for("desk_history.index", slug=slug),
    )


def _history(slug: str) -> History:
    return history(db(), slug) or abort(404)


def _chosen(found: Difference, wanted: str) -> frozenset[int]:
    """The numbers of the places that are chosen at first."""
    if wanted == "none":
        return frozenset()
    return frozenset(
        number for number, place in enumerate(found.places) if wanted == "all" or not place.reviewed
    )


@blueprint.app_template_global("revision_words")
def revision_words(line: RevisionLine) -> str:
    """Who made a revision, and how."""
    if line.restored is not None:
        return _("Taken over from revision %(number)s", number=line.restored)
    if line.taken is not None:
        return _("Taken over in part from revision %(number)s", number=line.taken)
    if line.origin == "machine":
        return _(
            "By machine: %(model)s, %(engine)s", model=line.model or "?", engine=line.engine or "?"
        )
    if line.origin == "import":
        return _("Imported from “%(file)s”", file=line.file or "?")
    if line.voices is not None:
        return ngettext("One voice has a name", "%(num)s voices have names", line.voices)
    if line.glossary is not None:
        return ngettext(
            "%(num)s place corrected from the glossary",
            "%(num)s places corrected from the glossary",
            line.glossary,
        )
    return _("Corrected by people")
