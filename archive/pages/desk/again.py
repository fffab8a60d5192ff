"""A recording is transcribed once more: with another model, other languages, whole or a stretch."""

import re
from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from archive.access import Act
from archive.actions.transcribe_again import SETTLED, chunks_within, transcribe_again
from archive.auth import demands
from archive.context import db, parts
from archive.models.recording import Recording, State
from archive.pages.desk.recordings import MODEL_TITLES
from archive.pages.desk.sessions import LANGUAGES
from archive.pages.words import clock, language_name
from transcripts.engines.weights import SIZES, catalogue

blueprint = Blueprint("desk_again", __name__, url_prefix="/desk/recordings")

TIME = re.compile(r"(?:(\d{1,3}):(?=[0-5]?\d:))?(?:(\d{1,3}):)?([0-5]?\d(?:[.,]\d+)?)")
SECONDS = re.compile(r"\d{1,6}(?:[.,]\d+)?")


class TimeField(StringField):
    """A time in a recording: 1:02:03, 12:30 or seconds; `seconds` is None where it is no time."""

    @property
    def seconds(self) -> float | None:
        """The time in seconds."""
        return given_time(self.data or "")


class AgainForm(FlaskForm):
    """How a recording is to be transcribed again."""

    model = SelectField(lazy_gettext("Whisper model"))
    language = SelectField(
        lazy_gettext("Language spoken"),
        description=lazy_gettext("If you choose one, Whisper need not guess."),
    )
    other_languages = SelectMultipleField(
        lazy_gettext("Also spoken"),
        description=lazy_gettext(
            "Where several languages are spoken: Whisper then tells for each stretch which of them"
            " it is."
        ),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    draft = BooleanField(
        lazy_gettext("Fast draft"),
        description=lazy_gettext(
            "Faster, but where something went wrong there is no second try: more errors and more"
            " gaps."
        ),
    )
    extent = RadioField(
        lazy_gettext("How much of it"),
        choices=[
            ("whole", lazy_gettext("the whole recording")),
            ("stretch", lazy_gettext("a stretch of it")),
        ],
        default="whole",
        widget=ListWidget(prefix_label=False),
    )
    start = TimeField(lazy_gettext("From"), [Length(max=20)])
    end = TimeField(lazy_gettext("To"), [Length(max=20)])

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        super().__init__()

    def validate_other_languages(self, field: SelectMultipleField) -> None:
        if field.data and not self.language.data:
            raise StopValidation(_("Choose the main language first."))

    def validate_start(self, field: TimeField) -> None:
        if self.extent.data == "stretch":
            start = self._time(field)
            if self.recording.duration and start >= self.recording.duration:
                raise StopValidation(self._beyond())

    def validate_end(self, field: TimeField) -> None:
        if self.extent.data != "stretch":
            return
        end, start = self._time(field), self.start.seconds
        if self.recording.duration and end > self.recording.duration + 1:
            raise StopValidation(self._beyond())
        if start is None:
            return
        if end <= start:
            raise StopValidation(_("The end has to be later than the beginning."))
        if not chunks_within(self.recording.plan or [], (start, end)):
            raise StopValidation(_("Nobody speaks in this stretch."))

    @property
    def stretch(self) -> tuple[float, float] | None:
        """Seconds from and to; None for the whole."""
        start, end = self.start.seconds, self.end.seconds
        if self.extent.data != "stretch" or start is None or end is None:
            return None
        return start, end

    def _time(self, field: TimeField) -> float:
        if not (field.data or "").strip():
            raise StopValidation(_("Give a time, for example 0:12:30."))
        if field.seconds is None:
            raise StopValidation(
                _("“%(text)s” is not a time. Write for example 0:12:30.", text=field.data)
            )
        return field.seconds

    def _beyond(self) -> str:
        return _("The recording ends at %(time)s.", time=clock(self.recording.duration))


@blueprint.route("/<int:recording_id>/again", methods=["GET", "POST"], endpoint="form")
@demands(Act.UPLOAD)
def again(recording_id: int) -> Response | str | tuple[str, int]:
    """The form, and what follows from it."""
    recording = _recording(recording_id)
    form = AgainForm(recording)
    _offer_choices(form, recording)
    why_not = _why_not(recording)
    if why_not:
        return _page(form, recording, why_not), 409 if form.is_submitted() else 200
    if not form.is_submitted():
        _fill(form, recording)
        return _page(form, recording)
    if not form.validate():
        return _page(form, recording), 400
    done = transcribe_again(
        parts(),
        recording_id,
        model=form.model.data,
        language=form.language.data or None,
        other_languages=form.other_languages.data or (),
        draft=form.draft.data,
        stretch=form.stretch,
    )
    return _told(recording, done)


@blueprint.post("/<int:recording_id>/rest")
@demands(Act.UPLOAD)
def rest(recording_id: int) -> Response:
    """The same settings once more: what was heard is known, only what could not be is asked again."""
    recording = _recording(recording_id)
    done = transcribe_again(
        parts(),
        recording_id,
        model=recording.model,
        language=recording.language,
        other_languages=recording.other_languages or (),
        draft=recording.draft,
        stretch=tuple(recording.stretch) if recording.stretch else None,
        listen_for=recording.terms,
    )
    return _told(recording, done)


def given_time(text: str) -> float | None:
    """Seconds from 1:02:03, 12:30 or 83.5; None for what is no time."""
    text = text.strip()
    if SECONDS.fullmatch(text):
        return float(text.replace(",", "."))
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _told(recording: Recording, done: bool) -> Response:
    if done:
        flash(_("“%(name)s” is back in the queue.", name=recording.original_name), "success")
    else:
        flash(
            _(
                "This can no longer be done: “%(name)s” has moved on in the meantime.",
                name=recording.original_name,
            ),
            "info",
        )
    return redirect(url_for("desk_sessions.show", slug=recording.session.slug))


def _page(form: AgainForm, recording: Recording, why_not: str = "") -> str:
    return render_template(
        "desk/again.html",
        form=form,
        recording=recording,
        why_not=why_not,
        back=url_for("desk_sessions.show", slug=recording.session.slug),
    )


def _why_not(recording: Recording) -> str:
    """Why it cannot be transcribed again now; empty where it can."""
    if recording.state == State.PAUSED:
        return _("The work on it is paused. Continue it, or stop it first.")
    if recording.state not in SETTLED:
        return _("It is being worked on. Wait until that is done, or stop it first.")
    if not recording.plan:
        return _(
            "It is not known yet where people speak in it. Try again on its page, or upload it anew."
        )
    return ""


def _fill(form: AgainForm, recording: Recording) -> None:
    """What the form shows first: how it was transcribed last."""
    form.model.data = recording.model
    form.language.data = recording.language or ""
    form.other_languages.data = list(recording.other_languages or ())
    form.draft.data = recording.draft
    form.end.data = clock(recording.duration) if recording.duration else ""
    form.start.data = "0:00"


def _offer_choices(form: AgainForm, recording: Recording) -> None:
    form.model.choices = _models(recording)
    known = (*LANGUAGES, recording.language, *(recording.other_languages or ()))
    languages = [
        SelectChoice(code, language_name(code)) for code in dict.fromkeys(filter(None, known))
    ]
    form.language.choices = [SelectChoice("", _("detect")), *languages]
    form.other_languages.choices = languages


def _models(recording: Recording) -> Sequence[SelectChoice]:
    """Those of the list, and the one that was configured by its path."""
    missing = _("not on this server yet")
    choices = [
        SelectChoice(
            entry.name,
            f"{entry.name} – {MODEL_TITLES.get(entry.name, entry.name)}"
            + ("" if entry.state == "here" else f" ({missing})"),
        )
        for entry in catalogue(parts().models)
    ]
    for name in dict.fromkeys((parts().model, recording.model)):
        if name not in SIZES:
            choices.insert(0, SelectChoice(name, name))
    return choices


def _recording(recording_id: int) -> Recording:
    return db().get(Recording, recording_id) or abort(404)
