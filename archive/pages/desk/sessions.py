"""Sessions on the desk: overview, form with line-up, visibility, deletion."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import (
    DateTimeLocalField,
    FieldList,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from archive.access import Act
from archive.actions.delete_from_programme import delete_session
from archive.actions.save_person import save_person
from archive.actions.save_session import SessionValues, save_session
from archive.actions.set_visibility import set_visibility
from archive.auth import demands
from archive.context import db, parts
from archive.models.people import Person, StageRole
from archive.models.programme import Event, Kind, Room, Session, Visibility
from archive.models.recording import LogEntry, Recording
from archive.pages.desk.board import sentence
from archive.pages.forms import PartOfForm, at_most
from archive.pages.words import kind_name, language_name, role_name
from archive.queries.cards import shown_recordings
from archive.queries.desk import works
from transcripts.chapters import Problem, read_chapters

blueprint = Blueprint("desk_sessions", __name__, url_prefix="/desk/sessions")
CHAPTER_PROBLEMS = 10  # shown at once
LANGUAGES = ("de", "en", "fr", "it", "es", "nl", "pl", "da", "sv", "cs", "tr", "uk")


class PlaceForm(PartOfForm):
    """One place in the line-up; an empty person means nobody."""

    person = SelectField(lazy_gettext("Person"), coerce=str)
    role = SelectField(lazy_gettext("Role"))


class SessionForm(FlaskForm):
    """A session."""

    duration: float | None = None  # seconds of the recording, where there is one

    title = StringField(
        lazy_gettext("Title"),
        [DataRequired(lazy_gettext("Give the session a title.")), at_most(300)],
    )
    subtitle = StringField(lazy_gettext("Subtitle"), [at_most(500)])
    kind = SelectField(lazy_gettext("Kind"))
    event = SelectField(lazy_gettext("Event"), coerce=int)
    room = SelectField(lazy_gettext("Room or track"), coerce=int)
    starts_at = DateTimeLocalField(
        lazy_gettext("Begins"),
        [Optional()],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        description=lazy_gettext("In the time zone of the event."),
    )
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
    abstract = TextAreaField(lazy_gettext("Abstract"), [at_most(20_000)], render_kw={"rows": 8})
    chapters = TextAreaField(
        lazy_gettext("Chapters"),
        [at_most(20_000)],
        description=lazy_gettext(
            "One a line, in order: when it begins, and its title, such as 12:30 Questions."
        ),
        render_kw={"rows": 6, "spellcheck": "false"},
    )
    line_up = FieldList(FormField(PlaceForm))
    more = SubmitField(lazy_gettext("Add another place"))
    newcomer = StringField(
        lazy_gettext("Somebody who is not in the list yet"),
        [at_most(200)],
        description=lazy_gettext("The person is created with this name and stands last."),
    )

    def validate_other_languages(self, field: SelectMultipleField) -> None:
        if field.data and not self.language.data:
            raise ValidationError(_("Choose the main language first."))

    def validate_chapters(self, field: TextAreaField) -> None:
        problems = read_chapters(field.data or "", self.duration).problems
        field.errors.extend(map(_chapter_sentence, problems[:CHAPTER_PROBLEMS]))

    def validate_room(self, field: SelectField) -> None:
        room = db().get(Room, field.data) if field.data else None
        if room is not None and room.event_id != self.event.data:
            raise ValidationError(_("This room belongs to another event."))


@blueprint.route("/new", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def new() -> Response | str | tuple[str, int]:
    """A new session, a draft."""
    if db().scalar(select(func.count()).select_from(Event)) == 0:
        flash(_("A session belongs to an event. Create the event first."), "info")
        return redirect(url_for("desk_events.new"))
    return _form(None)


@blueprint.get("/<slug>")
@demands(Act.SEE_DRAFTS)
def show(slug: str) -> str:
    """A session with its recordings and who can reach it."""
    session = _session(slug)
    log = {
        recording.id: db()
        .scalars(
            select(LogEntry).where(LogEntry.recording_id == recording.id).order_by(LogEntry.id)
        )
        .all()
        for recording in session.recordings
    }
    return render_template(
        "desk/session.html",
        session=session,
        works=works(db(), session.id),
        log=log,
        sentence=sentence,
        starts_at=session.starts_at
        and session.starts_at.astimezone(ZoneInfo(session.event.timezone)),
        visibilities=list(Visibility),
        form=FlaskForm(),
    )


@blueprint.route("/<slug>/edit", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def edit(slug: str) -> Response | str | tuple[str, int]:
    """A session, to be changed."""
    return _form(_session(slug))


@blueprint.post("/<slug>/visibility")
@demands(Act.PUBLISH)
def visibility(slug: str) -> Response:
    """Makes a session a draft, unlisted or public."""
    wanted = request.form.get("visibility", "")
    if wanted not in list(Visibility):
        abort(400)
    session = _session(slug)
    set_visibility(db(), parts().index, session, Visibility(wanted))
    db().commit()
    said = {
        Visibility.DRAFT: _("“%(title)s” is a draft now: only those who are logged in see it."),
        Visibility.UNLISTED: _("“%(title)s” is unlisted now: whoever has its address can open it."),
        Visibility.PUBLIC: _("“%(title)s” is public now."),
    }[Visibility(wanted)]
    flash(said % {"title": session.title}, "success")
    return redirect(url_for("desk_sessions.show", slug=slug))


@blueprint.route("/<slug>/deletion", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def deletion(slug: str) -> Response | str:
    """Says what would be lost, and deletes it."""
    session = _session(slug)
    form = FlaskForm()
    if form.validate_on_submit():
        title = session.title
        delete_session(parts(), session.id)
        flash(_("“%(title)s” is deleted.", title=title), "success")
        return redirect(url_for("desk.board"))
    count = db().scalar(
        select(func.count()).select_from(Recording).where(Recording.session_id == session.id)
    )
    return render_template(
        "desk/deletion.html",
        form=form,
        title=session.title,
        lost=[
            _("the session and its page"),
            ngettext(
                "%(num)s recording with its transcript",
                "%(num)s recordings with their transcripts",
                count,
            ),
        ],
        back=url_for("desk_sessions.show", slug=slug),
    )


def _form(session: Session | None) -> Response | str | tuple[str, int]:
    form = SessionForm()
    if not form.is_submitted():
        _fill(form, session)
    _offer_choices(form, session)
    form.duration = _duration(session)
    if form.more.data or (form.is_submitted() and request.form.get("more") is not None):
        form.line_up.append_entry({"role": StageRole.SPEAKER})
        _offer_choices(form, session)
        return render_template("desk/session_form.html", form=form, session=session)
    if form.validate_on_submit():
        saved = save_session(db(), parts().index, _values(form), session)
        db().commit()
        flash(_("“%(title)s” is saved.", title=saved.title), "success")
        return redirect(url_for("desk_sessions.show", slug=saved.slug))
    status = 400 if form.is_submitted() else 200
    return render_template("desk/session_form.html", form=form, session=session), status


def _fill(form: SessionForm, session: Session | None) -> None:
    """What the form shows first."""
    if session is None:
        event = (
            db()
            .scalars(
                select(Event).order_by(
                    (Event.slug == request.args.get("event", "")).desc(), Event.starts_on.desc()
                )
            )
            .first()
        )
        form.event.data, form.kind.data = event.id, Kind.TALK
        form.line_up.append_entry({"role": StageRole.SPEAKER})
        return
    for name in ("title", "subtitle", "kind", "abstract", "chapters"):
        form[name].data = getattr(session, name)
    form.event.data, form.room.data = session.event_id, session.room_id or 0
    form.language.data = session.language or ""
    form.other_languages.data = list(session.other_languages or ())
    if session.starts_at:
        form.starts_at.data = session.starts_at.astimezone(ZoneInfo(session.event.timezone))
    for appearance in session.appearances:
        form.line_up.append_entry({"person": str(appearance.person_id), "role": appearance.role})
    form.line_up.append_entry({"role": StageRole.SPEAKER})


def _offer_choices(form: SessionForm, session: Session | None) -> None:
    events = db().scalars(select(Event).order_by(Event.starts_on.desc())).all()
    form.event.choices = [SelectChoice(event.id, event.title) for event in events]
    form.room.choices = [SelectChoice(0, _("none"))] + [
        SelectChoice(room.id, f"{room.name} ({event.title})" if len(events) > 1 else room.name)
        for event in events
        for room in event.rooms
    ]
    form.kind.choices = [SelectChoice(kind.value, kind_name(kind)) for kind in Kind]
    spoken = [session.language, *(session.other_languages or ())] if session else []
    languages = [
        SelectChoice(code, language_name(code))
        for code in dict.fromkeys((*LANGUAGES, *filter(None, spoken)))
    ]
    form.language.choices = [SelectChoice("", _("detect")), *languages]
    form.other_languages.choices = languages
    people = db().execute(select(Person.id, Person.name).order_by(Person.name)).all()
    for place in form.line_up:
        place.person.choices = [SelectChoice("", _("nobody"))] + [
            SelectChoice(str(id_), name) for id_, name in people
        ]
        place.role.choices = [SelectChoice(role.value, role_name(role)) for role in StageRole]


def _values(form: SessionForm) -> SessionValues:
    event = db().get_one(Event, form.event.data)
    return SessionValues(
        event_id=event.id,
        room_id=form.room.data or None,
        kind=form.kind.data,
        title=form.title.data.strip(),
        subtitle=(form.subtitle.data or "").strip(),
        abstract=(form.abstract.data or "").strip(),
        language=form.language.data or None,
        starts_at=_in_zone(form.starts_at.data, event.timezone),
        line_up=[*_places(form), *_newcomer(form)],
        other_languages=form.other_languages.data or (),
        chapters=(form.chapters.data or "").replace("\r\n", "\n").strip(),
    )


def _duration(session: Session | None) -> float | None:
    """Seconds of the recording that the session shows, as far as known."""
    shown = shown_recordings(db(), [session.id]).get(session.id) if session else None
    return shown.duration if shown else None


def _chapter_sentence(problem: Problem) -> str:
    """Which line of the chapters is wrong, why, and what to do."""
    sentence = {
        "no_time": _("“%(found)s” does not begin with a time such as 12:30, and a space."),
        "bad_time": _("%(found)s is no time. Write minutes and seconds, 12:30, or 1:02:03."),
        "no_title": _("The chapter at %(found)s has no title. Write one after the time."),
        "long_title": _("“%(found)s” is longer than %(other)s characters. Shorten it."),
        "order": _("%(found)s is not after %(other)s. Put the chapters in the order of time."),
        "beyond": _("%(found)s lies beyond the recording, which ends at %(other)s."),
        "too_many": _("There may be at most %(other)s chapters."),
    }[problem.kind] % {"found": problem.found, "other": problem.other}
    return _("Chapters, line %(line)s:", line=problem.line) + " " + sentence


def _places(form: SessionForm) -> list[tuple[int, str]]:
    return [
        (int(place.person.data), place.role.data) for place in form.line_up if place.person.data
    ]


def _newcomer(form: SessionForm) -> list[tuple[int, str]]:
    """The person named in the form's last field, created with the session."""
    name = " ".join((form.newcomer.data or "").split())
    if not name:
        return []
    person = save_person(db(), parts().index, name=name, affiliation="", biography="")
    panel = form.kind.data == Kind.PANEL
    return [(person.id, StageRole.PANELIST if panel else StageRole.SPEAKER)]


def _in_zone(value: datetime | None, zone: str) -> datetime | None:
    return value.replace(tzinfo=ZoneInfo(zone)) if value else None


def _session(slug: str) -> Session:
    return db().scalars(select(Session).where(Session.slug == slug)).first() or abort(404)
