"""The searches that somebody has saved: what they find now, their names, their feeds."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired

from archive.access import Act
from archive.actions.save_search import (
    LONGEST,
    MOST,
    TooManySearches,
    remove_search,
    rename_search,
    renew_token,
    save_search,
)
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.models.searches import SavedSearch
from archive.pages.asked import Asked, asked, choice_names
from archive.pages.forms import at_most
from archive.queries.saved_searches import hits_now, saved_search, saved_searches

blueprint = Blueprint("desk_searches", __name__, url_prefix="/desk/searches")
SEARCH = "/<int(min=1,max=2147483647):search_id>"


class NameForm(FlaskForm):
    """What a saved search is called."""

    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(lazy_gettext("Enter a name.")), at_most(LONGEST)],
        filters=[lambda text: " ".join((text or "").split())],
        render_kw={"autocomplete": "off"},
    )


@blueprint.get("", endpoint="index")
@demands(Act.SAVE_SEARCHES)
def index() -> str:
    """All saved searches of whoever asks, each with what it finds now."""
    lines = []
    for saved in saved_searches(db(), viewer().id):
        read = _read(saved)
        found = hits_now(db(), parts().index, viewer(), read.query, read.choice)
        lines.append((saved, read, choice_names(read.choice), found))
    return render_template("desk/searches.html", lines=lines)


@blueprint.post("", endpoint="save")
@demands(Act.SAVE_SEARCHES)
def save() -> Response:
    """Saves what the results page that has sent the form has searched for."""
    read = asked(request.form)
    if not read.query:
        flash(_("Search for something first; then the search can be saved."), "error")
        return redirect(url_for("search.results", **read.arguments))
    names = [name for _filter, name in choice_names(read.choice)]
    try:
        new = save_search(
            parts(),
            viewer().id,
            " · ".join([read.query.text, *names]),
            urlencode(read.arguments),
        )
    except TooManySearches:
        flash(_("You have saved %(most)s searches. Delete one of them first.", most=MOST), "error")
    else:
        if new:
            flash(_("The search is saved. Its feed tells feed readers what is new."), "success")
        else:
            flash(_("You have saved this search before."), "info")
    return redirect(url_for("desk_searches.index"))


@blueprint.route(SEARCH, methods=["GET", "POST"], endpoint="edit")
@demands(Act.SAVE_SEARCHES)
def edit(search_id: int) -> Response | str | tuple[str, int]:
    """The name of a saved search, and the address of its feed."""
    saved = _own(search_id)
    form = NameForm(obj=saved)
    if form.validate_on_submit():
        rename_search(parts(), saved.id, form.name.data)
        flash(_("“%(title)s” is saved.", title=form.name.data), "success")
        return redirect(url_for("desk_searches.index"))
    read = _read(saved)
    page = render_template(
        "desk/search.html", saved=saved, read=read, chosen=choice_names(read.choice), form=form
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.post(f"{SEARCH}/address", endpoint="renew")
@demands(Act.SAVE_SEARCHES)
def renew(search_id: int) -> Response:
    """Gives the feed another address."""
    renew_token(parts(), _own(search_id).id)
    flash(_("The feed has a new address. Nothing is at the old one any more."), "success")
    return redirect(url_for("desk_searches.edit", search_id=search_id))


@blueprint.route(f"{SEARCH}/deletion", methods=["GET", "POST"], endpoint="deletion")
@demands(Act.SAVE_SEARCHES)
def deletion(search_id: int) -> Response | str:
    """Says what would be lost with a saved search, and deletes it."""
    saved = _own(search_id)
    form = FlaskForm()
    if form.validate_on_submit():
        remove_search(parts(), saved.id)
        flash(_("“%(title)s” is deleted.", title=saved.name), "success")
        return redirect(url_for("desk_searches.index"))
    return render_template(
        "desk/deletion.html",
        form=form,
        title=saved.name,
        lost=[_("the saved search"), _("its feed: nothing is at its address any more")],
        back=url_for("desk_searches.index"),
    )


def _own(search_id: int) -> SavedSearch:
    return saved_search(db(), viewer().id, search_id) or abort(404)


def _read(saved: SavedSearch) -> Asked:
    return asked(dict(parse_qsl(saved.arguments)))
