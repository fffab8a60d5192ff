"""A session's page, the files of its transcript, and how far its recording is."""

import json
from bisect import bisect_right
from typing import Any

from babel.numbers import format_percent
from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import get_locale, gettext, lazy_gettext

from archive.access import Act, allows
from archive.auth import viewer
from archive.context import db, parts
from archive.errors import failure_sentence
from archive.models.recording import RenditionKind, State
from archive.pages.early import render_early
from archive.pages.words import at_seconds, iso_duration, media_url, moment_url, step_name
from archive.queries.making import Caught
from archive.queries.partial import PartialTranscript
from archive.queries.reading import sections
from archive.queries.session import (
    Progress,
    SessionPage,
    TranscriptFile,
    TranscriptView,
    chapters_file,
    progress_of,
    session_page,
    session_progress,
    transcript_file,
    word_times,
)
from archive.queries.text import CueLine, Piece
from archive.queries.voices import unnamed_voices
from transcripts.chapters import chapters_to_vtt, ends
from transcripts.formats.registry import FORMATS, About
from transcripts.formats.registry import write as write_transcript
from transcripts.search.highlight import Fragment, highlight
from transcripts.search.query import Query, parse

blueprint = Blueprint("sessions", __name__)

LONGEST_READ = 10_000  # letters; how many of them count is up to the query
SUMMARY = 200  # letters
CAUGHT = {  # what transcripts/hallucinations tells apart
    "loop": lazy_gettext("Words repeated over and over"),
    "silence": lazy_gettext("Words where nobody speaks"),
    "phrase": lazy_gettext("A phrase that Whisper makes up"),
    "echo": lazy_gettext("An echo of the words to listen for"),
    "times": lazy_gettext("Words at impossible times"),
    "lost": lazy_gettext("Speech without any words"),
    "language": lazy_gettext("Words in another language than the one spoken"),
    "rate": lazy_gettext("More words than anybody speaks in that time"),
}
REMEDIES = {
    "decoded_again": lazy_gettext("heard again and replaced"),
    "removed": lazy_gettext("taken out"),
    "gap": lazy_gettext("marked as inaudible"),
    "kept": lazy_gettext("kept, for it was spoken"),
}


@blueprint.get("/sessions/<slug>")
def show(slug: str) -> Response:
    """The video with its transcript; `t` opens it at a second, `q` marks what was searched.

    `language` shows a translation instead of what was said.
    """
    page = session_page(db(), viewer(), slug, request.args.get("language", ""))
    if page is None:
        abort(404)
    query = _understood(parse(request.args.get("q", "")[:LONGEST_READ]))
    at = at_seconds(request.args.get("t"), page.card.duration)
    progress = progress_of(page)
    return render_early(
        "session.html",
        page=page,
        at=at,
        spoken=spoken_cue(page.text, at),
        chapter=bisect_right([one.start for one in page.chapters], at or 0.0) - 1,
        query=query.text,
        marks=_marks(page, query) if query else {},
        progress=progress,
        progress_label=progress_label(progress),
        failure=_failure(page),
        summary=summary(page),
        unnamed=_unnamed(page),
        structured=structured_data(page),
        edit_url=f"/desk/sessions/{page.card.slug}",
        caught_sentence=caught_sentence,
        percent=percent,
    )


@blueprint.get("/sessions/<slug>/text")
def reading(slug: str) -> str:
    """What was said as an article; `language` shows a translation."""
    page = session_page(db(), viewer(), slug, request.args.get("language", ""))
    if page is None:
        abort(404)
    return render_template(
        "reading.html",
        page=page,
        sections=sections(page.text.blocks, page.chapters) if page.text else (),
        percent=percent,
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
    """The transcript in one of the formats; `words` gives VTT a time for each word.

    `language` asks for a translation.
    """
    language = request.args.get("language", "")
    file = transcript_file(db(), viewer(), slug, language) if format in FORMATS else None
    if file is None:
        abort(404)
    response = Response(
        write_transcript(format, file.cues, _about(file)), mimetype=FORMATS[format].mime
    )
    response.add_etag()  # of all that is in it: names and titles change without a revision
    response.headers["Cache-Control"] = "private, no-cache" if file.draft else "public, no-cache"
    response.headers["Content-Disposition"] = _disposition(file, format)
    return response.make_conditional(request)


@blueprint.get("/sessions/<slug>/chapters.vtt")
def chapters(slug: str) -> Response:
    """The chapters as a track for players."""
    file = chapters_file(db(), viewer(), slug)
    if file is None:
        abort(404)
    response = Response(chapters_to_vtt(file.chapters, file.duration), mimetype="text/vtt")
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache" if file.draft else "public, no-cache"
    return response.make_conditional(request)


@blueprint.get("/sessions/<slug>/words.json")
def words(slug: str) -> Response:
    """When the words of the page's text begin, as compact as the player needs it."""
    found = word_times(db(), viewer(), slug, request.args.get("language", ""))
    if found is None:
        abort(404)
    response = Response(mimetype="application/json")
    response.set_etag(f"{found.revision_id}-words")
    response.headers["Cache-Control"] = "private, no-cache" if found.draft else "public, no-cache"
    response.make_conditional(request)
    if response.status_code != 304:
        body = {"revision": found.revision_id, "cues": found.cues}
        response.set_data(json.dumps(body, separators=(",", ":")))
    return response


def progress_label(progress: Progress) -> str:
    """What goes on right now, in a few words."""
    if progress.state == State.WORKING:
        return step_name(progress.step)
    return {
        State.QUEUED: gettext("Waiting for its turn"),
        State.PAUSED: gettext("Paused"),
        State.WAITING_FOR_MODEL: gettext("The transcript follows later"),
        State.READY: gettext("Ready"),
    }.get(State(progress.state) if progress.state in list(State) else None, "")


def summary(page: SessionPage) -> str:
    """The session in one or two sentences, for previews elsewhere."""
    card = page.card
    text = " ".join((page.abstract or card.subtitle).split())
    if not text:
        text = " – ".join(filter(None, (", ".join(p.name for p in card.people), card.event_title)))
    return text if len(text) <= SUMMARY else text[:SUMMARY].rsplit(" ", 1)[0] + " …"


def structured_data(page: SessionPage) -> dict[str, Any]:
    """The recording for search engines: https://schema.org/VideoObject, or AudioObject."""
    card, media = page.card, page.card.recording.media if page.card.recording else None
    if media is None:
        return {}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VideoObject" if media.kind == RenditionKind.VIDEO else "AudioObject",
        "name": card.title,
        "description": summary(page),
        "url": moment_url(card.slug, external=True),
        "contentUrl": media_url(media, external=True),
        "encodingFormat": media.mime,
        "uploadDate": (page.published_at or page.created_at).isoformat(),
        "duration": iso_duration(card.duration),
        "actor": [{"@type": "Person", "name": person.name} for person in card.people],
    }
    if card.poster:
        data["thumbnailUrl"] = media_url(card.poster, external=True)
    if card.language:
        data["inLanguage"] = card.language
    if page.chapters:
        data["hasPart"] = _clips(page)
    return data


def _clips(page: SessionPage) -> list[dict[str, Any]]:
    """The chapters as https://schema.org/Clip, times in seconds."""
    return [
        {
            "@type": "Clip",
            "name": chapter.title,
            "startOffset": chapter.start,
            "endOffset": round(end),
            "url": moment_url(page.card.slug, chapter.start, external=True),
        }
        for chapter, end in zip(page.chapters, ends(page.chapters, page.card.duration), strict=True)
    ]


def spoken_cue(text: TranscriptView | PartialTranscript | None, at: float | None) -> int | None:
    """The index of the cue that is spoken at `at` seconds, or was last; None before the first."""
    if text is None or at is None:
        return None
    cues = [cue for paragraph in text.paragraphs for cue in paragraph.cues]
    # Addresses hold tenths of a second: half of one must not fall into the cue before.
    position = bisect_right([cue.start for cue in cues], at + 0.06) - 1
    return cues[position].index if position >= 0 else None


def caught_sentence(caught: Caught) -> str:
    """What was caught, and what was done about it."""
    what = CAUGHT.get(caught.kind, caught.kind)
    return f"{what}: {REMEDIES.get(caught.remedy, caught.remedy)}"


def percent(share: float) -> str:
    """A share of 0 to 1 as a percentage, with one digit where it is small: 92 %, 1.8 %."""
    pattern = "#,##0.#%" if share < 0.1 else "#,##0%"
    text = format_percent(share, pattern, locale=get_locale())
    return text.replace("%", "\N{NO-BREAK SPACE}%")


def _unnamed(page: SessionPage) -> int:
    """How many voices have no name, for those who may give them one."""
    shown = page.transcript
    if shown is None or shown.translation or not allows(viewer(), Act.CORRECT):
        return 0
    return unnamed_voices(db(), shown.revision_id)


def _failure(page: SessionPage) -> str:
    recording = page.card.recording
    if recording is None or not recording.failure or not page.for_staff:
        return ""
    details = {"name": recording.name, **recording.failure_details}
    return str(failure_sentence(recording.failure, details))


def _understood(query: Query) -> Query:
    """With the compounds in which the words are, as in search."""
    return parts().index.understood(db().connection(), query) if query else query


def _marks(page: SessionPage, query: Query) -> dict[int, list[tuple[Piece, list[Fragment]]]]:
    """The cues in which `query` is found: their pieces, each as fragments."""
    if page.text is None:
        return {}
    language = page.text.language
    return {
        cue.index: _fragments_of_pieces(cue, fragments)
        for paragraph in page.text.paragraphs
        for cue in paragraph.cues
        for fragments in (_highlighted(cue, query, language),)
        if any(fragment.marked for fragment in fragments)
    }


def _highlighted(cue: CueLine, query: Query, language: str) -> tuple[Fragment, ...]:
    return highlight(cue.text, query, cue.language or language)


def _fragments_of_pieces(
    cue: CueLine, fragments: tuple[Fragment, ...]
) -> list[tuple[Piece, list[Fragment]]]:
    """The pieces of a cue with what is found in each; a fragment may run over several."""
    found, left = iter(fragments), Fragment("", False)
    made = []
    for piece in cue.pieces or (Piece(cue.text),):
        parts, wanted = [], len(piece.text)
        while wanted:
            left = left if left.text else next(found)
            parts.append(Fragment(left.text[:wanted], left.marked))
            left = Fragment(left.text[wanted:], left.marked)
            wanted -= len(parts[-1].text)
        made.append((piece, parts))
    return made


def _about(file: TranscriptFile) -> About:
    return About(
        language=file.language,
        title=file.title,
        author=parts().site_name,
        url=lambda seconds: moment_url(
            file.slug, seconds, language=file.language if file.translation else None, external=True
        ),
        words="words" in request.args,
    )


def _disposition(file: TranscriptFile, format: str) -> str:
    # Slugs are ASCII. The track of the player and a curious reader get it inline.
    kind: Any = "attachment" if "download" in request.args else "inline"
    language = f".{file.language}" if file.translation else ""
    return f'{kind}; filename="{file.slug}{language}.{format}"'
