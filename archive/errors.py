"""What goes wrong, as people read it: one handler, and one sentence for each reason."""

import errno
import secrets

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, StatementError
from werkzeug.exceptions import HTTPException, InternalServerError

from archive.auth import settle_for_visitor
from archive.context import db
from media.errors import MediaError

log = structlog.get_logger()

# What stopped the work on a recording, by the reason stored with it; details fill the gaps.
FAILURES = {
    "not_media": lazy_gettext(
        "“%(name)s” is not a video or audio file that can be read. Check that it plays on your"
        " computer, and upload it again."
    ),
    "empty_file": lazy_gettext("“%(name)s” is empty (0 bytes). Upload the file again."),
    "truncated": lazy_gettext(
        "“%(name)s” is incomplete: the recording or its transfer was cut off. Upload the whole file"
        " again."
    ),
    "playlist": lazy_gettext(
        "“%(name)s” is a playlist, a list of other files, and holds no recording itself. Upload the"
        " recording it points to."
    ),
    "image": lazy_gettext(
        "“%(name)s” is a picture, not a recording. Upload the video or audio file."
    ),
    "no_audio": lazy_gettext(
        "“%(name)s” has no sound, so there is nothing to transcribe. Export it with its audio track,"
        " and upload that."
    ),
    "no_speech": lazy_gettext(
        "Nobody speaks in “%(name)s”. If the wrong channel was recorded, upload the right file; or"
        " publish it without a transcript."
    ),
    "unsupported_codec": lazy_gettext(
        "“%(name)s” uses a codec that is not accepted. Export it as MP4 with H.264 and AAC, and"
        " upload that."
    ),
    "no_space": lazy_gettext(
        "The disk of the archive is full. Nothing is lost: the work on “%(name)s” goes on by itself"
        " when there is room."
    ),
    "too_large": lazy_gettext("“%(name)s” is larger than this archive accepts."),
    "timeout": lazy_gettext(
        "The work on “%(name)s” came to a halt. Try again; if that happens again, the file is"
        " damaged at that point."
    ),
    "ffmpeg_failed": lazy_gettext(
        "“%(name)s” could not be converted. The log says where it stopped. Try again, or export the"
        " file anew and upload that."
    ),
    "tool_missing": lazy_gettext(
        "ffmpeg is not installed on this server. Ask whoever runs it to install Debian’s package"
        " “ffmpeg”."
    ),
    "model_missing": lazy_gettext(
        "The Whisper model “%(model)s” is not on this server. Whoever runs it can fetch it with"
        " “flask --app wsgi models fetch %(model)s”; the transcription then goes on by itself."
    ),
    "engine_failed": lazy_gettext(
        "Whisper could not transcribe “%(name)s”. The log says why. Try again."
    ),
    "cancelled": lazy_gettext("The work on “%(name)s” was stopped."),
}
FOR_CLIENTS = ("Allow", "Content-Range", "Retry-After")  # headers that belong to an error
UNEXPECTED = lazy_gettext(
    "Something unexpected stopped the work on “%(name)s”. The log says what. Try again."
)


def failure_sentence(reason: str | None, details: dict | None) -> str:
    """What is wrong, with what, and what to do next, in the reader's language."""
    given = {"name": "?", "model": "?"} | (details or {})
    return str(FAILURES.get(reason or "", UNEXPECTED)) % given


def media_sentence(error: MediaError, name: str) -> str:
    """The same for a file that was refused at the door."""
    if error.reason == "no_space":
        return _(
            "There is not enough room for “%(name)s” on the disk of the archive. Nothing was stored."
            " Make room, then upload it again.",
            name=name,
        )
    if error.reason == "truncated" and "expected" in error.details:
        return _("“%(name)s” did not arrive whole. Upload it again.", name=name)
    return failure_sentence(error.reason, {"name": name})


def init_errors(app: Flask) -> None:
    """One handler for everything that goes wrong in a request."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(OSError, _os_error)
    app.register_error_handler(StatementError, _statement_error)
    app.register_error_handler(OverflowError, _unstorable)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Whether whoever asks is a script rather than a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


def _http_error(error: HTTPException) -> Response | tuple[Response | str, int]:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, InternalServerError):
        return _unexpected(error)
    answer = make_response(_answer(error.code, *_words(error.code)))
    told = error.get_response().headers
    answer.headers.update({name: told[name] for name in FOR_CLIENTS if name in told})
    return answer


def _csrf_error(_error: CSRFError) -> tuple[Response | str, int]:
    return _answer(
        400,
        _("This form is out of date"),
        _("You were logged in or out in the meantime. Go back, load the page again and repeat it."),
    )


def _os_error(error: OSError) -> tuple[Response | str, int]:
    if error.errno != errno.ENOSPC:
        return _unexpected(error)
    log.error("the disk is full", path=request.path, error=str(error))
    return _answer(
        507,
        _("The disk of the archive is full"),
        _(
            "Nothing of this was stored, and all that was there is intact. Make room, then repeat it."
        ),
    )


def _statement_error(error: StatementError) -> tuple[Response | str, int]:
    if isinstance(error, DataError) or isinstance(error.orig, OverflowError):
        return _unstorable(error)
    return _unexpected(error)


def _unstorable(error: Exception) -> tuple[Response | str, int]:
    """Somebody sent what no column holds: a number too large, a text too long, a NUL."""
    cause = str(getattr(error, "orig", error)).partition("\n")[0]
    log.warning("refused what cannot be stored", path=request.path, cause=cause)
    db().rollback()
    return _answer(400, *_words(400))


def _unexpected(error: Exception) -> tuple[Response | str, int]:
    settle_for_visitor()  # the database may be what went wrong
    incident = secrets.token_hex(4)
    log.exception("request failed", incident=incident, path=request.path, exc_info=error)
    db().rollback()
    return _answer(
        500,
        _("Something went wrong"),
        _("It is our fault, not yours, and it is in the log as incident %(id)s.", id=incident),
    )


def _answer(code: int, title: str, text: str) -> tuple[Response | str, int]:
    if wants_json():
        return jsonify(error=title, message=text), code
    return render_template("error.html", code=code, title=title, text=text), code


def _words(code: int) -> tuple[str, str]:
    known = {
        400: (_("That cannot be understood"), _("Go back and try again.")),
        403: _forbidden(),
        404: (
            _("There is nothing here"),
            _("The address may be mistyped, or what was here is no longer public."),
        ),
        405: (_("That cannot be done here"), _("Go back and try again.")),
        413: (_("The file is too large"), _("This archive does not accept files of that size.")),
        429: (_("Too many tries"), _("Wait a moment, then try again.")),
    }
    return known.get(code, (_("That did not work"), _("Go back and try again.")))


def _forbidden() -> tuple[str, str]:
    if current_user.is_authenticated:
        return _("Not for this log-in"), _("You are logged in, but not allowed to do this.")
    return _("You are not logged in"), _("Log in, then repeat it. Nothing was changed.")
