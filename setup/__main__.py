"""`python3 -m setup COMMAND`, called by the Makefile: finds a Python that is new enough, then works.

This file alone is written for old versions of Python too, so that they can say what is wrong.
"""

import os
import subprocess
import sys

NEEDED = (3, 11)
NEWER = ("python3.11", "python3.12", "python3.13", "python3.14")


def continue_with_newer_python():
    """Replaces this process by the same command under a newer Python; returns if there is none."""
    test = "import sys; sys.exit(sys.version_info < %r)" % (NEEDED,)
    for name in NEWER:
        try:
            with open(os.devnull, "w") as nowhere:
                found = subprocess.call([name, "-c", test], stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            continue
        if found:
            os.execvp(name, [name, "-m", "setup"] + sys.argv[1:])


def refusal(version):
    """The sentence for a machine whose newest Python is too old; `version` as in sys.version_info."""
    return (
        "Podium needs Python 3.11 or newer, and this is %d.%d.\n"
        "Install it, for example with `apt-get install python3.11 python3.11-venv`, and try again."
        % (version[0], version[1])
    )


if __name__ == "__main__":
    if sys.version_info < NEEDED:
        continue_with_newer_python()
        sys.exit(refusal(sys.version_info))
    from setup.commands import main

    sys.exit(main(sys.argv[1:]))
