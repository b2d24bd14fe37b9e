"""Reading the mails of accounts as their recipients do."""

import re
from collections.abc import Callable, Iterator

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter

Mailbox = Callable[[str], list[Letter]]
LinkIn = Callable[[str], str]


@pytest.fixture(autouse=True)
def early_in_the_hour() -> Iterator[None]:
    """Stop the clock at the beginning of an hour: limits count by the quarter of an hour and by the hour."""
    with clock.at(clock.now().replace(minute=1)):
        yield


@pytest.fixture
def mailbox(work: Callable[[], int]) -> Mailbox:
    """The mails of an address after the worker did its work, oldest first."""

    def read(address: str) -> list[Letter]:
        work()
        return db.session.query(Letter).filter_by(recipient=address).order_by(Letter.id).all()

    return read


@pytest.fixture
def link_in(mailbox: Mailbox) -> LinkIn:
    """The path of the link in the newest mail of an address that has one."""
    wanted = re.compile(r"http://127\.0\.0\.1:8000(/(?:confirm|reset|sign-in/link|address/\w+)/\S+)")

    def read(address: str) -> str:
        found = [wanted.findall(letter.text or "") for letter in mailbox(address)]
        (link,) = next(links for links in reversed(found) if links)
        return str(link)

    return read
