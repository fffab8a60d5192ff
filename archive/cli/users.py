"""Commands for log-ins."""

import secrets

import click
from flask.cli import AppGroup
from sqlalchemy import select

from archive.actions.add_user import add_user
from archive.actions.edit_user import LastAdmin, set_active
from archive.cli.common import refuse
from archive.context import parts
from archive.models.users import User, UserRole

users = AppGroup("users", help="Log-ins: add, list, disable.")


@users.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice([str(role) for role in UserRole]), default=str(UserRole.STAFF)
)
@click.option("--password", help="Asked for where not given; `-` makes a random one and prints it.")
def add(name: str, role: str, password: str | None) -> None:
    """Add a log-in."""
    made = secrets.token_urlsafe(12) if password == "-" else None
    password = made or password
    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with parts().sessions.begin() as db:
            add_user(db, name=name, password=password, role=UserRole(role))
    except ValueError as error:
        refuse(str(error))
    click.echo(f"“{name.strip()}” may log in as {role}.")
    if made:
        click.echo(f"Password: {made}")


@users.command("list")
def list_users() -> None:
    """List all log-ins."""
    with parts().sessions() as db:
        for user in db.scalars(select(User).order_by(User.name)):
            seen = f"{user.last_login_at:%Y-%m-%d %H:%M}" if user.last_login_at else "never"
            state = "" if user.active else "  disabled"
            click.echo(f"{user.name:<24} {user.role:<10} last log-in {seen}{state}")


@users.command()
@click.argument("name")
def disable(name: str) -> None:
    """End a log-in; its name stays on what it did."""
    try:
        with parts().sessions.begin() as db:
            user = db.scalars(select(User).where(User.name == name)).first()
            if user is None:
                refuse(f"There is no log-in “{name}”; `flask --app wsgi users list` shows all.")
            set_active(db, user, False)
    except LastAdmin as error:
        refuse(str(error))
    click.echo(f"“{name}” can no longer log in.")
