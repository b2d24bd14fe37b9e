"""J17: an instance that was just made, then only the browser, until a colleague has answered a request from another window."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ..make import PASSWORD
from ..servers import ROOT, SmtpSink, portal_server, smtp_sink
from .conftest import WAIT, sign_in

pytestmark = pytest.mark.browser


def _link_to(sink: SmtpSink, recipient: str) -> str:
    """The path that the newest mail to somebody leads to, once there is one."""
    deadline = time.monotonic() + WAIT / 1000
    while time.monotonic() < deadline:
        theirs = [letter.message for letter in list(sink.letters) if recipient in letter.recipients]
        body = theirs[-1].get_body(("plain",)) if theirs else None
        found = body and re.search(
            r"http://[^/\s]+(/(?:admin|tickets|invitation)/\S+)", str(body.get_content())
        )
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"no mail with a link to {recipient}")


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/admin/ready")


def _visitor_asks(chromium: Browser, address: str, sink: SmtpSink) -> Page:
    """Somebody without an account sends a request from a window of their own, and confirms it."""
    visitor = chromium.new_context(base_url=address, locale="en-GB").new_page()
    visitor.goto("/tickets/new")
    visitor.get_by_label("E-mail").fill("vera@example.org")
    visitor.get_by_label("In one line").fill("The box has no light")
    visitor.get_by_label("What you did, and what you saw").fill("Nothing happened.")
    visitor.wait_for_timeout(3200)  # a form that is sent within a blink is held back
    visitor.get_by_role("button", name="Send request").click()
    visitor.wait_for_url("**/tickets/sent")
    visitor.goto(_link_to(sink, "vera@example.org"))
    visitor.get_by_role("button", name="Yes, it is mine").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("The box has no light")
    return visitor


def _colleague_joins(owner: Page, address: str, sink: SmtpSink) -> Page:
    """The owner invites an agent, who follows the mail to the desk."""
    browser = owner.context.browser
    assert browser
    owner.goto("/admin/ready")
    owner.get_by_role("link", name="Do it: A first colleague").click()
    owner.get_by_label("Name").fill("Cora")
    owner.get_by_label("E-mail").fill("cora@example.org")
    owner.get_by_label("Agent").check()
    owner.get_by_role("button", name="Send the invitation").click()
    colleague = browser.new_context(base_url=address, locale="en-GB").new_page()
    colleague.goto(_link_to(sink, "cora@example.org"))
    colleague.get_by_label("Password").fill(PASSWORD)
    colleague.get_by_role("button", name="Join and begin").click()
    colleague.wait_for_url("**/desk**")
    owner.goto("/admin/ready")
    expect(owner.locator("#line-colleague.good")).to_be_visible()
    return colleague


def test_j17_an_owner_gets_ready_and_a_colleague_answers_a_first_request(
    chromium: Browser, tmp_path: Path
) -> None:
    settings = {"PORTAL_INSTANCE": str(tmp_path / "instance"), "PORTAL_ARGON_MEMORY_KB": "8"}
    init = [sys.executable, "-P", "-m", "portal", "init", "--email", "owner@example.com", "--name", "Owen"]
    told = subprocess.run(
        [*init, "--no-input", "--password", PASSWORD],
        env={**os.environ, **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "/sign-in?next=/admin/ready" in told.stdout
    fields = 3  # address, name, password
    with smtp_sink() as sink:
        mail = {"PORTAL_MAIL_SERVER": "127.0.0.1", "PORTAL_MAIL_PORT": str(sink.port)}
        mail |= {
            "PORTAL_MAIL_SECURITY": "none",
            "PORTAL_MAIL_FROM": "help@127.0.0.1",
            "PORTAL_NAME": "Portal",
        }
        with portal_server(tmp_path / "instance", {**settings, **mail}) as server:
            owner = chromium.new_context(base_url=server.address, locale="en-GB").new_page()
            sign_in(owner, "owner@example.com")
            expect(owner).to_have_url(f"{server.address}/admin/ready")
            expect(owner.get_by_text("0 of 10 are there")).to_be_visible()
            owner.get_by_role("link", name="Do it: The name of your company").click()
            owner.get_by_label("Name of the company").fill("Quay 3")
            _save(owner)
            expect(owner.locator(".brand")).to_contain_text("Quay 3")
            owner.get_by_role("link", name="Do it: Your time zone").click()
            owner.get_by_label("Time zone").select_option("Europe/Lisbon")
            _save(owner)
            owner.get_by_role("link", name="Do it: Your opening hours").click()
            owner.get_by_label("Open round the clock").check()
            _save(owner)
            fields += 5  # address and password once more, name, zone, hours
            owner.goto("/admin/ready")
            owner.get_by_role("button", name="Send a test mail").click()
            link = _link_to(sink, "owner@example.com")
            expect(owner.get_by_text("The mail server took it and said")).to_be_visible()
            expect(owner.get_by_text("250 OK")).to_be_visible()
            owner.goto(link)
            owner.get_by_role("button", name="It arrived").click()
            expect(owner.locator("#line-mail.good")).to_be_visible()

            visitor = _visitor_asks(chromium, server.address, sink)
            colleague = _colleague_joins(owner, server.address, sink)
            fields += 3  # name, address, role

            colleague.goto("/desk?view=all")
            colleague.get_by_role("link", name="The box has no light").first.click()
            colleague.locator("#composer textarea[name=body]").fill("Press it for ten seconds.")
            colleague.locator("#composer").get_by_role("button", name="Send").first.click()
            expect(visitor.get_by_text("Press it for ten seconds.")).to_be_visible()  # by itself
    assert fields <= 12
