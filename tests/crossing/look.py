"""Looking at pages: what must be there once."""

from bs4 import BeautifulSoup, Tag


def one(page: BeautifulSoup | Tag, what: str) -> Tag:
    """The first that fits, which must be there."""
    found = page.select_one(what)
    assert found is not None, what
    return found


def words(page: BeautifulSoup | Tag, what: str) -> str:
    """What it says, with single spaces."""
    return " ".join(one(page, what).get_text(" ").split())
