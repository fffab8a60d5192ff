"""Pages load nothing from elsewhere, hold nothing inline, and use every file that is there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import ROOT

ARCHIVE = ROOT / "archive"
STATIC = ARCHIVE / "static"
TEMPLATES = sorted((ARCHIVE / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
SHEETS = sorted((STATIC / "css").rglob("*.css"))
SOURCES = [*TEMPLATES, *SCRIPTS, *SHEETS, *sorted((STATIC / "icons").rglob("*.svg"))]
# Names, not addresses: nothing is loaded from there.
IDENTIFIERS = ("http://www.w3.org/", "https://schema.org")

sources = pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ARCHIVE)))
templates = pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ARCHIVE)))


def test_there_is_something_to_look_at():
    assert (len(TEMPLATES) > 20, len(SCRIPTS) > 10, len(SHEETS) > 5) == (True, True, True)


@sources
def test_nothing_comes_from_elsewhere(path: Path):
    addresses = re.findall(r"(?:https?:|wss?:|[\"'(=]\s*)//[\w.-]+[^\s\"')<]*", path.read_text())
    elsewhere = [a for a in addresses if not a.startswith(IDENTIFIERS)]

    assert elsewhere == []


FORBIDDEN_IN_TEMPLATES = {
    "a script of its own": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/ld\+json\")",
    "a style of its own": r"<style\b",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a handler": r"<[^>]*\son[a-z]+\s*=\s*[\"']",
    "an address that is a script": r"javascript:",
    "text taken for markup": r"\|\s*safe\b|autoescape\s+false",
    "a frame or a plug-in": r"<(?:iframe|object|embed|base)\b",
}


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_templates_hold_nothing_that_the_policy_forbids(what: str):
    found = {
        str(path.relative_to(ARCHIVE)): match[0]
        for path in TEMPLATES
        for match in re.finditer(FORBIDDEN_IN_TEMPLATES[what], path.read_text())
    }

    assert found == {}


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_pattern_of_what_is_forbidden_finds_it(what: str):
    """The test above could not fail if its pattern found nothing."""
    example = {
        "a script of its own": "<script>alert(1)</script>",
        "a style of its own": "<style>p {}</style>",
        "a style attribute": '<p class="a" style="color: red">',
        "a handler": "<p onclick='go()'>",
        "an address that is a script": '<a href="javascript:go()">',
        "text taken for markup": "{{ title | safe }}",
        "a frame or a plug-in": '<iframe src="/">',
    }[what]

    assert re.search(FORBIDDEN_IN_TEMPLATES[what], example)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_make_no_markup_or_code_from_text(path: Path):
    forbidden = (
        r"\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|setAttribute\(\s*[\"'](?:style|on)|set(?:Timeout|Interval)\(\s*[\"'`]"
    )

    assert re.findall(forbidden, path.read_text()) == []


def used_by_templates() -> Iterator[str]:
    for path in TEMPLATES:
        yield from re.findall(
            r"url_for\('static', filename=(?:bundled\()?'([^']+)'\)", path.read_text()
        )


def used_by_scripts_and_sheets(name: str) -> Iterator[str]:
    """What a file of `static` takes in, by names as below `static`."""
    path = STATIC / name
    if path.suffix == ".js":
        pattern = r"(?:from|import)\s*\(?\s*\"(\.[^\"]+)\""
    elif path.suffix == ".css":
        pattern = r"(?:url\(|@import\s+)\"?([^\")]+)\"?\)?"
    else:
        return
    for relative in re.findall(pattern, path.read_text()):
        yield (path.parent / relative).resolve().relative_to(STATIC).as_posix()


@pytest.fixture
def used(client: FlaskClient) -> set[str]:
    """Every file that a page takes in, itself or through another file."""
    sent = client.get("/").get_data(as_text=True)
    frame = re.findall(r"/static/((?!bundles/)[^\"]+)\"", sent)
    open_, found = {*frame, *used_by_templates()}, set()
    while open_:
        name = open_.pop()
        found.add(name)
        if (STATIC / name).is_file():
            open_ |= set(used_by_scripts_and_sheets(name)) - found
    return found


def test_every_file_that_is_used_exists(used: set[str]):
    """Of the libraries, which are fetched, the list has to name it."""
    fetched = json.loads((ROOT / "setup/vendor.json").read_text())
    there = {path.relative_to(STATIC).as_posix() for path in SOURCES if STATIC in path.parents}
    there |= {f"vendor/{entry['target']}" for entry in fetched}

    assert used - there == set()


def test_every_script_sheet_and_icon_is_used(used: set[str]):
    there = {path.relative_to(STATIC).as_posix() for path in SOURCES if STATIC in path.parents}

    assert there - used == set()


@templates
def test_every_template_is_used(path: Path):
    name = path.relative_to(ARCHIVE / "templates").as_posix()
    users = [*TEMPLATES, *ARCHIVE.rglob("*.py")]

    assert any(f'"{name}"' in other.read_text() for other in users if other != path)


@templates
def test_forms_that_change_something_carry_their_token(path: Path):
    forms = re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)
    posted = [form for form in forms if re.search(r"method=\"post\"", form)]

    without = [f for f in posted if "csrf_token()" not in f and "hidden_tag()" not in f]
    assert without == []
