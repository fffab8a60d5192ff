"""The desk: what is recorded, how far it is, and what is missing."""

from flask import Blueprint, jsonify, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from archive.access import Act
from archive.auth import demands
from archive.context import db
from archive.errors import failure_sentence
from archive.models.recording import State
from archive.pages.words import page_number, step_name
from archive.queries.desk import (
    NO_RECORDING,
    Choice,
    Work,
    board,
    events_with_counts,
    works_by_id,
)

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


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
        case _:
            return _("Can be played and searched.")
