"""Pages that follow by themselves, two people at one request, and what a customer's page must never hear."""

import pytest
from playwright.sync_api import Page, Request, expect

from .conftest import Enter, press

pytestmark = pytest.mark.browser


def _new_request(page: Page, subject: str) -> str:
    """A request through the form; returns its number."""
    page.goto("/tickets/new")
    page.get_by_label("In one line").fill(subject)
    page.get_by_label("What you did, and what you saw").fill("As the line says.")
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url("**/tickets/2*")
    return page.url.rpartition("/")[2]


def _send(page: Page, words: str, key: str = "r") -> None:
    """An agent's answer ("r") or note ("n")."""
    press(page, "Escape")
    press(page, key)
    page.locator("#text").fill(words)
    press(page, "Control+Enter")
    expect(page.locator("#ticket")).to_contain_text(words)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_sending_stops_when_another_agent_answered_and_the_text_is_kept(enter: Enter, scripts: bool) -> None:
    number = _new_request(enter("colleague"), "Two agents at once")
    first, second = enter("agent", java_script_enabled=scripts), enter("lena")
    quiet = {"status": 200, "content_type": "text/event-stream", "body": ""}
    first.route("**/live?*", lambda route: route.fulfill(**quiet))  # a window that heard nothing yet
    first.goto(f"/desk/tickets/{number}")
    second.goto(f"/desk/tickets/{number}")
    _send(second, "Lena was quicker.")

    first.locator("#text").fill("My long answer")
    first.get_by_role("button", name="Send", exact=True).click()

    expect(first.locator("#composer [role=alert]")).to_contain_text("Lena was quicker.")
    expect(first.locator("#text")).to_have_value("My long answer")
    first.get_by_role("button", name="Send", exact=True).click()
    expect(first.locator("#ticket")).to_contain_text("My long answer")


def test_a_note_never_reaches_the_customers_open_page(enter: Enter) -> None:
    window, desk = enter("colleague"), enter("agent")
    number = _new_request(window, "Nothing to hide")
    heard: list[str] = []

    def listen(request: Request) -> None:
        response = request.response()
        if response and "event-stream" not in response.headers.get("content-type", ""):
            heard.append(response.text())

    window.on("requestfinished", listen)
    desk.goto(f"/desk/tickets/{number}")
    _send(desk, "Rhinoceros only among us", key="n")
    _send(desk, "An answer for everybody")

    expect(window.locator("#talk")).to_contain_text("An answer for everybody")
    for _ in range(100):  # the page may show it before we are told that the request ended
        if any("An answer for everybody" in text for text in heard):
            break
        window.wait_for_timeout(100)
    assert "Rhinoceros" not in window.content() + "".join(heard)
    assert any("An answer for everybody" in text for text in heard)


def test_reading_far_above_stays_where_it_is_when_an_answer_arrives(enter: Enter) -> None:
    desk, other = enter("agent"), enter("lena")
    desk.goto("/desk?view=mine&q=Three+hundred")
    desk.get_by_role("link", name="Three hundred messages").click()
    desk.get_by_role("link", name="Show the earlier messages").click()
    talk = desk.get_by_role("region", name="Conversation")
    expect(talk.get_by_text("Message 299")).to_be_in_viewport()
    message = talk.get_by_text("Message 150:")
    message.scroll_into_view_if_needed()
    before = message.bounding_box()

    other.goto(desk.url)
    _send(other, "One more message")

    expect(talk).to_contain_text("One more message")
    after = message.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 2


def test_ten_tabs_of_one_person_load_and_follow(enter: Enter) -> None:
    window = enter("colleague")
    number = _new_request(window, "Ten tabs")
    tabs = [window] + [window.context.new_page() for _ in range(9)]
    for tab in tabs[1:]:
        tab.goto(f"/tickets/{number}")
    desk = enter("agent")
    desk.goto(f"/desk/tickets/{number}")

    _send(desk, "For each of the ten")

    for tab in tabs:
        expect(tab.locator("#talk")).to_contain_text("For each of the ten")
