"""The pictures of the README, taken from a demo instance made for it: `make shots`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from .chromium import ARGS, chromium_path
from .make import PASSWORD
from .servers import ROOT, portal_server

PICTURES = ROOT / "docs" / "pictures"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}
MOST_BYTES = 250_000


def _page(browser: Browser, address: str, email: str, **options: object) -> Page:
    context = browser.new_context(base_url=address, **{"viewport": WIDE, "locale": "en-GB", **options})  # type: ignore[arg-type]
    page = context.new_page()
    if email:
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    sys.stderr.write(f"{path.relative_to(ROOT)}  {size // 1000} kB\n")
    assert size < MOST_BYTES


def _pictures(browser: Browser, address: str) -> None:
    visitor = _page(browser, address, "")
    visitor.goto("/")
    _take(visitor, "home")
    visitor.goto("/help/vpn-connects-but-no-internet")
    _take(visitor, "article")

    customer = _page(browser, address, "customer@example.com")
    customer.goto("/tickets?q=VPN+connects&show=all")
    customer.get_by_role("link", name="VPN connects").click()
    _take(customer, "request")

    agent = _page(browser, address, "agent@example.com")
    agent.goto("/desk?view=open")
    _take(agent, "desk-queue")
    agent.get_by_role("link", name="VPN connects but").click()
    _take(agent, "desk-ticket")

    phone = _page(browser, address, "customer@example.com", viewport=PHONE, color_scheme="dark")
    phone.goto("/account")
    _take(phone, "phone")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "instance"
        settings = {**os.environ, "PORTAL_INSTANCE": str(instance)}
        subprocess.run([sys.executable, "-P", "-m", "portal", "demo"], env=settings, cwd=ROOT, check=True)
        with portal_server(instance) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGS))
            _pictures(browser, server.address)
            browser.close()


if __name__ == "__main__":
    main()
