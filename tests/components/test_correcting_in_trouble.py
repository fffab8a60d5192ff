"""What the editor shows when something goes wrong: fit for everyone, in both schemes, on a phone."""

import pytest
from playwright.sync_api import Page, expect

from archive.actions.finish_correction import finish_correction
from archive.actions.save_correction import Said, save_correction
from archive.models.users import UserRole
from archive.queries.transcript import current_revision
from tests import factories as make
from tests.components.test_accessibility import axe, violations_here  # noqa: F401  (a fixture)
from tests.components.test_correcting import (  # noqa: F401  (fixtures)
    ADDRESS,
    KEPT,
    correcting,
    error,
    session,
    state,
    user,
)
from tests.components.watching import opened
from transcripts.cues import Cue


class Trouble:
    """Somebody who corrects, and what comes between."""

    def __init__(self, page: Page, db, parts, session_id: int, user_id: int) -> None:
        self.page, self.db, self.parts = page, db, parts
        self.session_id, self.user_id = session_id, user_id

    def type(self, text: str = "Moin.") -> None:
        self.page.get_by_role("textbox", name="What is said").fill(text)

    def keep(self, user_id: int) -> None:
        """What a user types elsewhere, in the first line as it is now."""
        self.db.expire_all()
        base = current_revision(self.db, self.session_id)
        said = Said(0, 0, (Cue(0.4, 2.2, "Grüß Gott."),))
        save_correction(self.parts, user_id, base.transcript_id, base.id, [said])

    def finish(self, user_id: int) -> None:
        finish_correction(
            self.parts, user_id, current_revision(self.db, self.session_id).transcript_id
        )

    def expect_kept(self) -> None:
        expect(state(self.page)).to_contain_text(KEPT)

    def expect_error(self, text: str) -> None:
        expect(error(self.page)).to_contain_text(text)
        expect(error(self.page)).to_be_in_viewport(ratio=1)

    # The troubles

    def not_loaded(self) -> None:
        opened(self.page, ADDRESS)
        self.page.route("**/correction", lambda route: route.abort())
        self.page.get_by_role("button", name="Correct", exact=True).click()
        expect(self.page.locator("[data-correct-failed]")).to_contain_text("Try again")

    def no_network(self) -> None:
        correcting(self.page)
        self.page.context.set_offline(True)
        self.type()
        self.expect_error("No connection")

    def logged_out(self) -> None:
        correcting(self.page)
        self.page.context.clear_cookies()
        self.type()
        self.expect_error("log in again")

    def refused(self) -> None:
        correcting(self.page)
        self.page.locator(".line__said").nth(2).click()
        start = self.page.get_by_label("From", exact=True)
        start.fill("0:00.10")
        start.blur()
        self.expect_error("has to begin after the one before it")

    def moved_on(self) -> None:
        correcting(self.page)
        self.type()
        self.expect_kept()
        self.finish(self.user_id)
        self.keep(self.user_id)
        self.type("Moin, moin.")
        self.expect_error("moved on in another window")

    def rivals(self) -> None:
        bea = make.a_user(self.db, UserRole.STAFF, name="Bea")
        self.db.commit()
        self.keep(bea.id)
        correcting(self.page)
        self.type()
        self.expect_kept()
        self.finish(bea.id)
        self.page.get_by_role("button", name="Finish").click()
        self.expect_error("Decide for each of them")
        expect(self.page.get_by_role("group", name="Changed by somebody else")).to_be_visible()


@pytest.fixture
def trouble(page, db, parts, session, user):  # noqa: F811
    page.on("dialog", lambda dialog: dialog.accept())  # leaving although something is not kept
    return Trouble(page, db, parts, session.id, user.id)


TROUBLES = ("not_loaded", "no_network", "logged_out", "refused", "moved_on", "rivals")


def test_trouble_is_in_sight_wherever_somebody_types(trouble, page, db):
    for width, height in ((1440, 700), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        trouble.no_network()
        page.locator(".line__said").last.click()
        expect(page.get_by_role("textbox", name="What is said")).to_be_focused()
        expect(error(page)).to_be_in_viewport(ratio=1)
        page.context.set_offline(False)


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_is_told_without_violations_and_fits_a_phone(trouble, page, axe, name):  # noqa: F811
    getattr(trouble, name)()
    found = {}
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if violations := violations_here(page, axe):
                found[width, scheme] = violations
    assert found == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
