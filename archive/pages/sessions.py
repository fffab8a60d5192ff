"""A session's page, the files of its transcript, and how far its recording is."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import gettext

from archive.auth import viewer
from archive.context import db
from archive.models.recording import State
from archive.pages.words import at_seconds, step_name
from archive.queries.session import (
    CueLine,
    Progress,
    SessionPage,
    TranscriptFile,
    TranscriptView,
    session_page,
    session_progress,
    transcript_file,
)
from transcripts.formats import to_json, to_srt, to_text, to_vtt
from transcripts.search.highlight import Fragment, highlight
from transcripts.search.query import Query, parse

blueprint = Blueprint("sessions", __name__)

FORMATS: dict[str, tuple[Callable[..., str], str]] = {
    "vtt": (to_vtt, "text/vtt"),
    "srt": (to_srt, "application/x-subrip"),
    "txt": (to_text, "text/plain"),
    "json": (to_json, "application/json"),
}
LONGEST_QUERY = 300  # letters


@blueprint.get("/sessions/<slug>")
def show(slug: str) -> str:
    """The video with its transcript; `t` opens it at a second, `q` marks what was searched."""
    page = session_page(db(), viewer(), slug)
    if page is None:
        abort(404)
    text = request.args.get("q", "")[:LONGEST_QUERY]
    at = at_seconds(request.args.get("t"), page.card.duration)
    return render_template(
        "session.html",
        page=page,
        at=at,
        spoken=spoken_cue(page.transcript, at),
        query=text,
        marks=_marks(page, parse(text)) if text.strip() else {},
        progress=session_progress(db(), viewer(), slug),
    )


@blueprint.get("/sessions/<slug>/progress.json")
def progress(slug: str) -> Response:
    """How far the recording is, in numbers and in words."""
    found = session_progress(db(), viewer(), slug)
    if found is None:
        abort(404)
    response = jsonify(
        state=found.state,
        step=found.step,
        progress=round(found.progress, 4),
        label=progress_label(found),
        playable=found.playable,
        transcribed=found.transcribed,
        version=found.version,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/sessions/<slug>/transcript.<format>")
def transcript(slug: str, format: str) -> Response:
    """The transcript as VTT, SRT, text or JSON."""
    file = transcript_file(db(), viewer(), slug) if format in FORMATS else None
    if file is None:
        abort(404)
    write, mime = FORMATS[format]
    response = Response(mimetype=mime)
    response.set_etag(f"{file.revision_id}-{format}")
    response.headers["Cache-Control"] = "private, no-cache" if file.draft else "public, no-cache"
    response.headers["Content-Disposition"] = _disposition(file, format)
    response.make_conditional(request)
    if response.status_code != 304:
        response.set_data(write(file.cues, title=file.title, language=file.language))
    return response


def progress_label(progress: Progress) -> str:
    """What goes on right now, in a few words."""
    if progress.state == State.WORKING:
        return step_name(progress.step)
    return {
        State.QUEUED: gettext("Waiting for its turn"),
        State.WAITING_FOR_MODEL: gettext("The transcript follows later"),
        State.READY: gettext("Ready"),
    }.get(State(progress.state) if progress.state in list(State) else None, "")


def spoken_cue(transcript: TranscriptView | None, at: float | None) -> int | None:
    """The index of the cue that is spoken at `at` seconds, or was last; None before the first."""
    if transcript is None or at is None:
        return None
    cues = [cue for paragraph in transcript.paragraphs for cue in paragraph.cues]
    # Addresses hold tenths of a second: half of one must not fall into the cue before.
    position = bisect_right([cue.start for cue in cues], at + 0.06) - 1
    return cues[position].index if position >= 0 else None


def _marks(page: SessionPage, query: Query) -> dict[int, tuple[Fragment, ...]]:
    """The cues in which `query` is found, as fragments."""
    if page.transcript is None:
        return {}
    language = page.transcript.language
    return {
        cue.index: fragments
        for paragraph in page.transcript.paragraphs
        for cue in paragraph.cues
        for fragments in (_highlighted(cue, query, language),)
        if any(fragment.marked for fragment in fragments)
    }


def _highlighted(cue: CueLine, query: Query, language: str) -> tuple[Fragment, ...]:
    return highlight(cue.text, query, cue.language or language)


def _disposition(file: TranscriptFile, format: str) -> str:
    # Slugs are ASCII. The track of the player and a curious reader get it inline.
    kind: Any = "attachment" if "download" in request.args else "inline"
    return f'{kind}; filename="{file.slug}.{format}"'
