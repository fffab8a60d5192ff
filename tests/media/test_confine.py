import subprocess
import sys

import pytest

from media import confine
from media.confine import Limits, confined, environment


def said(command: list[str], limits: Limits | None = None) -> str:
    done = subprocess.run(
        confined(command, limits or Limits()),
        check=True,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    return done.stdout


def test_confined_command_learns_nothing_from_the_environment(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")

    assert "do not tell" not in said(["env"])


def test_confined_command_has_no_network():
    if not confine._without_network():
        pytest.skip("unshare --net is not allowed here")

    interfaces = [
        line.split(":")[0].strip() for line in said(["cat", "/proc/net/dev"]).splitlines()[2:]
    ]

    assert interfaces == ["lo"]


def test_confined_command_has_limits():
    limits = Limits(memory=2 * 1024**3, file_size=10 * 1024**2, cpu=77)

    shown = said(["cat", "/proc/self/limits"], limits)

    rows = {line[:25].strip(): line[25:].split()[:2] for line in shown.splitlines()}
    assert rows["Max cpu time"] == ["77", "77"]
    assert rows["Max address space"] == [str(2 * 1024**3)] * 2
    assert rows["Max file size"] == [str(10 * 1024**2)] * 2
    assert rows["Max core file size"] == ["0", "0"]


def test_confined_command_gains_no_privileges():
    if not confine._ended_with_parent():
        pytest.skip("neither setpriv nor prctl works here")

    assert "NoNewPrivs:\t1" in said(["cat", "/proc/self/status"])


def test_confined_command_does_not_start_for_another_parent():
    command = confined(["echo", "started"], Limits())
    between = ["-c", "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"]

    done = subprocess.run(
        [sys.executable, *between, *command], check=False, capture_output=True, timeout=60
    )

    assert done.returncode == 125
    assert done.stdout == b""


def test_confined_command_runs_where_the_system_offers_nothing(monkeypatch):
    monkeypatch.setattr(confine, "_without_network", lambda: ())
    monkeypatch.setattr(confine, "_ended_with_parent", lambda: ())

    assert said(["echo", "here"]) == "here\n"


def test_prctl_stands_in_for_setpriv():
    if sys.platform != "linux":
        pytest.skip("prctl is Linux's")
    prefix = [sys.executable, "-I", "-S", "-c", confine._PRCTL]

    done = subprocess.run(
        [*prefix, "cat", "/proc/self/status"], check=True, capture_output=True, text=True
    )

    assert "NoNewPrivs:\t1" in done.stdout
