"""Uploading with progress, and rows that show how far their recordings are."""

import re

import pytest
from playwright.sync_api import Page, expect

from archive.models.recording import Recording, State, Step
from tests import factories as make


@pytest.fixture
def organiser_page(page: Page, db) -> Page:
    make.a_user(db)
    make.a_session(db, slug="talk", title="Ein Vortrag")
    db.commit()
    page.goto("/login")
    page.fill("#name", "organiser")
    page.fill("#password", make.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/desk")
    return page


@pytest.fixture
def upload_page(organiser_page: Page) -> Page:
    organiser_page.goto("/desk/sessions/talk/recordings/new")
    return organiser_page


def submit(page: Page) -> None:
    page.click("[data-upload-actions] button[type=submit]")


def error(page: Page):
    return page.locator("[data-upload-error]")


def test_upload_ends_on_the_session(upload_page: Page, db):
    upload_page.set_input_files("#file", make.sample_files()["video"])
    submit(upload_page)

    expect(upload_page).to_have_url(re.compile("/desk/sessions/talk$"))
    expect(upload_page.locator(".recording__name")).to_have_text("video.mp4")
    assert db.query(Recording).count() == 1


def test_file_can_be_dropped(upload_page: Page):
    transfer = upload_page.evaluate_handle(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["text"], "gezogen.mp4", { type: "video/mp4" }));
          return transfer;
        }"""
    )
    upload_page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": transfer})
    expect(upload_page.locator("[data-drop]")).to_have_attribute("data-over", "")
    upload_page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})
    submit(upload_page)

    expect(error(upload_page)).to_contain_text("“gezogen.mp4” is not a video or audio file")
    expect(upload_page.locator("#file")).to_be_focused()


def test_nothing_chosen_and_nothing_in_it_are_said_at_once(upload_page: Page):
    submit(upload_page)
    expect(error(upload_page)).to_have_text("Choose a file first.")

    upload_page.set_input_files(
        "#file", {"name": "leer.mp4", "mimeType": "video/mp4", "buffer": b""}
    )
    submit(upload_page)
    expect(error(upload_page)).to_contain_text("“leer.mp4” is empty")


def test_upload_shows_how_far_it_is_and_can_be_stopped(upload_page: Page, db):
    upload_page.context.new_cdp_session(upload_page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000},
    )
    upload_page.set_input_files(
        "#file", {"name": "lang.mp4", "mimeType": "video/mp4", "buffer": bytes(4_000_000)}
    )
    submit(upload_page)

    bar = upload_page.locator("[data-upload-bar]")
    expect(bar).to_be_visible()
    expect(upload_page.locator("[data-upload-note]")).to_contain_text("of 4 MB")
    expect(bar).not_to_have_attribute("value", "0")
    upload_page.click("[data-upload-stop]")

    expect(error(upload_page)).to_have_text("The upload was stopped; nothing was stored.")
    expect(upload_page.locator("[data-upload-actions]")).to_be_visible()
    assert db.query(Recording).count() == 0


def test_lost_connection_is_said_with_what_to_do(upload_page: Page):
    upload_page.route("**/recordings?**", lambda route: route.abort("connectionreset"))
    upload_page.set_input_files("#file", make.sample_files()["video"])
    submit(upload_page)

    expect(error(upload_page)).to_contain_text("The connection was lost")


def test_same_file_links_where_it_is(upload_page: Page):
    upload_page.set_input_files("#file", make.sample_files()["audio"])
    submit(upload_page)
    upload_page.wait_for_url("**/desk/sessions/talk")
    upload_page.goto("/desk/sessions/talk/recordings/new")
    upload_page.set_input_files("#file", make.sample_files()["audio"])
    submit(upload_page)

    link = error(upload_page).locator("a")
    expect(link).to_have_text("Ein Vortrag")
    expect(link).to_have_attribute("href", "/desk/sessions/talk")


def test_row_follows_its_recording(organiser_page: Page, db):
    session = make.a_session(db, title="In Arbeit")
    recording = make.a_recording(db, session, state=State.WORKING, step=Step.SPEECH, progress=0.05)
    db.commit()
    organiser_page.goto("/desk")
    row = organiser_page.locator(f"#session-{session.id}")
    expect(row).to_contain_text("Finding where people speak … 5 %")

    recording.step, recording.progress = Step.TRANSCRIPTION, 0.62
    db.commit()
    expect(row).to_contain_text("Writing down what was said … 62 %")

    recording.state, recording.progress = State.READY, 1.0
    db.commit()
    expect(row.locator(".badge--ready")).to_be_visible()
    expect(row.locator("progress")).to_have_count(0)
