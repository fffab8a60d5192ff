"""Where things lie, and the settings that matter before the app can be asked for them."""

import os
import re
from pathlib import Path

# A line of `.env`, as python-dotenv reads it for `config.py`.
ASSIGNMENT = re.compile(
    r"""\s*(?:export\s+)?(?P<name>\w+)\s*=\s*"""
    r"""(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<plain>[^'"].*?)?)"""
    r"""\s*(?:\s\#.*)?"""
)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def setting(name: str, default: str) -> str:
    """A setting from the environment, else from the file `.env`, as `config.py` reads them."""
    return os.environ.get(name) or _env_file(ROOT / ".env").get(name) or default


def port() -> int:
    """The port of the web server; a ValueError names what is wrong with it."""
    text = setting("PORT", "") or setting("PODIUM_PORT", "8000")
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f"PORT is “{text}”; a number from 1 to 65535 is needed.")
    return int(text)


def home() -> Path:
    """The folder of everything Podium keeps, absolute."""
    return Path(os.path.abspath(ROOT / Path(setting("PODIUM_HOME", "instance")).expanduser()))


def command_environment() -> dict[str, str]:
    """The environment for programs of the virtual environment."""
    return os.environ | {
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(VENV),
        "PODIUM_HOME": str(home()),
        "PYTHONUNBUFFERED": "1",
    }


def _env_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = map(ASSIGNMENT.fullmatch, path.read_text("utf-8").splitlines())
    return {
        line["name"]: line["single"] or line["double"] or line["plain"] or ""
        for line in lines
        if line
    }
