"""The sizes in which a recording streams, on the desk: what of them is there, and another try."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from archive.access import Act
from archive.actions.make_streaming import make_streaming
from archive.auth import demands
from archive.context import db, parts
from archive.errors import failure_sentence
from archive.models.recording import Recording, StreamingState
from archive.queries.streaming import StreamingLine

blueprint = Blueprint("desk_streaming", __name__, url_prefix="/desk/recordings")


@blueprint.post("/<int:recording_id>/streaming")
@demands(Act.UPLOAD)
def again(recording_id: int) -> Response:
    """Queues the work, unless it is under way or done."""
    recording = db().get(Recording, recording_id) or abort(404)
    if make_streaming(parts(), recording_id):
        flash(
            _("The streaming sizes of “%(name)s” are being made.", name=recording.original_name),
            "success",
        )
    else:
        flash(
            _("The sizes of “%(name)s” are there, or being made.", name=recording.original_name),
            "info",
        )
    return redirect(url_for("desk_sessions.show", slug=recording.session.slug))


@blueprint.app_template_global("streaming_sentence")
def streaming_sentence(line: StreamingLine) -> str:
    """What there is of sizes, what is being done about them, or why there are none."""
    if line.heights:
        sizes = ", ".join(map(str, line.heights))
        return _("Streaming sizes: %(sizes)s", sizes=sizes)
    if line.state == StreamingState.QUEUED:
        return _("The streaming sizes are made next; until then the video plays in one size.")
    if line.state == StreamingState.WORKING:
        return _(
            "The streaming sizes are being made (%(percent)s %%); until then the video plays in one"
            " size.",
            percent=round(line.progress * 100),
        )
    if line.state == StreamingState.FAILED:
        return _(
            "No streaming sizes were made. %(why)s", why=failure_sentence(line.reason, line.details)
        )
    if line.reason == "small":
        return _("No streaming sizes: the video is small enough as it is.")
    if line.reason == "off":
        return _("No streaming sizes: they are switched off on this server.")
    if line.state == StreamingState.CANCELLED:
        return _("No streaming sizes: the work on them was stopped.")
    return _("No streaming sizes have been made yet; the video plays in one size.")
