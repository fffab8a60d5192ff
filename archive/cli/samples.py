"""Commands for the sample recordings."""

import click
from flask.cli import AppGroup

from archive.actions.import_samples import import_samples
from archive.cli.common import refuse, settings
from archive.context import parts
from config import ROOT
from media.errors import MediaError

samples = AppGroup("samples", help="The sample event that comes with Podium.")


@samples.command("import")
@click.option("--again", is_flag=True, help="Import even where that was done before.")
def import_once(again: bool) -> None:
    """Put the sample event into the archive and its recordings on the queue, once."""
    done = settings().home / "samples-imported"
    if done.exists() and not again:
        return
    try:
        count = import_samples(parts(), ROOT / "samples")
    except MediaError as error:
        refuse(str(error))
    done.touch()
    click.echo(f"Sample recordings on the queue: {count}.")
