"""A page names bundles of its scripts and sheets, and what they are made from where there are none."""

import json
import re
import shutil

import pytest

from archive.pages import bundles
from archive.pages.bundles import STATIC, imports_of
from setup.bundles import ENTRIES, digest_of_sources
from tests import factories as make
from tests.conftest import ROOT

NEEDED = {"js/session.js": {"file": "session.js", "needs": ["chunk-A.js"]}}


@pytest.fixture
def talk(db, parts):
    make.a_talk(db, parts, slug="talk")
    db.commit()
    return "/sessions/talk"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A folder for bundles beside the real scripts and sheets; writes its manifest."""
    for kind in ("css", "js"):
        shutil.copytree(STATIC / kind, tmp_path / kind)
    (tmp_path / "bundles").mkdir()
    monkeypatch.setattr(bundles, "STATIC", tmp_path)
    bundles._entries.cache_clear()
    yield lambda written: (tmp_path / "bundles/manifest.json").write_text(written)
    bundles._entries.cache_clear()


def named(client, address):
    html = client.get(address).get_data(as_text=True)
    return re.findall(
        r'<(?:link rel="modulepreload" href|script type="module" src)="([^"]+)"', html
    )


def test_bundles_are_named_where_they_are_those_of_the_sources(client, talk, made):
    made(json.dumps({"sources": digest_of_sources(ROOT), "entries": NEEDED}))
    assert named(client, talk) == ["/static/bundles/session.js", "/static/bundles/chunk-A.js"]


@pytest.mark.parametrize(
    "written", [json.dumps({"sources": "other", "entries": NEEDED}), '{"sources": "cut o', "{}"]
)
def test_sources_are_named_where_bundles_are_not_theirs(client, talk, made, written):
    made(written)
    assert named(client, talk) == [
        f"/static/{name}" for name in ("js/session.js", *imports_of("js/session.js"))
    ]


def test_sources_are_named_while_somebody_works_on_them(client, app, talk, made):
    made(json.dumps({"sources": digest_of_sources(ROOT), "entries": NEEDED}))
    app.debug = True
    assert "/static/js/player.js" in named(client, talk)


def test_all_modules_are_found_whoever_imports_them():
    found = imports_of("js/session.js")
    assert {"js/player.js", "js/cues.js", "js/time.js"} <= set(found)
    assert "js/session.js" not in found
    assert "js/editor.js" not in found  # asked for by those who correct, and only then
    assert all((STATIC / name).is_file() for name in found)


def test_what_only_the_editor_needs_comes_with_it():
    own = set(imports_of("js/editor.js")) - set(imports_of("js/session.js"))
    assert {"js/lines.js", "js/line-ways.js", "js/open-line.js", "js/parts.js"} <= own


def test_all_that_pages_name_is_bundled():
    templates = (ROOT / "archive/templates").rglob("*.html")
    asked = {name for t in templates for name in re.findall(r"bundled\('([^']+)'\)", t.read_text())}
    assert asked == set(ENTRIES)
