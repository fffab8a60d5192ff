"""Staff import a transcript and a translation, and take an offered text place by place."""

import pytest
from playwright.sync_api import Page, expect

from archive.actions.finish_correction import finish_correction
from archive.actions.save_correction import Said, save_correction
from archive.actions.store_transcript import store_transcript
from archive.models.users import UserRole
from archive.queries.transcript import cues_of, current_revision, shown_revisions
from tests import factories as make
from tests.components.test_accessibility import (  # noqa: F401  (a fixture)
    axe,
    violations_here,
    violations_on,
)
from tests.components.watching import opened, time_of, wait_until
from transcripts.cues import Cue

IMPORT = "/desk/sessions/rede/import"
VTT = """WEBVTT

00:00.500 --> 00:02.000
<v Mara Lindqvist>Good morning and welcome.

00:02.500 --> 00:07.000
<v Örtel>Today is about glass houses.

00:08.000 --> 00:15.500
<v Audience>Thank you very much.
"""


@pytest.fixture
def session(db, parts):
    """A talk of 16 seconds on video, written down by a machine, with two people on stage."""
    people = [make.a_person(db, name=name) for name in ("Mara Lindqvist", "Ada Örtel")]
    session = make.a_session(db, people=people, slug="rede", title="Rede")
    recording = make.a_recording(db, session)
    make.a_rendition(db, parts, recording)
    make.a_transcript(db, recording)
    db.commit()
    return session


@pytest.fixture
def user(page: Page, db, session):
    user = make.a_user(db, UserRole.STAFF)
    db.commit()
    page.goto("/login")
    page.fill("#name", "staff")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return user


@pytest.fixture
def offered(db, parts, session, user) -> str:
    """The address of a new machine text; the second line of the shown one was corrected."""
    shown = current_revision(db, session.id)
    said = Said(1, 1, (Cue(2.4, 4.6, "Heute geht es um digitale Rathäuser,"),))
    save_correction(parts, user.id, shown.transcript_id, shown.id, [said])
    finish_correction(parts, user.id, shown.transcript_id)
    heard = {1: "Heute geht es um die Verwaltung,", 3: "Die Verwaltung von morgen ist ein Haus."}
    cues = [
        make.timed_cue(heard.get(n, cue.text), cue.start, cue.end)
        for n, cue in enumerate(make.talk_cues())
    ]
    with parts.sessions.begin() as working:
        revision = store_transcript(
            working, session.recordings[0].id, cues, language="de",
            engine="faster-whisper 1.2.1", model="turbo", attempt=2, offered=True,
        )  # fmt: skip
        return f"/desk/sessions/rede/history/{revision.id}"


def chosen(page: Page, name: str = "rede.vtt", text: str = VTT) -> None:
    page.get_by_label("File with the transcript").set_input_files(
        {"name": name, "mimeType": "text/vtt", "buffer": text.encode()}
    )


def texts(db, session) -> list[str]:
    db.expire_all()
    return [cue.text for cue in cues_of(db, current_revision(db, session.id).id)]


def test_file_is_chosen_looked_at_and_imported(page: Page, db, session, user):
    page.goto("/desk/sessions/rede")
    page.get_by_role("link", name="Import a transcript").click()
    chosen(page)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="Import “rede.vtt”?")).to_be_visible()
    expect(page.locator(".import-lines li")).to_have_count(3)
    expect(page.locator("select option:checked")).to_have_text(
        ["Ada Örtel", "Keep the name as it is"]
    )
    page.get_by_label("Audience").select_option(label="Nobody: leave the name out")
    assert texts(db, session)[0] == "Guten Morgen und herzlich willkommen."

    page.get_by_role("button", name="Import", exact=True).click()

    expect(page.locator("#cue-0")).to_have_text("Good morning and welcome.")
    expect(page.locator(".para__speaker")).to_have_text(["Mara Lindqvist", "Ada Örtel"])
    assert texts(db, session)[-1] == "Thank you very much."


def test_translation_is_imported_with_the_keyboard_and_followed(page: Page, db, session, user):
    page.goto(IMPORT)
    chosen(page)
    page.get_by_label("Language of the text").focus()
    page.keyboard.type("En")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("This is a translation of what was said")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Translation: English")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).press("Enter")

    expect(page.locator("#cue-0")).to_have_text("Good morning and welcome.")
    switch = page.get_by_role("navigation", name="Language of the text")
    expect(switch.get_by_role("link", name="English")).to_have_attribute("aria-current", "true")
    expect(page.locator("track[kind=subtitles]")).to_have_attribute("srclang", "en")
    opened(page, "/sessions/rede?language=en")
    page.locator("#cue-1").click()
    wait_until(page, "document.querySelector('video').currentTime >= 2.5")
    expect(page.locator("#cue-1")).to_have_attribute("aria-current", "true")
    expect(page.locator("#cue-1 .word")).to_have_count(5)
    assert time_of(page) < 16
    switch.get_by_role("link", name="Deutsch").click()
    expect(page.locator("#cue-0")).to_have_text("Guten Morgen und herzlich willkommen.")
    shown = shown_revisions(db, session.recordings[0].id)
    assert [(one.language, one.translation) for one in shown] == [("de", False), ("en", True)]


def test_refused_file_is_told_and_takes_the_focus(page: Page, db, session, user):
    page.goto(IMPORT)
    chosen(page, "rede.srt", "Nur Text.")
    page.get_by_role("button", name="Look at it").click()

    expect(page.get_by_role("alert")).to_have_text(
        "Line 1: A caption needs a line with its times above its text. Write one, as in"
        " 00:00:01.000 --> 00:00:02.000."
    )
    expect(page.get_by_role("alert")).to_be_focused()


def test_offered_text_is_taken_place_by_place(page: Page, db, session, offered):
    page.goto(offered)
    boxes = page.get_by_role("checkbox", name="Take this over")
    assert [boxes.nth(n).is_checked() for n in range(2)] == [False, True]
    page.get_by_role("button", name="Take the chosen ones").click()

    expect(page.locator(".revision--shown")).to_contain_text("Taken over in part")
    assert texts(db, session)[1] == "Heute geht es um digitale Rathäuser,"
    assert texts(db, session)[3] == "Die Verwaltung von morgen ist ein Haus."


def test_offered_text_is_taken_with_the_keyboard_alone(page: Page, db, session, offered):
    page.goto(offered)
    page.get_by_role("link", name="Choose none").press("Enter")
    box = page.get_by_role("checkbox", name="Take this over").first
    expect(box).not_to_be_checked()
    box.press("Space")
    page.get_by_role("button", name="Take the chosen ones").press("Enter")

    expect(page.locator(".revision--shown")).to_be_visible()
    assert texts(db, session)[1] == "Heute geht es um die Verwaltung,"
    assert texts(db, session)[3] == "Die Verwaltung der Zukunft ist ein offenes Haus."


def test_pages_fit_a_phone_and_have_no_violations(page: Page, axe, db, session, offered):  # noqa: F811
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(IMPORT)
    chosen(page)
    page.get_by_label("Language of the text").select_option("en")
    page.get_by_label("This is a translation of what was said").check()
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".import-lines li")).to_have_count(3)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations_here(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Import", exact=True).click()
    addresses = [IMPORT, offered, "/desk/sessions/rede/history", "/sessions/rede?language=en"]
    assert violations_on(page, addresses, axe) == {}
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
