"""The journeys J3, J4 and J5 by roles and accessible names alone, J3 and J4 also without scripts."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from .conftest import WAIT, Enter, press, sign_in

pytestmark = pytest.mark.browser

SECRET = "A sentence of one's own is best"
# Puts files where a person drops or pastes them.
HAND_OVER = """
(target, [kind, name, type, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type }));
  const Event = kind === "paste" ? ClipboardEvent : DragEvent;
  const key = kind === "paste" ? "clipboardData" : "dataTransfer";
  target.dispatchEvent(new Event(kind, { [key]: data, bubbles: true, cancelable: true }));
}
"""
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def read_mail(page: Page, recipient: str, subject: str = "", count: int = 1) -> None:
    """Open the newest mail to an address with these words as its subject, as soon as there are so many."""
    deadline = time.monotonic() + WAIT / 1000
    rows = (
        page.get_by_role("main").get_by_role("listitem").filter(has_text=recipient).filter(has_text=subject)
    )
    page.goto("/outbox")
    while rows.count() < count and time.monotonic() < deadline:
        page.wait_for_timeout(200)
        page.goto("/outbox")
    rows.first.get_by_role("link").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_j3_a_visitor_signs_up_and_is_greeted_by_name(enter: Enter, scripts: bool) -> None:
    page = enter(java_script_enabled=scripts)
    email = f"amelie-{scripts}@example.com".lower()
    page.goto("/")
    page.get_by_role("link", name="Create account").first.click()
    page.get_by_label("How should we call you?").fill("Amélie <b>")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("checkbox", name="I accept the terms").check()
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()

    read_mail(page, email)
    page.get_by_role("link", name="/confirm/").click()
    page.get_by_role("button", name="Yes, this is my address").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Amélie <b>")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()


def test_j4_a_request_with_files_shows_its_number_and_sends_a_mail(enter: Enter) -> None:
    page = enter("colleague")
    page.goto("/help/the-light-is-orange")
    page.get_by_role("main").get_by_role("link", name="Ask about this").click()
    page.get_by_label("In one line").fill("The bell rings at night")
    text = page.get_by_label("What you did, and what you saw")
    text.fill("It **rings** at three.")
    page.get_by_text("Preview", exact=True).click()
    expect(page.get_by_role("strong")).to_have_text("rings")
    page.get_by_text("Write", exact=True).click()
    text.evaluate(HAND_OVER, ["paste", "shot.txt", "text/plain", "pasted"])
    page.get_by_label("Drop files here").evaluate(HAND_OVER, ["drop", "log.txt", "text/plain", "dropped"])
    expect(page.get_by_role("button", name=".txt")).to_have_count(2)
    page.get_by_role("button", name="Send request").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The bell rings at night")
    expect(page.get_by_text(re.compile(r"number 2\d{4}"))).to_be_visible()
    expect(page.get_by_role("link", name=".txt")).to_have_count(2)
    read_mail(page, "colleague@example.com", "The bell rings at night")
    expect(page.get_by_role("main")).to_contain_text("Hello Beatriz")


def test_j4_without_scripts(enter: Enter) -> None:
    page = enter("colleague", java_script_enabled=False)
    page.goto("/help/the-light-is-orange")
    page.get_by_role("main").get_by_role("link", name="Ask about this").click()
    page.get_by_label("In one line").fill("No scripts here")
    page.get_by_label("What you did, and what you saw").fill("And yet it works.")
    page.get_by_label("Drop files here").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"}
    )
    page.get_by_role("button", name="Send request").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("No scripts here")
    expect(page.get_by_role("link", name="a.txt")).to_have_count(1)
    page.get_by_label("Your answer").fill("One more word.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("One more word.")


@pytest.mark.parametrize("path", ["/help/the-light-is-orange", "/nowhere", "/tickets/new?subject=Orange"])
def test_sign_in_leads_back_to_the_same_place(enter: Enter, path: str) -> None:
    page = enter()
    page.goto(path)
    if "/sign-in" not in page.url:
        page.get_by_role("banner").get_by_role("link", name="Sign in").click()

    sign_in(page, "colleague@example.com", page.url)

    assert page.url.endswith(path)


class Keyboard:
    """Presses keys and counts them; words are typed and do not count."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        press(self.page, *keys)
        self.count += len(keys)


def test_j5_a_request_is_answered_live_and_by_keyboard_alone(enter: Enter) -> None:
    queue, window = enter("agent"), enter("colleague")
    queue.goto("/desk?view=unassigned")
    window.goto("/tickets/new?subject=The+door+will+not+open")
    window.get_by_label("What you did, and what you saw").fill("I pulled.")
    window.get_by_role("button", name="Send request").click()
    row = queue.get_by_role("row", name="The door will not open")
    expect(row).to_be_visible()
    draft = window.get_by_role("textbox", name="Your answer")
    draft.press_sequentially("While I wait")

    keys = Keyboard(queue)
    keys.press("j")
    assert row.get_by_role("link").evaluate("link => link === document.activeElement")
    keys.press("Enter")
    expect(queue.get_by_role("heading", level=1)).to_have_text("The door will not open")
    keys.press("t")
    expect(queue.get_by_role("main")).to_contain_text("Jonas looks after it now")
    keys.press("r")
    queue.keyboard.type("Push, do not pull.")
    keys.press("Control+Enter")
    expect(queue.get_by_role("combobox", name="State")).to_have_value("waiting")
    expect(queue.get_by_role("textbox", name="Text", exact=True)).to_have_value("")
    keys.press("Escape", "x")
    expect(queue.get_by_role("heading", level=1)).not_to_have_text("The door will not open")

    assert keys.count <= 8
    expect(window.get_by_role("main")).to_contain_text("Push, do not pull.")
    expect(window.get_by_role("main")).to_contain_text("Waiting for you")
    expect(window.get_by_role("complementary", name="About this request")).to_contain_text("Jonas")
    expect(draft).to_be_focused()
    expect(draft).to_have_value("While I wait")
