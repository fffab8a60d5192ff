"""Translations are compiled when they are newer than what was compiled."""

import os
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from setup import say
from setup.translations import FOLDER, compile_translations

PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "house"\nmsgstr "%s"\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / FOLDER / "de" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO % "Haus", encoding="utf-8")
    return source


def translated(source: Path) -> str:
    with source.with_suffix(".mo").open("rb") as file:
        return read_mo(file).get("house").string


def test_translations_are_compiled_once(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture
):
    compile_translations(tmp_path)
    compile_translations(tmp_path)

    assert translated(source) == "Haus"
    assert capsys.readouterr().out == " ok  translations\n"


def test_newer_source_is_compiled_again(tmp_path: Path, source: Path):
    compile_translations(tmp_path)
    source.write_text(PO % "Gebäude", encoding="utf-8")
    made = source.with_suffix(".mo").stat().st_mtime
    os.utime(source, (made + 10, made + 10))

    compile_translations(tmp_path)

    assert translated(source) == "Gebäude"


def test_source_that_is_not_right_is_told(tmp_path: Path, source: Path):
    """A name that the code does not give would be an error on the page."""
    wrong = '\n#, python-format\nmsgid "%(count)s houses"\nmsgstr "%(zahl)s Häuser"\n'
    source.write_text(PO % "Haus" + wrong, encoding="utf-8")

    for _ in range(2):  # not only the first time
        with pytest.raises(say.Stop) as stopped:
            compile_translations(tmp_path)

        said = str(stopped.value)
        assert said.startswith(f"The translations in {FOLDER} are not right:\n")
        assert "messages.po:9: unknown named placeholder 'zahl'" in said


def test_checkout_without_translations_has_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture
):
    compile_translations(tmp_path)

    assert capsys.readouterr().out == ""
