"""The language: a switch, else the account, else the browser, else the site's."""

import re
from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast

Browser = Callable[[Person], PortalClient]


def _lang(client: PortalClient, path: str = "/help", accepts: str = "") -> str:
    page = client.page(path, headers={"Accept-Language": accepts} if accepts else {})
    assert page.html
    return str(page.html["lang"])


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("ru", "ru"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("pt", "pt-BR"),
        ("pt-PT,pt;q=0.8", "pt-BR"),
        ("pt-BR", "pt-BR"),
        ("de-DE,de;q=0.9,ru;q=0.1", "ru"),
        ("zh", "en"),
        ("", "en"),
        ("*", "en"),
        ("x" * 4000, "en"),
        ("en-US,en", "en"),
    ],
)
def test_a_visitor_reads_the_browsers_language(client: PortalClient, accepts: str, language: str) -> None:
    assert _lang(client, accepts=accepts) == language


@pytest.mark.parametrize("code", ["en", "pt_BR", "es", "ru"])
def test_the_switch_stands_on_every_page_and_is_remembered(client: PortalClient, code: str) -> None:
    page = client.page("/help/search?q=vpn")
    links = [str(a["href"]) for a in page.select(".languages a")]
    assert f"/help/search?q=vpn&lang={code}" in links
    tag = code.replace("_", "-")
    assert _lang(client, f"/help?lang={code}", accepts="ru") == tag
    assert _lang(client, accepts="ru") == tag


@pytest.mark.parametrize("code", ["xx", "../../etc", "en_US", "<b>", "%00", "e" * 3000])
def test_an_unknown_language_changes_nothing(client: PortalClient, code: str) -> None:
    answer = client.get(f"/help?lang={code}", headers={"Accept-Language": "es"})
    assert answer.status_code == 200
    assert 'lang="es"' in answer.text
    assert "language" not in answer.headers.get("Set-Cookie", "")


def test_the_account_counts_more_than_the_browser_and_the_switch_more_than_both(
    people: Cast, browser_of: Browser
) -> None:
    people.customer.language = "ru"
    db.session.commit()
    browser = browser_of(people.customer)
    assert _lang(browser, accepts="es") == "ru"
    assert _lang(browser, "/help?lang=es", accepts="pt") == "es"
    assert _lang(browser, accepts="pt") == "es"


def test_saving_the_profile_lets_the_account_count_again(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.customer)
    browser.get("/help?lang=es")
    browser.send("/account/profile", {"called": "Marta", "name": "", "language": "ru", "zone": ""})
    assert _lang(browser) == "ru"


def test_an_error_page_speaks_the_readers_language_too(client: PortalClient) -> None:
    answer = client.get("/nothing-here", headers={"Accept-Language": "ru"})
    assert answer.status_code == 404
    assert '<html lang="ru"' in answer.text


def test_moments_are_told_in_the_readers_zone(people: Cast, browser_of: Browser) -> None:
    people.customer.zone = "Asia/Kathmandu"
    db.session.commit()
    page = browser_of(people.customer).get("/account/security")
    assert page.status_code == 200


@pytest.mark.parametrize("path", ["/%5Cevil.example", "/%09/evil.example", "//evil.example"])
def test_the_switch_on_an_error_page_stays_on_this_site(client: PortalClient, path: str) -> None:
    page = soup(client.get(path))
    links = [str(a["href"]) for a in page.select(".languages a")]
    assert links
    assert all(re.match(r"/[^/\\\t]", link) for link in links), links
