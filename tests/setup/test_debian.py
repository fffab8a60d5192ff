"""What Debian's packages bring is found, installed where that is allowed, or named exactly."""

import os
from pathlib import Path

import pytest

from setup import debian, say
from tests.setup.programs import only, put

PURPOSE = "every recording goes through them"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs; it is empty."""
    only(tmp_path / "bin", monkeypatch)
    return tmp_path / "bin"


def become(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)


ROOT, SOMEBODY = 0, 1000


@pytest.mark.parametrize(
    ("there", "apt", "user", "sentence"),
    [
        (
            [],
            True,
            ROOT,
            f"ffmpeg and ffprobe are missing: {PURPOSE}. Install the package ffmpeg:"
            " apt-get install ffmpeg",
        ),
        (
            [],
            True,
            SOMEBODY,
            f"ffmpeg and ffprobe are missing: {PURPOSE}. Install the package ffmpeg:"
            " sudo apt-get install ffmpeg",
        ),
        (
            ["ffmpeg"],
            True,
            ROOT,
            f"ffprobe is missing: {PURPOSE}. Install the package ffmpeg: apt-get install ffmpeg",
        ),
        (
            ["ffprobe"],
            False,
            SOMEBODY,
            f"ffmpeg is missing: {PURPOSE}. Install it with the package manager of this system"
            " (the package is called ffmpeg on Debian).",
        ),
    ],
)
def test_sentence_says_what_is_missing_and_what_to_type(
    programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    there: list[str],
    apt: bool,
    user: int,
    sentence: str,
):
    put(programs, **dict.fromkeys([*there, *(["apt_get"] if apt else [])], ""))
    become(user, monkeypatch)

    assert debian.missing(["ffmpeg", "ffprobe"], "ffmpeg", PURPOSE) == sentence


def test_programs_that_are_there_are_only_named(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    put(programs, ffmpeg="exit 1", ffprobe="exit 1", apt_get="echo never > /dev/stderr; exit 1")
    become(ROOT, monkeypatch)

    debian.require(["ffmpeg", "ffprobe"], "ffmpeg", purpose=PURPOSE)

    assert capsys.readouterr().out == " ok  ffmpeg, ffprobe\n"


APT = """
echo "$DEBIAN_FRONTEND $@" >> {log}
[ "$1" = install ] || exit {update}
for last; do :; done
printf '#!/bin/sh\\n' > {programs}/$last
/bin/chmod +x {programs}/$last
"""


@pytest.mark.parametrize("update", [0, 100], ids=["index is new", "index is old"])
def test_root_installs_the_package_without_being_asked_anything(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update: int
):
    """A list of packages that cannot be renewed may still be good enough."""
    log = tmp_path / "log"
    put(programs, apt_get=APT.format(log=log, programs=programs, update=update))
    become(ROOT, monkeypatch)

    debian.require(["espeak-ng"], "espeak-ng", purpose=PURPOSE)

    assert log.read_text().splitlines() == [
        "noninteractive update -q -o Dpkg::Use-Pty=0",
        "noninteractive install -q -o Dpkg::Use-Pty=0 --yes --no-install-recommends espeak-ng",
    ]


@pytest.mark.parametrize(
    ("user", "apt"),
    [(ROOT, "[ $1 = update ]"), (ROOT, ""), (SOMEBODY, "echo never > {log}"), (ROOT, None)],
    ids=["fails", "brings something else", "not root", "no apt"],
)
def test_what_cannot_be_installed_stops_with_the_sentence(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, apt: str | None
):
    if apt is not None:
        put(programs, apt_get=apt.format(log=tmp_path / "log"))
    become(user, monkeypatch)

    with pytest.raises(say.Stop) as stopped:
        debian.require(["espeak-ng"], "espeak-ng", purpose=PURPOSE)

    assert str(stopped.value) == debian.missing(["espeak-ng"], "espeak-ng", PURPOSE)
    assert not (tmp_path / "log").exists()


def test_what_is_only_offered_may_be_missing(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    become(SOMEBODY, monkeypatch)

    there = debian.offer(["chromium"], "chromium", purpose="browser tests are skipped without it")

    sentence = debian.missing(["chromium"], "chromium", "browser tests are skipped without it")
    assert there is False
    assert capsys.readouterr().out == f" --  {sentence}\n"
