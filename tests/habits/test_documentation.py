"""What the documentation names is there: files, commands, settings, targets."""

import re
from pathlib import Path

import click
import pytest

from archive.cli import register
from config import Settings
from setup import postgres
from tests.conftest import ROOT
from tests.habits.test_structure import tracked

PAGES = [path for path in tracked("*.md") if path.parts[0] != "samples"]
NOT_SETTINGS = {postgres.VARIABLE}  # for tests alone


def read(path: Path) -> str:
    return (ROOT / path).read_text()


def test_there_are_pages_to_look_at():
    assert {"README.md", "CHANGELOG.md", "docs/architecture.md"} <= {str(p) for p in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(page))
    missing = [
        target
        for target in targets
        if "://" not in target and not (ROOT / page.parent / target).exists()
    ]

    assert missing == []


def test_settings_that_are_named_exist():
    sources = tracked("*.md", "*.py", "*.html", "Makefile", "Procfile")
    known = {f"PODIUM_{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS
    named = {
        name
        for path in sources
        if path.parts[0] != "tests"
        for name in re.findall(r"\bPODIUM_[A-Z][A-Z_]*[A-Z]", read(path))
    }

    assert named - known == set()
    assert "PODIUM_MODEL" in named


def commands() -> dict[str, click.Command]:
    """Every command by its words, as in `users add`."""
    found: dict[str, click.Command] = {}
    for command in vars(register).values():
        if isinstance(command, click.Group):
            found |= {f"{command.name} {name}": sub for name, sub in command.commands.items()}
        elif isinstance(command, click.Command):
            found[command.name] = command
    return found


def test_commands_that_are_named_exist_with_their_options():
    known = commands()
    texts = [read(path) for path in tracked("*.md", "*.py", "*.html", "Procfile")]
    named = [
        re.sub(r"[“”`'\"].*", "", line)
        for text in texts
        for line in re.findall(r"flask --app wsgi ([a-z].*)", text)
    ]

    wrong = []
    for line in named:
        words = line.split()
        command = known.get(" ".join(words[:2])) or known.get(words[0].strip(".,;)|:"))
        options = {option for option in words if option.startswith("--")}
        if command is None or options - {name for p in command.params for name in p.opts}:
            wrong.append(line)
    assert wrong == []
    assert len(named) > 10


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_says_what_it_does_in_a_sentence(name: str):
    command = commands()[name]

    assert command.help and command.help.rstrip().endswith(".")
    assert [p.name for p in command.params if isinstance(p, click.Option) and not p.help] in (
        [],
        ["role"],  # its choices say it
    )


def test_targets_of_make_that_are_named_exist():
    makefile = read(Path("Makefile"))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for path in tracked("*.md", "*.py", "*.html", ".ci/run")
        for target in re.findall(r"(?:`|^|    |\| )make ([a-z][a-z-]*)", read(path), re.MULTILINE)
        if path.parts[0] != "tests"
    }

    assert named - targets == set()
    assert {"run", "test", "lint"} <= named


def test_every_target_of_make_is_explained():
    makefile = read(Path("Makefile"))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    explained = set(re.findall(r"make ([a-z-]+)", makefile.split("\nrun:")[0]))

    assert targets - explained - {"help"} == set()
    phony = re.search(r"^\.PHONY: (.*)", makefile, re.MULTILINE)[1].split()
    assert sorted(phony) == sorted(targets)
