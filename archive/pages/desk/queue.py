"""The queue on the desk: what runs where, what waits, in which order, and until when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from archive.access import Act
from archive.auth import demands
from archive.context import db, parts
from archive.db import now
from archive.errors import failure_sentence
from archive.pages.words import day, length, number, time_of_day
from archive.queries.queue import Standing, queue

blueprint = Blueprint("desk_queue", __name__, url_prefix="/desk")


@blueprint.get("/queue")
@demands(Act.SEE_DRAFTS)
def show() -> str:
    """All that is worked on and waits."""
    return render_template(
        "desk/queue.html",
        queue=queue(db()),
        until=until,
        speed=speed_words,
        since=clock_time,
        model_missing=lambda model: failure_sentence("model_missing", {"model": model}),
    )


@blueprint.app_template_global("left_words")
def left_words(standing: Standing | None) -> str:
    """How long a recording still takes, and until when; empty where it is not known."""
    if standing is None or standing.left is None:
        return ""
    return until(standing.left)


def until(seconds: float) -> str:
    """A time from now as one says it: about 25 min left, until 16:40."""
    if seconds < 60:
        return _("less than a minute left")
    end = _local(now() + timedelta(seconds=seconds))
    if end.date() != _local(now()).date():
        words = _("%(day)s, %(time)s", day=day(end.date()), time=time_of_day(end))
        return _("about %(length)s left, until %(moment)s", length=length(seconds), moment=words)
    return _(
        "about %(length)s left, until %(moment)s", length=length(seconds), moment=time_of_day(end)
    )


@blueprint.app_template_global("speed_words")
def speed_words(speed: float | None) -> str:
    """Times real time: 4.2 × real time; empty where it is not known."""
    if not speed:
        return ""
    shown = number(round(speed, 1 if speed < 10 else 0) or 0.1)
    return _("%(speed)s × real time", speed=shown)


def clock_time(moment: datetime | None) -> str:
    """A moment on the archive's clock: 16:40, with its day where that is not today."""
    if moment is None:
        return ""
    local = _local(moment)
    if local.date() == _local(now()).date():
        return time_of_day(local)
    return _("%(day)s, %(time)s", day=day(local.date()), time=time_of_day(local))


@blueprint.app_template_global("worker_words")
def worker_words(names: tuple[str, ...]) -> str:
    """Who works on something: worker a, b."""
    if not names:
        return ""
    return ngettext("worker %(names)s", "workers %(names)s", len(names), names=", ".join(names))


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(parts().timezone))
