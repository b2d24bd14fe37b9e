"""A topic with scripts: quotations, names while they are typed, votes in place, and what was read."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter

pytestmark = pytest.mark.browser
TITLE = "Which access point for a house with thick walls?"


def opened(page: Page) -> Page:
    page.goto("/community")
    page.get_by_role("link", name=TITLE, exact=True).click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    page.wait_for_load_state()
    return page


def test_a_post_is_quoted_and_somebody_of_the_topic_is_named(enter: Enter) -> None:
    page = opened(enter("stranger"))
    answer = page.get_by_label("Your answer", exact=True)
    answer.fill("As said:")
    page.get_by_role("article").nth(0).get_by_role("link", name="Quote").press("Enter")
    expect(answer).to_have_value(re.compile(r"^As said:\n\n> @\w+:\n>? ?.*stone walls", re.DOTALL))
    expect(answer).to_be_focused()
    answer.press("Control+End")
    answer.press_sequentially("@ma")
    names = page.get_by_role("listbox", name="People in this topic")
    expect(names.get_by_role("option", name="Marta")).to_be_visible()
    answer.press("Enter")
    expect(answer).to_have_value(re.compile(r"@Marta $"))
    expect(names).to_be_hidden()


def test_selected_words_alone_are_quoted(enter: Enter) -> None:
    page = opened(enter("stranger"))
    page.get_by_text("mesh only", exact=True).first.select_text()
    page.get_by_role("button", name="Quote", exact=True).click()
    expect(page.get_by_label("Your answer", exact=True)).to_have_value(
        re.compile(r"> @\w+:\n> mesh only\n\n$")
    )


def test_without_scripts_a_link_fills_the_composer_and_a_form_marks_as_read(enter: Enter) -> None:
    page = opened(enter("stranger", java_script_enabled=False))
    page.get_by_role("button", name="Mark as read").click()
    page.get_by_role("article").nth(0).get_by_role("link", name="Quote").click()
    expect(page.get_by_label("Your answer", exact=True)).to_have_value(re.compile("^> @"))
    page.get_by_role("button", name=re.compile("^Helpful")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Helpful")).first).to_have_attribute(
        "aria-pressed", "true"
    )


def test_votes_and_signs_change_in_place_and_reading_is_noted(enter: Enter) -> None:
    page = enter("editor")
    with page.expect_request(re.compile(r"/community/\d+/read$")):
        opened(page)
    post = page.get_by_role("article").last
    post.get_by_label("Add a reaction").click()
    with page.expect_response(re.compile("/react$")):
        post.get_by_role("button", name="Thank you").click()
    expect(post.get_by_role("button", name="Thank you, 1")).to_have_attribute("aria-pressed", "true")
    with page.expect_response(re.compile("/vote$")):
        post.get_by_role("button", name=re.compile("^Helpful")).click()
    expect(post.get_by_role("button", name=re.compile("^Helpful"))).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_text("You follow this")).to_be_visible()


def test_by_keyboard_the_focus_stays_where_a_sign_was_put_and_goes_to_what_was_written(enter: Enter) -> None:
    page = opened(enter("colleague"))
    first = page.get_by_role("article").nth(0)
    sheet = first.locator("summary[aria-label='Add a reaction']")
    sheet.press("Enter")
    first.locator(".signs details button").nth(1).press("Enter")
    expect(first.locator(".signs > button[aria-pressed=true]")).to_have_count(1)
    expect(sheet).to_be_focused()
    answer = page.get_by_label("Your answer", exact=True)
    answer.fill("One a floor did it here.")
    answer.press("Control+Enter")
    expect(page.get_by_role("article").filter(has_text="One a floor did it here.")).to_be_focused()
