"""The account's first page: what needs the person, and what is under way."""

from collections.abc import Callable

import pytest

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_ticket


def test_what_waits_for_the_person_stands_first(
    people: Cast, browser_of: Callable[..., PortalClient]
) -> None:
    make_ticket(people.customer, "under way")
    make_answer(make_ticket(people.customer, "needs you"), people.agent)
    make_ticket(people.customer, "over", state="solved")
    make_ticket(people.stranger, "foreign", state="waiting")
    page = browser_of(people.customer).page("/account")
    parts = {str(part["aria-labelledby"]): part.text for part in page.select("section[aria-labelledby]")}
    assert "needs you" in parts["needs"]
    assert "under way" in parts["moves"]
    assert "over" not in parts["moves"]
    assert "foreign" not in page.text
    assert "One request waits" in page.text


@pytest.mark.parametrize(
    ("called", "name", "greeting"),
    [
        ("Marta", "Marta Oliveira", "Hello, Marta"),
        ("", "Marta Oliveira", "Hello, Marta Oliveira"),
        ("", "", "Hello"),
        ("<b>Bo</b> {{7*7}}", "", "Hello, <b>Bo</b> {{7*7}}"),
        ("n" * 80, "", "Hello, " + "n" * 80),
        ("مرتا", "", "Hello, مرتا"),
    ],
)
def test_a_person_is_greeted_as_chosen(
    people: Cast, browser_of: Callable[..., PortalClient], called: str, name: str, greeting: str
) -> None:
    people.customer.called, people.customer.name = called, name
    page = browser_of(people.customer).page("/account")
    assert page.h1
    assert page.h1.text.replace("\u2068", "").replace("\u2069", "") == greeting
