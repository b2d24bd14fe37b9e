"""Addresses inside this site: where a person may be sent back to, what of one may be told, and whether one of our pages asks."""

from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

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
    # "/.//elsewhere" is a path of ours until somebody shortens it.
    return default if parts.scheme or parts.netloc or "//" in parts.path else path


# What stands after these is a secret of a mail's link.
WITH_TOKEN = (
    "/confirm/",
    "/reset/",
    "/sign-in/link/",
    "/address/",
    "/unsubscribe/",
    "/tickets/link/",
    "/tickets/confirm/",
    "/tickets/join/",
    "/community/stop/",
    "/invitation/",
    "/admin/ready/arrived/",
)
NOT_TOLD = {"Referrer-Policy": "no-referrer"}  # the header of a page whose address is such a secret
# Of a query only these are told to others: what was looked for, and which list.
TOLD = ("q", "show", "view", "of", "space", "lang")


def without_tokens(path: str) -> str:
    """A path fit for a log: links in mails carry a secret."""
    prefix = next((prefix for prefix in WITH_TOKEN if path.startswith(prefix)), None)
    return f"{prefix}…" if prefix else path


def told_page(address: str | None) -> str:
    """Path and query of a page of this site as others may read them, at most 500 characters; "" for what is none."""
    parts = urlsplit(safe_path(address, ""))
    plain = unquote(parts.path)
    if without_tokens(plain) != plain:
        return without_tokens(plain)
    query = [(name, value[:100]) for name, value in parse_qsl(parts.query) if name in TOLD]
    return (parts.path + (f"?{urlencode(query)}" if query else ""))[:500]


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
