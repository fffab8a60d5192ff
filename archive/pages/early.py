"""A page in two parts: what stands above a long text is sent while the text is still rendered."""

from collections.abc import Iterator
from typing import Any

import brotli
from flask import (
    Response,
    current_app,
    get_flashed_messages,
    render_template,
    request,
    stream_template,
)
from flask_wtf.csrf import generate_csrf

FIRST = "<!-- early -->"  # in the template, where the first part ends


def render_early(template: str, **context: Any) -> Response:
    """The template as a response whose first part goes out before the rest is there.

    In one part to those that do not take brotli, as all browsers do over a safe connection.
    """
    if not request.accept_encodings["br"]:
        page = render_template(template, **context).replace(FIRST, "")
        return current_app.response_class(page, mimetype="text/html")
    generate_csrf()  # what is kept in the cookie has to be there before the first part goes
    get_flashed_messages()
    parts = _in_two(stream_template(template, **context))
    level = current_app.config["COMPRESS_BR_LEVEL"]
    response = current_app.response_class(_compressed(parts, level), mimetype="text/html")
    response.headers["Content-Encoding"] = "br"
    return response


def _in_two(pieces: Iterator[str]) -> Iterator[bytes]:
    first: list[str] = []
    for piece in pieces:
        first.append(piece)
        if FIRST in piece:
            break
    yield "".join(first).replace(FIRST, "").encode()
    yield "".join(pieces).encode()


def _compressed(parts: Iterator[bytes], level: int) -> Iterator[bytes]:
    """Each part is sent whole: a browser can read it before the next comes."""
    compressor = brotli.Compressor(mode=brotli.MODE_TEXT, quality=level)
    for part in parts:
        yield compressor.process(part) + compressor.flush()
    yield compressor.finish()
