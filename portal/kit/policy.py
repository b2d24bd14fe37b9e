"""The Content-Security-Policy of our pages (W3C: CSP Level 3)."""

from collections.abc import Iterable

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"
)


def policy_with(frames: Iterable[str]) -> str:
    """The policy of a page that may also show frames of these hosts, "https://…"."""
    return " ".join([POLICY, *frames])
