"""The commands of the Makefile, each as the list of its steps."""

from collections.abc import Sequence

from setup import (
    browser,
    bundles,
    clean,
    debian,
    lock,
    packages,
    place,
    say,
    start,
    testing,
    translations,
)


def main(arguments: Sequence[str]) -> int:
    """Runs one command; its exit status. A `Stop` is one message for a person, never a traceback."""
    name, *rest = arguments or ["run"]
    if name not in COMMANDS:
        say.failed(f"There is no command {name}; there are {', '.join(COMMANDS)}.")
        return 2
    try:
        return COMMANDS[name](rest) or 0
    except say.Stop as stop:
        say.failed(str(stop))
        return 1
    except KeyboardInterrupt:
        say.failed("Stopped. What was begun is finished by the same command.")
        return 130


def run(_: Sequence[str]) -> int:
    """Everything set up, then web and worker until Ctrl-C."""
    port = _port()
    start.require_free_port(port)
    _set_up(packages.RUN)
    made_logins = start.prepare()
    return start.serve(port, show_logins=made_logins)


def test(arguments: Sequence[str]) -> int:
    """Everything set up, then all tests."""
    _set_up(packages.RUN)
    packages.install_requirements(packages.DEVELOP)
    browser.fetch_libraries(modules=True)
    testing.offer_programs()
    return testing.run_tests(arguments)


def lint(_: Sequence[str]) -> int:
    """The linters; of the set-up only what they need."""
    packages.make_environment()
    packages.install_requirements(packages.DEVELOP)
    return testing.run_linters()


def bench(arguments: Sequence[str]) -> int:
    """Every figure we claim, measured here."""
    _set_up(packages.RUN)
    return testing.run_benches(arguments)


def develop(_: Sequence[str]) -> None:
    """All that is needed to work on Podium."""
    _set_up(packages.RUN)
    packages.install_requirements(packages.DEVELOP)
    browser.fetch_libraries(modules=True)


def translate(_: Sequence[str]) -> None:
    """The catalogues of the interface, brought up to date with the code."""
    packages.make_environment()
    packages.install_requirements(packages.DEVELOP)
    translations.update_translations()


def relock(_: Sequence[str]) -> None:
    """The lock files, after a pin was changed."""
    packages.make_environment()
    lock.lock()


def remove(arguments: Sequence[str]) -> None:
    """Less on the disk: caches, with `--all` everything that was installed here."""
    clean.clean(everything="--all" in arguments)


def _set_up(requirements: Sequence[str]) -> None:
    say.plain(f"Setting up Podium in {place.ROOT}")
    debian.require(["ffmpeg", "ffprobe"], "ffmpeg", purpose="every recording goes through them")
    packages.make_environment()
    packages.install_requirements(requirements)
    browser.fetch_libraries()
    bundles.make_bundles()


def _port() -> int:
    try:
        return place.port()
    except ValueError as wrong:
        raise say.Stop(str(wrong)) from None


COMMANDS = {
    "run": run,
    "test": test,
    "lint": lint,
    "bench": bench,
    "develop": develop,
    "translations": translate,
    "lock": relock,
    "clean": remove,
}
