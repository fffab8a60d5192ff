"""What a screen reader meets on a session's page, and in which order."""

import pytest
from playwright.sync_api import expect

from archive.models.programme import Kind
from tests import factories as make
from tests.components.watching import opened

VISITOR = """
- main:
  - navigation "Sie sind hier":
    - list
  - slider "Stelle in der Aufzeichnung": "5"
  - group "Wiedergabe":
    - text: Tempo
    - combobox "Tempo"
    - text: Untertitel
    - combobox "Untertitel"
    - button "Bild im Bild"
    - button "Breites Bild"
  - paragraph:
    - text: Podiumsdiskussion
    - link "Smart Region"
  - heading "Offenes Haus" [level=1]
  - paragraph:
    - time: Freitag, 12. Juni 2026, 10:00 Uhr
  - button "Link zu dieser Stelle 0:05"
  - button "Teilen"
  - group: Herunterladen
  - button "Hilfe"
  - navigation "Kapitel":
    - heading "Kapitel" [level=2]
    - list:
      - listitem:
        - link "0:00 Anfang"
      - listitem:
        - link "0:10 Ende"
  - region "Auf der Bühne":
    - heading "Auf der Bühne" [level=2]
    - list:
      - listitem:
        - link "Mara Lindqvist"
  - region "Kurzfassung":
    - heading "Kurzfassung" [level=2]
    - paragraph: Es geht um viel.
  - region "Transkript":
    - heading "Transkript" [level=2]
    - switch "Mitlesen" [checked]
    - search "Im Transkript suchen":
      - text: Im Transkript suchen
      - searchbox "Im Transkript suchen": Verwaltung
      - status: 2 von 2
      - button "Vorige Fundstelle"
      - button "Nächste Fundstelle"
    - paragraph:
      - link "Als Artikel lesen"
    - heading "Ada Örtel" [level=3]
    - paragraph:
      - link "Was ist digitale Verwaltung?"
    - heading "Mara Lindqvist" [level=3]
    - paragraph:
      - link "Die Verwaltung ist ein offenes Haus."
    - paragraph: /Maschinell transkribiert/
"""


@pytest.fixture
def german_page(browser, live_server):
    context = browser.new_context(base_url=live_server, locale="de-DE")
    yield context.new_page()
    context.close()


@pytest.fixture
def talk(db, parts):
    mara = make.a_person(db, slug="mara", name="Mara Lindqvist")
    cues = [
        make.timed_cue("Was ist digitale Verwaltung?", 0, 4, "Ada Örtel"),
        make.timed_cue("Die Verwaltung ist ein offenes Haus.", 4, 9, "Mara Lindqvist"),
    ]
    session = make.a_talk(
        db, parts, make.an_event(db, slug="event", title="Smart Region"), [mara], cues=cues,
        slug="talk", title="Offenes Haus", abstract="Es geht um viel.", kind=Kind.PANEL,
        chapters="0:00 Anfang\n0:10 Ende",
    )  # fmt: skip
    db.commit()
    return session


def test_order_is_that_of_watching_then_reading(german_page, talk):
    opened(german_page, "/sessions/talk?t=5&q=Verwaltung")
    expect(german_page.locator("main")).to_match_aria_snapshot(VISITOR)


def test_headings_tell_the_page_alone(german_page, talk):
    opened(german_page, "/sessions/talk")
    levels = german_page.locator("main :is(h1, h2, h3)").evaluate_all(
        "nodes => nodes.filter(node => node.checkVisibility()).map(node => Number(node.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
