"""A transcript from a file: chosen, looked at, and only then imported.

Between the two steps the file lies aside on the server, so that looking at it again is a reload and
importing it sends nothing but the decisions.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response

from archive.access import Act
from archive.actions.import_transcript import (
    ImportRefused,
    Source,
    check_import,
    import_transcript,
)
from archive.actions.lay_aside import LaidAside, laid_aside, lay_aside
from archive.auth import demands, viewer
from archive.context import db, parts
from archive.models.programme import Session
from archive.pages.desk.import_words import REFUSED, problem_sentence, repair_sentence
from archive.pages.desk.sessions import LANGUAGES
from archive.pages.words import language_name
from archive.queries.imports import MOST_SPEAKERS, SpeakerFound, Target, preview, speakers, target
from transcripts.formats.errors import FormatError
from transcripts.formats.reading import LIMIT, Reading
from transcripts.formats.registry import FORMATS, READABLE, format_of, read

blueprint = Blueprint("desk_imports", __name__, url_prefix="/desk/sessions/<slug>/import")
NOBODY = "nobody"
SUFFIXES = ",".join(
    suffix
    for format_ in FORMATS.values()
    if format_.read
    for suffix in (format_.suffix, *format_.others)
)


@blueprint.get("", endpoint="choose")
@demands(Act.CORRECT)
def choose(slug: str) -> str:
    """The form for a file."""
    session = _session(slug)
    into = target(db(), session.id)
    shown = into.shown.language if into and into.shown else None
    return _form(session, into, session.language or shown or "", False)


@blueprint.post("", endpoint="receive")
@demands(Act.CORRECT)
def receive(slug: str) -> Response | tuple[str, int]:
    """Takes a file in to be looked at, or says what is wrong with it."""
    session = _session(slug)
    into = target(db(), session.id)
    language = request.form.get("language", "")
    translation = "translation" in request.form
    file = request.files.get("file")
    problem = ""
    if into is None:
        problem = _("There is no recording that this could be the transcript of.")
    elif file is None or not file.filename:
        problem = _("Choose a file first.")
    elif language not in _languages(into):
        problem = _("Choose the language of the text.")
    else:
        name = "".join(filter(str.isprintable, file.filename))[:300]
        about = LaidAside(viewer().id, session.id, name, language, translation)
        content = file.stream.read(_limit() + 1)
        problem = _problem(into, about, content)
    if problem:
        return _form(session, into, language, translation, problem), 422
    token = lay_aside(parts(), about, content)
    return redirect(url_for("desk_imports.look", slug=slug, token=token))


@blueprint.get("/<token>", endpoint="look")
@demands(Act.CORRECT)
def look(slug: str, token: str) -> Response | str:
    """What would be stored, and what is to be decided first."""
    session = _session(slug)
    into, kept = _kept(session, token)
    if into is None or kept is None:
        return _gone(slug)
    about, content = kept
    reading = _read(into, about.name, content)
    return render_template(
        "desk/import_preview.html",
        session=session,
        about=about,
        into=into,
        found=preview(db(), into, reading, about.language, translation=about.translation),
        format=format_of(about.name, content),
        repairs=[repair_sentence(repair) for repair in reading.repairs],
        most_speakers=MOST_SPEAKERS,
        form=FlaskForm(),
    )


@blueprint.post("/<token>", endpoint="confirm")
@demands(Act.CORRECT)
def confirm(slug: str, token: str) -> Response:
    """Makes it a revision."""
    session = _session(slug)
    into, kept = _kept(session, token)
    if into is None or kept is None:
        return _gone(slug)
    about, content = kept
    reading = _read(into, about.name, content)
    found = speakers(reading.cues, into.people)
    try:
        imported = import_transcript(
            parts(),
            viewer().id,
            into.recording.id,
            reading.cues,
            Source(
                language=about.language,
                translation=about.translation,
                file=about.name,
                format=format_of(about.name, content).name,
                repaired=tuple(repair.kind for repair in reading.repairs),
                upload=token,
            ),
            speakers=_decided(found, dict(into.people)),
        )
    except ImportRefused as refused:
        flash(str(REFUSED[refused.reason]), "error")
        return redirect(url_for("desk_imports.choose", slug=slug))
    said = ngettext(
        "“%(name)s” is imported with %(num)s line, as revision %(number)s.",
        "“%(name)s” is imported with %(num)s lines, as revision %(number)s.",
        imported.lines,
        name=about.name,
        number=imported.revision,
    )
    flash(said, "success")
    shown = about.language if about.translation else None
    return redirect(url_for("sessions.show", slug=slug, language=shown))


def _decided(found: tuple[SpeakerFound, ...], people: dict[int, str]) -> dict[str, str | None]:
    """What everybody in the file is called here; None: nobody."""
    names: dict[str, str | None] = {f"person-{id_}": name for id_, name in people.items()}
    names[NOBODY] = None
    decided = {}
    for number, speaker in enumerate(found[:MOST_SPEAKERS]):
        value = request.form.get(f"speaker-{number}", "")
        if speaker.known:
            value = f"person-{speaker.person_id}"
        decided[speaker.name] = names.get(value, speaker.name)
    return decided


def _problem(into: Target, about: LaidAside, content: bytes) -> str:
    """Why a file cannot be imported, or nothing."""
    try:
        reading = _read(into, about.name, content)
        if not any(cue.text.strip() for cue in reading.cues):
            raise FormatError("empty")
        check_import(db(), into.recording.id, about.language, translation=about.translation)
    except FormatError as error:
        return problem_sentence(error)
    except ImportRefused as refused:
        return str(REFUSED[refused.reason])
    return ""


def _read(into: Target, name: str, content: bytes) -> Reading:
    """Raises FormatError."""
    names = [person for _, person in into.people]
    return read(format_of(name, content).name, content, limit=_limit(), names=names)


def _kept(session: Session, token: str) -> tuple[Target | None, tuple[LaidAside, bytes] | None]:
    kept = laid_aside(parts(), token, user_id=viewer().id, session_id=session.id)
    return target(db(), session.id), kept


def _gone(slug: str) -> Response:
    flash(_("This file is not here any more. Choose it once more."), "info")
    return redirect(url_for("desk_imports.choose", slug=slug))


def _form(
    session: Session, into: Target | None, language: str, translation: bool, error: str = ""
) -> str:
    return render_template(
        "desk/import.html",
        session=session,
        into=into,
        language=language,
        translation=translation,
        error=error,
        limit=_limit(),
        readable=READABLE,
        suffixes=SUFFIXES,
        languages_offered=[(code, language_name(code)) for code in _languages(into)],
        form=FlaskForm(),
    )


def _languages(into: Target | None) -> tuple[str, ...]:
    """Those of the desk, and the one that the text is in."""
    shown = into.shown.language if into and into.shown else LANGUAGES[0]
    return LANGUAGES if shown in LANGUAGES else (*LANGUAGES, shown)


def _limit() -> int:
    return min(LIMIT, parts().upload_limit)


def _session(slug: str) -> Session:
    return db().scalars(select(Session).where(Session.slug == slug)).first() or abort(404)
