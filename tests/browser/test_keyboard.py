"""Everything can be reached by keyboard, and the focus is seen and lands where the change was."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, press

pytestmark = pytest.mark.browser

# Marks what can be used, one of each radio group; returns how many.
MARK = """
() => {
  const groups = new Set();
  const usable = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0 && one.type !== "hidden")
    .filter(one => one.type !== "radio" || !groups.has(one.name) && groups.add(one.name));
  usable.forEach(one => one.setAttribute("data-unreached", ""));
  return usable.length;
}
"""
# Notes that the focus came by; returns what is focused when nothing shows it.
STEP = """
() => {
  const one = document.activeElement;
  const group = one.type === "radio" ? document.querySelectorAll(`[name="${one.name}"]`) : [one];
  group.forEach(each => each.removeAttribute("data-unreached"));
  if (one === document.body) return "";
  const shown = [one, one.closest("label"), one.closest(".composer, .drop, form")].filter(Boolean)
    .some(each => getComputedStyle(each).outlineStyle !== "none" && parseFloat(getComputedStyle(each).outlineWidth) > 0);
  return shown ? "" : one.outerHTML.slice(0, 200);
}
"""
LEFT = "[...document.querySelectorAll('[data-unreached]')].map(one => one.outerHTML.slice(0, 200))"


def _walk(page: Page) -> list[str]:
    unseen = []
    for _ in range(page.evaluate(MARK) + 8):
        press(page, "Tab")
        if unseen_here := page.evaluate(STEP):
            unseen.append(unseen_here)
    return unseen


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("", "/"),
        ("", "/sign-in"),
        ("", "/help/vpn-connects-but-no-internet"),
        ("customer", "/account"),
        ("customer", "/tickets"),
        ("customer", "/tickets/new"),
        ("agent", "/desk?view=open"),
        ("admin", "/admin/record"),
    ],
)
def test_tab_reaches_everything_and_shows_where_it_is(enter: Enter, name: str, path: str) -> None:
    page = enter(name)
    page.goto(path)

    unseen = _walk(page)

    assert page.evaluate(LEFT) == []
    assert unseen == []


def test_tab_reaches_everything_of_a_request_on_both_sides(enter: Enter) -> None:
    customer, agent = enter("customer"), enter("agent")
    customer.goto("/tickets?q=VPN+connects")
    customer.get_by_role("link", name="VPN connects").click()
    agent.goto("/desk?q=VPN+connects")
    agent.get_by_role("link", name="VPN connects but").click()

    for page in (customer, agent):
        expect(page.get_by_role("heading", level=1)).to_have_text("VPN connects but there is no internet")
        assert _walk(page) == []
        assert page.evaluate(LEFT) == []


def test_errors_get_the_focus_with_htmx_and_after_a_whole_page(enter: Enter) -> None:
    page = enter("colleague")  # the customer has a draft with a subject there
    page.goto("/tickets/new")
    page.get_by_label("What you did, and what you saw").fill("Text without a subject")
    press(page, "Control+Enter")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_label("What you did, and what you saw")).to_have_value("Text without a subject")
    page.get_by_role("link", name="In one line").click()
    expect(page.get_by_label("In one line")).to_be_focused()

    visitor = enter()
    visitor.goto("/sign-up")
    visitor.get_by_role("main").get_by_role("button", name="Create account").click()
    expect(visitor.locator("#errors")).to_be_focused()


def test_the_sheet_of_keys_opens_and_single_keys_can_be_switched_off(enter: Enter) -> None:
    page = enter("agent")
    page.goto("/desk")
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Single keys work").uncheck()
    press(page, "Escape")

    press(page, "/")

    expect(page.get_by_label("Search tickets")).not_to_be_focused()


@pytest.mark.parametrize(
    ("place", "box"), [("/help", "Describe the problem"), ("/help/the-light-is-orange", "Search help")]
)
def test_suggestions_are_walked_by_arrows_and_put_away_by_escape(enter: Enter, place: str, box: str) -> None:
    page = enter()
    page.goto(place)
    field = page.get_by_role("searchbox", name=box).last
    field.press_sequentially("orange lihgt", delay=20)
    first = page.get_by_role("list", name="Suggestions").get_by_role(
        "link", name="The light is orange: what it means"
    )
    expect(first).to_be_visible()
    field.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_have_count(0)
    expect(field).to_have_value("orange lihgt")
    expect(field).to_be_focused()
