"""Which modules a script needs, so that a page can name them all and no browser finds out one by one."""

import re
from functools import cache
from pathlib import Path, PurePosixPath

STATIC = Path(__file__).resolve().parents[1] / "static"
IMPORT = re.compile(r'^(?:import|export)\b[^"]*?(?:from\s*)?"(\.{1,2}/[^"]+)";', re.MULTILINE)


@cache
def modules_of(script: str) -> tuple[str, ...]:
    """The modules that a script in `static/` imports, and those that these import, by name."""
    needed: set[str] = set()
    waiting = [script]
    while waiting:
        name = waiting.pop()
        for place in IMPORT.findall((STATIC / name).read_text()):
            path = (STATIC / PurePosixPath(name).parent / place).resolve()
            module = path.relative_to(STATIC).as_posix()
            if module not in needed:
                needed.add(module)
                waiting.append(module)
    return tuple(sorted(needed))
