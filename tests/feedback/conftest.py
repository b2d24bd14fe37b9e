"""Feedback as people send it, and what became of it."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.extensions import db
from portal.feedback.models import Feedback
from portal.kit import clock
from portal.tickets.models import Ticket

from ..client import PortalClient

Send = Callable[..., TestResponse]
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 9


@pytest.fixture
def send() -> Send:
    """Fill the form on the page of its own in, within so many seconds, and send it."""

    def fill(
        client: PortalClient, at: str = "/help", seconds: float = 60, *, htmx: bool = False, **more: Any
    ) -> TestResponse:
        with clock.at(clock.now() - timedelta(seconds=seconds)):
            shown = client.page("/feedback", query_string={"page": at})
        hidden = shown.select("#feedback-form input[type=hidden]")
        form = {str(f["name"]): str(f.get("value", "")) for f in hidden} | {"mood": "2"}
        files = [(BytesIO(content), name) for name, content in more.pop("files", ())]
        data = {**form, **more, "files": files}
        return client.send("/feedback", data, htmx=htmx, content_type="multipart/form-data")

    return fill


def the_ticket() -> Ticket:
    return db.session.query(Ticket).order_by(Ticket.id.desc()).limit(1).one()


def told() -> Feedback:
    return db.session.query(Feedback).order_by(Feedback.id.desc()).limit(1).one()
