"""Programs that Debian's packages bring: found, installed where that is allowed, or named exactly."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from setup import say


def require(programs: Sequence[str], package: str, *, purpose: str) -> None:
    """Finds `programs` on PATH or installs `package`; a `Stop` says what to type where it may not."""
    if not _present(programs, package):
        raise say.Stop(missing(programs, package, purpose))
    say.done(", ".join(programs))


def offer(programs: Sequence[str], package: str, *, purpose: str) -> bool:
    """As `require`, but only says so where they are missing and may not be installed."""
    if not _present(programs, package):
        say.without(missing(programs, package, purpose))
        return False
    say.done(", ".join(programs))
    return True


def install(package: str) -> bool:
    """Installs a package with apt where that is allowed; whether it worked."""
    if not _may_install():
        return False
    say.doing(f"installing Debian's package {package}")
    quiet = ["-q", "-o", "Dpkg::Use-Pty=0"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", *quiet],
        ["install", *quiet, "--yes", "--no-install-recommends", package],
    ):
        ended = subprocess.run(["apt-get", *arguments], env=environment, stdin=subprocess.DEVNULL)
        if ended.returncode and arguments[0] == "install":
            return False
    return True


def missing(programs: Sequence[str], package: str, purpose: str) -> str:
    """The sentence for a person: what is missing, for what, and the command to type."""
    absent = [program for program in programs if not shutil.which(program)]
    are = "is" if len(absent) == 1 else "are"
    command = f"apt-get install {package}"
    if os.geteuid() != 0:
        command = f"sudo {command}"
    if not shutil.which("apt-get"):
        command = f"the package manager of this system (the package is called {package} on Debian)"
        return f"{' and '.join(absent)} {are} missing: {purpose}. Install it with {command}."
    return (
        f"{' and '.join(absent)} {are} missing: {purpose}. Install the package {package}: {command}"
    )


def _present(programs: Sequence[str], package: str) -> bool:
    return _found(programs) or (install(package) and _found(programs))


def _found(programs: Sequence[str]) -> bool:
    return all(shutil.which(program) for program in programs)


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None
