"""Runs the tests and the linters, with everything they need set up first."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from setup import debian, postgres, say
from setup.place import PYTHON, ROOT, VENV, command_environment

PROCESSES = 3  # one more than most machines of CI have cores: half the tests mostly wait
# Files go to the processes in the order of tests/conftest.py, the long ones first.
SHARED_OUT = ("-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder")
LINTERS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("lint-imports",),
)


def offer_programs() -> None:
    """The programs that some tests need; the tests say why they are skipped where one is missing."""
    debian.offer(["chromium"], "chromium", purpose="browser tests are skipped without it")
    debian.offer(["espeak-ng"], "espeak-ng", purpose="tests of synthesised speech are skipped")


def run_tests(arguments: Sequence[str]) -> int:
    """Runs pytest with these arguments after our own; its exit status. Its last line is the last.

    What was not run, and why, stands in pytest's own summary (`-rs`) just above that line.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with postgres.server() as url:
        say.plain()
        environment = command_environment() | ({postgres.VARIABLE: url} if url else {})
        environment.pop("PODIUM_HOME")
        environment.setdefault("OMP_NUM_THREADS", "1")  # else the processes fight over the cores
        command = [str(PYTHON), "-m", "pytest", "-rs", *SHARED_OUT]
        return _wait(subprocess.Popen([*command, *arguments], cwd=ROOT, env=environment))


def run_linters() -> int:
    """Runs every linter, also after one complained; 0 if none did."""
    return max(
        subprocess.run([str(VENV / "bin" / name), *arguments], cwd=ROOT).returncode
        for name, *arguments in LINTERS
    )


def run_benches(arguments: Sequence[str]) -> int:
    """Runs every script in `bench/`; 0 if none failed."""
    scripts = sorted(
        path.stem
        for path in (ROOT / "bench").glob("*.py")
        if '__name__ == "__main__"' in path.read_text()
    )
    ends = []
    for name in scripts:
        say.plain(f"\nbench.{name}")
        command = [str(PYTHON), "-m", f"bench.{name}", *arguments]
        ends.append(subprocess.run(command, cwd=ROOT, env=os.environ).returncode)
    return max(ends, default=0)


def _wait(tests: subprocess.Popen) -> int:
    """Ctrl-C reaches pytest directly; we wait for its summary, and stop it where we are stopped."""
    while True:
        try:
            return tests.wait()
        except KeyboardInterrupt:
            continue
        except SystemExit:
            tests.terminate()
            tests.wait()
            raise
