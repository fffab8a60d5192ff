"""The glossary of an event: its lines, and what they would correct in the transcripts."""

import re
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, TextAreaField

from archive.access import Act
from archive.actions.correct_by_glossary import ByGlossary, correct_by_glossary
from archive.actions.save_glossary import (
    GlossaryChanged,
    GlossaryRefused,
    add_to_glossary,
    save_glossary,
)
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.models.programme import Event
from archive.pages.forms import at_most
from archive.pages.words import page_number
from archive.queries.glossary import GlossaryPage, glossary_page
from transcripts.glossary import LONGEST, MOST, Problem

blueprint = Blueprint("desk_glossary", __name__, url_prefix="/desk/events/<slug>/glossary")
TOLD = 8  # problems at once
PLACE = re.compile(r"(\d{1,10})-(\d{1,6})-(\d{1,6})")  # revision, cue, character


class GlossaryForm(FlaskForm):
    """The lines of a glossary. edition: of those that they were made from."""

    glossary = TextAreaField(
        lazy_gettext("Terms, one per line"),
        [at_most(50_000)],
        render_kw={"rows": 10, "spellcheck": "false"},
    )
    edition = HiddenField()


@blueprint.get("", endpoint="show")
@demands(Act.EDIT_CATALOGUE)
def show(slug: str) -> str:
    """The glossary, and each place that it would correct; `chosen` is “none”, or empty: all."""
    found = _page(slug)
    return _shown(found, GlossaryForm(data={"glossary": found.text, "edition": found.edition}))


@blueprint.post("", endpoint="save")
@demands(Act.EDIT_CATALOGUE)
def save(slug: str) -> AnyResponse | tuple[str, int]:
    """Keeps the lines, unless there is something wrong with one of them."""
    found = _page(slug)
    form = GlossaryForm()
    if not form.validate_on_submit():
        return _shown(found, form), 400
    try:
        save_glossary(parts(), found.event_id, form.glossary.data or "", form.edition.data or "")
    except GlossaryRefused as refused:
        form.glossary.errors = [
            _("Line %(line)s: %(problem)s", line=one.line, problem=sentence(one))
            for one in refused.problems[:TOLD]
        ]
        return _shown(found, form), 400
    except GlossaryChanged:
        form.glossary.errors = [
            _(
                "Somebody else has changed the glossary since you opened this page. Theirs stands"
                " below. Add what you want to keep of it to yours, then save again."
            )
        ]
        form.edition.data = found.edition
        return _shown(found, form, theirs=found.text), 409
    flash(_("The glossary is saved."), "success")
    return redirect(url_for("desk_glossary.show", slug=slug))


@blueprint.post("/corrections", endpoint="correct")
@demands(Act.EDIT_CATALOGUE)
def correct(slug: str) -> AnyResponse:
    """Corrects the chosen places, or with `every` all there are."""
    event = _event(slug)
    page = page_number(request.form.get("page"))
    back = redirect(url_for("desk_glossary.show", slug=slug, page=page if page > 1 else None))
    chosen: dict[int, set[tuple[int, int]]] = {}
    for value in request.form.getlist("place"):
        if match := PLACE.fullmatch(value):
            revision_id, cue, at = map(int, match.groups())
            chosen.setdefault(revision_id, set()).add((cue, at))
    every = "every" in request.form
    if not chosen and not every:
        flash(_("Choose at least one place first."), "info")
        return back
    try:
        outcome = correct_by_glossary(
            parts(),
            viewer().id,
            event.id,
            request.form.get("edition", ""),
            None if every else chosen,
        )
    except GlossaryChanged:
        flash(
            _("The glossary has changed since you opened this page. Look at the places once more."),
            "warning",
        )
        return back
    _tell(outcome)
    return back


@blueprint.post("/entries", endpoint="add")
@demands(Act.EDIT_CATALOGUE)
def add(slug: str) -> Response | tuple[Response, int]:
    """Adds {right, wrong}, both texts; answers {message, url}."""
    event = _event(slug)
    given = request.get_json(silent=True)
    right, wrong = (given.get(k) for k in ("right", "wrong")) if isinstance(given, dict) else (0, 0)
    if not isinstance(right, str) or not isinstance(wrong, str):
        abort(400)
    try:
        added = add_to_glossary(parts(), event.id, right, wrong)
    except GlossaryRefused as refused:
        return jsonify(message=_refusal(refused.problems[0])), 409
    told: dict[str, Any] = {"right": right, "wrong": wrong, "event": event.title}
    message = (
        _("“%(right)s = %(wrong)s” is in the glossary of “%(event)s” now.", **told)
        if added
        else _("“%(right)s = %(wrong)s” was in the glossary of “%(event)s” already.", **told)
    )
    return jsonify(message=message, url=url_for("desk_glossary.show", slug=slug))


def sentence(problem: Problem) -> str:
    """What is wrong with a line, and what to do."""
    form, other = problem.form, problem.other
    sentences = {
        "no_right": lambda: _("Before “=” the right writing is missing."),
        "no_wrong": lambda: _(
            "After “=” it is missing what is written wrongly instead of “%(form)s”. Add it, or take"
            " “=” away: then it is a word to listen for.",
            form=form,
        ),
        "two_signs": lambda: _("There may be only one “=” in a line."),
        "several_right": lambda: _(
            "Before “=” there may be one writing only, without a comma: “%(form)s” are several.",
            form=form,
        ),
        "too_long": lambda: _(
            "“%(start)s …” is too long; at most %(most)s characters.", start=form[:30], most=LONGEST
        ),
        "too_many": lambda: _("From here on it is too much; at most %(most)s lines.", most=MOST),
        "no_letters": lambda: _("“%(form)s” has neither a letter nor a digit.", form=form),
        "edges": lambda: _("“%(form)s” has to begin and end with a letter or a digit.", form=form),
        "same": lambda: _("“%(form)s” stands on both sides of “=”.", form=form),
        "signs": lambda: _("Terms of a glossary hold no “=”, no comma and no semicolon."),
        "wrong_twice": lambda: _(
            "“%(form)s” is to become “%(other)s” already; it can become only one of the two.",
            form=form,
            other=other,
        ),
        "wrong_is_right": lambda: _(
            "“%(form)s” is called wrong here, but “%(other)s” is called right in another line.",
            form=form,
            other=other,
        ),
    }
    return sentences[problem.reason]()


def _refusal(problem: Problem) -> str:
    return _("Not added to the glossary. %(problem)s", problem=sentence(problem))


def _tell(outcome: ByGlossary) -> None:
    """What came of it, in numbers."""
    if outcome.moved_on:
        flash(
            _(
                "Left alone, because the text has changed since you opened this page: %(titles)s."
                " Look at its places once more.",
                titles="; ".join(outcome.moved_on),
            ),
            "warning",
        )
    if not outcome.places:
        if not outcome.moved_on:
            flash(_("Nothing was corrected: these places are right by now."), "info")
        return
    said = [
        ngettext("%(num)s place is corrected.", "%(num)s places are corrected.", outcome.places),
        ngettext(
            "The session’s history has the text as it was before.",
            "The histories of %(num)s sessions have the texts as they were before.",
            outcome.transcripts,
        ),
    ]
    flash(" ".join(said), "success")


def _shown(found: GlossaryPage, form: GlossaryForm, theirs: str | None = None) -> str:
    return render_template(
        "desk/glossary.html",
        page=found,
        form=form,
        theirs=theirs,
        chosen=request.args.get("chosen") != "none",
        correcting=any(entry.wrong for entry in found.glossary.entries),
        stored=[
            _("Line %(line)s: %(problem)s", line=one.line, problem=sentence(one))
            for one in found.glossary.problems[:TOLD]
        ],
    )


def _event(slug: str) -> Event:
    return db().scalars(select(Event).where(Event.slug == slug)).first() or abort(404)


def _page(slug: str) -> GlossaryPage:
    return glossary_page(db(), slug, page_number(request.args.get("page"))) or abort(404)
