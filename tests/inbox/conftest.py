"""What tests of mail in share: a mailbox for replies that is set up, and a way in."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from portal.extensions import db
from portal.inbox.actions import take_in
from portal.inbox.models import IncomingMail

from .mails import REPLY

Bring = Callable[..., IncomingMail]


@pytest.fixture(autouse=True)
def replies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app of a test takes answers by mail."""
    if "app" in request.fixturenames:
        app: Flask = request.getfixturevalue("app")
        monkeypatch.setitem(app.config, "MAIL_REPLY", REPLY)


@pytest.fixture
def bring(app: Flask, work: Callable[[], int]) -> Bring:
    """A mail comes in and is sorted."""

    def come(one: EmailMessage | bytes) -> IncomingMail:
        take_in(one if isinstance(one, bytes) else one.as_bytes())
        db.session.commit()
        work()
        db.session.expire_all()
        return db.session.query(IncomingMail).order_by(IncomingMail.id.desc()).limit(1).one()

    return come
