"""Commands for Whisper models."""

import click
from flask.cli import AppGroup

from archive.cli.common import refuse, settings, size
from transcripts.engines import weights

models = AppGroup("models", help="Whisper models: list, fetch, check, remove.")


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
    click.echo(_free())


@models.command()
@click.argument("name")
def fetch(name: str) -> None:
    """Download the model NAME for the configured engine."""
    bar = None
    _tell_what_it_takes(name)

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
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove the model NAME from the models folder, for every engine."""
    folder = settings().models
    found = weights.installed(name, folder)
    if not found:
        refuse(
            f"There is no model “{name}” in {folder}. Models elsewhere are never removed from here."
            " See which there are with: flask --app wsgi models list"
        )
    for path in found:
        click.echo(f"{size(weights.size_of(path)):>9}  {path}")
    if name == settings().model:
        click.echo(f"{name} is the configured model: without it nothing can be transcribed.")
    if not yes:
        click.confirm(f"Remove {name}?", abort=True)
    click.echo(f"{name} is removed; {size(weights.remove(name, folder))} are free again.")


@models.command()
@click.argument("name", required=False)
def check(name: str | None) -> None:
    """Check the files of NAME, or of the configured model."""
    name = name or settings().model
    problems = weights.check(name, settings().engine, settings().models)
    if problems:
        refuse("\n".join([f"{name} cannot be used with {settings().engine}:", *problems]))
    click.echo(f"{name} is complete for {settings().engine}.")


def _tell_what_it_takes(name: str) -> None:
    """Disk and memory, of a model that is published and not here."""
    entry = next((e for e in weights.catalogue(settings().models) if e.name == name), None)
    if entry is not None and settings().engine not in entry.engines and name != "samples":
        click.echo(
            f"{name} needs {size(entry.size_bytes)} on disk, and about {size(entry.memory_bytes)} of"
            f" memory when it works. {_free()}"
        )


def _free() -> str:
    folder = settings().models
    return f"{size(weights.free_bytes(folder))} are free in {folder}."
