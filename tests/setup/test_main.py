"""`python3 -m setup COMMAND`: what it says to an old Python, and what when it cannot go on."""

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from setup import __main__ as entry
from setup import commands, say

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("version", [(3, 4), (3, 6), (3, 8), (3, 10)])
def test_old_python_understands_the_file_that_refuses_it(version: tuple[int, int]):
    source = (CHECKOUT / "setup" / "__main__.py").read_text()

    assert ast.parse(source, feature_version=version).body


def test_refusal_says_what_is_there_and_what_to_type():
    assert entry.refusal((3, 9, 2, "final", 0)) == (
        "Podium needs Python 3.11 or newer, and this is 3.9.\n"
        "Install it, for example with `apt-get install python3.11 python3.11-venv`, and try again."
    )


def test_needed_python_is_the_one_that_the_code_is_checked_for():
    project = (CHECKOUT / "pyproject.toml").read_text()

    assert f'target-version = "py{entry.NEEDED[0]}{entry.NEEDED[1]}"' in project
    assert entry.NEWER[0] == f"python{entry.NEEDED[0]}.{entry.NEEDED[1]}"


def test_set_up_needs_nothing_but_the_standard_library():
    """It runs before anything is installed."""
    foreign = {
        f"{path.name}: {name}"
        for path in (CHECKOUT / "setup").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
        if name.split(".")[0] not in {*sys.stdlib_module_names, "setup"}
    }

    assert foreign == set()


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that end in each way."""

    def ends(error: BaseException | None):
        def command(_: object) -> None:
            if error:
                raise error

        return command

    monkeypatch.setattr(
        commands,
        "COMMANDS",
        {
            "good": ends(None),
            "three": lambda rest: len(rest),
            "stopped": ends(say.Stop("ffmpeg is missing.")),
            "interrupted": ends(KeyboardInterrupt()),
        },
    )


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["good"], 0, ""),
        (["three", "a", "b", "c"], 3, ""),
        (["stopped"], 1, "\nffmpeg is missing.\n"),
        (["interrupted"], 130, "\nStopped. What was begun is finished by the same command.\n"),
        (
            ["nonsense"],
            2,
            "\nThere is no command nonsense; there are good, three, stopped, interrupted.\n",
        ),
    ],
)
def test_command_ends_with_a_status_and_at_most_a_sentence(
    outcomes: None,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    status: int,
    said: str,
):
    assert commands.main(arguments) == status
    assert capsys.readouterr().err == said


def test_every_command_of_the_makefile_is_there():
    lines = (CHECKOUT / "Makefile").read_text().splitlines()
    called = {line.split()[1] for line in lines if line.strip().startswith("@$(SETUP)")}

    assert called == set(commands.COMMANDS)


def run(port: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "setup", "run"],
        cwd=CHECKOUT,
        env=os.environ | {"PORT": port},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_wrong_port_is_told_before_anything_is_set_up():
    done = run("eighty")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "\nPORT is “eighty”; a number from 1 to 65535 is needed.\n"


def test_taken_port_is_told_before_anything_is_set_up():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = run(str(port))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"\nPort {port} is already in use, perhaps by another Podium.")
