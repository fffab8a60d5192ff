"""What was said as an article, as the server sends it."""

import re

import pytest

from archive.models.programme import Visibility
from tests import factories as make


@pytest.fixture
def panel(db, parts):
    cues = [
        make.timed_cue("Guten Tag.", 0.5, 2, "Ada"),
        make.timed_cue("Zum ersten Punkt.", 4.6, 6.4, "Ada"),  # most of it after 5 s
        make.timed_cue("Gern.", 6.5, 7, "Ben"),
        make.timed_cue("Vielen Dank.", 10.2, 12, "Ben"),
    ]
    make.a_talk(
        db, parts, people=[make.a_person(db, name="Ada Örtel")], cues=cues, slug="panel",
        title="Häuser aus Glas", chapters="0:05 Punkt eins\n0:10 Schluss",
    )  # fmt: skip
    db.commit()


def body(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def read(html: str) -> list[str]:
    """Chapters and paragraphs in order, as plain text."""
    text = html.split('class="article__text"')[1].split("</article>")[0]
    found = re.findall(r"<h2[^>]*>(.*?)</h2>|<a class=\"article__time\"[^>]*>(.*?)</p>", text, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", a or b).split()) for a, b in found]


def test_text_stands_under_its_chapters_with_speakers_and_times(client, panel):
    assert read(body(client, "/sessions/panel/text")) == [
        "0:00 Ada: Guten Tag.",
        "Punkt eins",
        "0:04 Ada: Zum ersten Punkt.",
        "0:06 Ben: Gern.",
        "Schluss",
        "0:10 Ben: Vielen Dank.",
    ]


def test_article_belongs_to_the_session_and_leads_to_its_moments(client, panel):
    html = body(client, "/sessions/panel/text")

    assert re.search(r'rel="canonical" href="[^"]+/sessions/panel">', html)
    assert 'href="/sessions/panel?t=6.5">0:06</a>' in html
    assert 'class="article__text" lang="de">' in html
    assert "<video" not in html and "<script" not in html
    assert 'href="/sessions/panel/text"' in body(client, "/sessions/panel")


def test_session_without_a_text_says_so(client, db):
    make.a_session(db, slug="bare")
    db.commit()

    assert "There is no text of this session yet." in body(client, "/sessions/bare/text")


def test_draft_is_not_read(client, db, parts):
    make.a_talk(db, parts, slug="draft", visibility=Visibility.DRAFT)
    db.commit()

    assert client.get("/sessions/draft/text").status_code == 404


def test_text_that_runs_from_right_to_left_says_so(client, db, parts):
    cues = [make.timed_cue("مرحبا بكم في هامبورغ.", 0.5, 3, "مارا")]
    make.a_talk(db, parts, cues=cues, slug="arabic", language="ar", title="البيوت")
    db.commit()

    page, article = body(client, "/sessions/arabic"), body(client, "/sessions/arabic/text")
    assert '<div class="transcript__text" lang="ar" dir="rtl">' in page
    assert 'class="article__text" lang="ar" dir="rtl"' in article
