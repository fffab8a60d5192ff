"""A command for recordings that have no streaming sizes, or have them no longer."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from archive.actions.make_streaming import make_streaming
from archive.context import parts
from archive.models.recording import Rendition, RenditionKind, Streaming, StreamingState
from archive.queries.streaming import streaming_lines

FOLDERS = (RenditionKind.HLS, RenditionKind.SPRITES)


@click.command()
@with_appcontext
def stream() -> None:
    """Make streaming sizes and previews for all videos that play and lack them.

    Those of recordings from before there were any, those that failed, and those whose files are gone,
    as after the return of a backup without them.
    """
    _forget_what_is_gone()
    with parts().sessions() as db:
        playing = select(Rendition.recording_id).where(Rendition.kind == RenditionKind.VIDEO)
        lines = streaming_lines(db, db.scalars(playing.order_by(Rendition.recording_id)).all())
    wanted = [id_ for id_, line in lines.items() if line.may_be_asked_for]
    count = sum(make_streaming(parts(), id_) for id_ in wanted)
    click.echo(f"Recordings on the queue: {count}. The worker makes them one after the other.")


def _forget_what_is_gone() -> None:
    with parts().sessions.begin() as db:
        for made in db.scalars(select(Rendition).where(Rendition.kind.in_(FOLDERS))):
            if not all(parts().store.exists(key) for key in made.keys):
                row = db.get(Streaming, made.recording_id)
                if row is not None and row.state != StreamingState.WORKING:
                    row.state, row.reason = StreamingState.CANCELLED, None
                db.delete(made)
