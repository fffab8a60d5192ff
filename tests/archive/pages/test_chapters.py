"""Chapters of a session: written in its form, shown on its page, and a track for players."""

import json
import re

import pytest
from sqlalchemy import select

from archive.models.programme import Session, Visibility
from tests import factories as make
from tests.forms import submit

CHAPTERS = "0:00 Begrüßung\n0:04 Häuser & Straßen\n0:10 Dank"


@pytest.fixture
def talk(db, parts):
    session = make.a_talk(db, parts, slug="talk", chapters=CHAPTERS)
    db.commit()
    return session


def links(html: str) -> list[tuple[str, str]]:
    """The address and the title of each chapter in the list of a page."""
    return re.findall(
        r'chapters__link" href="([^"]+)".*?chapters__title">(.*?)<', html.replace("&amp;", "&")
    )


def test_page_lists_chapters_as_links_and_marks_the_current_one(client, talk):
    html = client.get("/sessions/talk?t=5").get_data(as_text=True)

    assert links(html) == [
        ("/sessions/talk?t=0", "Begrüßung"),
        ("/sessions/talk?t=4", "Häuser & Straßen"),
        ("/sessions/talk?t=10", "Dank"),
    ]
    assert re.findall(r'data-chapter="(\d+)" aria-current="true"', html) == ["4"]
    assert '<track kind="chapters" src="/sessions/talk/chapters.vtt" srclang="de"' in html


def test_chapters_are_clips_for_search_engines(client, talk):
    html = client.get("/sessions/talk").get_data(as_text=True)
    data = json.loads(re.search(r"ld\+json\">(.*?)</script>", html, re.S)[1])

    assert [(c["@type"], c["name"], c["startOffset"], c["endOffset"]) for c in data["hasPart"]] == [
        ("Clip", "Begrüßung", 0, 4),
        ("Clip", "Häuser & Straßen", 4, 10),
        ("Clip", "Dank", 10, 16),
    ]
    assert data["hasPart"][1]["url"].endswith("/sessions/talk?t=4")


def test_track_of_chapters_is_webvtt(client, talk):
    answer = client.get("/sessions/talk/chapters.vtt")

    assert answer.mimetype == "text/vtt"
    assert "00:00:04.000 --> 00:00:10.000\nHäuser &amp; Straßen" in answer.get_data(as_text=True)
    again = client.get(
        "/sessions/talk/chapters.vtt", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_chapter_beyond_a_shorter_recording_is_left_out(client, db, parts):
    make.a_talk(db, parts, slug="short", chapters="0:00 Anfang\n12:00 Ende")
    db.commit()

    assert links(client.get("/sessions/short").get_data(as_text=True)) == [
        ("/sessions/short?t=0", "Anfang")
    ]


def test_session_without_chapters_or_recording_has_no_list_and_no_track(client, db, parts):
    make.a_talk(db, parts, slug="plain")
    make.a_session(db, slug="bare", chapters="0:00 Anfang")
    db.commit()

    for slug in ("plain", "bare"):
        assert "data-chapters" not in client.get(f"/sessions/{slug}").get_data(as_text=True)
        assert client.get(f"/sessions/{slug}/chapters.vtt").status_code == 404


def test_chapters_of_a_draft_are_nobodys_business(client, db, parts):
    make.a_talk(db, parts, slug="draft", chapters=CHAPTERS, visibility=Visibility.DRAFT)
    db.commit()

    assert client.get("/sessions/draft/chapters.vtt").status_code == 404


def given(session: Session, **values: str) -> dict[str, str]:
    return {
        "title": session.title,
        "kind": session.kind,
        "event": str(session.event_id),
        "room": "0",
        "language": "de",
    } | values


def test_form_keeps_chapters_as_they_were_written(organiser, db, talk):
    values = given(talk, chapters="0:00 Neu\r\n0:12 Schluss\r\n")
    answer = submit(organiser, "/desk/sessions/talk/edit", **values)

    assert answer.status_code == 302
    db.expire_all()
    assert db.scalar(select(Session.chapters)) == "0:00 Neu\n0:12 Schluss"
    form = organiser.get("/desk/sessions/talk/edit").get_data(as_text=True)
    assert "0:00 Neu\n0:12 Schluss</textarea>" in form


def test_form_says_which_lines_are_wrong_and_why(organiser, db, talk):
    values = given(talk, chapters="0:00 Neu\nOhne Zeit\n0:05\n0:99 Falsch\n0:00 Zurück\n3:00 Weit")
    answer = submit(organiser, "/desk/sessions/talk/edit", **values)

    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    for sentence in (
        "line 2: “Ohne Zeit” does not begin with a time such as 12:30, and a space.",
        "line 3: The chapter at 0:05 has no title.",
        "line 4: 0:99 is no time.",
        "line 5: 0:00 is not after 0:00. Put the chapters in the order of time.",
        "line 6: 3:00 lies beyond the recording, which ends at 0:16.",
    ):
        assert f"Chapters, {sentence}" in html
    assert "3:00 Weit</textarea>" in html
    assert db.scalar(select(Session.chapters)) == CHAPTERS
