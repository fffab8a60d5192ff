"""A model hub on loopback: the few answers that downloads of Whisper models ask for."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REVISION = "a" * 40


@contextmanager
def model_hub(files: dict[str, bytes]) -> Iterator[str]:
    """The address of a hub whose every repository holds `files`."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send(with_body=True)

        def do_HEAD(self) -> None:
            self.send(with_body=False)

        def send(self, with_body: bool) -> None:
            content = answer(self.path, files)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.send_header("ETag", f'"{oid(content or b"")}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if with_body and content:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def answer(path: str, files: dict[str, bytes]) -> bytes | None:
    """https://huggingface.co/docs/hub/api, as far as a snapshot needs it."""
    if path.startswith("/api/models/") and "/tree/" in path:
        entries = [
            {"type": "file", "path": name, "size": len(content), "oid": oid(content)}
            for name, content in files.items()
        ]
        return json.dumps(entries).encode()
    if path.startswith("/api/models/"):
        siblings = [{"rfilename": name} for name in files]
        return json.dumps({"id": "a/b", "sha": REVISION, "siblings": siblings}).encode()
    return files.get(path.rsplit("/", 1)[-1].split("?")[0])


def oid(content: bytes) -> str:
    """The name Git gives to a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
