"""Log-ins on the desk: those of all, for admins; one's own password and e-mail, for everyone."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, ValidationError

from archive.access import Act
from archive.actions.add_user import NameTaken, add_user
from archive.actions.edit_user import (
    LastAdmin,
    is_email,
    set_active,
    set_email,
    set_password,
    set_role,
)
from archive.actions.passwords import SHORTEST, is_password
from archive.auth import demands, start_login, viewer
from archive.context import db
from archive.models.users import User, UserRole
from archive.pages.forms import at_most

blueprint = Blueprint("desk_users", __name__, url_prefix="/desk")

ROLES = {
    UserRole.ADMIN: lazy_gettext("Admin: everything, log-ins included"),
    UserRole.ORGANISER: lazy_gettext("Organiser: uploads, edits and publishes"),
    UserRole.STAFF: lazy_gettext("Staff: sees and searches everything"),
}


class UserForm(FlaskForm):
    """A new log-in."""

    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(lazy_gettext("Enter a name.")), at_most(120)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    role = SelectField(
        lazy_gettext("Role"),
        choices=[SelectChoice(role, label) for role, label in ROLES.items()],
        default=UserRole.STAFF,
    )


class PasswordForm(FlaskForm):
    """A new password for oneself."""

    current = PasswordField(
        lazy_gettext("Current password"),
        [InputRequired(lazy_gettext("Enter your current password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        lazy_gettext("New password"),
        [
            InputRequired(lazy_gettext("Enter a new password.")),
            Length(min=SHORTEST, message=lazy_gettext("At least %(min)d characters.")),
            at_most(1000),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        lazy_gettext("New password, again"),
        [EqualTo("new", lazy_gettext("The two new passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class EmailForm(FlaskForm):
    """Where notices about one's own recordings go."""

    email = EmailField(
        lazy_gettext("E-mail for notices"),
        description=lazy_gettext(
            "Tells you when a recording that you uploaded is written down, or when something went"
            " wrong. Leave it empty for none."
        ),
        filters=[lambda text: (text or "").strip()],
        render_kw={"autocomplete": "email"},
    )

    def validate_email(self, field: EmailField) -> None:
        if field.data and not is_email(field.data):
            raise ValidationError(_("This is no e-mail address. Write it like name@example.org."))


@blueprint.route("/users", methods=["GET", "POST"])
@demands(Act.MANAGE_USERS)
def index() -> Response | str | tuple[str, int]:
    """All log-ins, and a form for a new one."""
    form = UserForm()
    if form.validate_on_submit():
        password = secrets.token_urlsafe(12)
        try:
            user = add_user(
                db(), name=form.name.data, password=password, role=UserRole(form.role.data)
            )
        except NameTaken:
            form.name.errors = [_("There is a log-in of that name already.")]
        else:
            db().commit()
            return _told_once(user, password)
    status = 400 if form.is_submitted() else 200
    users = db().scalars(select(User).order_by(User.active.desc(), User.name)).all()
    return render_template("desk/users.html", form=form, users=users, roles=ROLES), status


@blueprint.post("/users/<int:user_id>")
@demands(Act.MANAGE_USERS)
def change(user_id: int) -> Response | str:
    """Changes one thing about a log-in: its role, its password, whether it works."""
    user = db().get(User, user_id) or abort(404)
    do = request.form.get("do")
    try:
        if do == "role" and request.form.get("role") in list(UserRole):
            set_role(db(), user, UserRole(request.form["role"]))
        elif do in ("disable", "enable"):
            if do == "disable" and user.id == viewer().id:
                flash(_("You cannot disable your own log-in."), "error")
                return redirect(url_for("desk_users.index"))
            set_active(db(), user, do == "enable")
        elif do == "password":
            password = secrets.token_urlsafe(12)
            set_password(user, password)
            db().commit()
            return _told_once(user, password)
        else:
            abort(400)
    except LastAdmin:
        db().rollback()
        flash(_("This is the only admin. Make somebody else admin first."), "error")
        return redirect(url_for("desk_users.index"))
    db().commit()
    flash(_("“%(name)s” is changed.", name=user.name), "success")
    return redirect(url_for("desk_users.index"))


@blueprint.route("/account", methods=["GET", "POST"])
@demands(Act.SEE_DRAFTS)
def account() -> Response | str | tuple[str, int]:
    """One's own password, and where notices go by mail."""
    user = viewer()
    if request.form.get("do") == "email":
        return _changed_email(user)
    form = PasswordForm()
    if form.validate_on_submit():
        if is_password(user.password_hash, form.current.data):
            set_password(user, form.new.data)
            db().commit()
            start_login(user, remember=False)
            flash(_("The new password is in force; all other devices are logged out."), "success")
            return redirect(url_for("desk.board"))
        form.current.errors = [_("This is not your current password.")]
    status = 400 if form.is_submitted() else 200
    return _account(user, form, EmailForm(formdata=None, obj=user)), status


def _changed_email(user: User) -> Response | tuple[str, int]:
    form = EmailForm()
    if not form.validate_on_submit():
        return _account(user, PasswordForm(formdata=None), form), 400
    set_email(user, form.email.data)
    db().commit()
    if user.email:
        flash(_("Notices go to %(email)s from now on.", email=user.email), "success")
    else:
        flash(_("No notices are sent by mail any more."), "success")
    return redirect(url_for("desk_users.account"))


def _account(user: User, form: PasswordForm, email_form: EmailForm) -> str:
    return render_template(
        "desk/account.html",
        form=form,
        email_form=email_form,
        user=user,
        roles=ROLES,
        shortest=SHORTEST,
    )


def _told_once(user: User, password: str) -> str:
    """Shows a new password, the only time."""
    return render_template("desk/password.html", user=user, password=password)
