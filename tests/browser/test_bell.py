"""The bell in a browser: it follows by itself, is said once, opens and reads; mails are stopped by one click."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, press
from .test_journeys import Keyboard, read_mail
from .test_live import _new_request, _send
from .test_pages import AXE, RULES

pytestmark = pytest.mark.browser


def _shown(page: Page) -> int:
    return int(page.locator("#bell-count").get_attribute("data-count") or "0")


def test_an_answer_rings_in_every_window_but_the_one_that_shows_it(enter: Enter) -> None:
    window, elsewhere, agent = enter("colleague"), enter("colleague"), enter("agent")
    number = _new_request(window, "Does the bell ring")
    elsewhere.goto("/help")
    before = _shown(elsewhere)
    agent.goto(f"/desk/tickets/{number}")
    with window.expect_response(lambda one: "/notices/here" in one.url):  # the page that shows it reads it
        _send(agent, "It rings.")
    expect(window.locator("#talk")).to_contain_text("It rings.")
    expect(window.locator("#bell-count")).to_have_attribute("data-count", str(before))
    expect(elsewhere.locator("#bell-count")).to_have_attribute("data-count", str(before))
    expect(window.locator("#bell-said")).to_have_text("")
    window.goto("about:blank")
    _send(agent, "It rings again.")
    expect(elsewhere.locator("#bell-count")).to_have_attribute("data-count", str(before + 1))
    expect(elsewhere).to_have_title(re.compile(rf"^\({before + 1}\) "))
    expect(elsewhere.locator("#bell-said")).to_have_text(re.compile("unread notification"))

    bell = elsewhere.get_by_role("banner").locator("#bell summary")
    bell.click()
    newest = elsewhere.locator("#bell-latest .notice").first
    expect(newest).to_contain_text("Jonas answered “Does the bell ring”")
    press(elsewhere, "Escape")
    expect(newest).to_be_hidden()
    expect(bell).to_be_focused()
    bell.press("Enter")
    newest.click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Does the bell ring")
    expect(elsewhere.locator("#bell-count")).to_have_attribute("data-count", str(before))


def test_mark_all_read_empties_the_count_at_once(enter: Enter) -> None:
    page = enter("lena")
    page.goto("/desk")
    assert _shown(page) > 0
    page.locator("#bell summary").click()
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("#bell-count")).to_have_attribute("data-count", "0")
    expect(page).not_to_have_title(re.compile(r"^\("))
    expect(page.locator("#bell-latest .dot")).to_have_count(0)


def test_notices_and_mails_without_scripts(enter: Enter) -> None:
    page = enter("customer", java_script_enabled=False)
    page.goto("/account/notices?show=unread")
    count = _shown(page)
    assert count > 0
    page.locator("#notices .notice").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Notifications")
    page.goto("/account/notices")
    assert _shown(page) == count - 1

    _new_request(page, "Its mail has a link")
    read_mail(page, "customer@example.com", "Its mail has a link")
    page.locator("pre.letter a[href*='/unsubscribe/']").click()
    address = page.url
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("These mails are stopped")
    page.get_by_role("link", name="All that you get, and how").click()
    expect(page.locator("main input[type=checkbox]:not(:checked)")).to_have_count(1)
    page.goto(address)
    page.get_by_role("button", name="Send them again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get them again")


def test_j5_with_a_ready_answer_within_eight_keys(enter: Enter) -> None:
    number = _new_request(enter("colleague"), "A ready answer, please")
    queue = enter("agent")
    queue.goto("/desk?view=unassigned")
    expect(queue.get_by_role("row").nth(1)).to_contain_text("A ready answer, please")

    keys = Keyboard(queue)
    keys.press("j", "Enter")
    expect(queue.get_by_role("heading", level=1)).to_have_text("A ready answer, please")
    keys.press("r", "/")
    queue.keyboard.type("thanks")
    keys.press("Enter")
    expect(queue.get_by_role("textbox", name="Text", exact=True)).to_have_value(
        re.compile(rf"^Hello Beatriz,\n\nthank you[^{{}}]* {number}\.$")
    )
    keys.press("Control+Enter")
    expect(queue.get_by_role("combobox", name="State")).to_have_value("waiting")
    expect(queue.get_by_role("main")).to_contain_text("Jonas looks after it now")
    keys.press("Escape", "x")
    expect(queue.get_by_role("heading", level=1)).not_to_have_text("A ready answer, please")

    assert keys.count <= 8


def test_the_list_of_ready_answers_is_a_combobox_and_loses_nothing(enter: Enter) -> None:
    number = _new_request(enter("colleague"), "Slashes")
    page = enter("agent")
    page.context.add_init_script(path=AXE)
    page.goto(f"/desk/tickets/{number}")
    text, box = page.locator("#text"), page.get_by_role("combobox", name="Ready answers and articles")
    text.focus()
    page.keyboard.type("and/or\n/")
    expect(box).to_be_focused()
    options = page.locator("#ready [role=option]")
    expect(options.nth(1)).to_be_visible()
    assert page.evaluate(RULES, None) == []
    press(page, "ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "ready-2")
    press(page, "ArrowUp")
    press(page, "ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.type("zzz/qqqq")
    expect(options).to_have_text(["Nothing has these words."])
    press(page, "Escape")
    expect(text).to_be_focused()
    expect(text).to_have_value("and/or\n/zzz/qqqq")
    page.get_by_role("button", name="Ready answers, key /").click()
    page.keyboard.type("vpn")
    page.get_by_role("option", name="VPN connects, but no internet").click()
    expect(text).to_have_value(
        re.compile(r"qqqq\[VPN connects, but no internet\]\(http://[^ ]+/help/vpn-[a-z-]+\)$")
    )
    expect(text).to_be_focused()
