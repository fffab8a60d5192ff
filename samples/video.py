"""Slides drawn with Pillow, and ffmpeg to join them with the sound into a small MP4."""

import functools
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from samples.programme import programme
from samples.scripts import AUDIENCE, Script, Slide
from samples.speech import SAMPLE_RATE

WIDTH, HEIGHT, FRAMES_PER_SECOND = 1280, 720, 10
PAPER, INK, SOFT, LINE, ACCENT, ON_ACCENT = (
    "#faf9f5",
    "#1b1a17",
    "#55514a",
    "#dcd7cb",
    "#0b4f5c",
    "#ffffff",
)
_SERIF, _SANS, _BOLD = ("DejaVuSerif.ttf", "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf")
ROLES = {
    "de": {"moderator": "Moderation", "panelist": "Podium", "speaker": "Vortrag"},
    "en": {"speaker": "Talk"},
}


def render(
    script: Script, sound: NDArray[np.float32], truth: dict[str, Any], destination: Path
) -> None:
    """Write the H.264/AAC MP4 of a script. `sound`: float32 at 16 kHz, shape (n,)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_wave(folder / "sound.wav", sound)
        pictures = _pictures(script, truth)
        lines = []
        for place, (start, end, image) in enumerate(pictures):
            image.save(folder / f"{place:03}.png")
            lines += [f"file '{place:03}.png'", f"duration {end - start:.3f}"]
        lines.append(f"file '{len(pictures) - 1:03}.png'")
        (folder / "slides.txt").write_text("\n".join(lines))
        _encode(folder, truth["seconds"], destination)


def _encode(folder: Path, seconds: float, destination: Path) -> None:
    unfinished = destination.with_suffix(".part.mp4")
    subprocess.run(
        [
            "ffmpeg",
            "-nostdin",
            "-y",
            "-loglevel",
            "error",
            "-f",
            "concat",
            "-i",
            str(folder / "slides.txt"),
            "-i",
            str(folder / "sound.wav"),
            "-r",
            str(FRAMES_PER_SECOND),
            "-c:v",
            "libx264",
            "-preset",
            "slow",
            "-tune",
            "stillimage",
            "-crf",
            "24",
            "-g",
            str(FRAMES_PER_SECOND * 4),
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-b:a",
            "64k",
            "-ar",
            "44100",
            "-ac",
            "1",
            "-t",
            f"{seconds:.2f}",
            "-map_metadata",
            "-1",
            "-fflags",
            "+bitexact",
            "-movflags",
            "+faststart",
            str(unfinished),
        ],
        check=True,
    )
    unfinished.replace(destination)


def _write_wave(path: Path, sound: NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def _pictures(script: Script, truth: dict[str, Any]) -> list[tuple[float, float, Image.Image]]:
    """(start, end, picture) from 0 s to the end; a picture holds until the next begins."""
    sentences = truth["sentences"]
    draw = _panel_picture if len(_session(script)["line_up"]) > 1 else _talk_picture
    starts = [0.0, *(max(0.0, sentence["start"] - 0.3) for sentence in sentences[1:])]
    ends = [*starts[1:], truth["seconds"]]
    return [
        (start, end, draw(script, place, end / truth["seconds"]))
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _talk_picture(script: Script, line: int, progress: float) -> Image.Image:
    image, pen = _page(script, progress)
    slide = _slide_at(script, line)
    session = _session(script)
    person = _person(session["line_up"][0]["person"])
    if not slide.points:
        pen.text((96, 210), _wrapped(slide.heading, 26), INK, _font(_SERIF, 64), spacing=16)
        lines = slide.heading and _wrapped(slide.heading, 26).count("\n")
        below = 320 + 80 * lines
        pen.text((96, below), session["subtitle"], SOFT, _font(_SANS, 32))
        pen.text((96, below + 92), person["name"], ACCENT, _font(_BOLD, 34))
        pen.text((96, below + 138), person["affiliation"], SOFT, _font(_SANS, 28))
        return image
    pen.text((96, 150), slide.heading, INK, _font(_SERIF, 52))
    for place, point in enumerate(slide.points):
        top = 282 + 88 * place
        pen.line((96, top + 22, 128, top + 22), ACCENT, 4)
        pen.text((156, top), point, INK, _font(_SANS, 38))
    pen.text((96, 594), f"{person['name']}, {person['affiliation']}", SOFT, _font(_SANS, 24))
    return image


def _panel_picture(script: Script, line: int, progress: float) -> Image.Image:
    image, pen = _page(script, progress)
    session = _session(script)
    pen.text((96, 130), session["title"], INK, _font(_SERIF, 52))
    pen.text((96, 206), session["subtitle"], SOFT, _font(_SANS, 30))
    speaker = script.lines[line].speaker
    for place, appearance in enumerate(session["line_up"]):
        person = _person(appearance["person"])
        _name_plate(
            pen,
            96 + place * 276,
            person["name"],
            ROLES[script.language][appearance["role"]],
            person["slug"] == speaker,
        )
    if speaker == AUDIENCE:
        pen.rounded_rectangle((96, 538, 1184, 610), 8, ACCENT)
        pen.text((640, 574), "Frage aus dem Publikum", ON_ACCENT, _font(_BOLD, 30), anchor="mm")
    return image


def _name_plate(pen: ImageDraw.ImageDraw, left: int, name: str, role: str, speaks: bool) -> None:
    box = (left, 300, left + 260, 510)
    if speaks:
        pen.rounded_rectangle(box, 8, ACCENT)
    else:
        pen.rounded_rectangle(box, 8, "#ffffff", LINE, 2)
    first, last = name.split(" ", 1)
    main, soft = (ON_ACCENT, "#d5e3e8") if speaks else (INK, SOFT)
    pen.text((left + 24, 330), first, main, _font(_SERIF, 36))
    pen.text((left + 24, 376), last, main, _font(_SERIF, 36))
    pen.text((left + 24, 456), role, soft, _font(_SANS, 24))


def _page(script: Script, progress: float) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((96, 56), programme()["event"]["title"], SOFT, _font(_BOLD, 22))
    pen.line((96, 96, WIDTH - 96, 96), LINE, 2)
    note = {
        "de": "Beispiel mit erfundenen Personen und synthetischen Stimmen",
        "en": "A sample with invented people and synthetic voices",
    }[script.language]
    pen.text((96, 658), note, SOFT, _font(_SANS, 20))
    pen.line((96, 642, WIDTH - 96, 642), LINE, 2)
    pen.line((96, 642, 96 + (WIDTH - 192) * progress, 642), ACCENT, 4)
    return image, pen


def _slide_at(script: Script, line: int) -> Slide:
    return [slide for slide in script.slides if slide.line <= line][-1]


def _session(script: Script) -> dict[str, Any]:
    return _by_slug("sessions", script.slug)


def _person(slug: str) -> dict[str, Any]:
    return _by_slug("persons", slug)


def _by_slug(kind: str, slug: str) -> dict[str, Any]:
    return next(entry for entry in programme()[kind] if entry["slug"] == slug)


def _wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


@functools.cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(name, size)
