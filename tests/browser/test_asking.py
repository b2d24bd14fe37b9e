"""J9 by roles and accessible names alone, with and without scripts: somebody asks, sees what is alike, and is answered."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter, sign_in

pytestmark = pytest.mark.browser


def _ask(page: Page, title: str, *, scripts: bool) -> None:
    page.goto("/community")
    page.get_by_role("link", name="Ask the community").first.click()
    field = page.get_by_label("In one line")
    if scripts:
        field.press_sequentially(title)
    else:
        field.fill(title)
        page.get_by_role("button", name="Look for answers").click()
    alike = page.get_by_role("region", name="This may be the answer")
    expect(alike.get_by_role("link", name="Which access point for a house with thick walls?")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_j9_somebody_asks_sees_what_is_alike_and_another_answers(enter: Enter, scripts: bool) -> None:
    asker, helper = (enter(name, java_script_enabled=scripts) for name in ("customer", "stranger"))
    title = f"Access point for thick walls {'and' if scripts else 'without'} scripts"
    _ask(asker, title, scripts=scripts)
    asker.get_by_label("Tell more").fill("Stone, **60 cm**. The one in the hall reaches the kitchen.")
    asker.get_by_label("Tags").fill("walls")
    asker.get_by_role("button", name="Open the topic").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(title)
    number = asker.url.rpartition("/")[2]

    helper.goto("/community?show=unanswered")
    helper.get_by_role("link", name=title).click()
    helper.get_by_label("Your answer").fill("One a floor, at the stairs.")
    helper.get_by_role("button", name="Answer", exact=True).click()
    expect(helper.get_by_text("One a floor, at the stairs.")).to_be_visible()

    if not scripts:
        asker.goto(f"/community/{number}")  # with scripts it comes by itself
    expect(asker.get_by_text("One a floor, at the stairs.")).to_be_visible()
    asker.get_by_role("button", name="This helped").click()
    expect(asker.get_by_text("The accepted answer", exact=True)).to_be_visible()


def test_what_a_visitor_typed_is_there_after_signing_in(enter: Enter) -> None:
    page = enter()
    page.goto("/community/new")
    page.get_by_label("In one line").fill("Mesh in a boat")
    page.get_by_label("Tell more").fill("Steel walls, and everything moves.")
    page.get_by_role("main").get_by_role("link", name="sign in").click()

    sign_in(page, "newcomer@example.com", page.url)

    page.wait_for_url("**/community/new*")
    expect(page.get_by_label("In one line")).to_have_value("Mesh in a boat")
    expect(page.get_by_label("Tell more")).to_have_value("Steel walls, and everything moves.")
    page.reload()
    page.get_by_role("link", name="My requests").first.click()
