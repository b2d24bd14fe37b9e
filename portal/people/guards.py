"""Exactly one guard stands on every route; it says who may come in before the view runs."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, g, session
from flask_login import current_user

from .models import Person
from .permissions import Permission

P = ParamSpec("P")
R = TypeVar("R")


def me() -> Person | None:
    """The person who asks, or None for a visitor."""
    # Flask-Login's own place first: its proxy asks for it in a dozen steps, and a page asks a dozen times.
    return getattr(g.get("_login_user") or current_user, "person", None)


def who() -> Person:
    """The person who asks, behind a guard that let only signed-in people in; otherwise 401."""
    return me() or abort(401)


def _mark(view: Callable[P, R], guard: str) -> Callable[P, R]:
    view.__dict__["guard"] = guard
    return view


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Everybody may; the view itself shows only what is public."""
    return _mark(view, "public")


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody who is signed in; rows still come only through functions that know who asks."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        who()
        return view(*args, **kwargs)

    return _mark(guarded, "signed_in")


def invited(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody signed in, or a browser that a mail's link or a caller's code has let in; to what, the access functions say."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if me() is None and not session.get("guest"):
            abort(401)
        return view(*args, **kwargs)

    return _mark(guarded, "invited")


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only holders of `permission`, for at least one team; which rows, the access functions decide."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not who().may(permission):
                abort(403)
            return view(*args, **kwargs)

        return _mark(guarded, permission)

    return mark
