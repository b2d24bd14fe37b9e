"""What is written survives a poor line, the other device and signing out; one click ends it when an article helped."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from .conftest import WAIT, Enter, press, sign_in
from .test_journeys import PNG

pytestmark = pytest.mark.browser

LONG = "Since this morning the light is orange and the bell rings."
PHOTOS: list[Any] = [
    {"name": f"IMG_{n}.png", "mimeType": "image/png", "buffer": b64decode(PNG) + bytes(n)} for n in range(3)
]
DROP = """async () => {
  const body = new FormData(document.querySelector("#ask"));
  const { kept } = await (await fetch("/drafts?place=new")).json();
  body.set("place", "new");
  body.set("once", kept.once ?? "");
  await fetch("/drafts/drop", { method: "POST", body });
}"""
# All that this device keeps, as somebody who sits down at it can read it.
DUMP = """async () => {
  const done = (request) => new Promise((got) => { request.onsuccess = () => got(request.result); });
  const rows = await done((await done(indexedDB.open("drafts", 1))).transaction("kept").objectStore("kept").getAll());
  const words = rows.flatMap(({ sealed }) => sealed.map(({ data }) => new TextDecoder().decode(data)));
  return [rows.length, words.join() + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })];
}"""


def text(page: Page) -> Locator:
    return page.get_by_label("What you did, and what you saw")


def said(page: Page, words: str = "Draft kept") -> None:
    expect(page.get_by_text(words)).to_be_visible()


def fresh(page: Page) -> Page:
    """The form of a new request, with nothing kept for it from before."""
    page.goto("/tickets/new")
    page.evaluate(DROP)
    page.goto("/tickets/new")
    return page


@pytest.fixture
def phone(chromium: Browser, address: str, signed_in: Callable[[str], Any]) -> Iterator[Page]:
    """A phone whose line may be cut; what its console says of that is no fault."""
    state, viewport = signed_in("stranger"), {"width": 390, "height": 800}
    context = chromium.new_context(
        base_url=address,
        storage_state=state,
        viewport=viewport,  # type: ignore[arg-type]  # a dict of two numbers
        locale="en-GB",
    )
    context.set_default_timeout(WAIT)
    yield fresh(context.new_page())
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_j4_an_article_answers_while_the_subject_is_typed_and_one_click_ends_it(
    enter: Enter, scripts: bool
) -> None:
    page = enter("colleague", java_script_enabled=scripts)
    page.goto("/tickets/new")
    page.get_by_label("In one line").fill("VPN connects, no internet")
    if not scripts:
        page.get_by_role("button", name="Look for answers").click()
    expect(page.get_by_role("link", name="VPN connects, but no internet")).to_be_visible()

    page.get_by_role("button", name="This solved it: VPN connects").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Good that it is solved")
    page.get_by_role("button", name="Not solved after all").click()
    expect(page.get_by_label("In one line")).to_have_value("VPN connects, no internet")


def test_j24_cut_off_after_the_words_and_three_photos_all_is_there_and_one_request_is_made(
    phone: Page,
) -> None:
    context = phone.context
    context.set_offline(True)
    phone.get_by_label("In one line").fill("Cut off in the tunnel")
    text(phone).fill(LONG)
    phone.locator("input[type=file]").set_input_files(PHOTOS)
    expect(phone.locator("[data-chosen] .file")).to_have_count(3)
    phone.get_by_role("button", name="Send request").click()
    said(phone, "Kept on this device")
    phone.close()

    context.set_offline(False)
    phone = context.new_page()
    phone.goto("/tickets/new")
    expect(text(phone)).to_have_value(LONG)
    expect(phone.locator("[data-chosen] .file")).to_have_count(3)
    phone.get_by_role("button", name="Send request").click()
    phone.wait_for_url("**/tickets/2*")
    expect(phone.locator("#talk a.file")).to_have_count(3)

    phone.goto("/tickets/new")
    expect(phone.get_by_label("In one line")).to_have_value("")
    expect(phone.locator("[data-chosen] .file")).to_have_count(0)
    phone.goto("/tickets?show=all")
    expect(phone.locator("li.req", has_text="Cut off in the tunnel")).to_have_count(1)


@pytest.mark.parametrize("line", ["cut for a while", "up again at once"])
def test_j24_sent_but_the_answer_was_lost_makes_no_second_request(phone: Page, line: str) -> None:
    def lose(route: Any) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    subject = f"The answer was lost, {line}"
    phone.route(
        "**/tickets/new", lambda route: lose(route) if route.request.method == "POST" else route.continue_()
    )
    if line == "cut for a while":
        phone.route("**/drafts**", lambda route: route.abort())
    phone.get_by_label("In one line").fill(subject)
    text(phone).fill(LONG)
    phone.get_by_role("button", name="Send request").click()
    if line == "cut for a while":
        expect(phone.get_by_text("We could not be reached.")).to_be_visible()
        phone.unroute_all()
        phone.get_by_role("button", name="Send request").click()
    phone.wait_for_url("**/tickets/2*")
    phone.goto("/tickets?show=all")
    expect(phone.locator("li.req", has_text=subject)).to_have_count(1)


def test_a_draft_is_on_the_other_device_in_seconds_and_of_two_texts_none_is_lost(
    phone: Page, enter: Enter
) -> None:
    laptop = enter("stranger")
    laptop.goto("/tickets/new")
    text(phone).fill(LONG)
    expect(text(laptop)).to_have_value(LONG, timeout=5000)

    phone.context.set_offline(True)
    text(phone).fill(LONG + " On the phone.")
    said(phone, "Kept on this device")
    text(laptop).fill(LONG + " On the laptop.")
    said(laptop)
    laptop.wait_for_timeout(1500)
    phone.context.set_offline(False)

    said(phone, "You have another text")
    expect(text(phone)).to_have_value(LONG + " On the phone.")
    phone.get_by_role("button", name="Show the other one").click()
    expect(text(phone)).to_have_value(LONG + " On the laptop.")
    phone.get_by_role("button", name="Show the other one").click()
    expect(text(phone)).to_have_value(LONG + " On the phone.")


def test_what_is_sent_on_one_device_goes_from_the_other(phone: Page, enter: Enter) -> None:
    laptop = enter("stranger")
    laptop.goto("/tickets/new")
    phone.get_by_label("In one line").fill("Sent from the phone")
    text(phone).fill(LONG)
    expect(text(laptop)).to_have_value(LONG)
    said(phone)
    phone.get_by_role("button", name="Send request").click()
    phone.wait_for_url("**/tickets/2*")
    expect(text(laptop)).to_have_value("")
    said(laptop, "What you wrote here was sent.")


def test_a_draft_survives_signing_out_and_nobody_else_at_the_device_can_read_it(enter: Enter) -> None:
    page = enter()
    sign_in(page, "stranger@example.com")
    fresh(page)
    page.route("**/drafts/keep", lambda route: route.fulfill(status=413))  # it reaches the server no more
    text(page).fill(LONG)
    said(page, "Too long")
    page.get_by_label("Your menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/$"))
    rows, words = page.evaluate(DUMP)
    assert rows == 1
    assert "orange" not in words

    sign_in(page, "editor@example.com")
    page.goto("/tickets/new")
    expect(text(page)).to_have_value("")
    page.context.clear_cookies()
    page.unroute_all()
    sign_in(page, "stranger@example.com")
    page.goto("/tickets/new")
    expect(text(page)).to_have_value(LONG)
    said(page)


def test_an_answer_and_a_note_are_kept_apart(enter: Enter) -> None:
    desk = enter("agent")
    desk.goto("/desk?view=all&q=Guest+network")
    desk.locator("[data-row] a").first.click()
    words = desk.locator("#text")
    words.fill("Dear customer, we look into it.")
    said(desk)
    press(desk, "Escape")
    press(desk, "n")
    expect(words).to_have_value("")
    words.fill("Careful, this one is never content.")
    said(desk)
    desk.reload()
    expect(words).to_have_value("Dear customer, we look into it.")
    desk.get_by_label("Internal note").check(force=True)
    expect(words).to_have_value("Careful, this one is never content.")
    desk.get_by_role("button", name="Add note").click()
    expect(desk.locator("#ticket")).to_contain_text("Careful, this one is never content.")
    expect(words).to_have_value("Dear customer, we look into it.")
    desk.get_by_role("button", name="Throw away").click()
    expect(words).to_have_value("")


def test_what_is_typed_before_the_scripts_are_there_is_kept_as_well(enter: Enter) -> None:
    page, waiting = fresh(enter("stranger")), list[Route]()

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/static/drafts.js*", hold)
    with page.expect_request("**/static/drafts.js*"):
        page.goto("/tickets/new", wait_until="commit")
    text(page).fill(LONG)
    waiting[0].continue_()
    said(page)
    page.get_by_role("button", name="Throw away").click()
    said(page, "Draft thrown away")


def test_a_draft_is_thrown_away_with_one_click_and_comes_back_with_another(enter: Enter) -> None:
    page = fresh(enter("stranger"))
    text(page).fill(LONG)
    said(page)
    page.get_by_role("button", name="Throw away").click()
    expect(text(page)).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(text(page)).to_have_value(LONG)
    page.get_by_role("button", name="Throw away").click()
    said(page, "Draft thrown away")
    page.wait_for_timeout(500)
    page.reload()
    expect(text(page)).to_have_value("")


def test_a_draft_never_takes_the_place_of_what_a_link_brought(enter: Enter) -> None:
    page = fresh(enter("stranger"))
    page.get_by_label("In one line").fill("What I wrote before")
    text(page).fill(LONG)
    said(page)
    page.goto("/tickets/new?subject=My+order+10482")
    said(page, "You have another text")
    expect(page.get_by_label("In one line")).to_have_value("My order 10482")
    expect(text(page)).to_have_value("")
    page.get_by_role("button", name="Show the other one").click()
    expect(text(page)).to_have_value(LONG)
