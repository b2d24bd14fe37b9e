"""J6 as far as it goes: a customer answers by mail, and the agent sees it arrive."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.app import create_app
from portal.mail.threads import Thread

from ..inbox.mails import PNG, mail, with_file
from ..servers import ROOT
from .conftest import SETTINGS, Enter

pytestmark = pytest.mark.browser


def test_an_answer_by_mail_arrives_in_the_agents_open_window(enter: Enter, demo_instance: Path) -> None:
    settings = {**SETTINGS, "PORTAL_INSTANCE": str(demo_instance)}
    with sqlite3.connect(demo_instance / "portal.sqlite") as connection:
        number, ticket, customer = connection.execute(
            "select t.number, t.id, p.id from ticket t join person p on p.id = t.requester_id"
            " where p.email = 'customer@example.com' and t.subject like 'VPN connects%'"
        ).fetchone()
    with create_app(settings).app_context():
        root = Thread(ticket, customer).root
    page = enter("agent")
    page.goto(f"/desk/tickets/{number}")
    body = "The relay works, thank you.\n\n> here is how\n\n-- \nMarta"
    answer = with_file(mail(subject="Re: VPN", body=body, In_Reply_To=root), "relay.png", PNG)

    command = [sys.executable, "-P", "-m", "portal", "mail", "receive"]
    subprocess.run(
        command, input=answer.as_bytes(), env={**os.environ, **settings}, cwd=ROOT, check=True, timeout=60
    )

    expect(page.get_by_text("The relay works, thank you.")).to_be_visible()
    expect(page.get_by_role("link", name="relay.png")).to_be_visible()
