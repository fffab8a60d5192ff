"""The ladder of a video, and what is refused for one."""

import os
import re
import subprocess
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from media.errors import Cancelled, FfmpegFailed, NoSpace, Truncated
from media.hls import HEIGHTS, Ladder, heights_of, make_ladder
from media.playlist import read_track
from media.probe import probe
from tests.media.studio import processes_naming, shoot, sound

# Bidirectional frames, whose times begin before nought, and a key frame each 3 seconds.
CODING = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
FILM = ["-f", "lavfi", "-i", "testsrc2=size=640x480:rate=10:duration=13"]


@pytest.fixture(scope="module")
def film(shelf: Path) -> Path:
    """Thirteen seconds of 480 lines."""
    return shoot(shelf / "film480.mp4", *FILM, *sound(13), *CODING, "-g", "30")


@pytest.fixture(scope="module")
def ladder(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Ladder:
    """The ladder of the film."""
    return make_ladder(film, probe(film), tmp_path_factory.mktemp("ladder") / "hls")


def packets(path: Path, kind: str) -> list[tuple[float, int, bool]]:
    """Time in seconds, size in bytes, and whether it is a key frame, of each packet in a file."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", kind, "-show_entries"]
        + ["packet=pts_time,size,flags", "-of", "csv=p=0:nk=0", str(path)],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = []
    for line in done.stdout.splitlines():
        values = dict(part.split("=", 1) for part in line.split(",") if "=" in part)
        if "size" in values:
            found.append((float(values["pts_time"]), int(values["size"]), "K" in values["flags"]))
    return found


def test_ladder_is_a_folder_of_whole_files(film: Path, ladder: Ladder):
    names = ["480.m3u8", "480.mp4", "360.m3u8", "360.mp4", "sound.m3u8", "sound.m4a"]

    assert ladder.files == ("master.m3u8", *names)
    assert {path.name for path in ladder.folder.iterdir()} == set(ladder.files)
    assert list(ladder.folder.parent.iterdir()) == [ladder.folder]
    assert ladder.size == sum(path.stat().st_size for path in ladder.folder.iterdir())
    assert ladder.duration == pytest.approx(13, abs=0.2)
    assert [(s.width, s.height, s.copied) for s in ladder.sizes] == [
        (640, 480, True),
        (480, 360, False),
    ]


def test_largest_size_is_the_picture_of_the_source(film: Path, ladder: Ladder):
    of_source = sorted(packets(film, "v"))
    of_ladder = sorted(packets(ladder.folder / "480.mp4", "v"))

    assert [size for _, size, _ in of_ladder] == [size for _, size, _ in of_source]


def test_every_segment_of_every_size_begins_with_a_key_frame_at_the_same_moment(ladder: Ladder):
    keys = {
        name: [time for time, _, key in sorted(packets(ladder.folder / name, "v")) if key]
        for name in ("480.mp4", "360.mp4")
    }

    starts = [[s.start + 10 for s in size.track.segments] for size in ladder.sizes]
    assert len(starts[0]) == 3  # about six seconds each, where the source has its key frames
    assert starts[1] == pytest.approx(starts[0], abs=0.01)
    assert keys["360.mp4"] == pytest.approx(starts[0], abs=0.01)  # and nowhere else
    assert all(min(abs(start - key) for key in keys["480.mp4"]) < 0.01 for start in starts[0])


def test_picture_and_sound_stay_together(film: Path, ladder: Ladder):
    def apart(video: Path, audio: Path) -> float:
        return min(packets(video, "v"))[0] - min(packets(audio, "a"))[0]

    of_source = apart(film, film)
    for name in ("480.mp4", "360.mp4"):
        of_size = apart(ladder.folder / name, ladder.folder / "sound.m4a")
        assert of_size == pytest.approx(of_source, abs=0.002)


def test_master_playlist_says_what_a_player_needs(ladder: Ladder):
    master = (ladder.folder / "master.m3u8").read_text()

    sizes = re.findall(r"#EXT-X-STREAM-INF:(.*)\n(.*)\n", master)
    assert [name for _, name in sizes] == ["480.m3u8", "360.m3u8"]  # the best that is light first
    assert all('AUDIO="sound"' in said and "FRAME-RATE=10.000" in said for said, _ in sizes)
    assert "RESOLUTION=480x360" in sizes[1][0]
    assert re.search(r'CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"', sizes[1][0])
    assert 'TYPE=AUDIO,GROUP-ID="sound"' in master and 'URI="sound.m3u8"' in master
    for said, name in sizes:
        track = read_track(ladder.folder / name, name="film")
        heard = read_track(ladder.folder / "sound.m3u8", name="film")
        peak, average = map(
            int, re.search(r"BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+)", said).groups()
        )
        assert peak == track.peak + heard.peak
        assert average <= peak


@pytest.mark.parametrize("name", ["master.m3u8", "480.m3u8", "360.m3u8", "sound.m3u8"])
def test_another_player_plays_it_to_its_end_without_a_complaint(ladder: Ladder, name: str):
    played = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", str(ladder.folder / name)]
        + ["-progress", "pipe:1", "-f", "null", "-"],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert played.stderr == ""
    seconds = int(re.findall(r"out_time_us=(\d+)", played.stdout)[-1]) / 1e6
    assert seconds == pytest.approx(13, abs=0.2)


def test_video_with_few_key_frames_is_encoded_in_all_sizes(tmp_path: Path):
    film = shoot(
        tmp_path / "film.mp4", *FILM, *sound(13), *CODING, "-g", "999", "-sc_threshold", "0"
    )

    ladder = make_ladder(film, probe(film), tmp_path / "hls")

    assert [(size.height, size.copied) for size in ladder.sizes] == [(480, False), (360, False)]
    for size in ladder.sizes:
        assert [s.start for s in size.track.segments] == pytest.approx([0, 6, 12], abs=0.01)


def test_only_the_heights_that_are_wanted_are_made(film: Path, tmp_path: Path):
    ladder = make_ladder(film, probe(film), tmp_path / "hls", heights=(360,))

    assert [(size.height, size.copied) for size in ladder.sizes] == [(360, False)]
    assert "480.mp4" not in ladder.files


@pytest.mark.parametrize(
    ("size", "wanted", "heights"),
    [
        ((1920, 1080), HEIGHTS, (1080, 720, 480, 360)),
        ((1280, 720), HEIGHTS, (720, 480, 360)),
        ((1920, 800), HEIGHTS, (800, 720, 480, 360)),
        ((1024, 768), HEIGHTS, (768, 480, 360)),
        ((608, 1080), HEIGHTS, (1080, 720, 480, 360)),
        ((640, 480), HEIGHTS, (480, 360)),
        ((640, 360), HEIGHTS, ()),
        ((320, 180), HEIGHTS, ()),
        ((640, 384), HEIGHTS, ()),
        ((1920, 1080), (720, 360), (720, 360)),
        ((1920, 1080), (480,), (480,)),
        ((1280, 720), (720,), ()),
        ((1920, 1080), (), ()),
    ],
)
def test_heights_follow_the_video_and_the_wish(
    film: Path, size: tuple[int, int], wanted: tuple[int, ...], heights: tuple[int, ...]
):
    video = replace(probe(film).video, width=size[0], height=size[1], aspect=1.0)

    assert heights_of(video, wanted) == heights


def test_sound_alone_and_small_videos_have_no_ladder(podcast: Path, talk: Path, tmp_path: Path):
    assert heights_of(probe(podcast).video) == ()
    for source in (podcast, talk):
        with pytest.raises(ValueError, match="needs no ladder"):
            make_ladder(source, probe(source), tmp_path / "hls")
    assert list(tmp_path.iterdir()) == []


def test_progress_rises_to_the_end_and_others_come_first(film: Path, tmp_path: Path):
    told: list[float] = []
    nice: set[int] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            for pid in processes_naming(str(tmp_path)):
                with suppress(ProcessLookupError):
                    nice.add(os.getpriority(os.PRIO_PROCESS, pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        make_ladder(film, probe(film), tmp_path / "hls", progress=told.append)
    finally:
        ended.set()
        watcher.join()

    assert told == sorted(told)
    assert told[-1] == pytest.approx(13, abs=0.5)
    assert 19 in nice


def test_cancelled_ladder_leaves_nothing(film: Path, tmp_path: Path):
    with pytest.raises(Cancelled):
        make_ladder(film, probe(film), tmp_path / "hls", cancelled=lambda: True)

    assert list(tmp_path.iterdir()) == []
    assert processes_naming(str(tmp_path)) == []


def test_video_that_breaks_off_is_told_and_leaves_nothing(film: Path, tmp_path: Path):
    whole = shoot(tmp_path / "whole.mp4", "-i", film, "-c", "copy", "-movflags", "+faststart")
    info = probe(whole)
    whole.write_bytes(whole.read_bytes()[: info.size // 2])

    with pytest.raises(Truncated, match="lasts 13 seconds, but one of its sizes [5-8]"):
        make_ladder(whole, info, tmp_path / "hls")

    assert list(tmp_path.iterdir()) == [whole]


@pytest.mark.parametrize(("seen", "heard"), [(13, 5), (5, 13)])
def test_picture_and_sound_may_end_at_different_times(tmp_path: Path, seen: int, heard: int):
    pictured = [part.replace("duration=13", f"duration={seen}") for part in FILM]
    film = shoot(tmp_path / "film.mp4", *pictured, *sound(heard), *CODING, "-g", "30")

    ladder = make_ladder(film, probe(film), tmp_path / "hls")

    assert {round(size.track.duration) for size in ladder.sizes} == {seen}
    read = read_track(ladder.folder / "sound.m3u8", name="film")
    assert read.duration == pytest.approx(heard, abs=0.2)


def test_full_disk_is_named_and_left_clean(film: Path, tiny_disk: Path):
    (tiny_disk / "filler").write_bytes(bytes(1_900_000))

    with pytest.raises(NoSpace):
        make_ladder(film, probe(film), tiny_disk / "hls")

    assert [path.name for path in tiny_disk.iterdir()] == ["filler"]


def test_second_run_takes_the_place_of_the_first(film: Path, tmp_path: Path):
    (tmp_path / "hls").mkdir()
    (tmp_path / "hls" / "left-over").write_text("x")

    ladder = make_ladder(film, probe(film), tmp_path / "hls", heights=(360,))

    assert {path.name for path in ladder.folder.iterdir()} == set(ladder.files)


def cut_off(folder: Path) -> None:
    with (folder / "360.mp4").open("r+b") as file:
        file.truncate(file.seek(0, 2) - 1)


def lose_a_segment(folder: Path) -> None:
    lines = (folder / "360.m3u8").read_text().splitlines()
    second = [n for n, line in enumerate(lines) if line.startswith("#EXTINF")][1]
    (folder / "360.m3u8").write_text("\n".join(lines[:second] + lines[second + 3 :]))


def lose_the_end(folder: Path) -> None:
    list_ = folder / "360.m3u8"
    list_.write_text(list_.read_text().replace("#EXT-X-ENDLIST\n", ""))


def lose_the_head(folder: Path) -> None:
    list_ = folder / "360.m3u8"
    list_.write_text(re.sub("#EXT-X-MAP.*\n", "", list_.read_text()))


def name_another_file(folder: Path) -> None:
    list_ = folder / "360.m3u8"
    list_.write_text(list_.read_text().replace("\n360.mp4", "\n/etc/passwd"))


@pytest.mark.parametrize(
    "damage",
    [
        cut_off,
        lose_a_segment,
        lose_the_end,
        lose_the_head,
        name_another_file,
        lambda folder: (folder / "360.mp4").unlink(),
        lambda folder: (folder / "360.m3u8").unlink(),
    ],
)
def test_playlist_that_is_not_complete_is_refused(ladder: Ladder, tmp_path: Path, damage):
    for name in ladder.files:
        (tmp_path / name).write_bytes((ladder.folder / name).read_bytes())
    assert read_track(tmp_path / "360.m3u8", name="film").duration == pytest.approx(13, abs=0.2)

    damage(tmp_path)

    with pytest.raises(FfmpegFailed, match="“film” are not complete"):
        read_track(tmp_path / "360.m3u8", name="film")
