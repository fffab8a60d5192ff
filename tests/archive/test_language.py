"""A page speaks the language that was chosen, else the browser's, else the first of the archive."""

import os
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from flask.testing import FlaskClient

from archive.language import compile_catalogues
from archive.parts import Parts
from tests.forms import submit

YEAR = 365 * 24 * 3600  # seconds


def spoken(client: FlaskClient, accept: str | None = None) -> str:
    headers = {} if accept is None else {"Accept-Language": accept}
    page = client.get("/login", headers=headers).get_data(as_text=True)
    return page.split('<html lang="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("de", "de"),
        ("en", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("en;q=0.1, de;q=0.9", "de"),
        ("fr-FR, en;q=0.5", "en"),
        ("EN-us", "en"),
        ("fr", "de"),
        ("*", "de"),
        ("", "de"),
        ("de;q=0, en;q=0", "de"),
        ("; drop table ,,, ;q=", "de"),
        ("en" * 5000, "de"),
    ],
)
def test_browser_chooses_else_the_first(client: FlaskClient, accept: str, language: str):
    assert spoken(client, accept) == language


def test_browser_that_says_nothing_gets_the_first(app):
    assert spoken(app.test_client()) == "de"


@pytest.mark.parametrize("language", ["de", "en"])
def test_choice_goes_before_the_browser(client: FlaskClient, language: str):
    submit(client, "/login", to="/language", language=language)

    assert {spoken(client, accept) for accept in ("de", "en", "fr")} == {language}


def test_choice_stays_for_a_year(client: FlaskClient):
    answer = submit(client, "/login", to="/language", language="de")

    cookie = client.get_cookie("language")
    assert (cookie.value, cookie.max_age) == ("de", YEAR)
    assert answer.status_code == 302


@pytest.mark.parametrize("cookie", ["", "xx", "fr", "de-AT", "../../etc", "de;en"])
def test_cookie_of_another_language_says_nothing(client: FlaskClient, cookie: str):
    client.set_cookie("language", cookie)

    assert spoken(client, "en") == "en"


@pytest.mark.parametrize("language", ["", "xx", "DE", "de-AT"])
def test_language_that_is_not_offered_is_refused(client: FlaskClient, language: str):
    answer = submit(client, "/login", to="/language", language=language)

    assert answer.status_code == 400
    assert client.get_cookie("language") is None


@pytest.mark.parametrize("address", ["/", "/search?q=Haus&page=2", "/login?next=/desk"])
def test_switch_leads_back_to_the_same_page(client: FlaskClient, address: str):
    page = client.get(address).get_data(as_text=True)
    back = page.split('name="next" value="')[1].split('"')[0].replace("&amp;", "&")

    answer = submit(client, address, to="/language", language="de", next=back)

    assert answer.location == address


@pytest.mark.parametrize(
    ("language", "offered"),
    [("en", 'value="de" lang="de">Deutsch<'), ("de", 'value="en" lang="en">English<')],
)
def test_page_offers_the_other_language_in_its_own_name(
    client: FlaskClient, language: str, offered: str
):
    page = client.get("/", headers={"Accept-Language": language}).get_data(as_text=True)

    assert page.count('name="language"') == 1
    assert offered in page


def test_archive_of_one_language_offers_no_choice(client: FlaskClient, parts: Parts):
    object.__setattr__(parts, "languages", ("en",))

    assert 'action="/language"' not in client.get("/").get_data(as_text=True)
    assert spoken(client, "de") == "en"


# Catalogues ---------------------------------------------------------------------------------


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    source = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    write(source, "Haus")
    return source


def write(source: Path, translation: str) -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    source.write_text(f'{head}msgid "house"\nmsgstr "{translation}"\n', encoding="utf-8")


def translated(source: Path) -> str:
    with source.with_suffix(".mo").open("rb") as file:
        return read_mo(file).get("house").string


def test_catalogue_is_compiled(catalogue: Path, tmp_path: Path):
    compile_catalogues(tmp_path)

    assert translated(catalogue) == "Haus"
    assert sorted(path.name for path in catalogue.parent.iterdir()) == [
        "messages.mo",
        "messages.po",
    ]


def test_catalogue_is_compiled_again_when_its_source_is_newer(catalogue: Path, tmp_path: Path):
    compile_catalogues(tmp_path)
    write(catalogue, "Gebäude")
    made = catalogue.with_suffix(".mo").stat().st_mtime
    os.utime(catalogue, (made + 10, made + 10))

    compile_catalogues(tmp_path)

    assert translated(catalogue) == "Gebäude"


def test_catalogue_that_is_current_is_left_alone(catalogue: Path, tmp_path: Path):
    compile_catalogues(tmp_path)
    compiled = catalogue.with_suffix(".mo")
    before = compiled.stat().st_ino

    compile_catalogues(tmp_path)

    assert compiled.stat().st_ino == before


def test_archive_without_catalogues_speaks_english(tmp_path: Path):
    compile_catalogues(tmp_path / "nothing")

    assert list(tmp_path.iterdir()) == []
