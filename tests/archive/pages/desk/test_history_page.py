"""The history of a transcript, and taking an offered text place by place, without JavaScript."""

import html
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.finish_correction import finish_correction
from archive.actions.save_correction import Said, save_correction
from archive.actions.store_transcript import store_transcript
from archive.models.transcript import Revision
from archive.models.users import UserRole
from archive.parts import Parts
from archive.queries.history import history
from archive.queries.transcript import cues_of, current_revision
from tests import factories as make
from tests.forms import log_in, token
from transcripts.cues import Cue

HISTORY = "/desk/sessions/rede/history"
HEARD = {
    1: "Heute geht es um die Verwaltung,",
    3: "Die Verwaltung von morgen ist ein offenes Haus.",
}


class Desk:
    """Staff before a talk whose second line was corrected, and another text of the machine's."""

    def __init__(self, client: FlaskClient, db: DatabaseSession, parts: Parts) -> None:
        self.client, self.db, self.parts = client, db, parts
        self.session = make.a_session(db, slug="rede", title="Rede")
        self.recording = make.a_recording(db, self.session)
        make.a_transcript(db, self.recording)
        self.user = make.a_user(db, UserRole.STAFF, name="staff").id
        db.commit()
        log_in(client, "staff")
        self.says(1, "Heute geht es um digitale Rathäuser,")
        self.offered = self.offer(
            make.timed_cue(HEARD.get(n, cue.text), cue.start, cue.end)
            for n, cue in enumerate(make.talk_cues())
        )

    def offer(self, cues, language: str = "de", attempt: int = 2) -> int:
        with self.parts.sessions.begin() as working:
            return store_transcript(
                working, self.recording.id, list(cues), language=language,
                engine="faster-whisper 1.2.1", model="turbo", attempt=attempt, offered=True,
            ).id  # fmt: skip

    def shown(self) -> Revision:
        self.db.expire_all()
        return current_revision(self.db, self.session.id)

    def says(self, place: int, text: str, speaker: str | None = None) -> None:
        shown = self.shown()
        cue = cues_of(self.db, shown.id)[place]
        said = Said(place, place, (replace(cue, text=text, words=(), speaker=speaker),))
        save_correction(self.parts, self.user, shown.transcript_id, shown.id, [said])
        finish_correction(self.parts, self.user, shown.transcript_id)

    def page(self, address: str = "") -> str:
        answer = self.client.get(address or f"{HISTORY}/{self.offered}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def take(self, *places: int | str, base: int | str | None = None, of: int | None = None):
        data = {
            "csrf_token": token(self.client, HISTORY),
            "base": self.shown().id if base is None else base,
            "place": list(places),
        }
        return self.client.post(f"{HISTORY}/{of or self.offered}/part", data=data)


@pytest.fixture
def desk(client: FlaskClient, db: DatabaseSession, parts: Parts) -> Desk:
    return Desk(client, db, parts)


def said(page: str) -> str:
    body = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def checked(page: str) -> list[tuple[str, bool]]:
    boxes = re.findall(r'<input type="checkbox"[^>]*value="(\d+)"( checked)?>', page)
    return [(number, bool(mark)) for number, mark in boxes]


def test_what_a_person_has_reviewed_is_marked_and_not_chosen_at_first(desk: Desk):
    page = desk.page()

    assert checked(page) == [("0", False), ("1", True)]
    assert page.count("reviewed by a person") == 1
    assert said(page).count("Take this over") == 2
    assert "Heute geht es um digitale Rathäuser, die Verwaltung," in said(page)


def test_all_and_none_are_links(desk: Desk):
    assert re.findall(r"\?chosen=(\w+)", desk.page()) == ["all", "none"]
    address = f"{HISTORY}/{desk.offered}?chosen="
    assert checked(desk.page(address + "all")) == [("0", True), ("1", True)]
    assert checked(desk.page(address + "none")) == [("0", False), ("1", False)]
    assert checked(desk.page(address + "x")) == [("0", False), ("1", True)]


def test_chosen_places_are_taken_and_the_history_says_so(desk: Desk):
    answer = desk.take(1)

    assert answer.location == HISTORY
    text = said(desk.page(HISTORY))
    assert "1 place is taken over; this is revision 4 now." in text
    assert "Taken over in part from revision 3 · staff · 1 place changed" in text
    assert [cue.text for cue in desk.shown().cues][3] == HEARD[3]
    assert checked(desk.page()) == [("0", False)]  # what is left can still be taken


@pytest.mark.parametrize("places", [(), (99,), ("x",), (-1,)])
def test_without_a_choice_nothing_is_taken(desk: Desk, places):
    before = desk.shown().id

    assert desk.take(*places).location == f"{HISTORY}/{desk.offered}"
    assert "Choose at least one place first." in said(desk.page())
    assert desk.shown().id == before


@pytest.mark.parametrize("base", ["", "x", 1])
def test_choice_made_over_another_text_is_refused(desk: Desk, base):
    before = desk.shown().id

    assert desk.take(1, base=base).status_code == 302
    assert "The text has changed since you opened this page." in said(desk.page())
    assert desk.shown().id == before


def test_only_what_is_offered_can_be_taken_in_part(desk: Desk):
    assert desk.take(0, of=desk.shown().id).status_code == 404
    assert desk.take(0, of=9999).status_code == 404
    assert "checkbox" not in desk.page(f"{HISTORY}/{desk.shown().id}")


def test_offered_text_in_another_language_is_taken_as_a_whole_or_not(desk: Desk):
    other = desk.offer([Cue(0.0, 2.0, "Good morning.")], "en", 3)

    page = desk.page(f"{HISTORY}/{other}")

    assert "checkbox" not in page
    assert "Take it over as a whole" in page


def test_offered_text_that_says_the_same_offers_nothing_to_choose(desk: Desk):
    desk.take(0, 1)

    page = desk.page()
    assert "Both say the same." in page
    assert "checkbox" not in page
    assert "0 places differ" in page


def test_speaker_is_named_once_and_not_at_each_run_of_words(desk: Desk):
    before = desk.shown()
    desk.says(3, "Die Ämter der Zukunft sind ein offenes Tor.", "Ada Lovelace")

    page = desk.page(f"{HISTORY}/{desk.shown().id}?against={before.id}")

    assert page.count("Ada Lovelace") == 1
    assert page.count("<del>") > 2


def test_history_shows_each_transcript_apart(desk: Desk):
    english = make.a_transcript(desk.db, desk.recording, [Cue(0, 2, "Good morning.")], "en")
    english.transcript.translation = True
    french = make.a_transcript(desk.db, desk.recording, [Cue(0, 2, "Bonjour.")], "fr")
    french.offered = True
    desk.db.commit()

    found = history(desk.db, "rede")
    assert [(t.language, t.translation, t.shown) for t in found.transcripts] == [
        ("de", False, True),
        ("fr", False, False),
        ("en", True, True),
    ]
    assert [line.number for line in found.transcripts[0].revisions] == [3, 2, 1]
    text = said(desk.page(HISTORY))
    for heading in (
        "What was said: German",
        "What was said, not shown: French",
        "Translation: English",
    ):
        assert heading in text
    assert desk.client.get(f"{HISTORY}/{english.id}").status_code == 404  # nothing came before it


def test_restored_revision_of_a_translation_stays_one(desk: Desk):
    english = make.a_transcript(desk.db, desk.recording, [Cue(0, 2, "Good morning.")], "en")
    english.transcript.translation = True
    desk.db.commit()
    newer = Revision(transcript_id=english.transcript_id, number=2, origin="import")
    desk.db.add(newer)
    desk.db.commit()

    data = {"csrf_token": token(desk.client, HISTORY)}
    desk.client.post(f"{HISTORY}/{english.id}/restoration", data=data)

    assert desk.shown().transcript.language == "de"
    lines = history(desk.db, "rede").transcripts[-1].revisions
    assert [(line.number, line.restored, line.shown) for line in lines] == [
        (3, 1, True),
        (2, None, False),
        (1, None, False),
    ]
