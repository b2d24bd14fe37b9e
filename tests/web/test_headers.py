"""Headers of every answer: what a page may do, and who may keep it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.app import create_app
from portal.people.models import Person
from portal.web.headers import HEADERS

from ..client import PortalClient
from ..conftest import Cast, environment

Browser = Callable[[Person], PortalClient]
OPEN = [
    "/",
    "/help",
    "/sign-in",
    "/sign-up",
    "/lost-password",
    "/outbox",
    "/healthz",
    "/readyz",
    "/accent.css",
]
ELSEWHERE = [
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8000",
    "127.0.0.1@evil.example",
    "evil.example#127.0.0.1",
]


@pytest.mark.parametrize(
    "path", [*OPEN, "/nothing-here", "/account", "/admin", "/confirm/x", "/live", "/tickets/1"]
)
def test_every_answer_says_what_a_page_may_do(client: PortalClient, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        for name in HEADERS:
            assert name in answer.headers, f"{path} {answer.status_code}: {name}"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "charset=utf-8" in answer.content_type or answer.mimetype == "application/json"


def test_static_files_are_what_they_say(client: PortalClient) -> None:
    for path in (
        "/static/theme.css",
        "/static/icons.svg",
        "/static/portal.js",
        "/static/vendor/htmx-4.0.1.min.js",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        answer.close()
    for path in ("/static/../config.py", "/static/%2e%2e/config.py", "/static/..%2fconfig.py", "/static/"):
        assert client.get(path).status_code == 404, path


def test_what_a_signed_in_person_sees_is_kept_by_no_cache(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.customer)
    for path in (
        "/",
        "/account",
        "/tickets",
        "/account/security",
        "/nothing-here",
        "/desk",
        "/tickets/1/x.css",
        "/tickets/new;a.js",
    ):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", ")), path


@pytest.mark.parametrize("path", ["/help", "/sign-in", "/help/search", "/nothing-here"])
def test_a_visitors_page_is_never_shared(client: PortalClient, path: str) -> None:
    control = client.get(path).headers["Cache-Control"]
    assert "private" in control or "no-store" in control


def test_a_page_and_its_fragment_are_told_apart(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.customer)
    for headers in ({}, {"HX-Request": "true"}):
        assert "HX-Request" in browser.get("/tickets", headers=headers).headers["Vary"]
    assert "<html" in browser.get("/tickets", headers={"HX-Request": "true", "HX-Request-Type": "full"}).text


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/nothing-here", "/healthz"])
def test_another_host_is_refused(client: PortalClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text + str(answer.headers)


def test_forwarded_headers_are_believed_from_no_one(client: PortalClient) -> None:
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/admin",
    }
    for path in ("/", "/account", "/sign-in", "/nothing-here"):
        answer = client.get(path, headers=headers)
        assert "evil" not in answer.text + str(answer.headers), path


@pytest.mark.parametrize(
    "name", ["X-Remote-User", "X-User-Id", "Remote-User", "X-HTTP-Method-Override", "X-Forwarded-User"]
)
def test_no_header_makes_anybody_somebody(client: PortalClient, people: Cast, name: str) -> None:
    assert client.get("/account", headers={name: "admin@example.com"}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/instance/secret_key",
        "/console",
        "/metrics",
        "/static/.env",
        "/wsgi.py",
        "/debug",
        "/openapi.json",
    ],
)
def test_nothing_of_the_workshop_is_served(client: PortalClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Werkzeug" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_methods_that_nothing_uses_are_refused(client: PortalClient, method: str) -> None:
    for path in ("/", "/sign-in", "/account"):
        answer = client.open(path, method=method)
        assert answer.status_code in (400, 405), path
        assert method not in answer.headers.get("Allow", "")


ODD = [
    "%00",
    "999999999999999999999999999999",
    "-1",
    "1e9",
    "%ff",
    "%f0%9f%98%80",
    "a" * 3000,
    "%2e%2e%2f",
    "%0d%0aX: y",
    "{{7*7}}",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_addresses_are_not_here_and_break_nothing(
    app: Flask, people: Cast, browser_of: Browser, odd: str
) -> None:
    browser = browser_of(people.admin)
    for rule in app.url_map.iter_rules():
        if rule.arguments and "GET" in (rule.methods or ()):
            path = "".join(odd if dynamic else text for dynamic, text in rule._trace if text != "|")
            assert browser.get(path).status_code in (303, 404, 405), path  # 405: a POST of that form exists


@pytest.mark.parametrize("odd", ODD)
def test_odd_questions_break_nothing(people: Cast, browser_of: Browser, odd: str) -> None:
    browser = browser_of(people.admin)
    for path in (
        "/tickets",
        "/desk",
        "/help/search",
        "/help/suggest",
        "/admin/record",
        "/sign-in",
        "/sign-up",
        "/live",
        "/lost-password",
        "/tickets/new",
        "/help",
        "/help/feed.atom",
        "/editors",
        "/editors/synonyms",
        "/admin/people",
        "/community",
        "/ideas",
        "/desk/mail",
    ):
        names = (
            "from",
            "searched",
            "of",
            "word",
            "weeks",
            "tag",
            "section",
            "kind",
            "locale",
            "q",
            "at",
            "show",
            "view",
            "lang",
            "next",
            "topic",
            "since",
            "last",
            "email",
            "subject",
            "after",
            "__proto__[x]",
        )
        answer = browser.get(path + "?" + "&".join(f"{name}={odd}" for name in names))
        assert answer.status_code in (200, 303, 404), path
    for topic in ("ticket", "desk-ticket", "team", "person"):
        assert browser.get(f"/live?topic={topic}-{odd}").status_code == 404


def test_https_turns_on_what_only_https_can(tmp_path: Path) -> None:
    app = create_app(environment(tmp_path, PORTAL_BASE_URL="https://help.example.com"))
    client = app.test_client()
    answer = client.get("/accent.css", base_url="https://help.example.com")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"]
    assert client.get("/accent.css", base_url="https://127.0.0.1").status_code == 400


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(client: PortalClient) -> None:
    for path in ("/sign-in", "/help?lang=ru"):
        for cookie in client.get(path).headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie


def test_what_caches_may_keep_carries_nobodys_cookie(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.customer)
    with browser.session_transaction() as kept:
        kept.permanent = True
    accent = browser.page("/account").select_one("link[href^='/accent.css']")["href"]  # type: ignore[index]
    for path in (str(accent), "/manifest.webmanifest", "/static/theme.css"):
        answer = browser.get(path)
        assert "public" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers, path
        answer.close()
    assert "Set-Cookie" in browser.get("/account").headers
