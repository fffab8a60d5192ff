"""Who may see or do what: one table of rules."""

from enum import StrEnum

from sqlalchemy import ColumnElement, true

from archive.models.programme import Session, Visibility
from archive.models.users import User, UserRole


class Act(StrEnum):
    """What someone may be allowed to do."""

    SEE_DRAFTS = "see_drafts"
    SAVE_SEARCHES = "save_searches"
    CORRECT = "correct"
    EDIT_CATALOGUE = "edit_catalogue"
    UPLOAD = "upload"
    PUBLISH = "publish"
    MANAGE_USERS = "manage_users"


RULES: dict[Act, frozenset[str]] = {
    Act.SEE_DRAFTS: frozenset({UserRole.ADMIN, UserRole.ORGANISER, UserRole.STAFF}),
    Act.SAVE_SEARCHES: frozenset({UserRole.ADMIN, UserRole.ORGANISER, UserRole.STAFF}),
    Act.CORRECT: frozenset({UserRole.ADMIN, UserRole.ORGANISER, UserRole.STAFF}),
    Act.EDIT_CATALOGUE: frozenset({UserRole.ADMIN, UserRole.ORGANISER}),
    Act.UPLOAD: frozenset({UserRole.ADMIN, UserRole.ORGANISER}),
    Act.PUBLISH: frozenset({UserRole.ADMIN, UserRole.ORGANISER}),
    Act.MANAGE_USERS: frozenset({UserRole.ADMIN}),
}


def allows(user: User | None, act: Act) -> bool:
    """Whether `user` (None: a visitor) may do `act`."""
    return user is not None and user.active and user.role in RULES[act]


def reachable(user: User | None, session: Session) -> bool:
    """Whether `user` may open the session's page, media and transcript files."""
    return session.visibility != Visibility.DRAFT or allows(user, Act.SEE_DRAFTS)


def listed(user: User | None) -> ColumnElement[bool]:
    """The condition on `Session` for pages that list sessions."""
    if allows(user, Act.SEE_DRAFTS):
        return true()
    return Session.visibility == Visibility.PUBLIC


def listed_visibilities(user: User | None) -> frozenset[str]:
    """The visibilities that lists and search may show to `user`."""
    if allows(user, Act.SEE_DRAFTS):
        return frozenset(Visibility)
    return frozenset({Visibility.PUBLIC})
