"""The desk: what is recorded, how far it is, and what is missing."""

import re

from flask import Blueprint, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from archive.access import Act
from archive.auth import demands
from archive.context import db
from archive.errors import failure_sentence
from archive.models.recording import State
from archive.pages.desk.queue import left_words, speed_words, worker_words
from archive.pages.sessions import caught_sentence
from archive.pages.words import length, page_number, step_name
from archive.queries.desk import (
    NO_RECORDING,
    Choice,
    Work,
    board,
    events_with_counts,
    works_by_id,
)
from archive.queries.queue import Standing

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
blueprint.add_app_template_global(caught_sentence)
DIED = re.compile(r"its worker died (\d+) times")  # as the pipeline writes it down


@blueprint.get("", endpoint="board")
@demands(Act.SEE_DRAFTS)
def show() -> str:
    """The table of sessions."""
    choice = Choice(
        event=request.args.get("event", ""),
        state=request.args.get("state", ""),
        title=request.args.get("title", "").strip()[:200],
    )
    return render_template(
        "desk/board.html",
        board=board(db(), choice, page_number(request.args.get("page"))),
        choice=choice,
        events=[event for event, _count in events_with_counts(db())],
        states=[*State, NO_RECORDING],
        sentence=sentence,
    )


@blueprint.get("/progress.json")
@demands(Act.SEE_DRAFTS)
def progress() -> Response:
    """How far the recordings named by `id` are."""
    given = request.args.getlist("id")[:100]
    ids = [int(id_) for id_ in given if id_.isascii() and id_.isdecimal() and len(id_) < 10]
    return jsonify(
        [
            {
                "id": work.id,
                "state": work.state,
                "percent": round(work.progress * 100),
                "sentence": sentence(work),
                "busy": work.busy,
                "facts": facts(work),
                **_numbers(work.standing),
            }
            for work in works_by_id(db(), ids)
        ]
    )


def sentence(work: Work) -> str:
    """The state of a recording, and what happens or is to be done next."""
    match work.state:
        case State.QUEUED:
            return _("Waiting for its turn; the work begins by itself.")
        case State.WORKING:
            return f"{step_name(work.step)} …"
        case State.WAITING_FOR_MODEL:
            return failure_sentence("model_missing", {"model": work.model})
        case State.PAUSED:
            return _(
                "Waiting for a while: somebody paused the transcription. What is written down stays."
            )
        case State.CANCELLED:
            return _(
                "Stopped by somebody. What was finished is kept, so that another try is shorter."
            )
        case State.FAILED:
            return failure_sentence(work.failure, work.failure_details)
        case _ if work.wordless:
            return _("Can be played; it has no transcript.")
        case _ if work.making and work.making.set_aside:
            return ngettext(
                "Can be played and searched, but for %(num)s stretch that could not be written down.",
                "Can be played and searched, but for %(num)s stretches that could not be written"
                " down.",
                len(work.making.set_aside),
            )
        case _:
            return _("Can be played and searched.")


@blueprint.app_template_global("work_facts")
def facts(work: Work) -> str:
    """By whom it is worked on, how much is left, how fast; after the end, what was repaired."""
    if work.state == State.READY and work.making and work.making.caught:
        return ngettext(
            "%(num)s place caught and repaired",
            "%(num)s places caught and repaired",
            len(work.making.caught),
        )
    standing = work.standing
    if not work.busy or standing is None:
        return ""
    place = _("number %(place)s in line", place=standing.place) if standing.place else ""
    audio = standing.audio
    told = (
        worker_words(standing.workers) or place,
        _("%(length)s of sound to go", length=length(audio)) if audio else "",
        speed_words(standing.speed) or _("speed not yet known"),
        left_words(standing) or _("time left not yet known"),
    )
    return "\N{NO-BREAK SPACE}· ".join(filter(None, told))


@blueprint.app_template_global("reason_words")
def reason_words(reason: str) -> Markup:
    """Why a stretch could not be written down; what an engine said is in English."""
    if died := DIED.fullmatch(reason):
        times = int(died[1])
        return escape(
            ngettext(
                "The worker broke down %(num)s time there.",
                "The worker broke down %(num)s times there.",
                times,
            )
        )
    return Markup('<span lang="en">{}</span>').format(reason)


def _numbers(standing: Standing | None) -> dict[str, object]:
    """The same for scripts. audio: seconds that are not heard yet; left: seconds until it is done."""
    standing = standing or Standing()
    return {
        "place": standing.place,
        "audio": _rounded(standing.audio, 1),
        "speed": _rounded(standing.speed, 2),
        "left": _rounded(standing.left, 0),
        "workers": list(standing.workers),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
