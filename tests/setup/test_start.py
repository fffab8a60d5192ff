"""Podium starts on a port that is free, and stops as a whole."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from setup import say
from setup.start import require_free_port

CHECKOUT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=["127.0.0.1", "0.0.0.0"])
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port on which somebody listens, on this address or on all."""
    with socket.socket() as listener:
        listener.bind((request.param, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_port_is_free_afterwards_as_well():
    port = free_port()

    require_free_port(port)
    require_free_port(port)


def test_port_of_a_podium_that_just_stopped_is_free():
    """The system remembers its last connections for a minute; that is no reason to wait."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as visitor:
            listener.accept()[0].close()
            assert visitor.recv(1) == b""

    require_free_port(port)


def test_taken_port_is_told_with_a_way_out(taken: int):
    with pytest.raises(say.Stop) as stopped:
        require_free_port(taken)

    other = taken + 1 if taken < 65535 else taken - 1
    assert str(stopped.value) == (
        f"Port {taken} is already in use, perhaps by another Podium. Stop that program, "
        f"or choose another port: PORT={other} make run"
    )


SERVE = """
import sys
from pathlib import Path
from setup.start import serve
sys.exit(serve(int(sys.argv[1]), procfile=Path(sys.argv[2])))
"""
WEB = f"web: exec {sys.executable} -m http.server --bind 127.0.0.1 $PORT\n"


@pytest.fixture
def start(tmp_path: Path) -> Iterator:
    """Starts what a Procfile says; what was started ends with the test."""
    started: list[subprocess.Popen] = []

    def starting(procfile: str) -> tuple[subprocess.Popen, int]:
        (tmp_path / "Procfile").write_text(procfile)
        port = free_port()
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", SERVE, str(port), str(tmp_path / "Procfile")],
                cwd=CHECKOUT,
                env=os.environ | {"PODIUM_HOME": str(tmp_path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1], port

    yield starting
    for process in started:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen, words: str) -> str:
    read = ""
    while words not in read:
        line = process.stdout.readline()
        assert line, f"ended before {words!r}: {read}"
        read += line
    return read


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_everything(start, tmp_path: Path, stop: signal.Signals):
    (tmp_path / "logins.txt").write_text("admin  admin  secret\n")
    process, port = start(WEB + "worker: exec sleep 600\n")

    said = read_until(process, "Ctrl-C stops everything.")
    process.send_signal(stop)
    rest, _ = process.communicate(timeout=60)

    assert f"Podium is at http://127.0.0.1:{port}\n" in said
    assert f"Log-ins are kept in {tmp_path / 'logins.txt'}\n" in said
    assert "secret" not in said  # shown only when they were made just now
    assert rest.endswith("\nPodium is stopped.\n")
    assert process.returncode == 0
    require_free_port(port)


def test_end_of_one_process_ends_everything_and_is_told(start):
    process, port = start(WEB + "worker: sleep 0.1; exit 3\n")

    said, _ = process.communicate(timeout=60)

    assert said.endswith(
        "Podium ended because one of its processes did; its last lines above say why.\n"
    )
    assert process.returncode == 1
    require_free_port(port)
