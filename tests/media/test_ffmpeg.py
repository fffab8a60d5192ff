import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import ffmpeg
import pytest

from media.errors import (
    Cancelled,
    FfmpegFailed,
    MediaError,
    NoSpace,
    TimedOut,
    ToolMissing,
    UnsupportedCodec,
)
from media.ffmpeg import guarded, inspect, local, run, versions
from tests.media.studio import picture, processes_naming, shoot
from tests.media.test_probe import PLAYLISTS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds that the system may take to end a process


def sound_of(source: Path, target: Path, **options: object) -> list[str]:
    return ffmpeg.get_args(ffmpeg.input(local(source), **options)["a:0"].output(local(target)))


def endless(source: Path, target: Path) -> list[str]:
    """Reads `source` again and again, no faster than it plays."""
    return sound_of(source, target, stream_loop=-1, re=None)


def gone(text: str) -> bool:
    end = time.monotonic() + PATIENCE
    while processes_naming(text):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_run_reports_how_far_it_is(talk, tmp_path):
    heard: list[float] = []

    run(sound_of(talk, tmp_path / "out.wav"), name="talk.mp4", duration=6, progress=heard.append)

    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(6, abs=0.2)


def test_run_puts_the_accepted_formats_before_every_input(talk):
    arguments = guarded(["-i", local(talk), "-i", local(talk), "out.mp4"])

    inputs = [n for n, argument in enumerate(arguments) if argument == "-i"]
    for before, at in zip([0, inputs[0]], inputs, strict=True):
        between = arguments[before:at]
        assert {"-protocol_whitelist", "-format_whitelist", "-codec_whitelist"} <= set(between)


@pytest.mark.parametrize("name", ["http://example.org/a.mp4", "concat:/etc/passwd", "-version"])
def test_run_refuses_inputs_that_are_no_local_file(name):
    with pytest.raises(ValueError, match="input"):
        guarded(["-i", name])


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_run_reads_no_file_that_a_playlist_names(kind, talk, tmp_path):
    shoot(tmp_path / "secret.mp4", "-i", talk, "-c", "copy", "-movflags", "+faststart")
    playlist = tmp_path / "talk.mp4"
    playlist.write_text(PLAYLISTS[kind].format(secret="secret.mp4"))
    # A stock ffmpeg walks into the trap, or this test would show nothing.
    shoot(tmp_path / "stock.mkv", "-i", playlist, "-c", "copy")
    assert (tmp_path / "stock.mkv").stat().st_size > 10_000

    stream = ffmpeg.input(local(playlist)).output(local(tmp_path / "out.mkv"), c="copy")
    with pytest.raises(FfmpegFailed):
        run(ffmpeg.get_args(stream), name="talk.mp4")
    with pytest.raises(FfmpegFailed):
        inspect(playlist, ["-show_streams"], name="talk.mp4")

    assert not (tmp_path / "out.mkv").exists()


def test_run_opens_no_decoder_but_the_accepted_ones(tmp_path):
    magic = shoot(tmp_path / "magic.mkv", *picture(1), "-c:v", "magicyuv")
    stream = ffmpeg.input(local(magic)).output(local(tmp_path / "out.mp4"))

    with pytest.raises(UnsupportedCodec, match="magicyuv"):
        run(ffmpeg.get_args(stream), name="magic.mkv")


def test_run_is_cancelled_within_a_second(talk, tmp_path):
    started = time.monotonic()
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.monotonic())
        return time.monotonic() - started > 1.5

    with pytest.raises(Cancelled, match="talk.mp4"):
        run(endless(talk, tmp_path / "out.wav"), name="talk.mp4", cancelled=cancelled)

    assert time.monotonic() - asked[-1] < 1
    assert len(asked) > 3
    assert processes_naming(str(tmp_path)) == []


def test_run_leaves_no_process_when_a_callback_raises(talk, tmp_path):
    def progress(_seconds: float) -> None:
        raise RuntimeError("nobody listens")

    with pytest.raises(RuntimeError, match="nobody listens"):
        run(endless(talk, tmp_path / "out.wav"), name="talk.mp4", progress=progress)

    assert processes_naming(str(tmp_path)) == []


def test_run_gives_up_where_nothing_moves(tmp_path):
    never = tmp_path / "never.mp4"
    os.mkfifo(never)

    with pytest.raises(TimedOut, match="stood still"):
        run(sound_of(never, tmp_path / "out.wav"), name="never.mp4", stalled=1)

    assert processes_naming(str(tmp_path)) == []


def test_run_gives_up_after_its_time(talk, tmp_path):
    with pytest.raises(TimedOut, match="not done"):
        run(endless(talk, tmp_path / "out.wav"), name="talk.mp4", limit=1)


def test_run_ends_where_an_output_grows_too_large(talk, tmp_path):
    with pytest.raises(FfmpegFailed):
        run(sound_of(talk, tmp_path / "out.wav"), name="talk.mp4", file_size=100 * 1024)

    assert (tmp_path / "out.wav").stat().st_size <= 100 * 1024


def test_run_ends_with_a_worker_that_is_killed(talk, tmp_path):
    arguments = endless(talk, tmp_path / "out.wav")
    worker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from media.ffmpeg import run; run(sys.argv[1:], name='x')",
        ]
        + arguments,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + PATIENCE
        while not (tmp_path / "out.wav").exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert len(processes_naming(str(tmp_path / "out.wav"))) == 2
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    assert gone(str(tmp_path / "out.wav"))


def test_run_says_that_the_disk_is_full(talk, tiny_disk):
    film = ffmpeg.input(local(talk)).output(local(tiny_disk / "out.mkv"), vcodec="rawvideo")

    with pytest.raises(NoSpace) as caught:
        run(ffmpeg.get_args(film), name="talk.mp4")

    assert caught.value.reason == "no_space"
    assert "talk.mp4" in str(caught.value)


def test_run_names_an_encoder_that_is_missing(talk, tmp_path):
    stream = ffmpeg.input(local(talk)).output(local(tmp_path / "out.mp4"), vcodec="libx999")

    with pytest.raises(ToolMissing, match="libx999"):
        run(ffmpeg.get_args(stream), name="talk.mp4")


def test_run_gives_every_line_to_the_log_and_keeps_the_last(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing" * 100)
    lines: list[str] = []

    with pytest.raises(FfmpegFailed) as caught:
        run(sound_of(broken, tmp_path / "out.wav"), name="broken.mp4", log=lines.append)

    assert lines
    assert caught.value.details["log"] == "\n".join(lines)


def test_tools_that_are_missing_are_named_with_their_package(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MediaError) as caught:
        versions()

    assert caught.value.reason == "tool_missing"
    assert "apt-get install ffmpeg" in str(caught.value)


def test_versions_names_both_tools():
    assert set(versions()) == {"ffmpeg", "ffprobe"}
    assert all(version[0].isalnum() for version in versions().values())
