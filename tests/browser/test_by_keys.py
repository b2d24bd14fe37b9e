"""From one to another by keys alone: the focus is seen and lands where the change was, and what happened is said aloud."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, press

pytestmark = pytest.mark.browser
# Notes what a screen reader is told: only what changes in a live region counts, not what came with the page.
LISTEN = """
window.said = [];
const hear = (found) => found.forEach(({ target, addedNodes }) => {
  const place = target.nodeType === 1 ? target : target.parentElement;
  if (place?.closest("[aria-live=polite], [role=status]")) said.push([...addedNodes].map((one) => one.textContent).join(" ") || place.textContent);
});
new MutationObserver(hear).observe(document, { childList: true, subtree: true, characterData: true });
"""
NAME = """
() => {
  const one = document.activeElement, words = one.getAttribute("aria-label") ?? [...(one.labels ?? []), one].map((each) => each.innerText).join(" ");
  const shown = [one, one.closest("label"), one.closest(".composer, .drop, form")].some((each) => each && parseFloat(getComputedStyle(each).outlineWidth) > 0);
  return one === document.body ? "" : shown ? words.replace(/\\s+/g, " ").trim() : "unseen: " + one.outerHTML;
}
"""


def _opened(enter: Enter, name: str, path: str) -> Page:
    page = enter(name)
    page.context.add_init_script(LISTEN)
    page.goto(path)
    _skip(page)
    return page


def _skip(page: Page) -> None:
    """Over the bar on top to what the page is about, as people do who go by keys."""
    press(page, "Tab", "Enter")
    expect(page).to_have_url(re.compile("#main$"))


def _to(page: Page, name: str, most: int = 90) -> None:
    """Press Tab until what is called `name` has the focus; what has it meanwhile is to be seen."""
    page.wait_for_load_state()
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(NAME)
        assert not here.startswith("unseen"), here
        if here.startswith(name):
            return
    raise AssertionError(f"{name!r} was not reached by {most} tabs")


def _type(page: Page, field: str, words: str) -> None:
    _to(page, field)
    page.keyboard.type(words)


def _enter_to(page: Page, heading: str) -> None:
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    _skip(page)


def _heard(page: Page, words: str) -> None:
    page.wait_for_function("words => said.some((one) => one.includes(words))", arg=words)


def test_an_idea_goes_from_its_first_words_to_released_by_keys_alone(enter: Enter) -> None:
    title = "Labels for cables by keys"
    writer = _opened(enter, "customer", "/ideas")
    _to(writer, "Suggest an idea")
    _enter_to(writer, "Suggest an idea")
    _type(writer, "Your idea in one line", title)
    _type(writer, "What would be better with it?", "Nobody pulls the wrong plug in the dark.")
    press(writer, "Control+Enter")
    expect(writer.get_by_role("heading", level=1)).to_have_text(title)
    _heard(writer, "Your vote is the first one")  # the page came with it, and it is read out all the same

    manager = _opened(enter, "manager", writer.url)
    _to(manager, "Vote for it")
    press(manager, "Enter")
    _heard(manager, "voted")
    voted = manager.get_by_role("button", name="Vote for it")
    expect(voted).to_be_focused()
    expect(voted).to_have_attribute("aria-pressed", "true")
    _to(manager, "You follow this")
    press(manager, "Enter")
    _to(manager, "Bell and mail", most=2)
    press(manager, "Enter")
    expect(manager.get_by_text("You follow this")).to_be_focused()

    _to(manager, "Decide …")
    _enter_to(manager, f"Decide about “{title}”")
    _to(manager, "Under review")
    press(manager, "ArrowDown", "ArrowDown", "ArrowDown")
    _type(manager, "Why, for everybody to read", "A label comes with each cable now.")
    _to(manager, "Say it to everybody")
    press(manager, "Enter")
    _heard(manager, "Said. Who voted for it")
    _to(manager, "How it came here", most=2)
    _heard(writer, "Released")
    _heard(writer, "A label comes with each cable now.")


def test_who_links_a_request_to_an_idea_goes_on_at_the_same_place(enter: Enter) -> None:
    agent = enter("agent")
    agent.context.add_init_script(LISTEN)
    agent.goto("/desk?q=VPN+connects")
    agent.get_by_role("link", name="VPN connects but").press("Enter")
    expect(agent.get_by_role("region", name="Conversation")).to_be_visible()
    agent.get_by_role("link", name="Make it a topic for others").focus()
    _type(agent, "Which idea does it ask for?", "invoice for each")
    expect(agent.get_by_role("button", name="Link: One invoice for each cost centre")).to_be_visible()
    _to(agent, "Link: One invoice for each cost centre", most=5)
    press(agent, "Enter")
    _heard(agent, "Linked. Who asked hears when it is released.")
    press(agent, "Escape")
    expect(agent.locator("#alerts > *")).to_have_count(0)  # it would stand over the composer for a while
    title = agent.get_by_role("complementary", name="Customer").get_by_role(
        "link", name="One invoice for each cost centre"
    )
    assert (
        title.evaluate("one => one.getBoundingClientRect().height") < 50
    )  # words side by side, not letters below each other
    _to(agent, "Take the link away: One invoice for each cost centre", most=5)
    press(agent, "Enter")
    _heard(agent, "The link was taken away.")
    _to(agent, "Which idea does it ask for?", most=3)


def test_who_chooses_how_to_follow_stays_where_they_are(enter: Enter) -> None:
    page = _opened(enter, "colleague", "/community/tagged/reach")
    _to(page, "Follow")
    press(page, "Enter")
    expect(page.get_by_text("You follow this")).to_be_focused()
    press(page, "Enter")
    _to(page, "Stop", most=3)
    press(page, "Enter")
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_focused()
