"""The table of rules, read as a table."""

import pytest

from archive.access import Act, allows, listed_visibilities, reachable
from archive.models.programme import Session, Visibility
from archive.models.users import User, UserRole

MAY = {
    #                    admin  organiser  staff  visitor
    Act.SEE_DRAFTS: (True, True, True, False),
    Act.SAVE_SEARCHES: (True, True, True, False),
    Act.CORRECT: (True, True, True, False),
    Act.EDIT_CATALOGUE: (True, True, False, False),
    Act.UPLOAD: (True, True, False, False),
    Act.PUBLISH: (True, True, False, False),
    Act.MANAGE_USERS: (True, False, False, False),
}


def user(role: str, active: bool = True) -> User:
    return User(name=role, role=role, active=active, password_hash="", stamp="")


@pytest.mark.parametrize("act", list(Act))
def test_rules_are_those_of_the_table(act: Act) -> None:
    people = [user(UserRole.ADMIN), user(UserRole.ORGANISER), user(UserRole.STAFF), None]

    assert tuple(allows(who, act) for who in people) == MAY[act]


@pytest.mark.parametrize("act", list(Act))
def test_disabled_user_may_nothing(act: Act) -> None:
    assert not allows(user(UserRole.ADMIN, active=False), act)


def test_visitor_reaches_all_but_drafts() -> None:
    reached = {v for v in Visibility if reachable(None, Session(visibility=v))}

    assert reached == {Visibility.UNLISTED, Visibility.PUBLIC}


def test_lists_show_visitors_only_what_is_public() -> None:
    assert listed_visibilities(None) == {Visibility.PUBLIC}
    assert listed_visibilities(user(UserRole.STAFF)) == set(Visibility)
