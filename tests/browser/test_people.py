"""A colleague is invited, begins, leaves, and hands over what was open; by keyboard, with and without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def _act(page: Page, role: Any, name: str | re.Pattern[str]) -> None:
    """Press Enter on a link or a button, as who has no mouse."""
    page.get_by_role(role, name=name, exact=isinstance(name, str)).press("Enter")


def _invite(admin: Page, called: str) -> None:
    admin.goto("/admin/people")
    _act(admin, "link", "Invite a colleague")
    admin.get_by_label("Name", exact=True).fill(called)
    admin.get_by_label("E-mail").fill(f"{called.lower()}@example.org")
    admin.get_by_role("checkbox", name=re.compile("^Agent ")).press("Space")
    admin.get_by_label("Only for these teams").press("Space")
    admin.get_by_label("Support", exact=True).press("Space")
    _act(admin, "button", "Send the invitation")
    expect(admin.get_by_text(f"{called} is asked by mail.")).to_be_visible()


def _join(colleague: Page, called: str) -> None:
    """From the mail to the desk."""
    colleague.goto("/outbox")
    mail = colleague.get_by_role("link", name=re.compile("asks you to join")).first
    expect(mail).to_be_visible()
    mail.press("Enter")
    found = re.search(r"http://\S+(/invitation/\S+)", colleague.inner_text("body"))
    address = (
        found[1]
        if found
        else colleague.frame_locator("iframe").get_by_role("link", name="Join").get_attribute("href")
    )
    colleague.goto(address or "")
    expect(colleague.get_by_label("How should we call you?")).to_have_value(called)
    colleague.get_by_label("Password").fill("a sentence of mine")
    colleague.get_by_label("Password").press("Enter")
    colleague.wait_for_url("**/desk")


@BOTH
def test_j27_a_colleague_comes_and_leaves_and_what_was_open_is_handed_over(
    enter: Enter, scripts: bool
) -> None:
    called, subject = ("Wanda" if scripts else "Walter"), f"Who takes this over? {scripts}"
    admin, colleague = (enter(name, java_script_enabled=scripts) for name in ("admin", ""))
    _invite(admin, called)
    _join(colleague, called)
    colleague.goto("/desk/new")
    colleague.get_by_label("Name", exact=True).fill("Rui")
    colleague.get_by_label("In one line").fill(subject)
    colleague.get_by_label("What they say").fill("It is about the bill.")
    colleague.get_by_role("button", name=re.compile("Open")).press("Enter")
    colleague.goto("/desk?view=unassigned")
    colleague.get_by_role("link", name=re.compile(re.escape(subject))).first.press("Enter")
    colleague.get_by_role("button", name=re.compile("Take")).first.press("Enter")
    expect(colleague.get_by_text(f"{called} looks after it now")).to_be_visible()

    admin.goto("/admin/people")
    _act(admin, "link", called)
    _act(admin, "link", "Deactivate")
    heir = admin.get_by_label(subject)
    heir.focus()
    heir.select_option(label="Lena")
    _act(admin, "button", "Deactivate")
    expect(admin.get_by_text(f"{called} is deactivated, and signed out everywhere.")).to_be_visible()

    colleague.goto("/desk")
    expect(colleague).to_have_url(re.compile("/sign-in"))
    admin.goto("/desk?view=open")
    admin.get_by_role("link", name=re.compile(re.escape(subject))).first.press("Enter")
    expect(admin.get_by_text(re.compile("handed it to Lena"))).to_be_visible()
