"""Starts Podium: database and samples made ready, then web and worker together until Ctrl-C."""

import ctypes
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from setup import say
from setup.place import PYTHON, ROOT, command_environment, home

HOST = "127.0.0.1"
PATIENCE = 180  # seconds for the first answer of the web process on a busy machine
SECONDS_TO_STOP = 20  # web and worker are killed by honcho after 5; this is for honcho itself
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def require_free_port(port: int) -> None:
    """A `Stop` with a way out where something listens on the port, or we may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except PermissionError:
            raise say.Stop(
                f"Port {port} is only for root. Choose one above 1023: PORT=8000 make run"
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            other = port + 1 if port < 65535 else port - 1
            raise say.Stop(
                f"Port {port} is already in use, perhaps by another Podium. Stop that program, "
                f"or choose another port: PORT={other} make run"
            ) from None


def prepare() -> bool:
    """Database, sample model, log-ins and samples, each made once; whether log-ins were made now."""
    logins = home() / "logins.txt"
    were_there = logins.exists()
    say.doing("database and samples")
    for arguments in (["prepare"], ["samples", "import"]):
        command = [str(PYTHON), "-m", "flask", "--app", "wsgi", *arguments]
        ended = subprocess.run(
            command, cwd=ROOT, env=command_environment(), stdin=subprocess.DEVNULL
        )
        if ended.returncode:
            raise say.Stop(f"`flask {' '.join(arguments)}` failed; its message above says why.")
    say.done(f"database and samples in {home()}")
    return logins.exists() and not were_there


def serve(port: int, *, procfile: Path = ROOT / "Procfile", show_logins: bool = False) -> int:
    """Runs the Procfile until it is stopped; an exit status: 0 when a person or a signal stopped it.

    Closing the terminal stops everything too, and so does the end of this process by `kill -9`.
    """
    stopped_by: list[int] = []
    honcho = _start_honcho(port, procfile)
    for number in STOPPING:
        signal.signal(number, lambda received, _: _stop(honcho, received, stopped_by))
    if _answers(port, honcho):
        _announce(port, show_logins)
    honcho.wait()
    if stopped_by:
        say.plain("\nPodium is stopped.")
        return 0
    say.failed("Podium ended because one of its processes did; its last lines above say why.")
    return 1


def _start_honcho(port: int, procfile: Path) -> subprocess.Popen:
    """In a session of its own, so that Ctrl-C comes to us alone and everything is stopped in order."""
    command = [str(PYTHON), "-m", "honcho", "-f", str(procfile), "-d", str(ROOT), "-e", os.devnull]
    return subprocess.Popen(
        [*command, "start", "-p", str(port)],
        cwd=ROOT,
        env=command_environment(),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent,
    )


def _end_with_parent() -> None:
    """Linux ends honcho in order when its parent is gone; elsewhere there is no such thing."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _stop(honcho: subprocess.Popen, received: int, stopped_by: list[int]) -> None:
    if not stopped_by:
        say.plain()
    stopped_by.append(received)
    signal.signal(signal.SIGALRM, lambda *_: honcho.kill())
    signal.alarm(SECONDS_TO_STOP)
    honcho.terminate()


def _answers(port: int, honcho: subprocess.Popen) -> bool:
    """Waits for the web process; whether it answered before it ended or our patience did."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and honcho.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return True
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        finally:
            connection.close()
    return False


def _announce(port: int, show_logins: bool) -> None:
    logins = home() / "logins.txt"
    lines = ["", f"  Podium is at http://{HOST}:{port}"]
    if show_logins:
        lines += ["", "  Log-ins, made just now (role, name, password):"]
        lines += [f"    {line}" for line in logins.read_text().splitlines()]
    if logins.exists():
        lines += ["", f"  Log-ins are kept in {logins}"]
    say.plain("\n".join([*lines, "  Ctrl-C stops everything.", ""]))
