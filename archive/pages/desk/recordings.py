"""Recordings on the desk: upload, another attempt, removal.

A browser with JavaScript sends the bare file as the body of the request, which goes straight to
its place on disk; without JavaScript a plain form does it by way of a temporary file there.
"""

from typing import BinaryIO

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from sqlalchemy import select
from werkzeug.wrappers import Response

from archive.access import Act
from archive.actions.cancel import CANCELLABLE, cancel
from archive.actions.hand_out import share_heard
from archive.actions.ingest import DuplicateRecording, ingest
from archive.actions.pause import pause, resume
from archive.actions.put_first import put_first
from archive.actions.remove_recording import remove_recording
from archive.actions.retry import retry
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.errors import media_sentence
from archive.models.programme import Session
from archive.models.recording import Recording, RenditionKind
from archive.pages.desk.sessions import LANGUAGES
from archive.pages.words import language_name
from media.errors import MediaError
from media.probe import probe
from media.uploads import receive
from transcripts.engines.weights import SIZES, catalogue, check

blueprint = Blueprint("desk_recordings", __name__, url_prefix="/desk")

MODEL_TITLES = {
    "tiny": lazy_gettext("for quick tries; many errors in German"),
    "base": lazy_gettext("for quick tries"),
    "small": lazy_gettext("a good start without a graphics card"),
    "medium": lazy_gettext("better than small, three times slower"),
    "turbo": lazy_gettext("nearly the best, and fast; wants a graphics card"),
    "large-v3": lazy_gettext("the best; wants a graphics card"),
    "samples": lazy_gettext("for trying out only; knows the sample texts alone"),
}
BACK = {"queue": "desk_queue.show", "board": "desk.board"}
STEERING = {
    "pause": (pause, lazy_gettext("“%(name)s” is paused.")),
    "resume": (resume, lazy_gettext("“%(name)s” goes on.")),
    "first": (put_first, lazy_gettext("“%(name)s” comes first now.")),
    "cancel": (cancel, lazy_gettext("The work on “%(name)s” is stopped.")),
}


@blueprint.get("/sessions/<slug>/recordings/new")
@demands(Act.UPLOAD)
def upload(slug: str) -> str:
    """The form for a file."""
    return _form(_session(slug))


@blueprint.post("/sessions/<slug>/recordings")
@demands(Act.UPLOAD)
def receive_upload(slug: str) -> Response | str | tuple[Response | str, int]:
    """Takes a file in: all of it, or nothing with a reason."""
    session = _session(slug)
    bare = request.mimetype == "application/octet-stream"
    given = request.args if bare else request.form
    stream, name, expected = _bare_file() if bare else _form_file()
    if not name:
        return _refused(session, bare, _("Choose a file first."))
    try:
        received = receive(
            stream,
            parts().work / "uploads",
            limit=parts().upload_limit,
            expected=expected,
            reserve=parts().reserve,
        )
    except MediaError as error:
        return _refused(session, bare, media_sentence(error, name))
    try:
        probe(received.path, name=name)
        ingest(
            parts(),
            session_id=session.id,
            received=received,
            original_name=name,
            language=_known_language(given.get("language", "")),
            other_languages=[c for c in given.getlist("other_languages") if c in LANGUAGES],
            model=_known_model(given.get("model", "")),
            user_id=viewer().id,
        )
    except MediaError as error:
        received.path.unlink(missing_ok=True)
        return _refused(session, bare, media_sentence(error, name))
    except DuplicateRecording as twin:
        link = url_for("desk_sessions.show", slug=twin.slug)
        said = _("“%(name)s” is in the archive already, as a recording of:", name=name)
        return _refused(session, bare, said, link=link, link_text=twin.title)
    flash(_("“%(name)s” is here. The work on it begins by itself.", name=name), "success")
    target = url_for("desk_sessions.show", slug=slug)
    return jsonify(location=target) if bare else redirect(target)


@blueprint.post("/recordings/<int:recording_id>/attempt")
@demands(Act.UPLOAD)
def attempt(recording_id: int) -> Response:
    """Tries again; `wordless` publishes a recording in which nobody speaks."""
    recording = _recording(recording_id)
    retry(parts(), recording_id, wordless=True if "wordless" in request.form else None)
    flash(_("“%(name)s” is back in the queue.", name=recording.original_name), "success")
    return redirect(url_for("desk_sessions.show", slug=recording.session.slug))


@blueprint.post("/recordings/<int:recording_id>/course")
@demands(Act.UPLOAD)
def course(recording_id: int) -> Response:
    """Pauses, continues, puts first or stops the work on a recording."""
    steer, said = STEERING.get(request.form.get("step", ""), (None, None))
    if steer is None:
        abort(400)
    recording = _recording(recording_id)
    if steer(parts(), recording_id):
        flash(said % {"name": recording.original_name}, "success")
    else:
        flash(
            _(
                "This can no longer be done: “%(name)s” has moved on in the meantime.",
                name=recording.original_name,
            ),
            "info",
        )
    return redirect(_back(recording, request.form.get("back")))


@blueprint.get("/recordings/<int:recording_id>/cancellation")
@demands(Act.UPLOAD)
def cancellation(recording_id: int) -> str:
    """Says what is kept before the work on a recording is stopped."""
    recording = _recording(recording_id)
    share = share_heard(db(), recording_id, recording.attempt) if recording.chunk_rows else 0.0
    return render_template(
        "desk/cancellation.html",
        form=FlaskForm(),
        recording=recording,
        possible=recording.state in CANCELLABLE,
        playable=any(made.kind != RenditionKind.POSTER for made in recording.renditions),
        known=bool(recording.transcripts),
        share=share,
        back=request.args.get("back", ""),
        target=_back(recording, request.args.get("back")),
    )


@blueprint.route("/recordings/<int:recording_id>/removal", methods=["GET", "POST"])
@demands(Act.UPLOAD)
def removal(recording_id: int) -> Response | str:
    """Says what would be lost, and removes it."""
    recording = _recording(recording_id)
    slug, name = recording.session.slug, recording.original_name
    form = FlaskForm()
    if form.validate_on_submit():
        remove_recording(parts(), recording_id)
        flash(_("“%(name)s” is removed.", name=name), "success")
        return redirect(url_for("desk_sessions.show", slug=slug))
    return render_template(
        "desk/deletion.html",
        form=form,
        title=name,
        lost=[
            _("the uploaded file; keep a copy elsewhere if you may need it"),
            _("what was made from it: video, poster and transcript"),
        ],
        back=url_for("desk_sessions.show", slug=slug),
    )


def _back(recording: Recording, wanted: str | None) -> str:
    """The page from which the work on a recording is steered: the queue, the board or the session."""
    if wanted in BACK:
        return url_for(BACK[wanted])
    return url_for("desk_sessions.show", slug=recording.session.slug)


def _bare_file() -> tuple[BinaryIO, str, int | None]:
    return request.stream, request.args.get("name", "")[:300], request.content_length


def _form_file() -> tuple[BinaryIO, str, int | None]:
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.stream, "", None
    return file.stream, file.filename[:300], None


def _refused(
    session: Session, bare: bool, sentence: str, *, link: str = "", link_text: str = ""
) -> tuple[Response | str, int]:
    if bare:
        # What is still on its way is not read; the browser shows the sentence all the same.
        return jsonify(message=sentence, link=link, link_text=link_text), 422
    shown = Markup(escape(sentence))
    if link:
        shown += Markup(' <a href="{}">{}</a>').format(link, link_text)
    return _form(session, shown), 422


def _form(session: Session, error: str = "") -> str:
    return render_template(
        "desk/upload.html",
        session=session,
        error=error,
        form=FlaskForm(),
        limit=parts().upload_limit,
        languages_offered=[(code, language_name(code)) for code in LANGUAGES],
        models=catalogue(parts().models),
        model_title=lambda name: MODEL_TITLES.get(name, name),
        configured=parts().model,
        model_missing=bool(check(parts().model, parts().whisper, parts().models)),
    )


def _known_language(code: str) -> str | None:
    return code if code in LANGUAGES else None


def _known_model(name: str) -> str | None:
    return name if name in SIZES else None


def _session(slug: str) -> Session:
    return db().scalars(select(Session).where(Session.slug == slug)).first() or abort(404)


def _recording(recording_id: int) -> Recording:
    return db().get(Recording, recording_id) or abort(404)
