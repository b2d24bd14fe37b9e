"""After signing out, Back shows nothing of what was read: not from the history, nor from pages that the browser froze."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from ..chromium import ARGS, chromium_path
from .conftest import WAIT, sign_in

pytestmark = pytest.mark.browser

WALKS = {  # a reader, the pages that are opened one after the other, and words that only this reader sees
    "customer": (
        ("/help/members-network-of-marta-e-filhas", "/tickets", "/tickets/1", "/account"),
        ("Marta", "customer@example.com"),
    ),
    "agent": (("/desk", "/desk/tickets/1", "/account"), ("Jonas",)),
}


@pytest.fixture(scope="module")
def freezing(playwright: Playwright) -> Iterator[Browser]:
    """A browser that keeps left pages as they are, as people's browsers do; Playwright's own way is not to."""
    browser = playwright.chromium.launch(
        executable_path=chromium_path(),
        args=list(ARGS),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


def _walk(page: Page, places: tuple[str, ...], private: tuple[str, ...]) -> None:
    for place in places:
        page.goto(place)
        page.wait_for_load_state()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert any(word in page.content() for word in private)


@pytest.mark.parametrize("name", WALKS)
def test_back_after_signing_out_shows_nothing_private(freezing: Browser, address: str, name: str) -> None:
    places, private = WALKS[name]
    context = freezing.new_context(base_url=address, locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT)
    page = context.new_page()
    sign_in(page, f"{name}@example.com")
    _walk(page, places, private)
    page.get_by_label("Your menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")

    seen = []
    for _step in places:
        page.go_back()
        page.wait_for_load_state()
        seen.append(page.url)
        shown = page.content()
        assert not [word for word in private if word in shown], page.url
    assert any("/sign-in" in url or "/tickets" in url or "/desk" in url for url in seen)
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert not [word for word in private if word in kept]
    context.close()
