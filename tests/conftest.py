"""What many tests need: the parts of the app on a fresh SQLite, a client, and a real browser."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session as DatabaseSession

from archive.actions.migrate import migrate
from archive.db import make_engine, make_sessions
from archive.jobs import Jobs
from archive.models import registry  # noqa: F401  (all tables)
from archive.parts import Parts
from media.storage.local import LocalStore
from tests import factories as make
from tests.forms import log_in
from transcripts.search.index import SearchIndex

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"


LONGEST = ("pipeline", "contracts", "journeys", "samples", "components")  # folders


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process is left alone with it at the end."""

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows; copying it is quicker than making it."""
    path = tmp_path_factory.mktemp("empty") / "podium.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def expanded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both forms of the sample model."""
    from samples.expand import expand

    folder = tmp_path_factory.mktemp("sample-model")
    expand(folder)
    return folder


@pytest.fixture
def parts(tmp_path: Path, empty_database: Path) -> Iterator[Parts]:
    """A whole archive in a temporary folder: database, store, index."""
    shutil.copy(empty_database, tmp_path / "podium.sqlite")
    engine = make_engine(f"sqlite:///{tmp_path / 'podium.sqlite'}")
    yield parts_on(engine, tmp_path)
    engine.dispose()


def parts_on(engine: Engine, folder: Path) -> Parts:
    """The parts of an app on a database that has its tables, with everything else in `folder`."""
    return Parts(
        engine=engine,
        sessions=make_sessions(engine),
        store=LocalStore(folder / "media"),
        index=SearchIndex(),
        jobs=Jobs(engine),
        work=folder / "work",
        models=folder / "models",
        model="small",
        whisper="faster-whisper",
        upload_limit=100_000_000,
        reserve=0,
        site_name="Podium",
        site_url="",
        languages=("de", "en"),
        timezone="Europe/Berlin",
    )


def stored_files(parts: Parts) -> list[str]:
    """The names of all files in the store of `parts_on`."""
    return sorted(path.name for path in (parts.work.parent / "media").rglob("*") if path.is_file())


@pytest.fixture
def db(parts: Parts) -> Iterator[DatabaseSession]:
    """A database session for arranging and for looking at the outcome."""
    with parts.sessions() as session:
        yield session


@pytest.fixture
def app(parts: Parts) -> Flask:
    """The real app on these parts."""
    from archive.app import create_app

    app = create_app(parts, secret_key="only for tests", secure_cookies=False, trusted_proxies=0)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor who prefers English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def organiser(client: FlaskClient, db: DatabaseSession) -> FlaskClient:
    """An organiser, logged in."""
    make.a_user(db)
    db.commit()
    log_in(client, "organiser")
    return client


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the app, served on a free port for as long as the test runs."""
    from werkzeug.serving import make_server

    app.testing = False
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """The system's Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not Path(CHROMIUM).exists():
        pytest.skip("needs chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser, live_server: str) -> Iterator:
    """A fresh English window of 1440 x 900 that fails the test on an error in the page."""
    context = browser.new_context(
        base_url=live_server, locale="en", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield page
    context.close()
    assert errors == []
