import json
from dataclasses import asdict
from pathlib import Path

import pytest

from media.errors import MediaError
from media.probe import probe
from tests.media.studio import QUICK, picture, shoot, sound


def refused(path: Path, name: str | None = None) -> MediaError:
    with pytest.raises(MediaError) as caught:
        probe(path, name=name)
    assert (name or path.name) in str(caught.value)
    return caught.value


def test_probe_tells_what_a_video_is(talk):
    info = probe(talk, name="Mein Vortrag.mp4")

    assert info.name == "Mein Vortrag.mp4"
    assert info.duration == pytest.approx(6, abs=0.1)
    assert info.size == talk.stat().st_size
    assert (info.video.codec, info.video.width, info.video.height) == ("h264", 320, 180)
    assert (info.video.fps, info.video.pixel_format, info.video.rotation) == (10.0, "yuv420p", 0)
    assert (info.audio.codec, info.audio.channels, info.audio.sample_rate) == ("aac", 1, 44100)
    assert json.loads(json.dumps(asdict(info)))["video"]["codec"] == "h264"


def test_probe_tells_what_a_sound_file_is(podcast):
    info = probe(podcast)

    assert info.video is None
    assert info.audio.codec == "mp3"
    assert info.duration == pytest.approx(4, abs=0.1)


def test_probe_counts_packets_where_the_container_declares_no_length(webcam):
    info = probe(webcam)

    assert info.duration == pytest.approx(4, abs=0.1)
    assert (info.video.codec, info.audio.codec) == ("vp8", "opus")


def test_probe_measures_raw_aac_whose_bit_rate_changes(tmp_path):
    source = ["-f", "lavfi", "-i", "anoisesrc=d=4", "-f", "lavfi", "-i", "anullsrc=d=8"]
    mix = ["-filter_complex", "[0][1]concat=v=0:a=1", "-c:a", "aac"]
    path = shoot(tmp_path / "raw.aac", *source, *mix)

    assert probe(path).duration == pytest.approx(12, abs=0.2)


def test_probe_goes_by_content_where_the_ending_is_wrong(talk, tmp_path):
    renamed = tmp_path / "talk.txt"
    renamed.write_bytes(talk.read_bytes())

    assert probe(renamed).video.codec == "h264"


def test_probe_takes_a_cover_for_no_video(podcast, tmp_path):
    cover = shoot(tmp_path / "cover.png", *picture(1), "-frames:v", "1")
    path = shoot(
        tmp_path / "covered.mp3",
        *("-i", podcast, "-i", cover, "-map", "0", "-map", "1"),
        *("-c", "copy", "-disposition:v", "attached_pic"),
    )

    assert probe(path).video is None


def test_probe_reads_rotation(talk, tmp_path):
    path = shoot(tmp_path / "phone.mp4", "-i", talk, "-c", "copy", "-metadata:s:v", "rotate=90")

    video = probe(path).video

    assert video.rotation in (90, 270)
    assert video.shown == (180, 320)


def test_probe_reads_the_shape_of_pixels(tmp_path):
    path = shoot(
        tmp_path / "pal.mp4",
        *(*picture(1, "720x576"), *sound(1), "-vf", "setsar=64/45", *QUICK),
    )

    assert probe(path).video.shown == (1024, 576)


def test_probe_takes_the_default_audio_track(tmp_path):
    path = shoot(
        tmp_path / "tracks.mkv",
        *(*picture(2), *sound(2), *sound(2), "-map", "0", "-map", "1", "-map", "2"),
        *(*QUICK, "-c:a:0", "aac", "-c:a:1", "flac"),
        *("-disposition:a:0", "0", "-disposition:a:1", "default"),
    )

    audio = probe(path).audio

    assert (audio.index, audio.codec) == (2, "flac")


def test_probe_accepts_subtitles_beside_the_media(talk, tmp_path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nGuten Tag\n")
    path = shoot(tmp_path / "subtitled.mkv", "-i", talk, "-i", words, "-c:v", "copy")

    assert probe(path).audio.codec == "vorbis"


def test_probe_accepts_sound_that_ends_before_the_picture(tmp_path):
    path = shoot(tmp_path / "applause.mp4", *picture(30), *sound(3), *QUICK)

    assert probe(path).duration == pytest.approx(30, abs=0.2)


def test_probe_refuses_an_empty_file(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()

    assert refused(path).reason == "empty_file"


@pytest.mark.parametrize("content", [b"Sehr geehrte Damen und Herren", b"%PDF-1.7\n", bytes(5000)])
def test_probe_refuses_what_is_no_media(content, tmp_path):
    path = tmp_path / "letter.mp4"
    path.write_bytes(content)

    assert refused(path, "Brief.mp4").reason == "not_media"


def test_probe_refuses_a_picture_named_as_video(photo, tmp_path):
    path = tmp_path / "photo.mp4"
    path.write_bytes(photo.read_bytes())

    error = refused(path)

    assert (error.reason, error.details["kind"]) == ("image", "JPEG")


def test_probe_refuses_video_without_sound(silent_film):
    assert refused(silent_film).reason == "no_audio"


def test_probe_refuses_codecs_that_are_not_accepted(tmp_path):
    coding = ["-c:v", "magicyuv", "-c:a", "pcm_s16le"]
    path = shoot(tmp_path / "magic.mkv", *picture(1), *sound(1), *coding)

    error = refused(path)

    assert (error.reason, error.details["codec"]) == ("unsupported_codec", "magicyuv")


CUT = {
    "index_at_the_end.mp4": [*QUICK, "-c:a", "aac"],
    "index_in_front.mp4": [*QUICK, "-c:a", "aac", "-movflags", "+faststart"],
    "fragments.mp4": [*QUICK, "-c:a", "aac", "-movflags", "+frag_keyframe", "-g", "10"],
    "film.mov": [*QUICK, "-c:a", "pcm_s16le"],
    "film.mkv": [*QUICK, "-c:a", "aac"],
    "film.webm": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
    "film.avi": ["-c:v", "mpeg4", "-c:a", "mp3"],
    "sound.wav": ["-vn"],
    "sound.flac": ["-vn"],
    "film.flv": [*QUICK, "-c:a", "aac"],
}


@pytest.mark.parametrize("name", CUT)
def test_probe_accepts_a_whole_file_and_refuses_it_cut_off(name, tmp_path):
    whole = shoot(tmp_path / name, *picture(12), *sound(12), *CUT[name])
    assert probe(whole).duration == pytest.approx(12, abs=0.3)
    content = whole.read_bytes()

    whole.write_bytes(content[: int(len(content) * 0.6)])

    assert refused(whole).reason == "truncated"


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{secret}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile {secret}\n",
    "dash": """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT6S"
 profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4">
<Representation id="1" bandwidth="1"><BaseURL>{secret}</BaseURL></Representation>
</AdaptationSet></Period></MPD>""",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_probe_refuses_a_playlist_that_names_another_file(kind, talk, tmp_path):
    (tmp_path / "secret.mp4").write_bytes(talk.read_bytes())
    path = tmp_path / "talk.mp4"
    path.write_text(PLAYLISTS[kind].format(secret="secret.mp4"))

    assert refused(path).reason == "playlist"
