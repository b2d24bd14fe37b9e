"""From one to another, walked by people with and without scripts: topic to request, request to topic, article to topic."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import Enter

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
SELECT = """
() => {
  const paragraph = document.querySelector(".prose > p:not([class])"), range = document.createRange();
  range.selectNodeContents(paragraph);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
"""


@BOTH
def test_j9_an_agent_makes_a_request_of_a_topic_and_who_asked_finds_it(enter: Enter, scripts: bool) -> None:
    asker, title = enter("colleague", java_script_enabled=scripts), f"A cable in the attic? {scripts}"
    asker.goto("/community/new?space=routers-and-wifi")
    asker.get_by_label("In one line").fill(title)
    asker.get_by_label("Tell more").fill("Forty metres, two corners.")
    asker.get_by_role("button", name="Open the topic").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(title)

    agent = enter("agent", java_script_enabled=scripts)
    agent.goto(asker.url)
    agent.get_by_role("link", name="Make it a request").click()
    agent.get_by_label("Which team?").select_option(label="Support")
    agent.get_by_role("button", name="Open the request").click()
    expect(agent.get_by_role("heading", level=1)).to_have_text(title)
    expect(agent.get_by_role("region", name="Conversation")).to_contain_text("Forty metres, two corners.")

    asker.reload()
    expect(asker.get_by_text("The support looks at this with Bea in private.")).to_be_visible()
    asker.get_by_role("link", name=re.compile(r"To the request 2\d{4}")).click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(title)
    asker.get_by_role("link", name="a topic in the community").click()
    expect(asker.get_by_text("The support looks at this with Bea in private.")).to_be_visible()


@BOTH
def test_j9_a_question_becomes_a_topic_once_its_customer_has_seen_every_word(
    enter: Enter, scripts: bool
) -> None:
    asker, subject = enter("customer", java_script_enabled=scripts), f"Hall without signal {scripts}"
    asker.goto("/tickets/new")
    asker.get_by_label("In one line").fill(subject)
    asker.get_by_label("What you did, and what you saw").fill(
        "Marta here, call +55 11 91234-5678. No signal in the hall."
    )
    asker.get_by_role("button", name="Send request").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(subject)
    number = asker.url.rpartition("/")[2]
    agent = enter("agent", java_script_enabled=scripts)
    agent.goto(f"/desk/tickets/{number}")
    agent.locator("#text").fill("Hello Marta, put it on the stairs.")
    agent.get_by_role("button", name=re.compile("^Send")).click()
    expect(agent.get_by_role("region", name="Conversation")).to_contain_text("put it on the stairs")
    agent.goto(f"/desk/tickets/{number}")
    agent.get_by_role("link", name="Make it a topic for others").click()
    question, answer = agent.get_by_label("The question"), agent.get_by_label("The answer")
    expect(question).to_have_value("[name] here, call [phone]. No signal in the hall.")
    question.fill("No signal in the hall.")
    answer.fill("Put it on the stairs.")
    agent.get_by_role("button", name="Ask the customer").click()
    expect(agent.get_by_text("The customer is asked whether others may read it.")).to_be_visible()

    asker.reload()
    asker.get_by_role("link", name="Look at it").click()
    shown = asker.get_by_label("As others would read it")
    expect(shown).to_contain_text("No signal in the hall.")
    expect(shown).not_to_contain_text("91234")
    asker.get_by_role("button", name="Yes, others may read it").click()
    asker.get_by_role("link", name="a topic in the community").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(subject)
    expect(asker.get_by_text("The accepted answer", exact=True)).to_be_visible()
    stranger = enter(java_script_enabled=scripts)
    stranger.goto(asker.url)
    expect(stranger.get_by_role("main")).to_contain_text("Put it on the stairs.")
    asker.get_by_role("link", name=f"It came from the request {number}").click()
    expect(asker).to_have_url(re.compile(rf"/tickets/{number}$"))


def test_chosen_words_of_an_article_go_along_into_a_topic(enter: Enter) -> None:
    page = enter("customer")
    page.goto("/help/the-light-is-orange")
    expect(page.get_by_role("link", name="Orange at night only")).to_be_visible()
    page.evaluate(SELECT)
    page.get_by_role("link", name="Discuss these words").click()
    expect(page.get_by_label("Tell more")).to_have_value(
        re.compile(r"^> A steady orange light means[\s\S]*\(/help/the-light-is-orange\)")
    )
    bare = enter("customer", java_script_enabled=False)
    bare.goto("/help/the-light-is-orange")
    bare.get_by_role("link", name="Discuss this").click()
    expect(bare.get_by_label("Tell more")).to_have_value(re.compile(r"^About: \["))
