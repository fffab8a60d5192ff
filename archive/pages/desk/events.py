"""Events on the desk: list, form, deletion."""

from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from archive.access import Act
from archive.actions.delete_from_programme import delete_event
from archive.actions.save_event import EventValues, save_event
from archive.auth import demands
from archive.context import db, parts
from archive.models.programme import Event, Session
from archive.models.recording import Recording
from archive.pages.forms import at_most
from archive.queries.desk import events_with_counts

blueprint = Blueprint("desk_events", __name__, url_prefix="/desk/events")
LONGEST_ROOM = 200  # letters


class EventForm(FlaskForm):
    """An event."""

    title = StringField(
        lazy_gettext("Title"),
        [DataRequired(lazy_gettext("Give the event a title.")), at_most(300)],
    )
    subtitle = StringField(lazy_gettext("Subtitle"), [at_most(500)])
    starts_on = DateField(
        lazy_gettext("First day"), [InputRequired(lazy_gettext("Enter the first day."))]
    )
    ends_on = DateField(
        lazy_gettext("Last day"), [InputRequired(lazy_gettext("Enter the last day."))]
    )
    place = StringField(lazy_gettext("Place"), [at_most(300)])
    timezone = SelectField(lazy_gettext("Time zone"))
    rooms = TextAreaField(
        lazy_gettext("Rooms or tracks"),
        description=lazy_gettext("One per line, in the order of the programme."),
        render_kw={"rows": 4},
    )
    description = TextAreaField(
        lazy_gettext("Description"), [at_most(20_000)], render_kw={"rows": 6}
    )

    def validate_ends_on(self, field: DateField) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_("The last day is before the first."))

    def validate_rooms(self, field: TextAreaField) -> None:
        for name in (field.data or "").splitlines():
            if len(name.strip()) > LONGEST_ROOM:
                raise ValidationError(
                    _("The name “%(start)s …” is too long for a room.", start=name.strip()[:30])
                )

    def values(self) -> EventValues:
        """What was entered."""
        return EventValues(
            title=self.title.data.strip(),
            subtitle=(self.subtitle.data or "").strip(),
            description=(self.description.data or "").strip(),
            place=(self.place.data or "").strip(),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            timezone=self.timezone.data,
            rooms=(self.rooms.data or "").splitlines(),
        )


@blueprint.get("")
@demands(Act.SEE_DRAFTS)
def index() -> str:
    """All events."""
    return render_template("desk/events.html", events=events_with_counts(db()))


@blueprint.route("/new", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def new() -> Response | str | tuple[str, int]:
    """A new event."""
    return _form(None)


@blueprint.route("/<slug>", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def edit(slug: str) -> Response | str | tuple[str, int]:
    """An event, to be changed."""
    return _form(_event(slug))


@blueprint.route("/<slug>/deletion", methods=["GET", "POST"])
@demands(Act.EDIT_CATALOGUE)
def deletion(slug: str) -> Response | str:
    """Says what would be lost, and deletes it."""
    event = _event(slug)
    form = FlaskForm()
    if form.validate_on_submit():
        title = event.title
        delete_event(parts(), event.id)
        flash(_("“%(title)s” is deleted.", title=title), "success")
        return redirect(url_for("desk_events.index"))
    sessions, recordings = (
        db()
        .execute(
            select(func.count(Session.id.distinct()), func.count(Recording.id))
            .select_from(Session)
            .outerjoin(Recording, Recording.session_id == Session.id)
            .where(Session.event_id == event.id)
        )
        .one()
    )
    return render_template(
        "desk/deletion.html",
        form=form,
        title=event.title,
        lost=[
            _("the event itself"),
            ngettext("%(num)s session", "%(num)s sessions", sessions),
            ngettext(
                "%(num)s recording with its transcript",
                "%(num)s recordings with their transcripts",
                recordings,
            ),
        ],
        back=url_for("desk_events.edit", slug=slug),
    )


def _form(event: Event | None) -> Response | str | tuple[str, int]:
    form = EventForm(obj=event)
    form.timezone.choices = sorted(available_timezones())
    if not form.is_submitted():
        form.timezone.data = event.timezone if event else parts().timezone
        form.rooms.data = "\n".join(room.name for room in event.rooms) if event else ""
    if form.validate_on_submit():
        saved = save_event(db(), form.values(), event)
        db().commit()
        flash(_("“%(title)s” is saved.", title=saved.title), "success")
        return redirect(url_for("desk.board", event=saved.slug))
    status = 400 if form.is_submitted() else 200
    return render_template("desk/event.html", form=form, event=event), status


def _event(slug: str) -> Event:
    return db().scalars(select(Event).where(Event.slug == slug)).first() or abort(404)
