"""A transcript's corrections: what its editor loads, keeps as one types, and finishes."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask_babel import gettext as _

from archive.access import Act
from archive.actions.finish_correction import finish_correction
from archive.actions.save_correction import (
    CorrectionRefused,
    Said,
    drop_correction,
    save_correction,
)
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.queries.corrections import (
    CorrectionView,
    OtherCorrection,
    corrected,
    correction_view,
    others_at_work,
)
from transcripts.cues import Cue

blueprint = Blueprint("desk_corrections", __name__, url_prefix="/desk/sessions/<slug>/correction")


@blueprint.get("", endpoint="show")
@demands(Act.CORRECT)
def show(slug: str) -> Response:
    """The base, what the user has changed in it, the line-up, and who else is at it."""
    view = _view(slug)
    answer = jsonify(
        base=view.base_id,
        number=view.base_number,
        language=view.language,
        moved_on=view.moved_on,
        cues=[
            [c.start, c.end, c.text, c.speaker, c.language, int(c.reviewed), c.doubtful]
            for c in view.cues
        ],
        patches=view.patches,
        people=view.people,
        others=_others(view.others),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("", endpoint="save")
@demands(Act.CORRECT)
def save(slug: str) -> Response | tuple[Response, int]:
    """Keeps what was typed: {base, said: [{first, last, cues}], undone: [first]}."""
    user = viewer()
    found = corrected(db(), slug) or abort(404)
    try:
        base, said, undone = _given(request.get_json(silent=True))
    except (AttributeError, KeyError, TypeError, ValueError):
        abort(400)
    try:
        count = save_correction(parts(), user.id, found, base, said, undone)
    except CorrectionRefused as refused:
        return _refused(refused.reason)
    return jsonify(places=count, others=_others(others_at_work(db(), user.id, found)))


@blueprint.post("/discarding", endpoint="discard")
@demands(Act.CORRECT)
def discard(slug: str) -> Response:
    """Drops what was not finished."""
    drop_correction(parts(), viewer().id, corrected(db(), slug) or abort(404))
    return jsonify(places=0)


@blueprint.post("/finishing", endpoint="finish")
@demands(Act.CORRECT)
def finish(slug: str) -> Response | tuple[Response, int]:
    """Makes a revision; {reviewed: whether every cue was checked}."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        abort(400)
    finished = finish_correction(
        parts(),
        viewer().id,
        corrected(db(), slug) or abort(404),
        all_reviewed=given.get("reviewed") is True,
    )
    if finished.rivals:
        return _refused("rivals")
    return jsonify(revision=finished.revision, url=url_for("sessions.show", slug=slug))


def _view(slug: str) -> CorrectionView:
    return correction_view(db(), viewer(), slug) or abort(404)


def _others(others: Iterable[OtherCorrection]) -> list[dict[str, Any]]:
    return [
        {"name": other.name, "places": other.places, "at_work": other.at_work} for other in others
    ]


def _given(body: Any) -> tuple[int, list[Said], list[int]]:
    said = [
        Said(
            int(one["first"]),
            int(one["last"]),
            tuple(
                Cue(
                    start=float(cue["start"]),
                    end=float(cue["end"]),
                    text=" ".join(str(cue["text"]).split()),
                    speaker=" ".join(str(cue.get("speaker") or "").split())[:200] or None,
                    language=str(cue["language"])[:12] if cue.get("language") else None,
                )
                for cue in one["cues"]
            ),
        )
        for one in body.get("said", ())
    ]
    return int(body["base"]), said, [int(first) for first in body.get("undone", ())]


def _refused(reason: str) -> tuple[Response, int]:
    sentences = {
        "moved_on": _(
            "This correction has moved on in another window. Copy what you typed last, then load the"
            " page anew; what was kept before is there."
        ),
        "overlap": _("These cues were changed together. Undo that first."),
        "range": _("There are no such cues in this transcript. Load the page anew."),
        "text": _("A cue needs words, and at most 2000 letters. To take it out, choose Remove."),
        "times": _("A cue has to begin after the one before it, and before it ends."),
        "rivals": _(
            "Somebody else has changed the same places. Decide for each of them which version is to"
            " stay."
        ),
    }
    return jsonify(reason=reason, message=sentences[reason]), 409
