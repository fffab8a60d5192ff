"""What sizes and previews cost beside the MP4 that plays: time, space, and requests.

    python -m bench.streaming [--quick] [--json FILE]

Videos of 1080 lines are made by ffmpeg: one that moves everywhere, as hard as a picture gets, and one of
slides that change each ten seconds, as talks are. Each is uploaded as MP4, whose video the rendition
copies, and as AVI, which it has to encode. All times of a row are from one run, one after the other.

mp4_s, ladder_s, previews_s   seconds of work for each minute of video
ladder_over_mp4               of their times
space                         bytes of ladder and previews for each byte of the MP4
"""

import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from archive.actions.migrate import migrate
from archive.app import create_app
from archive.models.programme import Event, Session, Visibility
from archive.models.recording import Recording, Rendition, RenditionKind, State
from archive.wiring import make_parts
from bench.report import bench_arguments, print_table, write_json
from config import Settings
from media.hls import MIME, Ladder, make_ladder
from media.probe import probe
from media.renditions import make_rendition
from media.sprites import make_sprites

PICTURES = {
    "moves": "testsrc2=size=1920x1080:rate=25:duration={seconds}",
    "slides": "testsrc2=size=1920x1080:rate=1/10:duration={seconds},fps=25",
}
SEGMENTS = 400  # requests
AT_ONCE = 8  # of them


def main() -> None:
    arguments = bench_arguments(__doc__)
    seconds = 20 if arguments.quick else 120
    rows = []
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as given:
        for picture in PICTURES:
            for container in ("mp4", "avi"):
                place = Path(given) / f"{picture}-{container}"
                place.mkdir()
                row, ladder = _measured(place, picture, container, seconds)
                rows.append(row)
        served = _served_segments(Path(given) / "home", ladder)
    print_table(rows)
    print(f"segments a second, {AT_ONCE} at once: {served:.0f}")
    write_json(arguments.json, {"rows": rows, "segments_per_second": round(served)})


def _measured(
    place: Path, picture: str, container: str, seconds: int
) -> tuple[dict[str, Any], Ladder]:
    upload = _filmed(place / f"upload.{container}", picture, seconds)
    info = probe(upload)
    took: dict[str, float] = {}
    with _clock(took, "mp4"):
        mp4 = make_rendition(upload, info, place)
    info = probe(mp4.path)
    with _clock(took, "previews"):
        previews = make_sprites(mp4.path, info, place / "sprites")
    with _clock(took, "ladder"):
        ladder = make_ladder(mp4.path, info, place / "hls")
    minutes = seconds / 60
    row = {
        "picture": picture,
        "mp4": "copied" if mp4.copied else "encoded",
        "mp4_s": round(took["mp4"] / minutes, 2),
        "ladder_s": round(took["ladder"] / minutes, 2),
        "previews_s": round(took["previews"] / minutes, 2),
        "ladder_over_mp4": round(took["ladder"] / took["mp4"], 2),
        "copied_top": ladder.sizes[0].copied,
        "space": round((ladder.size + previews.size) / mp4.size, 2),
    }
    return row, ladder


def _filmed(path: Path, picture: str, seconds: int) -> Path:
    """A video of 1080 lines with a key frame each four seconds, as cameras and encoders write them."""
    source = PICTURES[picture].format(seconds=seconds)
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-g", "100", "-pix_fmt", "yuv420p"]
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", source]
        + ["-f", "lavfi", "-i", f"sine=duration={seconds}", *coding, "-c:a", "aac", str(path)],
        check=True,
    )
    return path


@contextmanager
def _clock(took: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took[name] = time.perf_counter() - began


def _served_segments(home: Path, ladder: Ladder) -> float:
    """Segments of the smallest size a second, as a visitor's player asks for them."""
    parts = make_parts(Settings(home=home, database_url=""))
    migrate(parts.engine)
    for name in ladder.files:
        shutil.copy(ladder.folder / name, home / name)
        parts.store.put(home / name, f"renditions/1/hls-1/{name}")
    day = date(2026, 1, 1)
    with parts.sessions.begin() as db:
        event = Event(slug="bench", title="-", starts_on=day, ends_on=day, timezone="UTC")
        session = Session(
            slug="bench", title="-", event=event, kind="talk", visibility=Visibility.PUBLIC
        )
        recording = Recording(
            session=session,
            original_name="-",
            key="-",
            size=1,
            fingerprint="-",
            model="small",
            state=State.READY,
        )
        recording.renditions = [
            Rendition(
                kind=RenditionKind.HLS,
                key="renditions/1/hls-1/master.m3u8",
                mime=MIME,
                size=ladder.size,
                details={"files": list(ladder.files), "heights": []},
            )
        ]
        db.add(recording)
    app = create_app(parts, secret_key="-", secure_cookies=False, trusted_proxies=0)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    smallest = ladder.sizes[-1]
    address = f"http://127.0.0.1:{server.server_port}/media/1/hls/{smallest.height}.mp4"
    last = len(smallest.track.head) + smallest.track.segments[0].size - 1
    asked = urllib.request.Request(address, headers={"Range": f"bytes=0-{last}"})

    def fetch(_: int) -> int:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return len(answer.read())

    fetch(0)
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as players:
        sizes = set(players.map(fetch, range(SEGMENTS)))
    took = time.perf_counter() - began
    server.shutdown()
    parts.engine.dispose()
    if sizes != {last + 1}:
        raise RuntimeError(f"segments of {sizes} bytes, not {last + 1}")
    return SEGMENTS / took


if __name__ == "__main__":
    main()
