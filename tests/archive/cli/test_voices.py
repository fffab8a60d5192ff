"""`flask voices`: what it refuses; that it tells voices apart is seen in tests/pipeline."""

import pytest
from sqlalchemy.orm import Session as DatabaseSession

from archive.models.recording import State
from archive.parts import Parts
from config import Settings
from tests import factories as make
from tests.archive.cli.conftest import Run, an_app, runner


def test_session_that_is_not_there_is_refused(run: Run):
    refused = run("voices", "never")

    assert refused.exit_code == 1
    assert "There is no session “never”." in refused.output


def test_session_without_a_recording_is_refused(run: Run, db: DatabaseSession):
    make.a_session(db, slug="stumm")
    db.commit()

    assert "The session has no recording." in run("voices", "stumm").output


@pytest.mark.parametrize("state", [State.WORKING, State.QUEUED, State.FAILED])
def test_recording_that_is_not_ready_is_refused(run: Run, db: DatabaseSession, state: State):
    make.a_recording(db, make.a_session(db, slug="rede"), state=state)
    db.commit()

    refused = run("voices", "rede")

    assert refused.exit_code == 1
    assert "is not ready" in refused.output


def test_recording_whose_file_is_gone_is_told(run: Run, db: DatabaseSession):
    make.a_recording(db, make.a_session(db, slug="rede"))
    db.commit()

    refused = run("voices", "rede")

    assert refused.exit_code == 1
    assert "The voices could not be told apart" in refused.output


def test_nothing_is_told_apart_where_that_is_switched_off(parts: Parts, settings: Settings):
    run = runner(an_app(parts, settings.model_copy(update={"voices": False})))

    refused = run("voices", "rede")

    assert refused.exit_code == 1
    assert "PODIUM_VOICES is no" in refused.output
