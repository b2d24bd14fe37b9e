"""Suggestions under a search box as fingers and keys meet them, and what an article's script does for its reader."""

import pytest
from playwright.sync_api import expect

from .conftest import Enter

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", ["/help", "/help/search"])
def test_suggestions_come_while_typing_are_rows_to_press_and_the_words_are_there_on_the_way_back(
    enter: Enter, place: str
) -> None:
    page = enter()
    page.goto(place)
    box = page.get_by_role("searchbox", name="Describe the problem")
    if place == "/help/search":
        expect(box).to_be_focused()
    page.evaluate(
        "window.seen = new Set(); new MutationObserver(() => seen.add(document.querySelector('#q').value))"
        ".observe(document.querySelector('#hits').parentNode, { subtree: true, childList: true })"
    )
    box.press_sequentially("router shows an orange light", delay=60)
    assert page.evaluate("seen.size") > 3, "not only after a pause"
    row = page.get_by_role("list", name="Suggestions").get_by_role("listitem").first
    expect(row).to_contain_text("The light is orange")
    size = row.bounding_box()
    assert size
    row.click(position={"x": size["width"] - 6, "y": size["height"] - 6})
    page.wait_for_url("**/help/the-light-is-orange")

    page.go_back()

    expect(box).to_have_value("router shows an orange light")
    box.click()
    expect(row).to_contain_text("The light is orange")


def test_what_is_put_away_comes_back_and_typing_goes_on_from_a_row(enter: Enter) -> None:
    page = enter()
    page.goto("/help")
    box, rows = page.get_by_role("searchbox", name="Describe the problem"), page.locator("#hits a")
    box.press_sequentially("orange lig", delay=20)
    expect(rows.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(rows.first).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    page.keyboard.type("ht/")
    expect(box).to_be_focused()
    expect(box).to_have_value("orange light/")
    page.get_by_role("heading", level=1).click()
    expect(rows.first).to_be_hidden()
    box.fill("zzqqxxkk")
    expect(page.get_by_text("Nothing found so far.")).to_be_visible()
    expect(rows).to_have_attribute("href", "/tickets/new?subject=zzqqxxkk")


def test_an_article_copies_its_code_marks_where_one_reads_and_prints_without_the_bars(enter: Enter) -> None:
    page = enter(permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce")
    page.goto("/help/connect-to-your-office-by-wireguard-vpn")
    code = page.locator("figure.code").first
    code.hover()
    code.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_text("The code is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code.locator("pre").inner_text().rstrip("\n")

    link = page.get_by_role("navigation", name="On this page").get_by_role("link").nth(1)
    link.click()
    expect(link).to_have_attribute("aria-current", "true")

    sizes = page.evaluate(
        "['h2', 'h3', 'h4', 'h5', 'h6'].map(tag => { const one = document.createElement(tag); "
        "document.querySelector('.prose').append(one); return parseFloat(getComputedStyle(one).fontSize); })"
    )
    assert sizes == sorted(sizes, reverse=True)
    page.emulate_media(media="print")
    expect(page.locator(".demobar")).to_be_hidden()
