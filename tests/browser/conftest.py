"""One demo instance with its extremes, served; one Chromium; a fresh context for each person of a test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from portal.app import create_app
from portal.extensions import db

from ..chromium import ARGS, chromium_path
from ..make import PASSWORD
from ..servers import portal_server
from .extremes import add_extremes

# Cheap passwords, and no limit that ten quick tests from one address would meet.
SETTINGS = {"PORTAL_ARGON_MEMORY_KB": "8", "PORTAL_NAME": "Lindwire"}
WAIT = 30_000  # milliseconds that anything may take on a busy machine; mostly it comes at once
# What a page says of a refused form (422, 409) is no fault of the page.
REFUSED = "Failed to load resource: the server responded with a status of 4"

Enter = Callable[..., Page]
expect.set_options(timeout=WAIT)


@pytest.fixture(scope="session")
def demo_instance(demo_of_all: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo with the extremes."""
    copy = tmp_path_factory.mktemp("browser") / "instance"
    shutil.copytree(demo_of_all, copy, symlinks=True)  # the index is a link to its newest folder
    app = create_app({**SETTINGS, "PORTAL_INSTANCE": str(copy)})
    with app.app_context():
        add_extremes()
        db.engine.dispose()
    return copy


@pytest.fixture(scope="session")
def address(demo_instance: Path) -> Iterator[str]:
    """Where the portal of all browser tests answers."""
    with portal_server(demo_instance, SETTINGS) as server:
        yield server.address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; a process has one."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The one browser."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, address: str) -> Callable[[str], Any]:
    """The cookies of a person of the demo; each signs in once."""
    known: dict[str, Any] = {}

    def of(name: str) -> Any:
        if name not in known:
            context = chromium.new_context(base_url=address)
            page = context.new_page()
            sign_in(page, f"{name}@example.com")
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return of


def sign_in(page: Page, email: str, path: str = "/sign-in") -> None:
    """Through the form, as people do."""
    page.goto(path)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other; a page that is only just coming up has its scripts first."""
    for key in keys:
        page.wait_for_load_state()
        page.keyboard.press(key)


def _watch(context: BrowserContext, faults: list[str]) -> None:
    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(REFUSED):
            faults.append(f"{message.page.url if message.page else ''}: {message.text}")

    context.on("console", note)
    context.on("weberror", lambda error: faults.append(str(error.error)))


@pytest.fixture
def enter(chromium: Browser, address: str, signed_in: Callable[[str], Any]) -> Iterator[Enter]:
    """A new window: enter("agent"), enter() for a visitor; what its console says fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(name: str = "", **options: Any) -> Page:
        state = signed_in(name) if name else None
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
        context = chromium.new_context(base_url=address, storage_state=state, **options)
        context.set_default_timeout(WAIT)
        _watch(context, faults)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
    assert not faults
