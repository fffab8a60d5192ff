import pytest

from media.errors import FfmpegFailed
from media.probe import probe
from media.stills import make_poster
from tests.media.studio import QUICK, grey, picture, shoot, sound, streams


def test_poster_is_a_jpeg_of_the_video(talk, tmp_path):
    poster = make_poster(talk, probe(talk), tmp_path / "poster.jpg")

    assert poster == tmp_path / "poster.jpg"
    assert poster.read_bytes()[:3] == b"\xff\xd8\xff"
    assert (streams(poster)["video"]["width"], streams(poster)["video"]["height"]) == (320, 180)
    assert grey(poster).std() > 20
    assert list(tmp_path.iterdir()) == [poster]


def test_poster_is_at_most_1280_wide(tmp_path):
    large = shoot(tmp_path / "large.mp4", *picture(1, "1920x1080", 2), *sound(1), *QUICK)

    poster = make_poster(large, probe(large), tmp_path / "poster.jpg")

    assert (streams(poster)["video"]["width"], streams(poster)["video"]["height"]) == (1280, 720)


def test_poster_passes_over_a_black_beginning(tmp_path):
    dark = "color=black:s=320x180:r=10:d=7[a];testsrc2=s=320x180:r=10:d=13[b];[a][b]concat"
    film = shoot(tmp_path / "film.mp4", "-f", "lavfi", "-i", dark, *sound(20), *QUICK)
    assert grey(film).std() < 1

    assert grey(make_poster(film, probe(film), tmp_path / "poster.jpg")).std() > 20


def test_poster_of_a_video_that_is_black_throughout_is_black(tmp_path):
    dark = ["-f", "lavfi", "-i", "color=black:s=320x180:r=10:d=3"]
    film = shoot(tmp_path / "film.mp4", *dark, *sound(3), *QUICK)

    assert grey(make_poster(film, probe(film), tmp_path / "poster.jpg")).std() < 1


def test_poster_stands_upright(talk, tmp_path):
    turned = ["-c", "copy", "-metadata:s:v", "rotate=90"]
    phone = shoot(tmp_path / "phone.mp4", "-i", talk, *turned)

    poster = make_poster(phone, probe(phone), tmp_path / "poster.jpg")

    assert (streams(poster)["video"]["width"], streams(poster)["video"]["height"]) == (180, 320)


def test_poster_of_a_broken_video_fails_and_leaves_nothing(talk, tmp_path):
    info = probe(talk)
    folder = tmp_path / "out"
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(1000))

    with pytest.raises(FfmpegFailed):
        make_poster(broken, info, folder / "poster.jpg")

    assert list(folder.iterdir()) == []


def test_poster_of_sound_alone_is_a_mistake_of_the_caller(podcast, tmp_path):
    with pytest.raises(ValueError, match="no picture"):
        make_poster(podcast, probe(podcast), tmp_path / "poster.jpg")
