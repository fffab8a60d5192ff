"""Keeps ffmpeg on a short leash: limits, no network where the system allows that, and no orphans.

Files come from strangers and ffmpeg parses them, so a hostile file must find little: an empty
environment, no new privileges, no network, bounded memory and file size, and a process group that
ends with its parent.
"""

import functools
import shutil
import subprocess

MEMORY = 8 * 1024**3  # bytes of address space
FILE_SIZE = 100 * 1024**3  # bytes of one written file
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def confined(command: list[str], *, cpu_seconds: int) -> list[str]:
    """`command` behind whatever of `setpriv`, `prlimit` and `unshare` this system offers.

    These small programs from util-linux replace themselves by the command, which is safe in a
    process with threads, where code between fork and exec is not.
    """
    return [*_no_network(), *_dies_with_parent(), *_limits(cpu_seconds), *command]


def _limits(cpu_seconds: int) -> list[str]:
    if shutil.which("prlimit") is None:
        return []
    return ["prlimit", f"--as={MEMORY}", f"--fsize={FILE_SIZE}", f"--cpu={cpu_seconds}", "--core=0"]


@functools.cache
def _dies_with_parent() -> list[str]:
    return _usable(["setpriv", "--pdeathsig", "KILL", "--no-new-privs"])


@functools.cache
def _no_network() -> list[str]:
    return _usable(["unshare", "--net"]) or _usable(["unshare", "--user", "--net"])


def _usable(prefix: list[str]) -> list[str]:
    if shutil.which(prefix[0]) is None:
        return []
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return prefix if done.returncode == 0 else []
