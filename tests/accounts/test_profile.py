"""How people are addressed, and in which language and zone."""

from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.people.models import Grant, Person

from ..client import PortalClient, soup
from ..conftest import Cast
from .conftest import Mailbox

Browser = Callable[[Person], PortalClient]
FORM = {"called": "Marta", "name": "Marta Silva", "language": "en", "zone": "Europe/Lisbon"}


@pytest.mark.parametrize("called", ["Marta", "M" * 80, "مارتا", "<b>Marta</b>", "Márta 😀", "{{7*7}}"])
def test_everybody_reads_the_form_of_the_name_that_was_chosen(
    people: Cast, browser_of: Browser, called: str
) -> None:
    browser = browser_of(people.customer)
    assert browser.send("/account/profile", {**FORM, "called": called}).status_code == 303
    page = browser.page("/account")
    assert called in page.text
    assert not page.select("main b")
    assert browser.page("/account/profile").select_one("#called")["value"] == called  # type: ignore[index]


def test_without_one_the_full_name_stands_and_without_that_the_address(
    people: Cast, browser_of: Browser
) -> None:
    browser = browser_of(people.customer)
    browser.send("/account/profile", {**FORM, "called": "  "})
    assert "Marta Silva" in browser.page("/account").text
    browser.send("/account/profile", {**FORM, "called": "", "name": ""})
    assert people.customer.shown == "customer"


@pytest.mark.parametrize(
    ("field", "value"),
    [("called", "x" * 81), ("name", "x" * 201), ("language", "xx"), ("zone", "Mars/Base"), ("language", "")],
)
def test_what_cannot_be_is_refused_at_its_field_and_the_rest_kept(
    people: Cast, browser_of: Browser, field: str, value: str
) -> None:
    answer = browser_of(people.customer).send("/account/profile", {**FORM, field: value})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select_one(f"#{field}[aria-invalid=true]")
    kept = "name" if field == "called" else "called"
    assert page.select_one(f"#{kept}")["value"] == FORM[kept]  # type: ignore[index]


@pytest.mark.parametrize(
    "field", ["email", "active", "id", "role", "grants", "password_hash", "permissions", "created_at"]
)
def test_fields_that_the_form_does_not_have_do_nothing(people: Cast, browser_of: Browser, field: str) -> None:
    before = (people.customer.id, people.customer.email, people.customer.password_hash)
    browser_of(people.customer).send("/account/profile", {**FORM, field: "administrator"})
    db.session.expire_all()
    assert (people.customer.id, people.customer.email, people.customer.password_hash) == before
    assert people.customer.active
    assert db.session.query(Grant).filter_by(person_id=people.customer.id).count() == 1


@pytest.mark.parametrize("language", ["en", "pt_BR", "es", "ru"])
def test_pages_and_mails_are_in_the_accounts_language(
    people: Cast, browser_of: Browser, mailbox: Mailbox, language: str
) -> None:
    browser = browser_of(people.customer)
    browser.send("/account/profile", {**FORM, "language": language})
    page = browser.page("/account")
    assert page.html
    assert page.html["lang"] == language.replace("_", "-")
    browser.send("/lost-password", {"email": people.customer.email})
    letter = mailbox(people.customer.email or "")[-1]
    assert f'lang="{language.replace("_", "-")}"' in (letter.html or "")
