"""J18: an agent's first day, from sign-in to a practice request that is answered by keyboard and put away."""

import re
import time

import pytest
from playwright.sync_api import expect

from .conftest import Enter, press, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_j18_a_practice_request_is_answered_with_a_ready_answer_and_an_article(
    enter: Enter, width: int
) -> None:
    page, began = enter(viewport={"width": width, "height": 800}), time.monotonic()
    sign_in(page, "newagent@example.com")
    if not page.get_by_role(
        "complementary", name="Practice"
    ).count():  # offered once; then it is asked for by hand
        page.goto("/desk/practice")
    page.get_by_role("button", name="Make a practice request").click()
    steps = page.get_by_role("region", name="Try it")
    expect(page.get_by_role("heading", level=1)).to_have_text("I cannot sign in any more")
    expect(steps.get_by_text("Done:")).to_have_count(0)

    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("Take the ticket")
    press(page, "Escape")
    expect(steps.get_by_text("Done:")).to_have_count(1)
    press(page, "t")
    expect(steps.get_by_text("Done:")).to_have_count(2)
    press(page, "r")
    text = page.get_by_role("textbox", name="Text", exact=True)
    expect(text).to_be_focused()
    for words in ("thank you", "password"):
        page.keyboard.press("/")
        page.keyboard.type(words)
        expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_be_visible()
        page.keyboard.press("Enter")
        expect(text).to_be_focused()
        page.keyboard.press("Enter")
    expect(text).to_have_value(re.compile("/help/"))
    press(page, "Control+Enter")
    expect(steps).to_contain_text("You are ready")
    expect(page.get_by_role("main")).to_contain_text("Waiting for customer")

    steps.get_by_role("button", name="Put away").click()
    expect(page).to_have_url(re.compile("/desk$"))
    expect(page.get_by_role("complementary", name="Practice")).to_have_count(0)
    assert time.monotonic() - began < 300
