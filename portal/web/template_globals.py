"""Words and functions that every template knows."""

import hashlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import Flask, g, has_request_context, request
from flask_wtf.csrf import generate_csrf
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from ..company.readiness import progress
from ..drafts.access import device_key
from ..kit import i18n
from ..kit.addresses import this_page, told_page
from ..kit.company import Logo, the_company
from ..kit.devices import device_words, place_words
from ..kit.forms import new_once
from ..kit.htmx import is_htmx
from ..legal.asking import unsettled
from ..legal.standing import standing
from ..legal.wording import footer
from ..mail.actions import kept_not_sent
from ..notifications.queries import Unread, unread
from ..people.guards import me
from ..people.models import Person
from ..tickets.first_line import due_of, first_line
from .folding import Environment
from .parts import face, make_icon, make_status, when

# The administrator's pages, in the order of their tabs, and what opens each.
ADMIN_PAGES = (
    ("admin.operate", "/admin"),
    ("company.settings", "/admin/company"),
    ("company.pages", "/admin/pages"),
    ("audit.read", "/admin/record"),
    ("people.manage", "/admin/people"),
    ("roles.read", "/admin/roles"),
)
STATIC = Path(__file__).resolve().parent.parent / "static"


class Site:
    """What the owner says of the company, as templates read it: each time anew, for it can change at any time."""

    @property
    def name(self) -> str:
        return the_company().name

    @property
    def logo(self) -> Logo | None:
        return the_company().logo

    @property
    def languages(self) -> Mapping[str, str]:
        """Those that are offered; `languages` are all whose names a page may have to say."""
        return the_company().languages

    @property
    def accent_css(self) -> str:
        """The colour's stylesheet."""
        return f"/accent.css?v={the_company().accent.lstrip('#')}"

    @property
    def card_png(self) -> str:
        """The picture for those who share a page."""
        return f"/card.png?v={the_company().accent.lstrip('#')}"


def _filled(escaped: bool, said: str, values: dict[str, Any]) -> str:
    """As Jinja's own: values are escaped where the template's are, and a percent sign is written twice."""
    if "%" in said and escaped:
        said %= {name: value if isinstance(value, int) else escape(value) for name, value in values.items()}
    elif "%" in said:
        said %= values
    return Markup(said) if escaped else said  # noqa: S704 -- from our catalogues


@pass_context
def _gettext(context: Context, words: str, /, **values: Any) -> str:
    return _filled(context.eval_ctx.autoescape, i18n.catalogue().gettext(words), values)


@pass_context
def _ngettext(context: Context, one: str, many: str, num: int, /, **values: Any) -> str:
    said = i18n.catalogue().ngettext(one, many, num)
    return _filled(context.eval_ctx.autoescape, said, {"num": num, **values})


def _constant(escaped: bool) -> Callable[..., str]:
    """What translates words, with values that are constant too, as a template is compiled."""
    return lambda words, /, **values: _filled(escaped, i18n.catalogue().gettext(words), values)


def _versions(folder: Path) -> dict[str, str]:
    """A short digest of every static file: an address changes exactly when its content does."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz"))
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()[:10] for p in files}


def _with_lang(code: str) -> str:
    values = (
        [(k, v) for k, v in request.args.items(multi=True) if k != "lang"] if request.method == "GET" else []
    )
    # Quoted: a path that begins with a backslash would be read as another site.
    return quote(request.path, safe="/") + "?" + urlencode([*values, ("lang", code)])


def _way(path: str, here: str) -> str:
    """An address that leads back to the page `here` afterwards."""
    return (
        path
        if here.startswith(("/sign-", "/confirm", "/reset", "/lost"))
        else f"{path}?next={quote(here, safe='/')}"
    )


def _feedback_url() -> str:
    """Where one says how this page is."""
    return "/feedback?" + urlencode({"page": told_page(this_page())})


def _unread_now() -> Unread:
    """The signed-in reader's unread notices, asked once a page."""
    person = me()
    if person is None:
        return Unread(0, 0)
    if "unread" not in g:
        g.unread = unread(person, request.path)
    return g.unread


def _admin_way(person: Person) -> str:
    """The first of the administrator's pages that a person may open; "" for none."""
    return next((path for permission, path in ADMIN_PAGES if person.may(permission)), "")


def _drafted(place: str) -> Markup:
    """The marks of a form whose text is kept as a draft of this place; nothing for a visitor, who has none."""
    person = me()
    if person is None:
        return Markup("")
    marks = (
        f' data-draft="{escape(place)}" data-person="{person.id}" data-key-of-device="{device_key(person)}"'
    )
    return Markup(marks)  # noqa: S704 -- a number and a digest beside what is escaped


# What is the same for every portal; what a setting or a file decides comes in set_up().
USUAL: dict[str, Any] = {
    "_": _gettext,
    "gettext": _gettext,
    "ngettext": _ngettext,
    "device_words": device_words,
    "place_words": place_words,
    "drafted": _drafted,
    "admin_way": _admin_way,
    "time_in": i18n.time_in,
    "languages": i18n.LANGUAGES,
    "ago": i18n.ago,
    "exact": i18n.exact,
    "day": i18n.day,
    "date": i18n.date_of,
    "month": i18n.month,
    "ahead": i18n.ahead,
    "first_line": first_line,
    "due_of": due_of,
    "new_once": new_once,
    "unread_now": _unread_now,
    "with_lang": _with_lang,
    "live_since": lambda: int(time.time() * 1000),
    "feedback_url": _feedback_url,
    "getting_ready": progress,
    "company_pages": footer,
    "standing": standing,
    "this_page": this_page,
    "unsettled": unsettled,
}


def _csrf_token() -> str:
    """Flask-WTF's token of this page, which it keeps in `g`; a page asks for it in each form."""
    return g.get("csrf_token") or generate_csrf()


def _known() -> dict[str, Any]:
    """What a template knows of the page at hand, or of the mail."""
    code = i18n.current_language()
    language = {"locale": code, "lang_tag": code.replace("_", "-")}
    if not has_request_context():  # a mail
        return language
    here = this_page()
    return language | {
        "me": me(),
        "csrf_token": _csrf_token,
        "sign_in_url": _way("/sign-in", here),
        "sign_up_url": _way("/sign-up", here),
        "demo_outbox": "/outbox" if kept_not_sent() else None,
        "htmx": is_htmx(),
    }


def set_up(app: Flask) -> None:
    """Make them known."""
    versions = _versions(STATIC)

    def static(name: str) -> str:
        return f"/static/{name}?v={versions[name]}"

    icon = make_icon(static("icons.svg"))
    environment = cast("Environment", app.jinja_env)
    environment.words = _constant
    environment.folded = {"icon": icon, "static": static}
    environment.globals.update(
        USUAL,
        static=static,
        parts={"icon": icon, "status": make_status(icon), "face": face, "when": when},
        site=Site(),
        file_mb=app.config["FILE_MB"],
        most_files=app.config["FILES"],
    )
    app.context_processor(_known)
