"""The readiness list: each line turns green when it really happened, and a test mail's way is told in plain words."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.audit.models import AuditEntry
from portal.company import mailway, nameservers
from portal.company.actions import try_mail
from portal.company.models import TestMail
from portal.company.queries import MOST_TESTS
from portal.company.readiness import progress
from portal.extensions import db
from portal.inbox.actions import take_in
from portal.kb.actions import take_over
from portal.kb.look import look
from portal.kb.models import Article, Section
from portal.kit import clock
from portal.mail.models import Letter
from portal.mail.threads import own_mark
from portal.outbox.models import Job
from portal.people.models import Grant, Person, Role

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD
from ..servers import smtp_sink
from .dns_server import dns_server
from .test_company import LOOK, MONDAY, picture, put, put_logo

Browser = Callable[[Person], PortalClient]
Work = Callable[[], int]
RIGHT = {"example.com": ["v=spf1 include:mx.example.com -all"], "_dmarc.example.com": ["v=DMARC1; p=none"]}


@pytest.fixture
def owner(people: Cast, browser_of: Browser) -> PortalClient:
    """An administrator's browser."""
    return browser_of(people.admin)


@pytest.fixture
def sender(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails come from a name on the internet."""
    monkeypatch.setitem(app.config, "MAIL_FROM", "help@example.com")


@pytest.fixture
def sent(app: Flask, sender: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails are sent, to a server that is not there unless a test starts one."""
    monkeypatch.setitem(app.config, "DEMO", False)


def open_lines() -> set[str]:
    return {line.key for line, done in progress().lines if not done}


def way(owner: PortalClient) -> dict[str, tuple[str, str]]:
    """Tone and words of each step as the page tells them."""
    steps = owner.page("/admin/ready").select("#mail ol > li")
    return {str(s.strong.text): (str(s["class"][0]), s.text) for s in steps if s.strong}


def test_each_line_turns_green_by_what_happened(
    owner: PortalClient, people: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.query(Article).delete()
    staff = (
        db.session.query(Grant).join(Role).filter(Role.key != "customer", Grant.person_id != people.admin.id)
    )
    for grant in staff:
        db.session.delete(grant)
    monkeypatch.setitem(app.config, "NAME", "Portal")
    db.session.commit()
    everything = {
        "name",
        "logo",
        "accent",
        "languages",
        "zone",
        "hours",
        "mail",
        "colleague",
        "article",
        "privacy",
    }
    assert open_lines() == everything
    assert "0 of 10" in owner.page("/admin").text
    put_logo(owner, picture())
    assert open_lines() == everything - {"name", "logo", "accent"}
    put(owner, "languages", {"languages": ["en"], "language": "en", "zone": "UTC"})
    put(owner, "hours", MONDAY)
    assert open_lines() == {"mail", "colleague", "article", "privacy"}
    put(owner, "look", {**LOOK, "no_logo": "y"})
    assert open_lines() == {
        "logo",
        "mail",
        "colleague",
        "article",
        "privacy",
    }  # what is taken away is missing again
    page = owner.page("/admin/ready")
    assert "5 of 10" in page.text
    assert page.select_one("#line-hours.good")
    assert page.select_one("#line-mail.rest")


def test_the_first_article_is_written_in_the_browser_and_becomes_a_file(
    owner: PortalClient, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "KB_CONTENT", tmp_path / "kb")
    page, form = (
        "/admin/ready/article",
        {"title": 'Where is "my" order: now?', "section": "Orders & more", "language": "en"},
    )
    assert owner.send_fresh(page, {**form, "body": ""}).status_code == 422
    assert "{" in soup(owner.send_fresh(page, {**form, "body": "{{ name }}"})).text
    sent = {**form, "body": "Look into the mail.\n\n1. Open it", "once": "o" * 20}
    for _ in range(2):  # a double click
        assert owner.send(page, sent).location == "/admin/ready"
    take_over(look(tmp_path / "kb"), even_none=True)
    article = db.session.query(Article).one()
    assert (article.title, article.slug) == (form["title"], "where-is-my-order-now")
    assert (article.path, article.status) == ("en/orders-more/where-is-my-order-now.md", "published")
    assert "Open it" in article.html
    assert (
        db.session.query(Section.title).filter_by(locale="en", slug=article.section).scalar()
        == "Orders & more"
    )
    assert owner.send_fresh(page, {**form, "section": "orders & MORE", "body": "Again."}).status_code == 303
    assert (
        owner.send_fresh(
            page, {**form, "title": "Где заказ?", "section": "Заказы", "body": "Тут"}
        ).status_code
        == 303
    )
    take_over(look(tmp_path / "kb"), even_none=True)
    paths = {path for (path,) in db.session.query(Article.path)}
    assert paths == {
        "en/orders-more/where-is-my-order-now.md",
        "en/orders-more/where-is-my-order-now-2.md",
        "en/section-2/article.md",
    }


def test_a_folder_that_cannot_be_written_is_told_and_the_words_stay(
    owner: PortalClient, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kb").write_text("a file, where a folder should be")
    monkeypatch.setitem(app.config, "KB_CONTENT", tmp_path / "kb")
    form = {"title": "One", "section": "Two", "language": "en", "body": "Zebrawords"}
    refused = owner.send_fresh("/admin/ready/article", form)
    assert refused.status_code == 422
    assert "cannot be written" in refused.text
    assert "Zebrawords" in refused.text


def test_a_settings_file_counts_as_said(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "name" not in open_lines()  # PORTAL_NAME is given
    monkeypatch.setitem(app.config, "ZONE", "Europe/Lisbon")
    assert "zone" not in open_lines()


def test_the_first_sign_in_of_an_administrator_leads_to_the_list(
    app: Flask, client: PortalClient, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", False)
    form = {"email": people.admin.email, "password": PASSWORD}
    assert client.send("/sign-in", form).location == "/admin/ready"
    client.send("/sign-out")
    assert client.send("/sign-in", form).location == "/desk"
    agent = {"email": people.agent.email, "password": PASSWORD}
    client.send("/sign-out")
    assert client.send("/sign-in", agent).location == "/desk"


def test_a_mail_arrived_when_its_button_was_pressed_and_not_when_a_program_looked_at_its_link(
    owner: PortalClient, client: PortalClient, people: Cast, work: Work
) -> None:
    assert owner.send("/admin/ready/mail", {"email": "me@example.com"}).location == "/admin/ready#mail"
    assert way(owner)["Accepted"][0] == "wait"
    work()
    letter = db.session.query(Letter).filter_by(recipient="me@example.com").one()
    found = re.search(r"/admin/ready/arrived/[\w-]+", str(letter.text))
    assert found
    client.page(found[0])
    assert "mail" in open_lines()
    assert client.send(found[0]).status_code == 303
    assert "mail" not in open_lines()
    assert way(owner)["Arrived"][0] == "good"
    client.send(found[0])  # once more changes nothing
    assert db.session.query(AuditEntry).filter_by(act="saw a test mail arrive").count() == 1
    put(owner, "sender", {"called": "", "address": "other@example.com"})
    assert "mail" in open_lines()  # of another address nobody knows


def test_a_link_that_is_over_or_made_up_says_so(client: PortalClient, people: Cast) -> None:
    token = try_mail("me@example.com", people.admin)
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=8)):
        assert client.send(f"/admin/ready/arrived/{token}").status_code == 404
    for odd in ("none", "x" * 500, "%00"):
        assert client.get(f"/admin/ready/arrived/{odd}").status_code == 404
        assert client.send(f"/admin/ready/arrived/{odd}").status_code == 404
    assert "mail" in open_lines()


def test_what_the_server_said_is_told_word_for_word(
    app: Flask, owner: PortalClient, work: Work, sent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp_sink() as sink, dns_server(RIGHT):
        monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
        state = app.extensions["mail"]
        for name, value in (("server", "127.0.0.1"), ("port", sink.port), ("use_tls", False)):
            monkeypatch.setattr(state, name, value)
        sink.refuse = "550 5.7.1 We do not relay"
        owner.send("/admin/ready/mail", {"email": "me@example.com"})
        work()
        tone, words = way(owner)["Accepted"]
        assert tone == "bad"
        assert "550" in words
        assert "5.7.1 We do not relay" in words
        assert "Tell your mail provider" in words
        sink.refuse = None
        owner.send("/admin/ready/mail", {"email": "me@example.com"})
        work()
        tone, words = way(owner)["Accepted"]
        assert tone == "good"
        assert re.search(r"250 \S+", words)
        assert way(owner)["SPF"][0] == way(owner)["DMARC"][0] == "good"
        assert way(owner)["DKIM"][0] == "rest"
        assert "help@example.com" in str(sink.letters[-1].message["From"])


def test_without_a_mail_server_it_says_who_writes_what_where(
    owner: PortalClient, work: Work, sent: None
) -> None:
    with dns_server(RIGHT):
        owner.send("/admin/ready/mail", {"email": "me@example.com"})
        work()
    tone, words = way(owner)["Accepted"]
    assert tone == "bad"
    assert "PORTAL_MAIL_SERVER" in words
    assert db.session.query(Job).filter(Job.kind == "company.test-mail", Job.done.is_(None)).count() == 1


def test_another_test_mail_takes_the_place_of_one_that_waits(owner: PortalClient, sender: None) -> None:
    for _again in range(3):
        owner.send("/admin/ready/mail", {"email": "me@example.com"})
    assert db.session.query(Job).filter_by(kind="company.test-mail", done=None).count() == 1


@pytest.mark.parametrize(
    ("records", "spf", "dmarc"),
    [
        ({}, "missing", "missing"),
        (
            {
                "mail.example.com": ["v=spf1 -all", "v=spf1 +all"],
                "_dmarc.example.com": ["v=DMARC1; p=reject"],
            },
            "many",
            "there",
        ),
        ({"mail.example.com": ["google-site=x", "V=SPF1 mx -all"]}, "there", "missing"),
    ],
)
def test_the_dns_is_read_as_servers_read_it(records: dict[str, list[str]], spf: str, dmarc: str) -> None:
    with dns_server(records):
        found = nameservers.look("mail.example.com")
    assert (found["spf"]["state"], found["dmarc"]["state"]) == (spf, dmarc)


def test_a_dns_that_says_nothing_is_waited_for_a_short_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nameservers, "PATIENCE", 0.2)
    with dns_server({}):
        assert nameservers.look("silent.com")["spf"]["state"] == "unsure"
    assert nameservers.look(mailway.domain_of("help@127.0.0.1"))["spf"]["state"] == "nameless"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            "mx.example.com; spf=pass smtp.mailfrom=example.com; dkim=pass (2048 bit) header.d=example.com; dmarc=pass",
            {"spf": "passed", "dkim": "passed", "dmarc": "passed"},
        ),
        ("mx; dkim=fail header.d=a; dkim=pass header.d=b; spf=softfail", {"dkim": "passed", "spf": "failed"}),
        ("mx 1; none", {}),
        ("mx (spf=pass); dmarc = FAIL", {"dmarc": "failed"}),
        ("", {}),
    ],
)
def test_a_servers_word_on_a_mail_is_read(header: str, found: dict[str, str]) -> None:
    assert {name: check["state"] for name, check in mailway.results_in(header).items()} == found


def test_a_mail_that_comes_back_into_the_portals_mailbox_arrived_with_what_its_server_found(
    app: Flask, owner: PortalClient, work: Work, sender: None
) -> None:
    with dns_server({}):
        owner.send("/admin/ready/mail", {"email": "help@example.com"})
        work()
        assert way(owner)["SPF"][0] == "bad"
        test = db.session.query(TestMail).one()
        head = f"From: help@example.com\nTo: help@example.com\nSubject: x\nX-Portal-Mail: {own_mark(test.job_id or 0)}\n"
        results = "Authentication-Results: mx.example.com; spf=pass; dkim=none; dmarc=pass\n"
        forged = head.replace("X-Portal-Mail: ", "X-Portal-Mail: 9")
        take_in((results + forged + "\nx").encode())
        work()
        assert "mail" in open_lines()
        take_in((results + head + "\ny").encode())
        work()
    db.session.expire_all()
    assert "mail" not in open_lines()
    assert way(owner)["Arrived"][0] == "good"
    assert {name: way(owner)[name][0] for name in ("SPF", "DKIM", "DMARC")} == {
        "SPF": "good",
        "DKIM": "bad",
        "DMARC": "good",
    }


def test_bad_addresses_and_floods_are_refused_with_a_sentence(owner: PortalClient, people: Cast) -> None:
    answer = owner.send("/admin/ready/mail", {"email": "nobody"})
    assert answer.status_code == 422
    assert soup(answer).select_one("#email-e")
    for _number in range(MOST_TESTS):
        try_mail("me@example.com", people.admin)
    db.session.commit()
    answer = owner.send("/admin/ready/mail", {"email": "me@example.com"})
    assert answer.status_code == 429
    assert db.session.query(TestMail).count() == MOST_TESTS
