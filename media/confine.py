"""Keeps ffmpeg on a short leash: limits, no network where the system allows that, no orphans.

Files come from strangers and ffmpeg parses them, so a hostile file must find little: an environment
with nothing in it, no new privileges, no network, bounded memory, processor time and file size, and
an end that comes with the end of its parent.

The leash is made of small programs that each set one thing and then become the next one. Code
between fork and exec (`preexec_fn`) would be shorter, and can hang a process that has threads.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

GIB = 1024**3

# $1 the parent, $2 to $4 limits, then the command. A parent that died before the kernel was told to
# mind it shows as another parent. A limit that is stricter already stays.
_SCRIPT = """
[ "$PPID" = "$1" ] || exit 125
ulimit -c 0 2>/dev/null || :
ulimit -t "$2" 2>/dev/null || :
ulimit -v "$3" 2>/dev/null || :
ulimit -f "$4" 2>/dev/null || :
shift 4
exec "$@"
"""

# prctl(PR_SET_PDEATHSIG, SIGKILL) and prctl(PR_SET_NO_NEW_PRIVS, 1), for Linux without setpriv.
_PRCTL = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.prctl(1, 9, 0, 0, 0)
libc.prctl(38, 1, 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Limits:
    """What a confined command may use.

    memory: bytes of address space. file_size: bytes of one file it writes. cpu: seconds, of all its
    threads together. patient: it gets the processor when nobody else wants it.
    """

    memory: int = 16 * GIB
    file_size: int = 64 * GIB
    cpu: int = 24 * 3600
    patient: bool = False


def confined(command: Sequence[str], limits: Limits) -> list[str]:
    """`command` behind everything this system offers to hold it; start it from the waiting thread.

    The kernel ends the command when the *thread* that started it ends, so that thread has to wait.
    """
    bounds = [limits.cpu, limits.memory // 1024, limits.file_size // 512]
    shell = ["sh", "-c", _SCRIPT, "sh", str(os.getpid()), *map(str, bounds)]
    last = ["nice", "-n", "19"] if limits.patient else []
    return [*_without_network(), *_ended_with_parent(), *shell, *last, *command]


def environment() -> dict[str, str]:
    """All that a confined command learns about where it runs."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return {"LC_ALL": "C.UTF-8", "AV_LOG_FORCE_NOCOLOR": "1"} | kept


@functools.cache
def _without_network() -> tuple[str, ...]:
    """An own, empty network; ordinary users need an own user name space for it."""
    as_root = ("unshare", "--net", "--")
    as_user = ("unshare", "--map-current-user", "--net", "--")
    return next((prefix for prefix in (as_root, as_user) if _works(prefix)), ())


@functools.cache
def _ended_with_parent() -> tuple[str, ...]:
    setpriv = ("setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--")
    if _works(setpriv):
        return setpriv
    prctl = (sys.executable, "-I", "-S", "-c", _PRCTL)
    return prctl if sys.platform == "linux" and _works(prctl) else ()


def _works(prefix: tuple[str, ...]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    try:
        done = subprocess.run(
            [*prefix, "true"],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
