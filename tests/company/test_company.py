"""What an owner changes in the browser: it stands everywhere at once, and nobody's change is lost."""

import io
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal.audit.models import AuditEntry
from portal.company.actions import save_first
from portal.company.kept import Kept
from portal.company.models import CompanyValue
from portal.extensions import db
from portal.grammar import opening_hours
from portal.kit.company import the_company
from portal.mail.compose import compose
from portal.people.actions import give_role
from portal.people.models import Person, Role
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_ticket

Browser = Callable[[Person], PortalClient]
LOOK = {"name": "Quxfirm", "accent": "#aa3300"}
WEEK = {
    f"{day}_{name}": ""
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for name in ("from", "until", "pause", "back")
}
MONDAY = {**WEEK, "mon_from": "09:00", "mon_until": "18:00", "mon_pause": "12:30", "mon_back": "13:30"}


@pytest.fixture
def owner(people: Cast, browser_of: Browser) -> PortalClient:
    """An administrator's browser."""
    return browser_of(people.admin)


def put(client: PortalClient, part: str, values: Mapping[str, object], **more: Any) -> TestResponse:
    """Fill in the form of a part and send it."""
    hidden = {
        str(f["name"]): str(f.get("value", ""))
        for f in client.page(f"/admin/company/{part}").select("main form input[type=hidden]")
    }
    return client.send(f"/admin/company/{part}", {**hidden, **values}, **more)


def filled_in(client: PortalClient, part: str) -> dict[str, str]:
    """What a browser sends of a form that nobody touched."""
    form = client.page(f"/admin/company/{part}").select_one("main form")
    assert form is not None
    sent = {str(f["name"]): str(f.get("value", "")) for f in form.select("input") if f["type"] != "checkbox"}
    sent |= {str(f["name"]): "y" for f in form.select("input[type=checkbox][checked]")}
    return sent | {str(f["name"]): str(f.text) for f in form.select("textarea")}


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 60), colour: str = "red") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, colour).save(kept, kind)
    return kept.getvalue()


def put_logo(client: PortalClient, data: bytes, name: str = "logo.png") -> TestResponse:
    files = {**LOOK, "logo": (io.BytesIO(data), name)}
    return put(client, "look", files, content_type="multipart/form-data")


def test_name_and_colour_stand_on_pages_and_in_mails_at_once(
    app: Flask, owner: PortalClient, people: Cast, client: PortalClient
) -> None:
    assert "Lindwire" in client.page("/help").select_one("title").text  # type: ignore[union-attr]
    assert put(owner, "look", LOOK).location == "/admin/company"
    page = client.page("/help")  # kept for visitors before
    assert "Quxfirm" in page.select_one("title").text  # type: ignore[union-attr]
    assert "Lindwire" not in page.text
    assert page.select_one('link[href="/accent.css?v=aa3300"]')
    assert "#aa3300" in client.get("/accent.css?v=aa3300").text
    assert "Quxfirm" in compose("welcome", people.customer, called="M").text
    entry = db.session.query(AuditEntry).filter_by(about="company look").one()
    assert (entry.actor_id, entry.detail["NAME"]) == (people.admin.id, "Quxfirm")


def test_a_colour_that_one_process_does_not_know_yet_is_not_kept_by_caches(client: PortalClient) -> None:
    stale = client.get("/accent.css?v=123456")
    assert "max-age" not in stale.headers["Cache-Control"]


def test_other_processes_know_it_in_five_seconds_and_ask_once_in_two(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Kept(app)
    monkeypatch.setattr("portal.company.kept.time.monotonic", lambda: 1000.0)
    assert other.now().name == "Lindwire"
    save_first("look", {"NAME": "Quxfirm", "ACCENT": "#aa3300", "LOGO": None}, "changed name, logo or colour")
    db.session.commit()
    assert other.now().name == "Lindwire"
    monkeypatch.setattr("portal.company.kept.time.monotonic", lambda: 1002.1)
    assert other.now().name == "Quxfirm"


def test_a_page_costs_no_statement_for_it(client: PortalClient, caplog: pytest.LogCaptureFixture) -> None:
    client.page("/sign-in")
    caplog.set_level("INFO", "portal.web")
    client.page("/sign-in")
    assert caplog.records[-1].__dict__["queries"] == 0


def test_what_cannot_be_is_told_at_its_field_and_changes_nothing(owner: PortalClient) -> None:
    for part, values, field in (
        ("look", {**LOOK, "name": "  "}, "name"),
        ("look", {**LOOK, "accent": "red;}"}, "accent"),
        ("languages", {"languages": [], "language": "en", "zone": "UTC"}, "languages"),
        ("languages", {"languages": ["es"], "language": "en", "zone": "UTC"}, "language"),
        ("languages", {"languages": ["es"], "language": "es", "zone": "Moon/Base"}, "zone"),
        ("hours", {**WEEK, "mon_from": "09:00"}, "mon_until"),
        ("hours", {**WEEK, "mon_from": "18:00", "mon_until": "09:00"}, "mon_until"),
        ("hours", {**WEEK, "mon_from": "nine", "mon_until": "18:00"}, "mon_from"),
        ("hours", {**MONDAY, "mon_back": ""}, "mon_back"),
        ("hours", {**MONDAY, "mon_pause": "08:00"}, "mon_pause"),
        ("hours", {**MONDAY, "holidays": "12-32"}, "holidays"),
        (
            "answers",
            {f"{p}_{w}": "0" for p in ("urgent", "high", "normal", "low") for w in ("first", "next")},
            "low_next",
        ),
        ("sender", {"called": "", "address": "nobody"}, "address"),
        ("sender", {"called": "", "address": "a@example.com\r\nBcc: b@example.com"}, "address"),
        ("sender", {"called": "", "address": "b\u00f6@example.com"}, "address"),
        ("mails/en", {"greeting": "Hi {nmae}"}, "greeting"),
    ):
        answer = put(owner, part, values)
        assert answer.status_code == 422, (part, values)
        assert soup(answer).select(f"#{field}-e"), (part, values)
    assert put(owner, "hours", WEEK).status_code == 422  # never open
    assert db.session.query(CompanyValue).count() == 0
    assert owner.get("/admin/company/nothing").status_code == 404
    assert owner.get("/admin/company/mails/fr").status_code == 404


def test_hours_with_a_break_are_what_promises_are_counted_in_and_older_ones_stay(
    owner: PortalClient, people: Cast
) -> None:
    before = make_ticket(people.customer)
    due = before.due_at
    assert put(owner, "hours", {**MONDAY, "holidays": "12-25\n2031-01-06"}).status_code == 303
    written = the_company().hours
    assert str(written) == "mon 09:00-12:30 13:30-18:00"
    assert str(the_company().holidays) == "12-25, 2031-01-06"
    db.session.expire_all()
    assert db.session.get(Ticket, before.id).due_at == due  # type: ignore[union-attr]
    later = make_ticket(people.customer).due_at
    assert later is not None
    assert later.weekday() == 0
    assert later != due
    assert "Monday" in owner.page("/admin/company").text
    shown = owner.page("/admin/company/hours")
    assert shown.select_one("#mon_back")["value"] == "13:30"  # type: ignore[index]


@pytest.mark.parametrize(
    "hours",
    [
        "mon 08:00-10:00 11:00-13:00 14:00-18:00",
        "mon 08:00-10:00 11:00-13:00 14:00-18:00 20:00-24:00, tue-fri 09:00-18:00",
        "always",
    ],
)
def test_saving_what_the_form_shows_changes_no_hours(owner: PortalClient, hours: str) -> None:
    save_first("hours", {"HOURS": hours, "HOLIDAYS": "12-25"}, "changed the opening hours")
    db.session.commit()
    meaning = opening_hours(hours).meaning
    assert put(owner, "hours", filled_in(owner, "hours")).status_code == 303
    assert the_company().hours.meaning == meaning


def test_breaks_of_a_day_lie_apart(owner: PortalClient) -> None:
    further = {"mon_pause2": "15:00", "mon_back2": "15:30"}
    assert put(owner, "hours", {**MONDAY, **further}).status_code == 303
    assert str(the_company().hours) == "mon 09:00-12:30 13:30-15:00 15:30-18:00"
    page = soup(put(owner, "hours", {**MONDAY, **further, "mon_pause2": "13:30"}))
    assert page.select_one("#mon_pause2[aria-invalid]")
    assert page.select_one("details[open] #mon_pause2")


def test_saving_leads_back_to_where_somebody_came_from(owner: PortalClient) -> None:
    assert put(owner, "look", LOOK).location == "/admin/company"
    address = "/admin/company/look?from=ready"
    form = owner.page(address).select_one("main form")
    assert form is not None
    assert form["action"] == address
    assert owner.send_fresh(address, {**LOOK, "name": "Other"}).location == "/admin/ready"
    assert owner.page("/admin/company/look?from=//evil.example").select_one(
        "main .btn[href='/admin/company']"
    )


def test_midnight_ends_a_day_and_round_the_clock_is_one_tick(owner: PortalClient) -> None:
    put(owner, "hours", {**WEEK, "sat_from": "20:00", "sat_until": "00:00"})
    assert str(the_company().hours) == "sat 20:00-24:00"
    put(owner, "hours", {**WEEK, "always": "y"})
    assert str(the_company().hours) == "always"


def test_hours_to_an_answer_count_for_what_comes_next(owner: PortalClient, people: Cast) -> None:
    put(owner, "hours", {**WEEK, "always": "y"})
    hours = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
    put(owner, "answers", {f"{p}_{w}": str(n) for p, n in hours.items() for w in ("first", "next")})
    ticket = make_ticket(people.customer)
    assert ticket.due_at is not None
    assert ticket.owed_since is not None
    assert ticket.due_at - ticket.owed_since == timedelta(hours=3)


def test_only_languages_that_are_offered_are_spoken(
    owner: PortalClient, client: PortalClient, people: Cast
) -> None:
    zone = {"language": "pt_BR", "zone": "America/Sao_Paulo"}
    assert put(owner, "languages", {"languages": ["en", "pt_BR"], **zone}).status_code == 303
    page = client.page("/help", headers={"Accept-Language": "ru"})
    assert page.html["lang"] == "pt-BR"  # type: ignore[index]
    assert [a["hreflang"] for a in page.select(".languages a")] == ["en", "pt-BR"]
    assert {link["hreflang"] for link in page.select('link[rel="alternate"][hreflang]')} <= {
        "en",
        "pt-BR",
        "x-default",
    }
    assert client.page("/help?lang=es").html["lang"] == "pt-BR"  # type: ignore[index]
    assert "lang=ru" not in client.get("/sitemap/pages.xml").text
    people.customer.language = "ru"
    db.session.commit()
    assert "Boas-vindas" in compose("welcome", people.customer, called="M").subject
    put(owner, "languages", {"languages": ["en"], "language": "en", "zone": "UTC"})
    assert not client.page("/help").select(".languages")  # nothing to choose


def test_a_logo_is_drawn_anew_and_shown_with_safe_headers(
    owner: PortalClient, client: PortalClient, people: Cast
) -> None:
    assert client.get("/logo.png").status_code == 404
    hidden = picture("JPEG", (1200, 300)) + b"<script>canary</script>"
    assert put_logo(owner, hidden, "logo.jpg").status_code == 303
    shown = client.page("/help").select_one(".brand img")
    assert shown
    answer = client.get(str(shown["src"]))
    assert answer.mimetype == "image/png"
    assert b"canary" not in answer.data
    assert Image.open(io.BytesIO(answer.data)).size == (512, 128)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "/logo.png?v=" in compose("welcome", people.customer, called="M").html
    put(owner, "look", LOOK)  # other changes leave it
    assert client.page("/help").select_one(".brand img")
    put(owner, "look", {**LOOK, "no_logo": "y"})
    assert not client.page("/help").select_one(".brand img")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture(size=(8, 8)),
        picture(size=(3000, 20)),
        b"\x89PNG" + b"x" * 5_000_001,
    ],
    ids=["empty", "broken", "svg", "small", "long", "large"],
)
def test_what_is_no_logo_is_refused_with_a_sentence(owner: PortalClient, data: bytes) -> None:
    answer = put_logo(owner, data)
    assert answer.status_code == 422
    assert soup(answer).select_one("#logo-e")
    assert the_company().logo is None


@pytest.mark.parametrize("first", [False, True], ids=["saved before", "never saved"])
def test_of_two_who_save_at_once_the_second_sees_both_values(
    owner: PortalClient, people: Cast, browser_of: Browser, first: bool
) -> None:
    if not first:
        put(owner, "look", {**LOOK, "name": "Earlier"})
    other = browser_of(people.admin)
    seen = {
        str(f["name"]): str(f.get("value", ""))
        for f in other.page("/admin/company/look").select("main form input[type=hidden]")
    }
    put(owner, "look", {**LOOK, "name": "Theirs"})
    answer = other.send("/admin/company/look", {**seen, **LOOK, "name": "Mine"})
    page = soup(answer)
    assert answer.status_code == 409
    assert the_company().name == "Theirs"
    row = page.select_one("#errors tbody tr")
    assert row
    assert [cell.text for cell in row.select("td")] == ["Theirs", "Mine"]
    assert people.admin.shown in page.select_one("#errors").text  # type: ignore[union-attr]
    again = {str(f["name"]): str(f.get("value", "")) for f in page.select("main form input[type=hidden]")}
    assert other.send("/admin/company/look", {**again, **LOOK, "name": "Mine"}).status_code == 303
    assert the_company().name == "Mine"


@pytest.mark.parametrize(
    ("part", "path", "value", "field"),
    [
        ("look", "look", {"NAME": "Elsewhere", "ACCENT": "#aa3300"}, "[name=name]"),
        ("mails-en", "mails/en", {"welcome": "Elsewhere"}, "[name=welcome]"),
    ],
)
def test_a_form_shows_what_another_process_saved_this_moment(
    owner: PortalClient, part: str, path: str, value: dict[str, str], field: str
) -> None:
    owner.page("/admin/company")  # this process has just looked at what stands there
    save_first(part, value, "changed name, logo or colour")
    db.session.commit()
    shown = owner.page(f"/admin/company/{path}").select_one(field)
    assert shown
    assert "Elsewhere" in (shown.get("value"), shown.text.strip())


def test_mails_say_the_owners_words_in_that_language_alone(owner: PortalClient, people: Cast) -> None:
    words = {
        "greeting": "Ahoy {name} of {company}!",
        "sign_off": "Yours,\nthe <b>crew</b>",
        "footer": "Quay 3",
        "welcome": "",
    }
    assert put(owner, "mails/en", words).status_code == 303
    mail = compose("welcome", people.customer, called="Marta")
    assert "Ahoy Marta of Lindwire!" in mail.text
    assert "Yours,\nthe <b>crew</b>" in mail.text
    assert "Quay 3" in mail.text
    assert "the &lt;b&gt;crew&lt;/b&gt;" in mail.html  # never HTML
    assert "Your account is ready" in mail.text
    assert "Hello," in compose("welcome", people.customer, called="").text  # nothing to fill in
    people.customer.language = "es"
    assert "Ahoy" not in compose("welcome", people.customer, called="Marta").text


def test_a_preview_shows_unsaved_words_and_the_original_comes_back(owner: PortalClient, people: Cast) -> None:
    shown = put(owner, "mails/pt_BR", {"received": "Chegou o pedido {number}.", "act": "preview"})
    assert "Chegou o pedido 1024." in shown.text
    assert soup(shown).select_one("#received").text.strip() == "Chegou o pedido {number}."  # type: ignore[union-attr]
    assert db.session.query(CompanyValue).count() == 0
    put(owner, "mails/pt_BR", {"received": "Chegou o pedido {number}.", "act": "save"})
    assert the_company().words_of_mails("pt_BR") == {"received": "Chegou o pedido {number}."}
    put(owner, "mails/pt_BR", {"act": "original"})
    assert the_company().words_of_mails("pt_BR") == {}


def test_our_own_words_sent_back_are_not_kept_as_the_owners(owner: PortalClient) -> None:
    page = owner.page("/admin/company/mails/ru")
    same = {str(f["name"]): f.text.removeprefix("\n").strip() for f in page.select("textarea")}
    put(owner, "mails/ru", {**same, "act": "save"})
    assert the_company().words_of_mails("ru") == {}


def test_a_role_of_ones_own_with_this_permission_alone_is_enough(people: Cast, browser_of: Browser) -> None:
    db.session.add(Role(key="owner", permissions=["company.settings"]))
    give_role(people.stranger, "owner")
    db.session.commit()
    stranger = browser_of(people.stranger)
    assert stranger.page("/account").select_one('a[href="/admin/company"]')
    assert put(stranger, "look", LOOK).status_code == 303
    db.session.execute(update(Role).where(Role.key == "owner").values(permissions=[]))
    db.session.commit()
    assert stranger.send("/admin/company/look", LOOK).status_code == 403
