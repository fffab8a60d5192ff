"""The house stands as its plan says: every room has a sentence, and the plan names every room."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

OURS = ("archive", "media", "transcripts", "samples", "setup", "bench")
BY_PATH = {Path("archive/migrations/versions")}  # Alembic loads these files by their path


def tracked(*patterns: str) -> list[Path]:
    """The files that git keeps, or would keep, and that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


PYTHON = tracked("*.py")
FOLDERS = sorted({path.parent for path in PYTHON if path.parts[0] in OURS} - BY_PATH)


def test_there_is_something_to_look_at():
    assert {path.parts[0] for path in FOLDERS} == set(OURS)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_folder_of_python_says_its_rule_and_nothing_else(folder: Path):
    module = ast.parse((ROOT / folder / "__init__.py").read_text())

    assert len((ast.get_docstring(module) or "").split()) > 2
    assert len(module.body) == 1


@pytest.mark.parametrize("path", [p for p in PYTHON if p.parts[0] != "tests"], ids=str)
def test_file_of_python_says_what_it_is(path: Path):
    described = ast.get_docstring(ast.parse((ROOT / path).read_text())) or ""

    assert len(described.split()) > 2


def rows_of_the_plan() -> list[set[str]]:
    """The rows of docs/architecture.md: what may import only what stands below it."""
    text = (ROOT / "docs/architecture.md").read_text()
    block = text.split("each row only what stands below it:")[1].split("\nFlask appears")[0]
    known = {path.stem if path.suffix else path.name for path in (ROOT / "archive").iterdir()}
    return [set(line.split()) & known for line in block.splitlines() if line.strip()]


def rows_of_the_rules() -> list[set[str]]:
    """The same from pyproject.toml, which `make lint` holds; a name in brackets may be missing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (c["layers"] for c in contracts if c.get("containers") == ["archive"])
    return [{n for n in re.findall(r"\S+", row) if n.isidentifier()} for row in layers]


def test_plan_and_rules_say_the_same():
    assert rows_of_the_plan() == rows_of_the_rules()


def test_every_room_of_the_archive_is_in_the_plan():
    rooms = {
        path.stem
        for path in (ROOT / "archive").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }

    assert set().union(*rows_of_the_plan()) | {"migrations"} == rooms


@pytest.mark.parametrize("folder", ["actions", "queries"])
def test_verbs_and_questions_have_a_file_each(folder: str):
    """A file of either offers at least one function."""
    for path in (ROOT / "archive" / folder).glob("*.py"):
        tree = ast.parse(path.read_text())
        public = [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        assert public or path.name == "__init__.py", path
