"""A search is saved under a name, named anew, given another address, and removed."""

import secrets

from sqlalchemy import delete, func, select, update

from archive.models.searches import SavedSearch
from archive.parts import Parts

LONGEST = 120  # characters of a name
MOST = 100  # searches of one user


class TooManySearches(ValueError):
    """Somebody has saved as many searches as one may."""


def save_search(parts: Parts, user_id: int, name: str, arguments: str) -> bool:
    """Saves what an address of the search page asks for; False where the user has done so before.

    Raises TooManySearches.
    """
    with parts.sessions.begin() as db:
        own = select(func.count()).where(SavedSearch.user_id == user_id)
        if db.scalar(own.where(SavedSearch.arguments == arguments)):
            return False
        if db.scalar(own) >= MOST:
            raise TooManySearches(f"At most {MOST} searches can be saved.")
        shown = name if len(name) <= LONGEST else name[: LONGEST - 2].rstrip() + " …"
        db.add(SavedSearch(user_id=user_id, name=shown, arguments=arguments, token=_token()))
        return True


def rename_search(parts: Parts, search_id: int, name: str) -> None:
    """Gives a saved search another name."""
    with parts.sessions.begin() as db:
        db.execute(update(SavedSearch).where(SavedSearch.id == search_id).values(name=name))


def renew_token(parts: Parts, search_id: int) -> None:
    """Gives the feed of a saved search another address; nothing is at the old one any more."""
    with parts.sessions.begin() as db:
        db.execute(update(SavedSearch).where(SavedSearch.id == search_id).values(token=_token()))


def remove_search(parts: Parts, search_id: int) -> None:
    """Removes a saved search with its feed."""
    with parts.sessions.begin() as db:
        db.execute(delete(SavedSearch).where(SavedSearch.id == search_id))


def _token() -> str:
    return secrets.token_urlsafe(24)
