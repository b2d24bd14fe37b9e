"""Error pages in plain words; nothing that was typed is lost."""

import errno
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, make_response, render_template, request, session
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from .kit.files import forget_stored
from .kit.htmx import is_htmx
from .kit.i18n import _
from .kit.room import let_go, need_room
from .kit.rows import undo
from .kit.sqlite import Busy, read_from_now_on

# Forms that are taken while the disk is full: whoever is to mend that must get in.
SMALL_FORMS = {"accounts.sign_in_post", "accounts.sign_out"}
SECRET_FIELDS = {"password", "current", "csrf_token"}


def _words(code: int) -> tuple[str, str]:
    """Title and text of an error page."""
    known = {
        400: (
            _("That did not arrive as we expected"),
            _("Go back, look at the form once more, and send it again."),
        ),
        403: (
            _("This is not for you"),
            _("You are signed in, but what you opened needs a right that you do not have."),
        ),
        404: (
            _("This page is not here"),
            _("The address may have a letter too many, or the page has moved."),
        ),
        405: (
            _("This page is not here"),
            _("The address may have a letter too many, or the page has moved."),
        ),
        413: (
            _("That is too large"),
            _(
                "Go back in your browser: what you wrote is still there. Then send fewer or smaller files, or less text at once."
            ),
        ),
        429: (_("That was a lot at once"), _("Please wait a moment and try again.")),
        507: (
            _("There is no room right now"),
            _(
                "Our disk is full, and we were told of it. What you wrote is not lost: send it again in a while."
            ),
        ),
        503: (_("We are busy right now"), _("Please try again in a few seconds.")),
    }
    return known.get(
        code, (_("Something broke on our side"), _("It was noted. Please try again in a moment."))
    )


def _undo() -> None:
    """Nothing of the request stays; who is signed in is asked for anew, since their sign-in may have ended meanwhile."""
    undo()
    if not isinstance(g.get("_login_user"), AnonymousUserMixin):
        g.pop("_login_user", None)


def _answer(code: int, title: str, text: str, sign_in: str = "") -> Response:
    _undo()
    page = "errors/_alert.html" if is_htmx() else "errors/error.html"
    way = {"url": sign_in, "act": _("Sign in")} if sign_in else {}
    response = make_response(render_template(page, code=code, title=title, text=text, **way), code)
    response.headers["Cache-Control"] = "no-store"
    response.headers.add("Vary", "HX-Request")
    return response


def _typed() -> list[tuple[str, str]]:
    """The fields of a posted form, to be given back; never passwords."""
    return [(n, v) for n, values in request.form.lists() if n not in SECRET_FIELDS for v in values]


def _resend(code: int, title: str, text: str, sign_in: str = "") -> Response:
    """A page that holds what was typed and offers to send it again; only for a form of this site.

    A form from elsewhere gets no such page: its "Send again" would carry a fresh token for a stranger's words.
    """
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if is_htmx() or not ours or not _typed():
        return _answer(code, title, text, sign_in)
    _undo()
    values = {"action": request.path, "fields": _typed(), "csrf": generate_csrf(), "sign_in": sign_in}
    response = make_response(render_template("errors/resend.html", title=title, text=text, **values), code)
    response.headers["Cache-Control"] = "no-store"
    return response


def _expired(_error: CSRFError) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    known = current_user.is_authenticated or session.get("guest")
    if not known and getattr(view, "guard", "public") != "public":
        return _signed_out()  # the session that the token was of has ended
    return _resend(
        400,
        _("Your form was open for a long time"),
        _("For your safety it ran out. What you wrote is still here."),
    )


def _was_guest() -> bool:
    """Whether this browser was let in to the request at hand, by a link or a code that opens it no more."""
    number = (request.view_args or {}).get("number")
    return request.path.startswith("/tickets/") and str(number) in session.get("guest", {})


def _wants_stream() -> bool:
    return request.accept_mimetypes.best == "text/event-stream"


def _signed_out() -> Response:
    """Nobody is signed in: a page leads to sign-in and back; a posted form is kept."""
    if not is_htmx() and (_wants_stream() or request.headers.get("Sec-Fetch-Dest", "document") != "document"):
        # A script or a picture: a page says nothing to it, and would give its browser a session. 204 ends a stream.
        return make_response("", 204 if _wants_stream() else 401, {"Cache-Control": "no-store"})
    if request.method == "GET" and not is_htmx() and _was_guest():
        response = make_response(render_template("tickets/link_over.html", again=""), 404)
        response.headers["Cache-Control"] = "no-store"
        return response
    if request.method == "GET" and not is_htmx():
        path = request.full_path.rstrip("?")
        response = make_response("", 303)
        response.headers["Location"] = f"/sign-in?next={quote(path, safe='/')}"
        response.headers["Cache-Control"] = "no-store"
        return response
    if _was_guest():
        title = _("This request is not open here any more")
        text = _("The link in our newest mail opens it, or number and code; what you wrote is still here.")
        return _resend(401, title, text, "/sign-in")
    # A page that follows by itself stays where it is: somebody may be writing on it.
    title, text = _("You are signed out"), _("Sign in again in another tab; what you wrote is still here.")
    return _resend(401, title, text, "/sign-in")


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code == 401 and not current_user.is_authenticated:  # noqa: PLR2004 -- HTTP's "unauthorized"
        return _signed_out()
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # Werkzeug's wider Response
    answer = _answer(code, *_words(code))
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(error.valid_methods or ())
    return answer


NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# What the databases say when the disk is full: SQLite's SQLITE_FULL, PostgreSQL's class 53 (its appendix A).
FULL = ("database or disk is full", "could not extend file", "No space left on device")


def _no_room(error: Exception) -> Response:
    """The disk is full: nothing of this request is kept, and what was typed is given back."""
    if isinstance(error, OSError) and error.errno not in NO_ROOM:
        raise error
    read_from_now_on()
    undo()
    forget_stored()
    let_go()
    title, text = _words(507)
    response = _resend(507, title, text) if _may_give_back() else _answer(507, title, text)
    response.headers["Retry-After"] = "60"
    return response


def _may_give_back() -> bool:
    """Whether the form could be read: a large one goes by a file, for which there was no room."""
    try:
        return request.method == "POST" and bool(request.form)
    except OSError:
        return False


def _busy(_error: Exception) -> Response:
    read_from_now_on()  # the page names who is signed in, and must not queue for the lock that was not to be had
    return _come_again()


def _away(error: Exception) -> Response:
    """The database does not answer, not even for a look: the page asks it nothing, nor who is signed in."""
    if any(words in str(error) for words in FULL):
        return _no_room(error)
    g.pop("_login_user", None)
    g.setdefault("_login_user", AnonymousUserMixin())
    return _come_again()


def _come_again() -> Response:
    title, text = _words(503)
    response = _resend(503, title, text) if request.method == "POST" else _answer(503, title, text)
    response.headers["Retry-After"] = "5"
    return response


def _broken(_error: Exception) -> Response:
    read_from_now_on()
    return _answer(500, *_words(500))


def set_up(app: Flask) -> None:
    """Bind the pages."""

    @app.before_request
    def refuse_what_has_no_room() -> None:
        """A full disk is told before anything is begun; to sign in takes little, for which a reserve is kept."""
        if request.method == "POST":
            if request.endpoint in SMALL_FORMS:
                let_go()
            else:
                need_room(request.content_length or 0)

    @app.before_request
    def refuse_zero_bytes() -> None:
        """No address of ours holds one, and PostgreSQL takes none in a text."""
        if "\0" in request.path:
            abort(404)

    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Busy, _busy)
    for away in (PoolTimeout, OperationalError):
        app.register_error_handler(away, _away)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(500, _broken)
