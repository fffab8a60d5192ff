"""Log lines: one format for ours and for those of libraries, and nothing secret in them."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SCRIPT = """
import logging, sys
import structlog
from archive.telemetry import configure_logging

configure_logging(sys.argv[1])

def check(password):
    raise RuntimeError("went wrong")

structlog.get_logger().info("ours", recording=7)
logging.getLogger("library").warning("of %s", "a library")
logging.getLogger("alembic").info("chatter")
logging.getLogger("library").debug("details")
try:
    check("s3cret-pass" + "word")
except RuntimeError as error:
    structlog.get_logger().exception("request failed", incident="ab12", exc_info=error)
    logging.getLogger("library").exception("library failed")
"""


@pytest.fixture(scope="module")
def logged() -> dict[str, subprocess.CompletedProcess]:
    """What a process that logs so writes, by format."""
    return {
        log_format: subprocess.run(
            [sys.executable, "-c", SCRIPT, log_format],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for log_format in ("console", "json")
    }


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_log_goes_to_standard_error_with_the_whole_traceback(logged, log_format: str):
    done = logged[log_format]

    assert done.stdout == ""
    assert done.stderr.count("Traceback (most recent call last)") == 2
    assert done.stderr.count("RuntimeError: went wrong") == 2


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_values_of_variables_are_not_logged(logged, log_format: str):
    assert "s3cret-password" not in logged[log_format].stderr


def test_console_lines_are_for_people(logged):
    first, second = logged["console"].stderr.splitlines()[:2]

    assert first.split()[1:] == ["[info", "]", "ours", "recording=7"]
    assert second.split()[1:] == ["[warning", "]", "of", "a", "library"]


def test_json_lines_are_for_machines(logged):
    lines = [json.loads(line) for line in logged["json"].stderr.splitlines()]

    assert [(line["level"], line["event"]) for line in lines] == [
        ("info", "ours"),
        ("warning", "of a library"),
        ("error", "request failed"),
        ("error", "library failed"),
    ]
    assert (lines[0]["recording"], lines[2]["incident"]) == (7, "ab12")
    assert all(line["timestamp"].endswith("Z") for line in lines)
