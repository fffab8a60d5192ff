"""Opening a session's page in a browser, and asking its video where it is."""

import time

from playwright.sync_api import Page, expect


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("[data-transcript][data-words=ready]")).to_be_attached()
    wait_until(page, "document.querySelector('video').readyState >= 1")
    return page


def wait_until(page: Page, condition: str) -> None:
    """Waits for a condition in JavaScript; asked from here, for the pages allow no eval."""
    deadline = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never true: {condition}"
        page.wait_for_timeout(50)


def time_of(page: Page) -> float:
    return page.evaluate("document.querySelector('video').currentTime")


def seek(page: Page, time: float) -> None:
    page.evaluate("time => { document.querySelector('video').currentTime = time }", time)


def plays_the_stream(page: Page) -> None:
    """Waits until the video comes in several sizes."""
    wait_until(page, "document.querySelector('video').src.startsWith('blob:')")
    wait_until(page, "document.querySelector('video').readyState >= 3")
