"""A translation is read beside what was said, and never takes its place."""

import pytest

from archive.actions.index_session import index_session
from archive.models.recording import Rendition, RenditionKind
from archive.models.transcript import Origin
from archive.models.users import UserRole
from tests import factories as make
from tests.archive.actions.finding import found
from tests.forms import log_in

ENGLISH = (
    make.timed_cue("Good morning and welcome.", 0.4, 2.2, "Mara Lindqvist"),
    make.timed_cue("Today is about glass houses.", 2.4, 7.6, "Mara Lindqvist"),
)


@pytest.fixture
def session(db, parts):
    """A German talk on video whose English translation is newer than what was said."""
    session = make.a_session(db, slug="talk", title="Rede")
    recording = make.a_recording(db, session)
    db.add(
        Rendition(
            recording_id=recording.id,
            kind=RenditionKind.VIDEO,
            key="renditions/1/video.mp4",
            mime="video/mp4",
            size=1,
        )
    )
    make.a_transcript(db, recording)
    english = make.a_transcript(db, recording, ENGLISH, language="en", model="")
    english.origin, english.engine, english.model = Origin.IMPORT, None, None
    english.transcript.translation = True
    index_session(db, parts.index, session.id)
    db.commit()
    return session


def text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_page_shows_what_was_said_and_offers_the_translation(client, session):
    page = text(client, "/sessions/talk")

    assert "Guten Morgen" in page
    assert "Good morning" not in page
    assert (
        '<a href="/sessions/talk" lang="de" hreflang="de" aria-current="true">Deutsch</a>' in page
    )
    assert '<a href="/sessions/talk?language=en" lang="en" hreflang="en">English</a>' in page


def test_page_in_the_language_of_the_translation_shows_that(client, session):
    page = text(client, "/sessions/talk?language=en&t=3")

    assert "Good morning and welcome." in page
    assert "Guten Morgen" not in page
    assert '<div class="transcript__text" lang="en">' in page
    assert 'href="/sessions/talk?t=2.4&amp;language=en"' in page
    assert 'data-url="/sessions/talk/words.json?language=en"' in page
    assert '<a href="/sessions/talk?t=3" lang="de" hreflang="de">Deutsch</a>' in page
    assert "Imported from a file on" in page


def test_page_in_a_language_that_there_is_none_in_shows_what_was_said(client, session):
    for language in ("de", "fr", "x" * 500, "%00"):
        assert "Guten Morgen" in text(client, f"/sessions/talk?language={language}")


def test_player_has_captions_in_what_is_spoken_and_subtitles_in_the_other(client, session):
    for address in ("/sessions/talk", "/sessions/talk?language=en"):
        page = text(client, address)
        captions = '<track kind="captions" src="/sessions/talk/transcript.vtt" srclang="de" label='
        subtitles = (
            '<track kind="subtitles" src="/sessions/talk/transcript.vtt?language=en" srclang="en"'
        )
        assert captions in page
        assert subtitles in page


def test_translation_can_be_downloaded_under_its_own_name(client, session):
    answer = client.get("/sessions/talk/transcript.srt?language=en&download=")

    assert "Good morning and welcome." in answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="talk.en.srt"'
    assert "Guten Morgen" in text(client, "/sessions/talk/transcript.srt")
    assert "Guten Morgen" in text(client, "/sessions/talk/transcript.srt?language=de")
    assert client.get("/sessions/talk/transcript.srt?language=fr").status_code == 404
    assert "transcript.docx?language=en&amp;download=" in text(client, "/sessions/talk")


def test_words_of_the_translation_have_times_too(client, session):
    words = client.get("/sessions/talk/words.json?language=en").get_json()

    assert [len(cue) for cue in words["cues"]] == [4, 5]
    assert words["cues"][0][0] == 0
    assert client.get("/sessions/talk/words.json?language=fr").status_code == 404
    assert client.get("/sessions/talk/words.json").get_json()["revision"] != words["revision"]


def test_search_finds_what_was_said_and_not_its_translation(db, parts, session):
    assert found(parts, db, "willkommen") == ["talk"]
    assert found(parts, db, "glass") == []


def test_progress_is_that_of_what_was_said_whatever_is_read(client, db, session):
    session.recordings[0].state = "working"
    db.commit()
    version = client.get("/sessions/talk/progress.json").get_json()["version"]

    assert f'data-version="{version}"' in text(client, "/sessions/talk?language=en")


def test_staff_correct_what_was_said_and_not_the_translation(client, db, session):
    make.a_user(db, UserRole.STAFF)
    db.commit()
    log_in(client, "staff")

    assert "data-correct>" in text(client, "/sessions/talk")
    page = text(client, "/sessions/talk?language=en")
    assert "data-correct>" not in page
    assert "/desk/sessions/talk/history" in page
    correction = client.get("/desk/sessions/talk/correction").get_json()
    assert correction["cues"][0][2] == "Guten Morgen und herzlich willkommen."


def test_page_without_a_translation_has_no_switch(client, db, session):
    db.delete(next(one for one in session.recordings[0].transcripts if one.translation))
    db.commit()

    assert "text-languages" not in text(client, "/sessions/talk")


def test_translation_of_a_draft_is_hidden_from_visitors(client, db, session):
    session.visibility = "draft"
    db.commit()

    for address in ("", "/transcript.vtt", "/words.json"):
        assert client.get(f"/sessions/talk{address}?language=en").status_code == 404
