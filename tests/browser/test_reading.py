"""The journeys J1 and J26 by roles and accessible names alone, J1 also without scripts; and links that are copied."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Enter

pytestmark = pytest.mark.browser

ARTICLE = "The light is orange: what it means"


@pytest.fixture
def rows(demo_instance: Path) -> Callable[[str], list[Any]]:
    """What a statement finds in the database that is served."""

    def ask(statement: str) -> list[Any]:
        with sqlite3.connect(demo_instance / "portal.sqlite") as connection:
            return connection.execute(statement).fetchall()

    return ask


def until(page: Page, ask: Callable[[], object]) -> None:
    """Wait until something is so."""
    for _ in range(100):
        if ask():
            return
        page.wait_for_timeout(500)
    raise AssertionError


def test_j1_a_visitor_finds_the_answer_while_typing_and_says_that_it_helped(
    enter: Enter, rows: Callable[[str], list[Any]]
) -> None:
    page = enter()
    page.goto("/")
    page.get_by_role("searchbox", name="Describe the problem").press_sequentially("steady ornage light")
    suggestions = page.get_by_role("list", name="Suggestions")
    suggestions.get_by_role("link", name=ARTICLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ARTICLE)
    page.get_by_role("button", name="Yes, it did").click()

    thanks = page.get_by_role("heading", name="Thank you: good to know that it helped.")
    expect(thanks).to_be_focused()
    assert rows("select count(*) from article_vote where voter not like 'demo%' and helpful")[0][0] >= 1
    found = "select results > 0, opened from searched where words = 'steady ornage light'"
    until(page, lambda: rows(found))
    assert rows(found) == [(1, "the-light-is-orange")]


def test_j1_without_scripts(enter: Enter) -> None:
    page = enter(java_script_enabled=False)
    page.goto("/")
    box = page.get_by_role("searchbox", name="Describe the problem")
    box.fill("orange light ruoter")
    box.press("Enter")
    page.get_by_role("main").get_by_role("link", name=ARTICLE).click()
    page.get_by_role("button", name="Yes, it did").click()

    expect(page.get_by_role("heading", name="Thank you: good to know that it helped.")).to_be_visible()
    page.get_by_role("link", name="Back to the article").click()
    page.get_by_role("button", name="It did not help after all").click()
    page.get_by_label("I did not understand it").check()
    page.get_by_label("What should it say?").fill("Which cable?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you: an editor will read it.")).to_be_visible()


def test_j26_a_stranger_in_another_language_gets_the_own_one_and_the_request_knows_the_article(
    enter: Enter, rows: Callable[[str], list[Any]]
) -> None:
    page = enter(locale="pt-BR")
    page.goto("/help/orange-light?lang=ru")  # an old address
    assert page.url.endswith("/help/the-light-is-orange?lang=ru")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Горит оранжевый"))
    page.get_by_role("link", name="Ler esta página em português").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Luz laranja"))
    page.get_by_role("link", name="Perguntar sobre isto").click()
    expect(page.get_by_role("checkbox", name="Você vem do artigo")).to_be_checked()
    page.get_by_label("E-mail").fill("rui.stranger@example.com")
    page.get_by_label("Em uma linha").fill("Luz laranja")
    page.get_by_role("textbox", name="O que você fez").fill("Continua laranja.")
    page.get_by_role("checkbox", name="Aceito os termos").check()
    page.wait_for_timeout(3000)  # nobody writes a request faster than this, and a machine that does waits
    page.get_by_role("button", name="Enviar chamado").click()

    page.wait_for_url("**/tickets/sent")
    asked = "select article from ticket where requester_id = (select id from person where email like 'rui.stranger@%')"
    assert rows(asked) == [("the-light-is-orange",)]


def test_a_link_to_a_heading_is_copied_by_keyboard_and_is_a_link_without_scripts(enter: Enter) -> None:
    page = enter(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/help/the-light-is-orange")
    page.get_by_role("link", name="Link to “All colours”").press("Enter")
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert page.url.endswith("#s-all-colours")

    plain = enter(java_script_enabled=False)
    plain.goto("/help/the-light-is-orange")
    plain.get_by_role("link", name="Link to “All colours”").press("Enter")
    assert plain.url.endswith("#s-all-colours")
