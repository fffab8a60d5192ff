"""Commands for the search index: rebuild, check."""

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from archive.actions.rebuild_index import rebuild_index
from archive.cli.common import refuse
from archive.context import parts
from archive.queries.index_check import Fault, index_check

search = AppGroup("search", help="The search index.")

REBUILD = "`flask --app wsgi search rebuild`"
NAMED = 10  # sessions of each kind that are named
FAULTS = {
    Fault.MISSING: "Not in the index",
    Fault.GONE: "Only in the index, by number",
    Fault.OUTDATED: "Out of date in the index",
}


@search.command()
@click.option("--from-start", is_flag=True, help="Begin anew, also where a rebuild was stopped.")
def rebuild(from_start: bool) -> None:
    """Build the index again from the catalogue and the transcripts, while the archive goes on.

    One that was stopped goes on where it was. Until a session is done it is found as before.
    """
    steps = rebuild_index(parts(), from_start)
    done, total = next(steps)
    if done:
        click.echo(f"{done} of {total} sessions were done before; --from-start begins anew.")
    try:
        with click.progressbar(length=total, label="Indexing sessions") as bar:
            bar.update(done)
            for done, _total in steps:
                bar.update(done - bar.pos)
    except KeyboardInterrupt:
        refuse(f"Stopped after {done} of {total} sessions. {REBUILD} goes on there.")
    except OperationalError as error:
        cause = str(error.orig).strip().splitlines()[0]
        refuse(
            f"The database would not go on ({cause}) after {done} of {total} sessions."
            f" {REBUILD} goes on there."
        )
    click.echo(f"Sessions in the index: {total}.")


@search.command()
def check() -> None:
    """Compare the index with the catalogue and the transcripts; exit status 1 where they differ."""
    with parts().sessions() as db:
        if not parts().index.is_there(db.connection()):
            refuse(f"There is no whole index. {REBUILD} makes it.")
        found = index_check(db, parts().index)
    for fault, names in found.faults.items():
        rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        click.echo(f"{FAULTS[fault]}: {len(names)} ({', '.join(names[:NAMED])}{rest})")
    if found.faults:
        refuse(f"Search does not find what is there. {REBUILD} mends it.")
    click.echo(f"Sessions in the index, all as they should be: {found.sessions}.")
