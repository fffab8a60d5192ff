"""Commands for Whisper models."""

import click
from flask.cli import AppGroup

from archive.cli.common import refuse, settings, size
from transcripts.engines import weights

models = AppGroup("models", help="Whisper models: list, fetch, check.")


@models.command("list")
def list_models() -> None:
    """Say which models there are, how large they are, and which is configured."""
    for entry in weights.catalogue(settings().models):
        mark = "*" if entry.name == settings().model else " "
        click.echo(
            f"{mark} {entry.name:<10} {entry.state:<12} {size(entry.size_bytes):>9} on disk,"
            f" about {size(entry.memory_bytes)} of memory  {entry.title}"
        )
    click.echo(f"* configured, for {settings().engine} (PODIUM_MODEL, PODIUM_ENGINE)")


@models.command()
@click.argument("name")
def fetch(name: str) -> None:
    """Download the model NAME for the configured engine."""
    bar = None

    def show(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = click.progressbar(length=total, label=f"Fetching {name}", width=30)
            bar.__enter__()
        bar.update(done - bar.pos)

    try:
        path = weights.fetch(name, settings().engine, settings().models, progress=show)
    except weights.ModelFetchError as error:
        refuse(str(error))
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)
    click.echo(f"{name} is there: {path}")


@models.command()
@click.argument("name", required=False)
def check(name: str | None) -> None:
    """Check the files of NAME, or of the configured model."""
    name = name or settings().model
    problems = weights.check(name, settings().engine, settings().models)
    if problems:
        refuse("\n".join([f"{name} cannot be used with {settings().engine}:", *problems]))
    click.echo(f"{name} is complete for {settings().engine}.")
