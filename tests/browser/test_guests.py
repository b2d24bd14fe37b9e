"""J2, J7, J19 and J22 in a browser: who has no account, and who reads by headings, labels and names alone."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Enter, press
from .test_journeys import read_mail

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_j2_a_visitor_asks_confirms_and_lands_on_the_request(enter: Enter, scripts: bool) -> None:
    page = enter(java_script_enabled=scripts, viewport={"width": 390, "height": 800})
    email = f"vera-{scripts}@example.org".lower()
    page.goto("/help")
    page.get_by_role("link", name="Ask").first.click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("In one line").fill("The box has no light")
    page.get_by_label("What you did, and what you saw").fill("I pressed the button and nothing happened.")
    page.get_by_role("checkbox", name="I accept the terms").check()
    page.wait_for_timeout(3200)  # a form that is sent within a blink is held back
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("heading", name="One more step: your mail")).to_be_visible()

    read_mail(page, email)
    page.get_by_role("link", name="/tickets/confirm/").click()
    page.get_by_role("button", name="Yes, it is mine").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The box has no light")
    expect(page.get_by_role("main")).to_contain_text("I pressed the button")


def test_what_a_visitor_wrote_outlives_a_reload_a_language_and_an_answer_that_was_none(enter: Enter) -> None:
    page = enter()
    words = {
        "E-mail": "vera@example.org",
        "In one line": "VPN connects, no internet",
        "What you did": "I rang.",
    }
    page.goto("/tickets/new")
    for label, typed in words.items():
        page.get_by_label(label).fill(typed)
    page.get_by_label("Something is broken").check(force=True)
    page.get_by_role("button", name="This solved it: VPN connects").first.click()
    page.get_by_role("button", name="Not solved after all").click()
    for label, typed in words.items():
        expect(page.get_by_label(label)).to_have_value(typed)
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_label("E-mail").or_(page.get_by_label("Correo"))).to_have_value("vera@example.org")
    page.reload()
    expect(page.get_by_role("textbox").last).to_have_value("I rang.")

    page.get_by_role("checkbox", name="Acepto los términos").check()
    page.wait_for_timeout(3200)  # a form that is sent within a blink is held back
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_url("**/tickets/sent")
    page.goto("/tickets/new")
    expect(page.get_by_role("textbox").last).to_have_value("")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_j7_it_is_solved_rated_from_the_mail_and_opened_again(enter: Enter, scripts: bool) -> None:
    desk, page = enter("agent"), enter(java_script_enabled=scripts)
    subject = f"A light that went out {scripts}"
    asker = enter("colleague")
    asker.goto("/tickets/new")
    asker.get_by_label("In one line").fill(subject)
    asker.get_by_label("What you did, and what you saw").fill("It is dark here.")
    asker.get_by_role("button", name="Send request").click()
    asker.wait_for_url("**/tickets/2*")
    number = asker.url.rpartition("/")[2]
    desk.goto(f"/desk/tickets/{number}")
    press(desk, "s")
    expect(desk.get_by_role("combobox", name="State")).to_have_value("solved")

    read_mail(page, "colleague@example.com", f"#{number}", count=2)
    page.get_by_role("link", name="score=4").click()
    expect(page.get_by_role("radio", name="Good", exact=True)).to_be_checked()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("main")).to_contain_text("You said: Good")

    page.get_by_label("Your answer").fill("It went out again.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("It went out again.")
    expect(asker.get_by_role("main")).to_contain_text("It went out again.")


def test_j19_a_caller_follows_and_answers_by_number_and_code(enter: Enter) -> None:
    desk, caller = enter("agent"), enter()
    desk.goto("/desk")
    desk.get_by_role("link", name="Request of a caller").click()
    desk.get_by_label("Name").fill("Mr. Lemos")
    desk.get_by_label("In one line").fill("No telephone")
    desk.get_by_label("What they say").fill("It is silent since the storm.")
    desk.get_by_role("button", name="Open the request").click()
    number, code = desk.locator(".read-out dd").all_inner_texts()

    caller.goto("/tickets/follow")
    caller.get_by_label("Number").fill(number)
    caller.get_by_label("Code").fill(code.lower())
    caller.get_by_role("button", name="Open the request").click()

    expect(caller.get_by_role("heading", level=1)).to_have_text("No telephone")
    caller.get_by_label("Your answer").fill("It rings again, thank you.")
    caller.get_by_role("button", name="Send", exact=True).click()
    expect(caller.locator("#talk")).to_contain_text("It rings again, thank you.")


def test_j22_an_answer_that_arrives_is_announced_once_and_the_focus_stays(enter: Enter) -> None:
    page, desk = enter("customer"), enter("agent")
    page.goto("/tickets/new")
    page.get_by_role("textbox", name="In one line").fill("By names alone")
    page.get_by_role("textbox", name="What you did, and what you saw").fill("Read out to me.")
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url(re.compile(r"/tickets/2\d+"))
    number = page.url.rpartition("/")[2]
    page.get_by_role("textbox", name="Your answer").focus()
    page.evaluate(
        """() => { window.said = [];
        const live = document.querySelector("#talk");
        new MutationObserver(list => list.forEach(one => one.addedNodes.forEach(node => {
          if (node.textContent.includes("An answer for you")) window.said.push(node.nodeName);
        }))).observe(live, { childList: true, subtree: true }); }"""
    )

    desk.goto(f"/desk/tickets/{number}")
    desk.get_by_label("Text", exact=True).fill("An answer for you")
    desk.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("#talk")).to_contain_text("An answer for you")
    assert page.evaluate("window.said.length") == 1
    expect(page.get_by_role("textbox", name="Your answer")).to_be_focused()
    assert page.locator("#talk").get_attribute("aria-live") == "polite"
