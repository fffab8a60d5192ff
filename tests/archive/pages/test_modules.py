"""A session's page names every module that its script will ask for."""

import re

from archive.pages.modules import STATIC, modules_of
from tests import factories as make


def test_all_modules_are_found_whoever_imports_them():
    found = modules_of("js/session.js")
    assert {"js/player.js", "js/cues.js", "js/time.js"} <= set(found)
    assert "js/session.js" not in found
    assert "js/editor.js" not in found  # asked for by those who correct, and only then
    assert all((STATIC / name).is_file() for name in found)


def test_what_only_the_editor_needs_comes_with_it():
    own = set(modules_of("js/editor.js")) - set(modules_of("js/session.js"))
    assert {"js/lines.js", "js/line-ways.js", "js/open-line.js", "js/parts.js"} <= own


def test_page_names_them(client, db, parts):
    make.a_talk(db, parts, slug="talk")
    db.commit()
    html = client.get("/sessions/talk").get_data(as_text=True)
    named = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', html)
    assert tuple(named) == modules_of("js/session.js")
