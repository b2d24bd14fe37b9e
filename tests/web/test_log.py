"""The log: a line for each request whatever was sent, without the secrets of links."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from urllib.parse import quote

import pytest
from flask import Flask

from portal.kit.logs import JsonLines

from ..client import PortalClient

FORGED = 'x\r\n{"at": "now"}\x1b[31m\x9b31m\x85\u2028\u2029\u202e"}'


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the portal would write to standard error."""
    written, log = StringIO(), logging.getLogger("portal")
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    yield written
    log.removeHandler(handler)


def test_nobody_forges_a_line(client: PortalClient, lines: StringIO) -> None:
    """Row 63."""
    client.get(f"/help/{quote(FORGED)}", headers={"User-Agent": "x\u2028y".encode().decode("latin-1")})
    logging.getLogger("portal.worker").warning("job failed", extra={"error": FORGED})
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [one["what"] for one in told] == ["request", "job failed"]
    assert told[0]["path"] == f"/help/{FORGED}"
    assert told[1]["error"] == FORGED
    assert lines.getvalue().replace("\n", "").isprintable()


def test_no_link_of_a_mail_stands_in_the_log(
    app: Flask, client: PortalClient, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 27: also of one that is added later, and when its page breaks."""
    rules = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert len(rules) > 15
    secret = "s" * 43
    for rule in rules:
        monkeypatch.setitem(app.view_functions, rule.endpoint, lambda **_given: 1 / 0)
        answer = client.get(rule.rule.replace("<which>", "new").replace("<token>", secret))
        if answer.status_code == 500:  # Row 60: who asked is told that it broke, and no more
            assert not any(word in answer.text for word in ("ZeroDivision", "Traceback", "lambda", ".py"))
    assert "ZeroDivisionError" in lines.getvalue()
    assert secret not in lines.getvalue()
