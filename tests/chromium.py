"""Finds the Chromium that browser tests use; run as a program (make test does) it gets one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Tests run as root in containers, where Chromium's sandbox refuses to start; the rest keeps it from calling home.
ARGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


def chromium_path() -> str | None:
    """Return the program of $PORTAL_CHROMIUM, else the system's, else Playwright's own; None without any."""
    named = os.environ.get("PORTAL_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _of_playwright()


def _of_playwright() -> str | None:
    default = Path.home() / (
        ".cache/ms-playwright" if sys.platform == "linux" else "Library/Caches/ms-playwright"
    )
    place = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    found = [
        *place.glob("chromium-*/chrome-linux*/chrome"),
        *place.glob("chromium-*/chrome-mac*/*/Contents/MacOS/*"),
    ]
    return str(max(found)) if found else None


def _install() -> None:
    """Install one: Debian's as root, else Playwright's, which needs no rights but cannot be had on every network."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *arguments], env=quiet, check=False, stdout=sys.stderr)
    if chromium_path() is None:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr
        )


def main() -> None:
    if chromium_path() is None:
        print("Installing Chromium for the browser tests ...", file=sys.stderr)
        _install()
    if chromium_path() is None:
        sys.exit(
            "The browser tests need Chromium. Install it (on Debian: apt install chromium) "
            "or name one: PORTAL_CHROMIUM=/path/to/chromium make test"
        )


if __name__ == "__main__":
    main()
