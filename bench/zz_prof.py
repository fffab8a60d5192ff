import json, sys, tempfile, time
from pathlib import Path
from bench.session_page import *
from bench.session_page import _podium, _served, _browser, _opened, _wait_until_quiet
def main():
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        cues = long_session()
        write_long_video(folder / VIDEO)
        with _served(_podium(folder / "home", cues, folder / VIDEO)) as podium, _browser() as browser:
            address = f"{podium}/sessions/long"
            for run in range(3):
              with _opened(browser) as (page, tools):
                tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
                if run == 2:
                    browser.start_tracing(page=page, path="/tmp/trace.json", categories=["devtools.timeline","v8.execute","disabled-by-default-devtools.timeline","blink.user_timing","loading","disabled-by-default-v8.cpu_profiler"])
                page.goto(address, wait_until="load", timeout=PATIENCE)
                _wait_until_quiet(page)
                if run == 2: browser.stop_tracing()
                print(page.evaluate("""() => ({tasks: window.tasks.map(Math.round), nav: (() => { const n = performance.getEntriesByType('navigation')[0]; return [n.responseStart, n.responseEnd, n.domInteractive, n.domContentLoadedEventEnd, n.loadEventEnd].map(Math.round)})(), fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime, res: performance.getEntriesByType('resource').map(r => [r.name.split('/').pop(), Math.round(r.startTime), Math.round(r.responseEnd)])})"""))
main()
