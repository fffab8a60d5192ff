"""Which language a page speaks: the one chosen by cookie, else the browser's, else the first."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_request_context, request
from flask_babel import Babel

from archive.context import parts

COOKIE = "language"
FOLDER = Path(__file__).parent / "translations"


def init_language(app: Flask) -> None:
    """Joins Flask-Babel to the app, with catalogues fresh from their sources."""
    compile_catalogues()
    Babel(
        app,
        locale_selector=chosen_language,
        timezone_selector=lambda: parts().timezone,
        default_translation_directories=str(FOLDER),
    )
    app.context_processor(lambda: {"languages": parts().languages})


def chosen_language() -> str:
    """The language of this request's page; the command line speaks English."""
    if not has_request_context():
        return "en"
    languages = parts().languages
    if request.cookies.get(COOKIE) in languages:
        return request.cookies[COOKIE]
    return request.accept_languages.best_match(languages) or languages[0]


def compile_catalogues(folder: Path = FOLDER) -> None:
    """Compiles each catalogue that is newer than its compiled form, which git does not keep."""
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        fresh = compiled.with_name(
            f".{compiled.name}.{os.getpid()}"
        )  # web and worker start at once
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(compiled)
