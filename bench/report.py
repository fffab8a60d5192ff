"""What every bench shares: its arguments, a table on the screen, figures in a file."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def bench_arguments(description: str | None) -> argparse.Namespace:
    """`quick`: one short run, to see that it works; `json`: where to write the figures, or None."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one short run")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args()


def print_table(rows: Sequence[dict[str, Any]]) -> None:
    """Prints rows that share their keys, in aligned columns."""
    cells = [
        [str(key) for key in rows[0]],
        *([str(value) for value in row.values()] for row in rows),
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def write_json(path: Path | None, figures: dict[str, Any]) -> None:
    """Writes the figures where `--json` said."""
    if path is not None:
        path.write_text(json.dumps(figures, indent=2) + "\n")
