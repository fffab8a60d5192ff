"""Headers that tell browsers to run nothing but our own files, CSRF on every form, limits of size."""

import errno
import sys
import tempfile
from datetime import timedelta
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Request, Response, abort, request
from flask_login import current_user
from flask_wtf import CSRFProtect

from archive.access import Act
from archive.auth import may
from archive.context import parts
from transcripts.formats.reading import LIMIT

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "media-src 'self' blob:",  # a video that hls.js feeds piece by piece has such an address
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

FORM_BYTES = 2_000_000  # the largest form without a file
UPLOADS = frozenset({"desk_recordings.receive_upload"})  # endpoints that take recordings in
TRANSCRIPTS = frozenset({"desk_imports.receive"})  # endpoints that take transcripts in
IN_MEMORY = 500_000  # bytes of a file in a form that are kept in memory


class FormRequest(Request):
    """A request whose form may hold a file: the file waits where there is room for recordings."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        folder = parts().work / "uploads"
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=folder)


def init_security(app: Flask, *, secret_key: str, secure_cookies: bool) -> None:
    """Cookies, CSRF and headers."""
    app.secret_key = secret_key
    app.config.update(
        SESSION_COOKIE_NAME="podium",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure_cookies,
        REMEMBER_COOKIE_NAME="podium_remember",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=secure_cookies,
        REMEMBER_COOKIE_DURATION=timedelta(days=30),
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: long uploads must not fail at the end
        SECURE_COOKIES=secure_cookies,
    )
    app.request_class = FormRequest
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    app.before_request(_refuse_impossible_addresses)
    app.before_request(_make_room_for_uploads)  # before CSRF, which reads the form
    CSRFProtect(app)
    app.after_request(_add_headers)


def _refuse_impossible_addresses() -> None:
    """Nothing has a name with a NUL in it, and PostgreSQL would not even look."""
    if "\0" in request.path:
        abort(404)


def _make_room_for_uploads() -> None:
    """Only who may upload may send much; what finds no room is refused before it is sent."""
    if request.endpoint in TRANSCRIPTS and may(Act.CORRECT):
        limit = LIMIT
    elif request.endpoint in UPLOADS and may(Act.UPLOAD):
        limit = parts().upload_limit
    else:
        return
    if request.endpoint in UPLOADS and request.mimetype == "application/octet-stream":
        request.max_content_length = sys.maxsize  # the page streams it, and has its own limit
        return
    request.max_content_length = limit + FORM_BYTES
    if (request.content_length or 0) + parts().reserve > parts().store.free_bytes():
        raise OSError(errno.ENOSPC, "no room for this upload")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    _redirect_within(response)
    if response.mimetype == "text/html":
        # Pages differ by language and log-in, so nobody but their reader may keep them.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(["Cookie", "Accept-Language"])
        if current_user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
    if request.path.startswith("/desk"):
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _redirect_within(response: Response) -> None:
    """Routing redirects to the host that the request claims to be for; the path says enough."""
    target = urlsplit(response.headers.get("Location", ""))
    if target.netloc.lower() == request.host.lower():
        path = "/" + target.path.lstrip("/")
        response.headers["Location"] = urlunsplit(("", "", path, target.query, target.fragment))
