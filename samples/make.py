"""Make the samples: ``python -m samples.make`` for videos and truth, ``--train`` for the model.

The videos and the truth take about a minute. Training takes two hours on two processor cores and
goes on from where it was interrupted.
"""

import argparse
import json
from pathlib import Path

from samples.programme import TRUTH, VIDEOS
from samples.recordings import recorded
from samples.scripts import SCRIPTS
from samples.video import render

FINISH_MINUTES, FINISH_RATE = 9.0, 6e-3  # a last, short part at a higher rate of learning


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m samples.make", description=__doc__)
    parser.add_argument("--all", action="store_true", help="videos, truth and the model")
    parser.add_argument("--train", action="store_true", help="train the model, then write it")
    parser.add_argument(
        "--minutes", type=float, default=122.0, help="wall time of the training's main part"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=Path("instance/samples-training"),
        help="folder of the training's checkpoint",
    )
    chosen = parser.parse_args()
    if chosen.all or not chosen.train:
        make_recordings()
    if chosen.all or chosen.train:
        make_model(chosen.work, chosen.minutes)


def make_recordings() -> None:
    """Write the three videos and ``truth.json``."""
    VIDEOS.mkdir(exist_ok=True)
    entries = {}
    for script in SCRIPTS:
        sound, entries[script.slug] = recorded(script)
        path = VIDEOS / script.file
        render(script, sound, entries[script.slug], path)
        print(
            f"{path.name}: {entries[script.slug]['seconds']:.1f} s, "
            f"{path.stat().st_size / 1e6:.2f} MB",
            flush=True,
        )
    TRUTH.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", "utf-8")


def make_model(work: Path, minutes: float) -> None:
    """Train, then write the compact weights that are shipped."""
    from samples.training import train, write_weights

    train(work, minutes)
    train(work, minutes + FINISH_MINUTES, rate=FINISH_RATE)
    write_weights(work)


if __name__ == "__main__":
    main()
