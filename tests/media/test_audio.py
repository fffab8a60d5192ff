import struct
from pathlib import Path

import numpy as np
import pytest

from media.audio import SAMPLE_RATE, extract_speech, open_speech
from media.errors import Cancelled, MediaError, NoSpace, NotMedia, Truncated
from media.probe import probe
from tests.media.studio import QUICK, picture, shoot, sound, streams


def loudness(samples: np.ndarray, start: float, end: float) -> float:
    """Root mean square of a stretch given in seconds."""
    part = samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)].astype(float)
    return float(np.sqrt((part**2).mean()))


def speech(source: Path, folder: Path) -> np.ndarray:
    return open_speech(extract_speech(source, folder / "speech.wav", info=probe(source)))


def test_speech_is_16_khz_mono_16_bit(talk, tmp_path):
    heard: list[float] = []

    path = extract_speech(talk, tmp_path / "speech.wav", info=probe(talk), progress=heard.append)

    track = streams(path)["audio"]
    assert (track["codec_name"], track["channels"], track["sample_rate"]) == (
        "pcm_s16le",
        1,
        "16000",
    )
    assert list(tmp_path.iterdir()) == [path]
    assert heard[-1] == pytest.approx(6, abs=0.2)


def test_speech_is_mapped_into_memory_and_sounds_as_it_should(talk, tmp_path):
    samples = speech(talk, tmp_path)

    assert isinstance(samples, np.memmap)
    assert samples.dtype == np.int16
    assert len(samples) / SAMPLE_RATE == pytest.approx(6, abs=0.1)
    tone = np.abs(np.fft.rfft(samples[SAMPLE_RATE : 2 * SAMPLE_RATE].astype(float)))
    assert tone.argmax() == 440


def test_speech_that_starts_late_keeps_its_time(tmp_path):
    late = shoot(
        tmp_path / "late.mkv",
        *(*picture(6), "-itsoffset", "2", *sound(4), *QUICK, "-c:a", "aac"),
    )

    samples = speech(late, tmp_path)

    assert loudness(samples, 0, 1.8) < 1
    assert loudness(samples, 2.2, 5.8) > 500


def test_speech_with_a_hole_keeps_its_time(tmp_path):
    whole = shoot(tmp_path / "whole.mkv", *sound(6), "-c:a", "pcm_s16le")
    holed = shoot(
        tmp_path / "holed.mkv",
        *("-i", whole, "-c", "copy", "-bsf:a", "noise=drop='between(pts*tb,2,4)'"),
    )

    samples = speech(holed, tmp_path)

    assert loudness(samples, 2.3, 3.7) < 1
    assert loudness(samples, 4.3, 5.8) > 500


@pytest.mark.parametrize("channels", [2, 6, 8, 10])
def test_speech_is_mixed_from_every_channel(channels, tmp_path):
    tones = ["0"] * (channels - 1) + ["0.5*sin(2765*t)"]
    source = ["-f", "lavfi", "-i", f"aevalsrc={'|'.join(tones)}:d=2"]
    path = shoot(tmp_path / "mixer.wav", *source)

    assert loudness(speech(path, tmp_path), 0.5, 1.5) > 100


def test_speech_is_made_of_the_default_track(tmp_path):
    path = shoot(
        tmp_path / "tracks.mkv",
        *(*sound(2), "-f", "lavfi", "-i", "anullsrc=d=2", "-map", "0", "-map", "1"),
        *("-c:a", "flac", "-disposition:a:0", "0", "-disposition:a:1", "default"),
    )

    assert loudness(speech(path, tmp_path), 0.5, 1.5) < 1


def test_speech_of_which_much_cannot_be_decoded_is_refused(tmp_path):
    path = shoot(tmp_path / "blank.mp4", *sound(20), "-c:a", "aac", "-movflags", "+faststart")
    info = probe(path)
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half:] = bytes(len(content) - half)
    path.write_bytes(content)

    with pytest.raises(Truncated, match="blank.mp4"):
        extract_speech(path, tmp_path / "speech.wav", info=info)

    assert list(tmp_path.iterdir()) == [path]


def test_speech_that_is_cancelled_leaves_nothing(talk, tmp_path):
    with pytest.raises(Cancelled):
        extract_speech(talk, tmp_path / "speech.wav", info=probe(talk), cancelled=lambda: True)

    assert list(tmp_path.iterdir()) == []


def test_speech_on_a_full_disk_says_so_and_leaves_nothing(tmp_path, tiny_disk):
    long = shoot(tmp_path / "long.mp3", *sound(120), "-b:a", "32k")

    with pytest.raises(NoSpace, match="long.mp3"):
        extract_speech(long, tiny_disk / "speech.wav", info=probe(long))

    assert list(tiny_disk.iterdir()) == []


def chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
    return name + struct.pack("<I", len(content) if length is None else length) + content


FORMAT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 16_000, 32_000, 2, 16))


def wav(path: Path, kind: bytes, *chunks: bytes) -> Path:
    path.write_bytes(kind + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + b"".join(chunks))
    return path


def test_open_speech_skips_other_chunks(tmp_path):
    samples = struct.pack("<3h", 1, -2, 3)
    listed = chunk(b"LIST", b"odd") + b"\0"
    path = wav(tmp_path / "a.wav", b"RIFF", FORMAT, listed, chunk(b"data", samples), b"LISTrest")

    assert open_speech(path).tolist() == [1, -2, 3]


def test_open_speech_takes_the_length_of_an_rf64_from_its_own_chunk(tmp_path):
    samples = struct.pack("<3h", 1, -2, 3)
    sizes = chunk(b"ds64", struct.pack("<QQQI", 100, len(samples), 3, 0))
    data = chunk(b"data", samples, length=0xFFFFFFFF)
    path = wav(tmp_path / "a.wav", b"RF64", sizes, FORMAT, data, b"LISTrest")

    assert open_speech(path).tolist() == [1, -2, 3]


def test_open_speech_reads_what_ffmpeg_writes_as_rf64(talk, tmp_path):
    arguments = ["-i", talk, "-vn", "-ac", "1", "-ar", "16000", "-rf64", "always"]
    path = shoot(tmp_path / "a.wav", *arguments)
    assert path.read_bytes()[:4] == b"RF64"

    assert len(open_speech(path)) / SAMPLE_RATE == pytest.approx(6, abs=0.1)


def test_open_speech_refuses_other_sound(tmp_path):
    stereo = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16))

    with pytest.raises(NotMedia, match="16 kHz"):
        open_speech(wav(tmp_path / "a.wav", b"RIFF", stereo, chunk(b"data", bytes(400))))
    with pytest.raises(NotMedia, match="WAV"):
        open_speech(wav(tmp_path / "b.wav", b"OggS"))


def test_open_speech_refuses_a_file_shorter_than_it_says(tmp_path):
    path = wav(tmp_path / "a.wav", b"RIFF", FORMAT, chunk(b"data", bytes(100), length=1000))

    with pytest.raises(MediaError) as caught:
        open_speech(path)

    assert caught.value.reason == "truncated"
