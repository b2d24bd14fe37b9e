"""One helper decides: the whole page, or the fragment that htmx asked for."""

from typing import Any

from flask import Response, make_response, render_template, request


def is_htmx() -> bool:
    """Whether htmx asks for a piece of the page (and not for a whole one, as after Back)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def render(page: str, fragment: str | None = None, /, status: int = 200, **context: Any) -> Response:
    """The template `page`, or `fragment` of it when htmx asks; a fragment is the same template that the page includes."""
    name = fragment if fragment and is_htmx() else page
    response = make_response(render_template(name, **context), status)
    response.headers.add("Vary", "HX-Request")
    return response


def go(address: str) -> Response:
    """To another page: a redirect, or htmx's word for one."""
    response = make_response("", 204 if is_htmx() else 303)
    response.headers["HX-Redirect" if is_htmx() else "Location"] = address
    return response
