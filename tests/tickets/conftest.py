"""Mails of requests, read as their recipients do."""

import re
from collections.abc import Callable, Iterator

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter

Mails = Callable[[str], list[Letter]]
LinkOf = Callable[..., str]


@pytest.fixture
def early_in_the_hour() -> Iterator[None]:
    """Stop the clock at the beginning of an hour: limits count by the quarter of an hour and by the hour."""
    with clock.at(clock.now().replace(minute=1)):
        yield


@pytest.fixture
def mails(work: Callable[[], int]) -> Mails:
    """The mails of an address after the worker did its work, oldest first."""

    def read(address: str) -> list[Letter]:
        work()
        return db.session.query(Letter).filter_by(recipient=address).order_by(Letter.id).all()

    return read


@pytest.fixture
def link_of(mails: Mails) -> LinkOf:
    """The path of the first link in the newest mail of an address whose subject holds a word."""

    def read(address: str, subject: str = "") -> str:
        letter = [mail for mail in mails(address) if subject in mail.subject][-1]
        found = re.search(r"http://127\.0\.0\.1:8000(/tickets/\S+)", letter.text or "")
        assert found
        return found[1]

    return read
