"""Pages of articles that visitors get as they were made for the visitor before, until an article changes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, current_app, make_response, request, session
from sqlalchemy import select

from ..extensions import db
from ..kit import clock
from ..kit.htmx import is_htmx
from ..kit.i18n import current_language
from .models import Revision
from .reading import own_if_offered, visitor_is_known

P = ParamSpec("P")
MOST, MOST_BYTES = (
    300,
    16_000_000,
)  # pages that a process keeps; most have some 25 kB, but whoever likes asks for large ones
# What the session of a visitor holds who saw a form somewhere; kept pages have no form.
FORMS_ONLY = {"csrf_token"}
REVISION = select(Revision.value, Revision.turns)


def kept_for_visitors(view: Callable[P, Response]) -> Callable[P, Response]:
    """A visitor's page holds nothing of the visitor but the languages and the address, unless a session is at work."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        if visitor_is_known() or not session.keys() <= FORMS_ONLY:
            return view(*args, **kwargs)
        pages: dict[Any, tuple[int, bytes, list[tuple[str, str]]]]
        pages = current_app.extensions.setdefault("kept_pages", {})
        key = (request.full_path, current_language(), own_if_offered(), is_htmx())
        revision, turns = db.session.execute(REVISION).one()
        if turns and turns <= clock.now():
            # an article appeared or is over, and the worker has not been there yet
            return view(*args, **kwargs)
        known, body, headers = pages.get(key, (None, b"", []))
        if known == revision:
            return make_response(body, headers)
        response = view(*args, **kwargs)
        formless = b"csrf_token" not in response.data
        if response.status_code == 200 and formless and session.keys() <= FORMS_ONLY:  # noqa: PLR2004 -- HTTP's "OK"
            held = sum(len(body) for _revision, body, _headers in pages.values()) + len(response.data)
            if len(pages) >= MOST or held > MOST_BYTES:
                pages.clear()
            pages[key] = (revision, response.data, list(response.headers))
        return response

    return answer
