"""People on the desk: list, form, deletion."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired

from archive.access import Act
from archive.actions.delete_from_programme import delete_person
from archive.actions.save_person import save_person
from archive.auth import demands
from archive.context import db, parts
from archive.models.people import Appearance, Person
from archive.pages.forms import at_most
from archive.queries.desk import persons_with_counts
from archive.queries.spoken import sessions_naming

blueprint = Blueprint("desk_persons", __name__, url_prefix="/desk/people")


class PersonForm(FlaskForm):
    """A person."""

    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(lazy_gettext("Enter the name.")), at_most(200)],
        description=lazy_gettext(
            "As it should stand on the pages, with an academic title if wanted."
        ),
    )
    affiliation = StringField(lazy_gettext("Organisation"), [at_most(300)])
    biography = TextAreaField(
        lazy_gettext("About the person"), [at_most(20_000)], render_kw={"rows": 6}
    )


@blueprint.get("")
@demands(Act.SEE_DRAFTS)
def index() -> str:
    """All people."""
    return render_template("desk/people.html", people=persons_with_counts(db()))


@blueprint.route("/new", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def new() -> Response | str | tuple[str, int]:
    """A new person."""
    return _form(None)


@blueprint.route("/<slug>", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def edit(slug: str) -> Response | str | tuple[str, int]:
    """A person, to be changed."""
    return _form(_person(slug))


@blueprint.route("/<slug>/deletion", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def deletion(slug: str) -> Response | str:
    """Says what would be lost, and deletes it."""
    person = _person(slug)
    form = FlaskForm()
    if form.validate_on_submit():
        name = person.name
        delete_person(db(), parts().index, person)
        db().commit()
        flash(_("“%(title)s” is deleted.", title=name), "success")
        return redirect(url_for("desk_persons.index"))
    count = db().scalar(
        select(func.count()).select_from(Appearance).where(Appearance.person_id == person.id)
    )
    return render_template(
        "desk/deletion.html",
        form=form,
        title=person.name,
        lost=[
            _("the person’s page"),
            ngettext(
                "the name in the line-up of %(num)s session; the session and its transcript stay",
                "the name in the line-up of %(num)s sessions; the sessions and their transcripts stay",
                count,
            ),
        ],
        back=url_for("desk_persons.edit", slug=slug),
    )


def _form(person: Person | None) -> Response | str | tuple[str, int]:
    form = PersonForm(obj=person)
    if form.validate_on_submit():
        name = form.name.data.strip()
        renamed = sessions_naming(db(), person, name) if person and person.name != name else ()
        saved = save_person(
            db(),
            parts().index,
            name=name,
            affiliation=(form.affiliation.data or "").strip(),
            biography=(form.biography.data or "").strip(),
            person=person,
        )
        db().commit()
        flash(_("“%(title)s” is saved.", title=saved.name), "success")
        if renamed:
            flash(_renamed(len(renamed)), "success")
        return redirect(url_for("desk_persons.index"))
    status = 400 if form.is_submitted() else 200
    named = len(sessions_naming(db(), person)) if person else 0
    return render_template("desk/person.html", form=form, person=person, named=named), status


def _renamed(sessions: int) -> str:
    return ngettext(
        "The name is corrected in the transcript of %(num)s session too.",
        "The name is corrected in the transcripts of %(num)s sessions too.",
        sessions,
    )


def _person(slug: str) -> Person:
    return db().scalars(select(Person).where(Person.slug == slug)).first() or abort(404)
