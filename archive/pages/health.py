"""How the archive is, for machines."""

import structlog
from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from archive.context import db, parts
from archive.queries.workers import live_worker_count
from transcripts.engines.weights import check

blueprint = Blueprint("health", __name__)
log = structlog.get_logger()


@blueprint.get("/healthz")
def show() -> tuple[Response, int]:
    """`ok`, `degraded` where something is missing that pages work without, or 503."""
    try:
        db().execute(text("select 1"))
        workers = live_worker_count(db())
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return jsonify(status="down", database={"ok": False}), 503
    problems = check(parts().model, parts().whisper, parts().models)
    free = parts().store.free_bytes()
    found = {
        "database": {"ok": True},
        "worker": {"ok": workers > 0, "count": workers},
        "model": {"ok": not problems, "name": parts().model, "engine": parts().whisper},
        "disk": {"ok": free > parts().reserve, "free_bytes": free},
    }
    well = all(part["ok"] for part in found.values())
    return jsonify(status="ok" if well else "degraded", **found), 200
