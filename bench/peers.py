"""Pages of other projects that show the same video and words: what Podium's page is measured beside.

They come from npm when the bench runs, into a folder that is removed afterwards. Able Player is not
published there.
"""

import html
import json
import subprocess
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from transcripts.cues import Cue

HYPERAUDIO = "hyperaudio-lite@2.6.4"
EDITOR = (
    "@bbc/react-transcript-editor@1.4.4",
    "react@16.14.0",
    "react-dom@16.14.0",
    "esbuild@0.28.2",
)
VIDEO = "talk.mp4"
START = """
import React from "react";
import ReactDOM from "react-dom";
import TranscriptEditor from "@bbc/react-transcript-editor/TranscriptEditor";

fetch("words.json").then((answer) => answer.json()).then((words) => ReactDOM.render(
  <TranscriptEditor transcriptData={words} mediaUrl="talk.mp4" mediaType="video" title="Talk"
    sttJsonType="bbckaldi" isEditable={false} spellCheck={false} />,
  document.getElementById("root")));
"""


def write_bare(folder: Path) -> str:
    """A video and nothing else; returns the file's name."""
    return _page(folder, "bare.html", f'<video controls muted src="{VIDEO}"></video>')


def write_hyperaudio(folder: Path, cues: Sequence[Cue]) -> str:
    """hyperaudio-lite as its README shows it: a span for each word."""
    _install(folder, HYPERAUDIO)
    script = folder / "node_modules/hyperaudio-lite/js/hyperaudio-lite.js"
    (folder / "hyperaudio-lite.js").write_bytes(script.read_bytes())
    paragraphs = "".join(
        f'<p><span data-m="{_ms(turn[0].start)}" data-d="0" class="speaker">{speaker}: </span>'
        + "".join(
            f'<span data-m="{_ms(word.start)}" data-d="{_ms(word.end - word.start)}">'
            f"{html.escape(word.text)} </span>"
            for cue in turn
            for word in cue.words
        )
        + "</p>\n"
        for speaker, turn in _turns(cues)
    )
    return _page(
        folder,
        "hyperaudio.html",
        f'<video id="hyperplayer" controls muted src="{VIDEO}"></video>'
        f'<div id="hypertranscript" class="hyperaudio-transcript"><article><section>{paragraphs}'
        "</section></article></div>"
        '<script src="hyperaudio-lite.js"></script>'
        '<script>new HyperaudioLite({transcript: "hypertranscript", player: "hyperplayer",'
        " autoScroll: true, playOnClick: true});</script>",
        "#hypertranscript{height:600px;overflow-y:scroll;position:relative}",
    )


def write_editor(folder: Path, cues: Sequence[Cue]) -> str:
    """react-transcript-editor, not editable, with the same words in its own format."""
    _install(folder, *EDITOR)
    words = [word for cue in cues for word in cue.words]
    (folder / "words.json").write_text(
        json.dumps(
            {
                "action": "audio-transcribe",
                "retval": {
                    "status": True,
                    "wonid": "talk",
                    "words": [
                        {
                            "start": word.start,
                            "end": word.end,
                            "confidence": 1,
                            "word": word.text.strip(".,").lower(),
                            "punct": word.text,
                            "index": index,
                        }
                        for index, word in enumerate(words)
                    ],
                },
            },
            ensure_ascii=False,
        )
    )
    (folder / "start.jsx").write_text(START)
    subprocess.run(
        [
            *(
                "node_modules/.bin/esbuild",
                "start.jsx",
                "--bundle",
                "--minify",
                "--log-level=error",
            ),
            *('--define:process.env.NODE_ENV="production"', "--outfile=editor.js"),
        ],
        cwd=folder,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return _page(folder, "editor.html", '<div id="root"></div><script src="editor.js"></script>')


def _page(folder: Path, name: str, body: str, style: str = "") -> str:
    (folder / name).write_text(
        '<!doctype html><html lang="de"><meta charset="utf-8"><title>Talk</title>'
        f"<style>video{{width:640px}}{style}</style><body>{body}</body></html>"
    )
    return name


def _install(folder: Path, *packages: str) -> None:
    subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *packages],
        cwd=folder,
        check=True,
        stdin=subprocess.DEVNULL,
    )


def _turns(cues: Sequence[Cue]) -> Iterator[tuple[str, list[Cue]]]:
    for speaker, turn in groupby(cues, key=lambda cue: cue.speaker):
        yield speaker or "", list(turn)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
