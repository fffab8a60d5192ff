"""The German interface is whole: every sentence of the code, with its gaps and its marks."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from setup.place import ROOT
from setup.translations import FOLDER, update_translations
from tests import factories as make

CATALOGUE = ROOT / FOLDER / "de/LC_MESSAGES/messages.po"
GAP = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# What an English page says everywhere and a German one nowhere.
ENGLISH = re.compile(r">\s*(Search|Save|Session|Cancel|Event|Log out|Next|Ready|Show|Close)\b")


def messages(path: Path = CATALOGUE) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="de")


def forms(message: Message) -> list[tuple[str, str]]:
    """Each English form with its German one."""
    if isinstance(message.id, tuple):
        return list(zip(message.id, message.string, strict=True))
    return [(message.id, message.string)]


def german() -> list[str]:
    return [text for message in messages() if message.id for _, text in forms(message)]


def test_catalogue_holds_every_sentence_of_the_code_and_no_other(tmp_path: Path):
    known = {message.id for message in messages() if message.id}
    copy = tmp_path / "copy"
    _copy_of_archive(copy)

    update_translations(copy)

    assert {m.id for m in messages(copy / CATALOGUE.relative_to(ROOT)) if m.id} == known


def test_every_sentence_is_translated():
    assert [
        m.id for m in messages() if m.id and (m.fuzzy or not all(dict(forms(m)).values()))
    ] == []


def test_gaps_are_the_same_in_both_languages():
    different = [
        (english, text)
        for message in messages()
        if message.id
        for english, text in forms(message)
        if sorted(GAP.findall(english)) != sorted(GAP.findall(text))
    ]
    assert different == []


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("straight quotation marks", r"\""),
        ("English quotation marks", r"”"),
        ("three dots instead of an ellipsis", r"\.\.\."),
        ("two spaces", r"  "),
        ("a hyphen as a dash", r" - "),
    ],
)
def test_german_is_set_as_in_print(fault: str, pattern: str):
    assert [text for text in german() if re.search(pattern, text)] == [], fault


def test_quotation_marks_come_in_pairs():
    assert [text for text in german() if text.count("„") != text.count("“")] == []


def test_pages_are_german_throughout(client, db, parts):
    make.a_talk(
        db, parts, make.an_event(db, slug="event"), [make.a_person(db, slug="mara")], slug="talk"
    )
    db.commit()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    english = {}
    for address in (
        *("/", "/events/event", "/people/mara", "/sessions/talk", "/search", "/login"),
        *("/search?q=Verwaltung", "/search?q=xylophon", "/nirgends"),
    ):
        page = client.get(address).get_data(as_text=True)
        assert '<html lang="de">' in page
        english[address] = ENGLISH.findall(page)
    assert set(map(tuple, english.values())) == {()}, english


def test_forms_complain_in_german(organiser):
    from tests.forms import submit

    organiser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    page = submit(organiser, "/desk/events/new", title="x" * 301, starts_on="gestern").get_data(
        as_text=True
    )

    assert "Geben Sie den letzten Tag an." in page
    assert "Feld kann nicht länger als 300 Zeichen sein." in page  # WTForms' own sentence


def _copy_of_archive(folder: Path) -> None:
    """The parts of `archive` that hold sentences."""
    for source in [*ROOT.glob("archive/**/*.py"), *ROOT.glob("archive/templates/**/*.html")]:
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    for source in (ROOT / FOLDER / "babel.toml", CATALOGUE):
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
