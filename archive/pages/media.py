"""The bytes of renditions, with ranges so that a player can jump."""

from flask import Blueprint, abort, current_app, redirect, send_file, url_for
from werkzeug.wrappers import Response

from archive.auth import viewer
from archive.context import db, parts
from archive.models.recording import RenditionKind
from archive.queries.media import ServedFile, served_file, served_part

blueprint = Blueprint("media", __name__)


@blueprint.get("/media/<int(max=2147483647):rendition_id>/<filename>")
def rendition(rendition_id: int, filename: str) -> Response:
    """A video, an audio file or a poster; who may not see its session finds nothing here."""
    file = served_file(db(), viewer(), rendition_id)
    if file is None:
        abort(404)
    if filename != file.filename:
        return redirect(
            url_for("media.rendition", rendition_id=rendition_id, filename=file.filename)
        )
    return _sent(file)


@blueprint.get("/media/<int(max=2147483647):rendition_id>/hls/<filename>")
def hls(rendition_id: int, filename: str) -> Response:
    """A playlist, or the bytes of a video or sound that it points into."""
    return _part(rendition_id, RenditionKind.HLS, filename)


@blueprint.get("/media/<int(max=2147483647):rendition_id>/sprites/<filename>")
def sprites(rendition_id: int, filename: str) -> Response:
    """A sheet of small pictures."""
    return _part(rendition_id, RenditionKind.SPRITES, filename)


def _part(rendition_id: int, kind: RenditionKind, filename: str) -> Response:
    file = served_part(db(), viewer(), rendition_id, kind, filename)
    return abort(404) if file is None else _sent(file)


def _sent(file: ServedFile) -> Response:
    try:
        response = send_file(
            parts().store.path(file.key),
            mimetype=file.mime,
            download_name=file.filename,
            conditional=True,
            etag=file.tag,
        )
    except FileNotFoundError:
        current_app.logger.error("the file of a rendition is missing: %s", file.key)
        abort(404)
    # Always asked for again, so that a session that is taken down stops playing everywhere.
    response.headers["Cache-Control"] = "private, no-cache" if file.draft else "public, no-cache"
    return response
