"""What a session of three hours and 30,000 words costs a browser, beside other transcript players.

    python -m bench.session_page [--quick] [--json FILE]

Podium's page, hyperaudio-lite and react-transcript-editor show the same words and the same video in
the same Chromium, one after the other, from the same server on this machine, compressed alike. A
page with the video alone shows what playing costs.

compressed_kb         the page and its transcript as they are sent until it plays; scripts, styles
                      and fonts apart (assets_kb)
interactive_ms_4x     from the request until nothing keeps the page busy for longer than 50 ms any
                      more, with the processor slowed down four times; the median of five loads, each
                      by a visitor who has nothing of it yet
first_ms_4x           the same for the load before these, with a server and a browser just started;
                      Podium's comes first and pays for more of the browser's start
follow_ms_per_frame   script, style and layout for each frame while it plays in the middle
heap_growth_mb        what an hour of playing adds to the JavaScript heap, at 16 times the speed
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask, send_from_directory
from flask_compress import Compress
from playwright.sync_api import Browser, CDPSession, Error, Page, sync_playwright
from werkzeug.serving import make_server

from archive.actions.migrate import migrate
from archive.actions.store_transcript import store_transcript
from archive.app import create_app
from archive.models.programme import Event, Session, Visibility
from archive.models.recording import Recording, Rendition, RenditionKind, State
from archive.wiring import make_parts
from bench.long_session import SECONDS, WORDS, long_session, write_long_video
from bench.peers import VIDEO, write_bare, write_editor, write_hyperaudio
from bench.report import bench_arguments, print_table, write_json
from config import Settings
from transcripts.cues import Cue

CHROMIUM = "/usr/bin/chromium"
WINDOW = {"width": 1440, "height": 900}
SLOWED = 4  # times
LOADS = 5
QUIET = 1_000  # ms without a long task: the page is done
PATIENCE = 90_000  # ms for a page to become quiet
FAST = 16.0  # times, the most that Chromium plays
HOUR = 3_600.0
MIB = 2**20
COLUMNS = (
    *("compressed_kb", "assets_kb", "interactive_ms_4x", "first_ms_4x"),
    *("follow_ms_per_frame", "heap_growth_mb", "played_s"),
)
TRANSCRIPTS = ("words.json", "transcript.vtt")
WATCH = """
window.tasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((task) =>
  window.tasks.push(task.startTime + task.duration))).observe({type: "longtask", buffered: true});
"""
COUNT = """
window.frames_seen = 0;
const seen = () => { window.frames_seen += 1; requestAnimationFrame(seen); };
requestAnimationFrame(seen);
"""


class NeverDone(Exception):
    """A page is still busy after a long time."""


def main() -> None:
    arguments = bench_arguments(__doc__)
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as given:
        folder = Path(given)
        cues = long_session()
        write_long_video(folder / VIDEO)
        peers = {
            "hyperaudio-lite": write_hyperaudio(folder, cues),
            "react-transcript-editor": write_editor(folder, cues),
            "video alone": write_bare(folder),
        }
        with (
            _served(_podium(folder / "home", cues, folder / VIDEO)) as podium,
            _served(_files(folder)) as files,
            _browser() as browser,
        ):
            addresses = {"podium": f"{podium}/sessions/long"}
            addresses |= {name: f"{files}/{page}" for name, page in peers.items()}
            rows = [_measured(browser, n, a, arguments.quick) for n, a in addresses.items()]
    print_table(rows)
    own = {key: value for key, value in rows[0].items() if key != "page"}
    own["session"] = {"seconds": SECONDS, "words": WORDS, "cues": len(cues), "rows": rows}
    write_json(arguments.json, own)


def _measured(browser: Browser, name: str, address: str, quick: bool) -> dict[str, Any]:
    try:
        first, *runs = [_loaded(browser, address) for _ in range(1 + LOADS)]
        played = _played(browser, address, quick)
    except (Error, NeverDone) as error:
        print(f"{name}: {str(error).splitlines()[0]}", flush=True)
        return {"page": name} | dict.fromkeys(COLUMNS)
    sent = first[0]
    row = {
        "page": name,
        "compressed_kb": sent["text"],
        "assets_kb": sent["assets"],
        "interactive_ms_4x": round(median(run[1] for run in runs)),
        "first_ms_4x": first[1],
        **played,
    }
    print(row, flush=True)
    return row


def _loaded(browser: Browser, address: str) -> tuple[dict[str, float], int]:
    """What was sent, and when the slowed page was done, ms after the request."""
    with _opened(browser) as (page, tools):
        sent = _count_bytes(tools)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.goto(address, wait_until="load", timeout=PATIENCE)
        _wait_until_quiet(page)
        done = page.evaluate(
            "() => Math.max(performance.timing.domInteractive - performance.timing.navigationStart,"
            " ...window.tasks)"
        )
        tools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        _play(page, 0.0, 1.0)
        page.wait_for_timeout(3_000)
        return {kind: round(size / 1024, 1) for kind, size in sent.items()}, round(done)


def _played(browser: Browser, address: str, quick: bool) -> dict[str, float]:
    """The cost of a frame in the middle, and what an hour adds to the heap."""
    with _opened(browser) as (page, tools):
        page.goto(address, wait_until="load", timeout=PATIENCE)
        _wait_until_quiet(page)
        tools.send("Performance.enable")
        _play(page, SECONDS / 2, 1.0)
        page.wait_for_timeout(3_000)  # words are fetched, the place is found
        page.evaluate(COUNT)
        before, frames = _work(tools), page.evaluate("window.frames_seen")
        page.wait_for_timeout(5_000 if quick else 20_000)
        worked, drawn = _work(tools) - before, page.evaluate("window.frames_seen") - frames
        _play(page, 60.0, FAST)
        page.wait_for_timeout(2_000)
        heap = _heap(tools)
        page.wait_for_timeout((160.0 if quick else HOUR) / FAST * 1_000)
        reached = page.evaluate("document.querySelector('video').currentTime")
        grown = _heap(tools) - heap
        return {
            "follow_ms_per_frame": round(worked * 1_000 / drawn, 3),
            "heap_growth_mb": round(grown / MIB, 2),
            "played_s": round(reached - 60.0),
        }


@contextmanager
def _opened(browser: Browser) -> Iterator[tuple[Page, CDPSession]]:
    context = browser.new_context(viewport=WINDOW, locale="de-DE")
    page = context.new_page()
    page.add_init_script(WATCH)
    yield page, context.new_cdp_session(page)
    context.close()


def _count_bytes(tools: CDPSession) -> dict[str, float]:
    """Bytes as they come: of the page and its transcript, and of what else it loads but media."""
    sent, kinds = {"text": 0.0, "assets": 0.0}, {}

    def told(event: dict[str, Any]) -> None:
        address = event["response"]["url"].partition("?")[0]
        text = event["type"] == "Document" or address.endswith(TRANSCRIPTS)
        media = event["type"] == "Media" or address.endswith(VIDEO)
        kinds[event["requestId"]] = "" if media else "text" if text else "assets"

    def finished(event: dict[str, Any]) -> None:
        if kinds.get(event["requestId"]):
            sent[kinds[event["requestId"]]] += event["encodedDataLength"]

    tools.on("Network.responseReceived", told)
    tools.on("Network.loadingFinished", finished)
    tools.send("Network.enable")
    return sent


def _wait_until_quiet(page: Page) -> None:
    for _ in range(PATIENCE // QUIET):  # asked from outside: the page's policy forbids eval
        page.wait_for_timeout(QUIET)
        last = page.evaluate("() => performance.now() - Math.max(0, ...window.tasks)")
        if last > QUIET:
            return
    raise NeverDone(f"busy for longer than {PATIENCE // 1_000} s")


def _play(page: Page, at: float, rate: float) -> None:
    page.evaluate(
        "async ([at, rate]) => { const video = document.querySelector('video'); video.muted = true;"
        " video.currentTime = at; video.playbackRate = rate; await video.play(); }",
        [at, rate],
    )


def _work(tools: CDPSession) -> float:
    """Seconds of script, style and layout since the page began."""
    told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return told["ScriptDuration"] + told["LayoutDuration"] + told["RecalcStyleDuration"]


def _heap(tools: CDPSession) -> float:
    """Bytes in use after the garbage is taken out."""
    tools.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return told["JSHeapUsedSize"]


def _podium(home: Path, cues: Sequence[Cue], video: Path) -> Flask:
    """An archive with one session of three hours."""
    parts = make_parts(Settings(home=home, database_url=""))
    migrate(parts.engine)
    copy = shutil.copyfile(video, home / "copy.mp4")
    size = copy.stat().st_size
    parts.store.put(copy, "renditions/1/video.mp4")
    with parts.sessions.begin() as db:
        day = date(2026, 6, 12)
        db.add(Event(slug="event", title="Event", starts_on=day, ends_on=day, timezone="UTC"))
        db.flush()
        db.add(
            Session(
                slug="long", event_id=1, title="Long", language="de", visibility=Visibility.PUBLIC
            )
        )
        db.flush()
        db.add(
            Recording(
                session_id=1,
                original_name=video.name,
                key="recordings/1/original.mp4",
                size=size,
                fingerprint="0" * 64,
                model="small",
                state=State.READY,
                progress=1.0,
                duration=SECONDS,
            )
        )
        db.flush()
        db.add(
            Rendition(
                recording_id=1,
                kind=RenditionKind.VIDEO,
                key="renditions/1/video.mp4",
                mime="video/mp4",
                width=160,
                height=90,
                duration=SECONDS,
                size=size,
            )
        )
        store_transcript(
            db, 1, cues, language="de", engine="faster-whisper 1.2.1", model="small", attempt=1
        )
    return create_app(parts, secret_key="bench", secure_cookies=False, trusted_proxies=0)


def _files(folder: Path) -> Flask:
    """The pages of the others, compressed as Podium's are."""
    app = Flask("peers")
    app.config.update(COMPRESS_ALGORITHM=("br", "zstd", "gzip"))
    Compress(app)
    app.add_url_rule(
        "/<path:name>", "file", lambda name: send_from_directory(folder, name, conditional=True)
    )
    return app


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
