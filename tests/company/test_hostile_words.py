"""What administrators call things is only text wherever others read it, and what the server keeps secret stands nowhere."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.canned.actions import Saying, add_canned
from portal.company.actions import save_first
from portal.extensions import db
from portal.mail.models import Letter
from portal.people.models import Organisation, Person, Role
from portal.staff.actions import Offer, invite
from portal.tickets.actions import Words, note

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_space, make_ticket

Browser = Callable[[Person], PortalClient]
HOSTILE = "\"'><img src=qq onerror=x>{{7*7}}${x}%(x)s"
SHOWN = [
    "/", "/help", "/sign-up", "/contact", "/community", "/ideas", "/feedback", "/tickets/new", "/account",
    "/desk?view=all", "/desk/canned", "/desk/new", "/desk/tickets/{ticket}", "/admin", "/admin/company",
    "/admin/company/look", "/admin/company/mails/en", "/admin/ready", "/admin/people", "/admin/people/invite",
    "/admin/people?show=invited", "/admin/people?q=%25%27%22%5C&at=%00x", "/admin/people/{person}", "/admin/teams",
    "/admin/roles", "/admin/roles/{role}", "/admin/record", "/admin/people/{person}/deactivate",
    "/community/feed.xml", "/help/feed.atom",
]  # fmt: skip


@pytest.fixture
def hostile(app: Flask, people: Cast) -> dict[str, Any]:
    """An instance in which all that can be named is called so."""
    save_first("look", {"NAME": HOSTILE, "ACCENT": "#112233", "LOGO": None}, "changed it")
    save_first("sender", {"SENDER_NAME": HOSTILE, "MAIL_FROM": "help@example.com"}, "changed it")
    save_first("mails-en", {"greeting": HOSTILE, "footer": HOSTILE}, "changed it")
    role = Role(key="own-hostile", name=HOSTILE, permissions=["tickets.read"])
    db.session.add_all([role, Organisation(name=HOSTILE)])
    team = people.agent2.grants[-1].team
    assert team
    team.name = HOSTILE
    people.customer.called = people.agent2.called = HOSTILE
    db.session.flush()
    invite(Offer("n@example.org", HOSTILE, "en", [role], [team]), people.admin)
    add_canned(Saying(HOSTILE, "", HOSTILE), people.admin)
    make_space(HOSTILE)
    ticket = make_ticket(people.customer, HOSTILE, HOSTILE)
    note(ticket, Words(HOSTILE), people.agent)
    db.session.commit()
    app.extensions["company"].look(at_once=True)
    return {"ticket": ticket.number, "person": people.agent2.id, "role": role.id}


# Pages are the same on both.
@pytest.mark.parametrize("full_app", ["sqlite"], indirect=True)
def test_names_are_only_text_on_pages_and_in_mails(
    people: Cast, browser_of: Browser, hostile: dict[str, Any], work: Callable[[], int]
) -> None:
    """Row 22."""
    browser, named = browser_of(people.admin), 0
    for path in SHOWN:
        answer = browser.get(path.format(**hostile))
        assert answer.status_code == 200, path
        assert "<img src=qq" not in answer.text, path
        assert "{{49" not in answer.text, path
        named += "img src=qq" in answer.text
    assert named > len(SHOWN) // 2
    work()
    letters = db.session.query(Letter).all()
    assert any("img src=qq" in (letter.html or "") for letter in letters)
    for letter in letters:
        assert "<img src=qq" not in (letter.html or ""), letter.subject


@pytest.mark.parametrize("full_app", ["sqlite"], indirect=True)
def test_no_page_tells_a_secret_of_the_server(
    app: Flask, people: Cast, browser_of: Browser, client: PortalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 55."""
    secrets = {app.config["SECRET_KEY"], "canary-of-a-secret"}
    for name in ("MAIL_PASSWORD", "IMAP_PASSWORD", "BACKUP_PASSPHRASE"):
        monkeypatch.setitem(app.config, name, "canary-of-a-secret")
    browser = browser_of(people.admin)
    for path in ("/admin", "/admin/ready", "/admin/company", "/admin/company/sender", "/admin/record"):
        assert not any(secret in browser.get(path).text for secret in secrets), path
    for path in ("/readyz", "/healthz", "/robots.txt", "/outbox"):
        assert not any(secret in client.get(path).text for secret in secrets), path
