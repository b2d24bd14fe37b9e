"""Addresses inside this site: where a person may be sent back to, and whether one of our pages asks."""

from urllib.parse import urlsplit

from flask import request


def safe_path(value: str | None, default: str = "/") -> str:
    """A path of this site, or `default`: nothing that a browser could read as another site."""
    path = value or ""
    odd = (
        not path.startswith("/")
        or path.startswith("//")
        or "\\" in path
        or not path.isprintable()
        or " " in path
    )
    if odd or len(path) > 2000:  # noqa: PLR2004 -- longer than any address of ours
        return default
    parts = urlsplit(path)
    return default if parts.scheme or parts.netloc else path


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:  # a browser sends no such address, but whoever likes may
        return ""


def is_from_here(*, otherwise: bool = False) -> bool:
    """Whether a page of this site sends the request; `otherwise` is the answer for a client that does not say.

    Browsers say where a request comes from in a header that no page can change (W3C: Fetch Metadata); where the site
    has no TLS they leave it out, and name the origin of a post, or the page that a link stood on.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    sender = request.headers.get("Origin") or request.referrer
    if not sender:
        return otherwise
    try:
        parts = urlsplit(sender)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}/" == request.host_url


def this_page() -> str:
    """Path and query of the page at hand, to come back to; for a posted form the page that shows it."""
    if request.method != "GET":
        return safe_path(_path_of(request.referrer or ""), request.path)
    query = request.query_string.decode("ascii", "replace")
    return safe_path(request.path + ("?" + query if query else ""))
