from pathlib import Path

import pytest

from media.errors import Cancelled, MediaError, NoSpace, Truncated
from media.probe import probe
from media.renditions import make_rendition
from tests.media.studio import QUICK, picture, processes_naming, shoot, sound, streams


def boxes(path: Path) -> list[str]:
    """The names of an MP4's outermost boxes, in order."""
    content, position, names = path.read_bytes(), 0, []
    while position < len(content):
        names.append(content[position + 4 : position + 8].decode())
        position += int.from_bytes(content[position : position + 4], "big")
    return names


def test_rendition_copies_what_browsers_play_already(talk, tmp_path):
    made = make_rendition(talk, probe(talk), tmp_path)

    assert (made.kind, made.mime, made.copied) == ("video", "video/mp4", True)
    assert (made.width, made.height) == (320, 180)
    assert made.duration == pytest.approx(6, abs=0.1)
    assert made.size == made.path.stat().st_size
    assert made.path == tmp_path / "video.mp4"
    assert list(tmp_path.iterdir()) == [made.path]
    assert boxes(made.path).index("moov") < boxes(made.path).index("mdat")


@pytest.mark.parametrize("name", ["talk.mkv", "talk.ts", "talk.mov"])
def test_rendition_copies_out_of_other_containers(name, talk, tmp_path):
    other = shoot(tmp_path / name, "-i", talk, "-c", "copy")

    made = make_rendition(other, probe(other), tmp_path / "out")

    assert made.copied
    assert made.duration == pytest.approx(6, abs=0.2)
    assert streams(made.path)["audio"]["codec_name"] == "aac"


def test_rendition_encodes_the_sound_alone_where_the_picture_plays(talk, tmp_path):
    other = shoot(tmp_path / "talk.mkv", "-i", talk, "-c:v", "copy", "-c:a", "flac")

    made = make_rendition(other, probe(other), tmp_path / "out")

    assert made.copied
    assert streams(made.path)["audio"]["codec_name"] == "aac"


def test_rendition_encodes_what_a_browser_recorded(webcam, tmp_path):
    heard: list[float] = []

    made = make_rendition(webcam, probe(webcam), tmp_path, progress=heard.append)

    video = streams(made.path)["video"]
    assert (video["codec_name"], video["pix_fmt"], made.copied) == ("h264", "yuv420p", False)
    assert made.duration == pytest.approx(4, abs=0.2)
    assert heard[-1] == pytest.approx(4, abs=0.5)


def test_rendition_encodes_avi_whose_timestamps_are_incomplete(talk, tmp_path):
    old = shoot(tmp_path / "talk.avi", "-i", talk, "-c", "copy")

    assert not make_rendition(old, probe(old), tmp_path / "out").copied


def test_rendition_is_no_higher_than_1080_lines(tmp_path):
    coding = [*QUICK, "-c:a", "aac"]
    large = shoot(tmp_path / "large.mp4", *picture(1, "2560x1440", 2), *sound(1), *coding)

    made = make_rendition(large, probe(large), tmp_path)

    assert (made.width, made.height, made.copied) == (1920, 1080, False)


def test_rendition_has_even_sides_and_plain_colours(tmp_path):
    odd = shoot(
        tmp_path / "odd.mkv",
        *(*picture(1, "321x181"), *sound(1)),
        *("-c:v", "libx264", "-pix_fmt", "yuv444p10le", "-c:a", "aac"),
    )

    made = make_rendition(odd, probe(odd), tmp_path)

    assert (made.width, made.height) == (320, 180)
    assert streams(made.path)["video"]["pix_fmt"] == "yuv420p"


def test_rendition_stands_upright_where_the_upload_is_turned(talk, tmp_path):
    phone = shoot(tmp_path / "phone.mp4", "-i", talk, "-c", "copy", "-metadata:s:v", "rotate=90")

    made = make_rendition(phone, probe(phone), tmp_path)

    assert (made.width, made.height) == (180, 320)
    assert probe(made.path).video.rotation == 0


def test_rendition_has_square_pixels(tmp_path):
    pal = shoot(
        tmp_path / "pal.mkv",
        *(*picture(1, "720x576"), *sound(1), "-vf", "setsar=64/45,setfield=tff"),
        *("-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-c:a", "mp2"),
    )
    assert probe(pal).video.interlaced

    made = make_rendition(pal, probe(pal), tmp_path)

    assert (made.width, made.height) == (1024, 576)


def test_rendition_leaves_titles_and_places_behind(talk, tmp_path):
    named = shoot(
        tmp_path / "named.mp4",
        *("-i", talk, "-c", "copy", "-metadata", "title=Private", "-metadata", "location=+52+13/"),
    )

    made = make_rendition(named, probe(named), tmp_path)

    assert b"Private" not in made.path.read_bytes()
    assert b"+52+13" not in made.path.read_bytes()


@pytest.mark.parametrize(("ending", "copied"), [("mp3", False), ("wav", False), ("m4a", True)])
def test_rendition_of_sound_alone_is_an_m4a(ending, copied, tmp_path):
    source = shoot(tmp_path / f"sound.{ending}", *sound(3))

    made = make_rendition(source, probe(source), tmp_path / "out")

    assert (made.kind, made.mime, made.copied) == ("audio", "audio/mp4", copied)
    assert (made.path.name, made.width, made.height) == ("audio.m4a", None, None)
    assert streams(made.path)["audio"]["codec_name"] == "aac"


@pytest.mark.parametrize("channels", [6, 10])
def test_rendition_mixes_many_channels_into_two(channels, tmp_path):
    source = shoot(
        tmp_path / "mixer.wav",
        *("-f", "lavfi", "-i", f"aevalsrc={'|'.join(['sin(2765*t)'] * channels)}:d=2"),
    )
    assert probe(source).audio.channels == channels

    made = make_rendition(source, probe(source), tmp_path)

    assert streams(made.path)["audio"]["channels"] == 2


def test_rendition_takes_the_default_audio_track(tmp_path):
    source = shoot(
        tmp_path / "tracks.mkv",
        *(*picture(2), *sound(2), "-f", "lavfi", "-i", "sine=d=2,aformat=channel_layouts=stereo"),
        *("-map", "0", "-map", "1", "-map", "2", *QUICK, "-c:a", "flac"),
        *("-disposition:a:0", "0", "-disposition:a:1", "default"),
    )

    made = make_rendition(source, probe(source), tmp_path)

    assert streams(made.path)["audio"]["channels"] == 2


def test_rendition_of_a_file_that_breaks_off_is_refused(talk, tmp_path):
    whole = shoot(tmp_path / "whole.ts", "-i", talk, "-c:v", "mpeg2video", "-c:a", "mp2")
    info = probe(whole)
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 4])

    with pytest.raises(Truncated, match="whole.ts"):
        make_rendition(whole, info, tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []


def test_rendition_that_is_cancelled_leaves_nothing(webcam, tmp_path):
    with pytest.raises(Cancelled):
        make_rendition(webcam, probe(webcam), tmp_path, cancelled=lambda: True)

    assert list(tmp_path.iterdir()) == []
    assert processes_naming(str(tmp_path)) == []


def test_rendition_on_a_full_disk_says_so_and_goes_on_after(talk, tmp_path, tiny_disk):
    film = shoot(
        tmp_path / "film.mkv",
        *("-f", "lavfi", "-i", "nullsrc=s=640x360:r=10:d=4,geq=random(1)*255:128:128"),
        *(*sound(4), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-c:a", "aac"),
        *("-pix_fmt", "yuv420p"),
    )
    info = probe(film)
    assert info.size > 3_000_000
    earlier = tiny_disk / "earlier.mp4"
    earlier.write_bytes(talk.read_bytes())

    with pytest.raises(NoSpace) as caught:
        make_rendition(film, info, tiny_disk)

    assert caught.value.reason == "no_space"
    assert list(tiny_disk.iterdir()) == [earlier]
    assert earlier.read_bytes() == talk.read_bytes()
    assert make_rendition(talk, probe(talk), tiny_disk).path.exists()


def test_rendition_names_the_file_as_its_owner_knows_it(talk, tmp_path):
    info = probe(talk, name="Vortrag.mp4")
    broken = tmp_path / "0a1b.mp4"
    broken.write_bytes(bytes(1000))

    with pytest.raises(MediaError, match="Vortrag.mp4"):
        make_rendition(broken, info, tmp_path / "out")
