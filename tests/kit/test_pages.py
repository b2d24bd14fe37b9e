"""Cursors of lists."""

import base64
import json
from collections.abc import Callable

import pytest

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_ticket


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "at",
    [
        "x",
        "===",
        "ä",
        "\0",
        cursor(),
        cursor("older"),
        cursor("sideways", "2026-01-01T00:00:00+00:00", 1),
        cursor("older", "2026-01-01T00:00:00", 1),
        cursor("older", "tomorrow", 1),
        cursor("older", "2026-01-01T00:00:00+00:00", "1"),
        cursor("older", "2026-01-01T00:00:00+00:00", 2**63),
        cursor("older", "0001-01-01T00:00:00+14:00", 1),
        cursor("newer", "9999-12-31T23:59:59-14:00", 1),
        cursor("older", 5, None),
        base64.urlsafe_b64encode(b"[" * 2500).decode(),
        base64.urlsafe_b64encode(b"9" * 5000).decode(),
        base64.urlsafe_b64encode(b'{"a": 1, "b": 2, "c": 3}').decode(),
    ],
)
def test_a_cursor_that_somebody_changed_shows_a_page(
    people: Cast, browser_of: Callable[..., PortalClient], at: str
) -> None:
    make_ticket(people.customer)
    for person, path in (
        (people.customer, "/tickets"),
        (people.agent, "/desk"),
        (people.admin, "/admin/record"),
    ):
        assert browser_of(person).get(path, query_string={"at": at}).status_code == 200
