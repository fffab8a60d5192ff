"""Catalogues follow the sentences in the code: new ones come in empty, old ones go."""

import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from setup import say
from setup.place import ROOT
from setup.translations import FOLDER, update_translations

HEAD = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
KNOWN = '\nmsgid "house"\nmsgstr "Haus"\n\nmsgid "gone"\nmsgstr "weg"\n'


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A small app with one page, and a German catalogue that is behind it."""
    catalogue = tmp_path / FOLDER / "de/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(HEAD + KNOWN, encoding="utf-8")
    shutil.copy(ROOT / FOLDER / "babel.toml", tmp_path / FOLDER)
    page = tmp_path / "archive/templates/page.html"
    page.parent.mkdir()
    page.write_text('{{ _("house") }} {{ ngettext("%(num)s day", "%(num)s days", 3) }}')
    (tmp_path / "archive/words.py").write_text('from x import lazy_gettext\nlazy_gettext("room")\n')
    return tmp_path


def test_catalogue_follows_the_code(code: Path, capsys: pytest.CaptureFixture):
    update_translations(code)

    with (code / FOLDER / "de/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    assert {message.id: message.string for message in catalogue if message.id} == {
        "house": "Haus",
        ("%(num)s day", "%(num)s days"): ("", ""),
        "room": "",
    }
    assert catalogue.obsolete == {}
    assert "messages.po: 2 sentences to translate" in capsys.readouterr().out


def test_second_update_changes_nothing(code: Path):
    update_translations(code)
    before = (code / FOLDER / "de/LC_MESSAGES/messages.po").read_bytes()

    update_translations(code)

    assert (code / FOLDER / "de/LC_MESSAGES/messages.po").read_bytes() == before


def test_page_that_cannot_be_read_is_told(code: Path):
    (code / "archive/templates/page.html").write_text("{% if %}")

    with pytest.raises(say.Stop, match="The sentences in the code were not collected"):
        update_translations(code)
