"""A command for recordings that came before there were streaming sizes."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from archive.actions.make_streaming import make_streaming
from archive.context import parts
from archive.models.recording import Rendition, RenditionKind
from archive.queries.streaming import streaming_lines


@click.command()
@with_appcontext
def stream() -> None:
    """Make streaming sizes and previews for all videos that play and lack them."""
    with parts().sessions() as db:
        playing = select(Rendition.recording_id).where(Rendition.kind == RenditionKind.VIDEO)
        lines = streaming_lines(db, db.scalars(playing.order_by(Rendition.recording_id)).all())
    wanted = [id_ for id_, line in lines.items() if line.may_be_asked_for]
    count = sum(make_streaming(parts(), id_) for id_ in wanted)
    click.echo(f"Recordings on the queue: {count}. The worker makes them one after the other.")
