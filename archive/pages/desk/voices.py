"""Who speaks: the voices of a recording get the names of people."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from archive.access import Act
from archive.actions.name_voices import Named, name_voices
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.pages.forms import at_most
from archive.queries.voices import VoicesPage, VoiceView, voices_page

blueprint = Blueprint("desk_voices", __name__, url_prefix="/desk/sessions/<slug>/voices")

NOBODY, SOMEBODY_ELSE = "", "other"
LONGEST_NAME = 200  # letters


@blueprint.get("", endpoint="show")
@demands(Act.CORRECT)
def show(slug: str) -> str:
    """Each voice with some of what it says, and the choice of its name."""
    page = voices_page(db(), slug) or abort(404)
    return _shown(page, _form(page))


@blueprint.post("", endpoint="name")
@demands(Act.CORRECT)
def name(slug: str) -> Response | tuple[str, int]:
    """Gives the voices their names; the lines of each get them as speaker."""
    page = voices_page(db(), slug) or abort(404)
    if not page.voices:
        return redirect(url_for("desk_voices.show", slug=slug))
    form = _form(page)
    if not form.validate_on_submit():
        return _shown(page, form), 400
    named = name_voices(
        parts(),
        viewer().id,
        page.transcript_id,
        {voice.letter: _chosen(form, page, voice) for voice in page.voices},
        replace_all=form.replace_all.data,
    )
    _tell(named)
    if named.revision is None:
        return redirect(url_for("desk_voices.show", slug=slug))
    return redirect(url_for("sessions.show", slug=slug))


def _shown(page: VoicesPage, form: FlaskForm) -> str:
    return render_template(
        "desk/voices.html",
        page=page,
        form=form,
        asked=[(voice, form[_choice(voice)], form[_other(voice)]) for voice in page.voices],
    )


def _form(page: VoicesPage) -> Any:
    """A form with two fields for each voice: who of the line-up, or else a name."""

    class VoicesForm(FlaskForm):
        """Names for voices."""

        replace_all = BooleanField(
            lazy_gettext("Also replace names that are set already"),
            description=lazy_gettext(
                "Otherwise lines keep the speaker that somebody has set by hand."
            ),
        )

    choices = [
        SelectChoice(NOBODY, _("Leave open")),
        *(SelectChoice(str(id_), name) for id_, name in page.people),
        SelectChoice(SOMEBODY_ELSE, _("Someone else")),
    ]
    filled: dict[str, Any] = {}
    for voice in page.voices:
        label = _("Who is voice %(letter)s?", letter=voice.letter)
        setattr(VoicesForm, _choice(voice), SelectField(label, choices=choices))
        setattr(
            VoicesForm,
            _other(voice),
            StringField(
                _("Name of voice %(letter)s, if it is someone else", letter=voice.letter),
                validators=[_given_where_wanted(voice), at_most(LONGEST_NAME)],
            ),
        )
        filled |= _filled(page, voice)
    return VoicesForm(data=filled)


def _filled(page: VoicesPage, voice: VoiceView) -> Mapping[str, str]:
    """What stands in the fields of a voice at first: its name, or else who is suggested."""
    name = voice.name or (voice.suggestion.person if voice.suggestion else None)
    known = next((str(id_) for id_, person in page.people if person == name), None)
    if name and known is None:
        return {_choice(voice): SOMEBODY_ELSE, _other(voice): name}
    return {_choice(voice): known or NOBODY}


def _choice(voice: VoiceView) -> str:
    return f"voice_{voice.letter}"


def _other(voice: VoiceView) -> str:
    return f"name_{voice.letter}"


def _given_where_wanted(voice: VoiceView) -> Any:
    def check(form: FlaskForm, field: StringField) -> None:
        if form[_choice(voice)].data == SOMEBODY_ELSE and not " ".join((field.data or "").split()):
            raise ValidationError(
                _(
                    "Write down who voice %(letter)s is, or leave it open.",
                    letter=voice.letter,
                )
            )

    return check


def _chosen(form: FlaskForm, page: VoicesPage, voice: VoiceView) -> str | None:
    choice = form[_choice(voice)].data
    if choice == SOMEBODY_ELSE:
        return " ".join(form[_other(voice)].data.split())
    return next((name for id_, name in page.people if str(id_) == choice), None)


def _tell(named: Named) -> None:
    """What came of it, in numbers."""
    said = []
    if named.revision is None:
        said.append(_("Nothing changed: the lines say already who speaks as chosen here."))
    else:
        said.append(
            ngettext(
                "%(num)s line has another speaker now: revision %(number)s.",
                "%(num)s lines have another speaker now: revision %(number)s.",
                named.lines,
                number=named.revision,
            )
        )
    if named.split:
        said.append(
            ngettext(
                "%(num)s line in which two voices speak was split.",
                "%(num)s lines in which two voices speak were split.",
                named.split,
            )
        )
    if named.kept:
        said.append(
            ngettext(
                "%(num)s line kept the speaker that was set by hand.",
                "%(num)s lines kept the speaker that was set by hand.",
                named.kept,
            )
        )
    flash(" ".join(said), "info" if named.revision is None else "success")
