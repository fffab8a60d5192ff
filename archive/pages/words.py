"""How pages write numbers, times and names of things: filters and functions for templates."""

import math
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_interval, format_time
from babel.numbers import format_decimal
from babel.units import format_unit
from flask import Blueprint, Flask, url_for
from flask_babel import force_locale, get_locale, gettext, lazy_gettext
from markupsafe import Markup

from archive.context import parts
from archive.models.people import StageRole
from archive.models.programme import Kind
from archive.models.recording import Step
from archive.pages.bundles import bundled, modules_of
from archive.queries.cards import MediaFile, Sprites
from transcripts.search.results import Reviewed
from transcripts.search.terms import fold

REVIEWED = {
    Reviewed.ALL: lazy_gettext("Reviewed"),
    Reviewed.SOME: lazy_gettext("Reviewed in part"),
    Reviewed.NONE: lazy_gettext("Not reviewed"),
}
KINDS = {
    Kind.TALK: lazy_gettext("Talk"),
    Kind.KEYNOTE: lazy_gettext("Keynote"),
    Kind.PANEL: lazy_gettext("Panel discussion"),
    Kind.WORKSHOP: lazy_gettext("Workshop"),
    Kind.OTHER: lazy_gettext("Other"),
}
ROLES = {
    StageRole.SPEAKER: lazy_gettext("Speaker"),
    StageRole.PANELIST: lazy_gettext("Panelist"),
    StageRole.MODERATOR: lazy_gettext("Moderation"),
    StageRole.HOST: lazy_gettext("Host"),
}
STEPS = {
    Step.PROBE: lazy_gettext("Checking the file"),
    Step.POSTER: lazy_gettext("Choosing a still"),
    Step.RENDITION: lazy_gettext("Preparing the video"),
    Step.SPEECH: lazy_gettext("Finding where people speak"),
    Step.TRANSCRIPTION: lazy_gettext("Writing down what was said"),
    Step.INDEX: lazy_gettext("Making it searchable"),
}


def register(app: Flask) -> None:
    """Gives every template of `app` the words below."""
    app.jinja_env.filters.update(
        clock=clock,
        length_words=length,
        day=day,
        days=days,
        weekday=weekday,
        time_of_day=time_of_day,
        number=number,
        kind_name=kind_name,
        reviewed_name=reviewed_name,
        role_name=role_name,
        step_name=step_name,
        language_name=language_name,
        own_name=own_name,
        iso_duration=iso_duration,
        seconds=seconds,
        megabytes=megabytes,
        file_size=file_size,
        clock_of_day=clock_of_day,
        text_paragraphs=text_paragraphs,
    )
    app.jinja_env.globals.update(
        moment_url=moment_url, media_url=media_url, public_url=public_url, in_language=in_language
    )
    app.jinja_env.globals.update(hls_url=hls_url, sprites_data=sprites_data)
    app.jinja_env.globals.update(bundled=bundled, modules_of=modules_of)
    app.context_processor(_frame)


def carried_by(blueprint: Blueprint) -> None:
    """Registers the words with whichever app the blueprint joins."""
    blueprint.record_once(lambda state: register(state.app))


def clock(value: float | None) -> str:
    """Seconds as the player shows them: 0:07, 1:23, 1:02:03."""
    total = max(0, int(value or 0))
    hours, rest = divmod(total, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def length(value: float | None) -> str:
    """Seconds as a length one talks about: 45 Sek., 12 Min., 1 Std. 5 Min."""
    if not value:
        return ""
    if value < 60:
        return _unit(max(1, round(value)), "second")
    minutes = round(value / 60)
    hours, rest = divmod(minutes, 60)
    parts_ = [_unit(hours, "hour")] if hours else []
    if rest or not hours:
        parts_.append(_unit(rest, "minute"))
    return "\N{NO-BREAK SPACE}".join(parts_)


def iso_duration(value: float | None) -> str:
    """Seconds as an ISO 8601 duration, for machines."""
    return f"PT{round(value or 0)}S"


def seconds(value: float) -> str:
    """Seconds as they stand in an address: 83.4, 83."""
    return f"{value:.1f}".removesuffix(".0")


def megabytes(value: int) -> str:
    """Bytes as megabytes, for people."""
    size = value / 1_000_000
    return f"{format_decimal(round(size, 1 if size < 10 else 0), locale=_locale())}\N{NO-BREAK SPACE}MB"


def file_size(value: int) -> str:
    """Bytes as megabytes or gigabytes, for people."""
    if value < 1_000_000_000:
        return megabytes(value)
    return f"{format_decimal(round(value / 1e9, 1), locale=_locale())}\N{NO-BREAK SPACE}GB"


def clock_of_day(value: datetime) -> str:
    """A time to the second in the archive's own time zone: 14:30:05."""
    local = value.astimezone(ZoneInfo(parts().timezone))
    return format_time(local, format="medium", tzinfo=local.tzinfo, locale=_locale())


def number(value: float) -> str:
    """A number with the separators of the language."""
    return format_decimal(value, locale=_locale())


def day(value: date | datetime | None) -> str:
    """A day in full: 23. November 2026."""
    return _held(format_date(value, format="long", locale=_locale())) if value else ""


def weekday(value: date | datetime | None) -> str:
    """A day with its weekday: Montag, 23. November 2026."""
    return _held(format_date(value, format="full", locale=_locale())) if value else ""


def days(first: date, last: date) -> str:
    """A span of days, as short as the language has it: 12.–14. Juni 2026."""
    if first == last:
        return day(first)
    return _held(format_interval(first, last, skeleton="yMMMMd", locale=_locale()))


def time_of_day(value: datetime | None) -> str:
    """A time on the clock of its own time zone: 14:30."""
    if value is None:
        return ""
    return format_time(value, format="short", tzinfo=value.tzinfo, locale=_locale())


def kind_name(value: str) -> str:
    """What a session is, in the language of the page."""
    return str(KINDS.get(value, value))


def kinds_called(name: str) -> set[str]:
    """The kinds of sessions that have this name, or one that begins so, in any language."""
    wanted = fold(name)
    found = {value for value in KINDS if fold(value) == wanted}
    for language in parts().languages:
        with force_locale(language):
            found |= {value for value in KINDS if fold(kind_name(value)).startswith(wanted)}
    return found


def reviewed_name(value: str) -> str:
    """How much of a transcript was looked through, in the language of the page."""
    return str(REVIEWED.get(value, value))


def role_name(value: str) -> str:
    """What a person does in a session, in the language of the page."""
    return str(ROLES.get(value, value))


def step_name(value: str | None) -> str:
    """What the pipeline does, in the language of the page."""
    return str(STEPS.get(value, gettext("Waiting for its turn")))


def language_name(code: str | None) -> str:
    """A language in the language of the page: German, Deutsch."""
    if not code:
        return ""
    try:
        return Locale.parse(code, sep="-").get_display_name(_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def text_paragraphs(text: str) -> list[str]:
    """Plain text as its paragraphs, which blank lines part."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text or "") if part.strip()]


def own_name(code: str) -> str:
    """A language in itself: Deutsch, English."""
    try:
        name = Locale.parse(code, sep="-").get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:]


def in_language(code: str | None, around: str | None = None) -> Markup:
    """The attributes of an element in a language: `lang`, and `dir` where that differs.

    around: the language of the text around it; without one that is the page's, from left to right.
    """
    if not code:
        return Markup()
    direction = _direction(code)
    turned = Markup(' dir="{}"').format(direction) if direction != _direction(around) else ""
    return Markup(' lang="{}"{}').format(code, turned)


def moment_url(
    slug: str,
    at: float | None = None,
    query: str = "",
    language: str | None = None,
    external: bool = False,
) -> str:
    """The address of a moment: a session's page that opens at `at` seconds.

    language: of the translation to read there.
    """
    arguments = {}
    if at is not None:
        arguments["t"] = seconds(at)
    if query:
        arguments["q"] = query
    if language:
        arguments["language"] = language
    address = public_url if external else url_for
    return address("sessions.show", slug=slug, **arguments)


def media_url(file: MediaFile, external: bool = False) -> str:
    """The address of a rendition."""
    address = public_url if external else url_for
    return address("media.rendition", rendition_id=file.id, filename=file.filename)


def hls_url(file: MediaFile) -> str:
    """The address of the list of sizes; those of its files are relative to it."""
    return url_for("media.hls", rendition_id=file.id, filename=file.filename)


def sprites_data(sprites: Sprites) -> dict[str, object]:
    """What the page needs to show the small picture of a moment."""
    urls = [
        url_for("media.sprites", rendition_id=sprites.id, filename=name) for name in sprites.files
    ]
    numbers = ("interval", "width", "height", "columns", "rows", "count")
    return {name: getattr(sprites, name) for name in numbers} | {"urls": urls}


def public_url(endpoint: str, **values: object) -> str:
    """A whole address for the world outside: at the configured site, else at that of the request."""
    if parts().site_url:
        return parts().site_url + url_for(endpoint, **values)
    return url_for(endpoint, _external=True, **values)


def at_seconds(text: str | None, duration: float | None = None) -> float | None:
    """The `t` of an address in seconds, held within the recording; None for what is no time.

    Understands 83.4, 83,4, 1:23, 1:02:03 and 1h2m3s.
    """
    value = _parsed_time((text or "").strip().lower()[:40])
    if value is None or not math.isfinite(value):
        return None
    return max(0.0, min(value, duration) if duration else value)


def page_number(text: str | None) -> int:
    """The `page` of an address; 1 for what is no page."""
    try:
        return min(max(1, int((text or "1").strip()[:9])), 1_000_000)
    except ValueError:
        return 1


def _direction(code: str | None) -> str:
    try:
        return Locale.parse(code, sep="-").text_direction if code else "ltr"
    except (UnknownLocaleError, ValueError):
        return "ltr"


def _parsed_time(text: str) -> float | None:
    try:
        if ":" in text:
            value = 0.0
            for part in text.split(":"):
                value = value * 60 + float(part.replace(",", "."))
            return value
        units = {"h": 3600.0, "m": 60.0, "s": 1.0}
        if text and text[-1] in units:
            value, digits = 0.0, ""
            for letter in text:
                if letter in units:
                    value, digits = value + float(digits) * units[letter], ""
                else:
                    digits += letter
            return value
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _held(text: str) -> str:
    """A date whose lines do not break between day and month: 12. Juni."""
    return re.sub(r"(?<=\d\.) ", "\N{NO-BREAK SPACE}", text)


def _unit(amount: int, unit: str) -> str:
    return format_unit(amount, unit, length="short", locale=_locale()).replace(
        " ", "\N{NO-BREAK SPACE}"
    )


def _locale() -> Locale:
    return get_locale() or Locale("en")


def _frame() -> dict[str, object]:
    return {
        "site_name": parts().site_name,
        "locale": str(_locale()).replace("_", "-"),
    }
