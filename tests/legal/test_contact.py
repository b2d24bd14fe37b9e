"""How we are reached: each way with its hours, whether somebody is there now, in the reader's zone and language."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.grammar import holidays, opening_hours
from portal.kit import clock
from portal.legal.models import LegalContact
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast

Browser = Callable[[Person], PortalClient]
REACH = {
    "name": "Lindwire, Lda.",
    "address": "Rua 41\nLisboa",
    "phone": "+351 21 000 0417",
    "hours": "mon-fri 10:00-12:00",
}


@pytest.fixture
def in_lisbon(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    values: dict[str, Any] = {"ZONE": "Europe/Lisbon", "HOURS": opening_hours("mon-fri 09:00-18:00")}
    for name, value in (values | {"HOLIDAYS": holidays("2026-12-25, 12-08")}).items():
        monkeypatch.setitem(app.config, name, value)


def doors(client: PortalClient, moment: datetime, path: str = "/contact") -> list[str]:
    with clock.at(moment):
        return [one.text for one in client.page(path).select(".way .status")]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 23, 10, tzinfo=UTC), "Open until 18:00"),
        (datetime(2026, 11, 23, 7, tzinfo=UTC), "Opens today at 09:00"),
        (datetime(2026, 11, 23, 18, tzinfo=UTC), "Opens tomorrow at 09:00"),
        (datetime(2026, 11, 27, 20, tzinfo=UTC), "Opens on Monday at 09:00"),
        (datetime(2026, 12, 24, 20, tzinfo=UTC), "Opens on Monday at 09:00"),  # Friday is a holiday
        (
            datetime(2026, 12, 7, 20, tzinfo=UTC),
            "Opens on Wednesday at 09:00",
        ),  # and the 8th of every December
    ],
)
@pytest.mark.usefixtures("in_lisbon")
def test_it_is_said_whether_somebody_is_there(client: PortalClient, moment: datetime, said: str) -> None:
    assert doors(client, moment) == [said]


@pytest.mark.usefixtures("in_lisbon")
def test_hours_are_told_in_the_readers_zone_and_language(people: Cast, browser_of: Browser) -> None:
    people.customer.zone, people.customer.language = "America/Sao_Paulo", "pt_BR"
    db.session.commit()
    with clock.at(datetime(2026, 11, 27, 10, tzinfo=UTC)):
        page = browser_of(people.customer).page("/contact")
    assert [one.text for one in page.select(".way .status")] == ["Aberto até as 15:00"]
    assert "Lisboa, onde agora são 10:00" in page.text
    assert page.select_one(".hours dt").text == "Segunda-feira – sexta-feira"  # type: ignore[union-attr]
    assert "25 de dezembro de 2026" in page.text


def test_what_never_closes_says_so(app: Flask, client: PortalClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "HOURS", opening_hours("always"))
    assert doors(client, clock.now()) == ["Open round the clock"]
    monkeypatch.setitem(app.config, "HOURS", opening_hours("mon-fri 00:00-24:00"))
    assert doors(client, datetime(2026, 11, 24, 10, tzinfo=UTC)) == ["Open until 28 November at 00:00"]


@pytest.mark.usefixtures("in_lisbon")
def test_telephone_and_address_are_written_in_the_browser(
    app: Flask, client: PortalClient, people: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not client.page("/contact").select('a[href^="tel:"], a[href^="mailto:"], address')
    writer = browser_of(people.manager)
    shown = str(writer.page("/admin/pages/contact").select_one("[name=shown]")["value"])  # type: ignore[index]
    assert writer.send("/admin/pages/contact", REACH | {"shown": shown}).status_code == 303
    monkeypatch.setitem(app.config, "MAIL_REPLY", "help@example.com")

    page = client.page("/contact")

    assert page.select_one('a[href="tel:+351210000417"]')
    assert page.select_one('a[href="mailto:help@example.com"]')
    assert page.select_one("address").get_text("|") == "Lindwire, Lda.|Rua 41|Lisboa"  # type: ignore[union-attr]
    assert doors(client, datetime(2026, 11, 23, 13, tzinfo=UTC)) == [
        "Open until 18:00",
        "Opens tomorrow at 10:00",
    ]
    late = browser_of(people.admin).send("/admin/pages/contact", {"phone": "+49 30 1234567", "shown": shown})
    assert late.status_code == 409
    assert "+351 21 000 0417" in soup(late).select_one("#errors").text  # type: ignore[union-attr]
    db.session.expire_all()
    assert db.session.query(LegalContact).one().phone == REACH["phone"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "call me"),
        ("phone", "12"),
        ("phone", "+351 <b>21</b>"),
        ("phone", "٣٥١٢١٠٠٠٠"),
        ("hours", "monday to friday"),
        ("hours", "mon 18:00-09:00"),
        ("address", "x" * 501),
    ],
)
def test_odd_details_are_refused_and_kept_in_the_form(
    people: Cast, browser_of: Browser, field: str, value: str
) -> None:
    answer = browser_of(people.manager).send_fresh("/admin/pages/contact", REACH | {field: value})
    assert answer.status_code == 422
    control = soup(answer).select_one(f"[name={field}]")
    assert control
    assert (control.get("value") or control.text.strip()) == value
    assert db.session.query(LegalContact).count() == 0
