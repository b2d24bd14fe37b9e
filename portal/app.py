"""create_app(): the application with its settings, database, people, log, languages and features."""

import logging
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_compress import Compress
from sqlalchemy import event
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from . import config as settings
from . import errors, features
from .accounts import presence
from .company import kept
from .extensions import babel, csrf, db, login_manager, mail
from .kb import views as kb
from .kit import i18n, logs, sqlite
from .kit.addresses import without_tokens
from .kit.rows import leave
from .live.hub import Hub
from .search.index import init_search
from .web import headers, template_globals
from .web.folding import Environment
from .web.template_globals import STATIC


class Number(IntegerConverter):
    """A number in an address: one that no row can have leads nowhere, before the database is asked for it."""

    def __init__(self, map: Map, fixed_digits: int = 0) -> None:  # noqa: A002 -- Werkzeug's name
        super().__init__(map, fixed_digits, max=2**31 - 1)


def _engine_options(database: str) -> dict[str, Any]:
    """On PostgreSQL nobody waits longer for another's lock, or for a server that is away, than on SQLite for a writer's."""
    options: dict[str, Any] = {"pool_size": 20, "max_overflow": 0, "pool_timeout": sqlite.PATIENCE}
    if database.startswith("postgresql"):
        patience = int(sqlite.PATIENCE * 1000)
        options["connect_args"] = {
            "connect_timeout": int(sqlite.PATIENCE),
            "options": f"-c lock_timeout={patience} -c idle_in_transaction_session_timeout=60000",
        }
    return options


def _flask_config(values: dict[str, Any]) -> dict[str, Any]:
    """Our settings, and what the extensions call them."""
    secure = values["BASE_URL"].startswith("https://")
    host = urlsplit(values["BASE_URL"]).hostname
    return values | {
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(values["DATABASE_URL"]),
        "MAX_CONTENT_LENGTH": (values["FILE_MB"] * values["FILES"] + 10) * 1_000_000,
        # Werkzeug refuses longer text before a form could give it back with a sentence.
        "MAX_FORM_MEMORY_SIZE": 8_000_000,
        "MAX_FORM_PARTS": 200,
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 30 * 86400,
        "TRUSTED_HOSTS": [host, *(settings.LOOPBACK if host in settings.LOOPBACK else ())],
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # Referer is stripped by many; the token and SameSite do the work
        "BABEL_DEFAULT_LOCALE": values["LANGUAGE"],
        "BABEL_TRANSLATION_DIRECTORIES": str(settings.ROOT / "portal" / "translations"),
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 3,
        "COMPRESS_STREAMS": False,
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "application/json"],
        "MAIL_USE_TLS": values["MAIL_SECURITY"] == "starttls",
        "MAIL_USE_SSL": values["MAIL_SECURITY"] == "tls",
        "MAIL_DEFAULT_SENDER": values["MAIL_FROM"],
        "MAIL_USERNAME": values["MAIL_USERNAME"] or None,
        "MAIL_PASSWORD": values["MAIL_PASSWORD"] or None,
    }


def _bind_database(app: Flask) -> None:
    db.init_app(app)
    # Before the extension's own, which would raise what nobody hears.
    app.teardown_appcontext(lambda _error: leave())
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            Path(app.config["INSTANCE"]).mkdir(mode=0o700, parents=True, exist_ok=True)
            sqlite.prepare(db.engine, app.config["INSTANCE"] / "write.lock")
        event.listen(db.engine, "before_cursor_execute", logs.count)


def _bind_people(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.session_protection = (
        None  # a row per sign-in can be ended; a changed network must not sign out
    )
    login_manager.user_loader(presence.load_living)

    @app.before_request
    def note_presence() -> None:
        """A sign-in that sends something was seen now; a GET writes nothing."""
        if sqlite.only_reads():
            return
        _ = request.form  # the body is read before the write lock is taken: a slow sender holds up nobody
        presence.note_sent()

    app.after_request(presence.note_looked)


def _bind_log(app: Flask) -> None:
    log = logging.getLogger("portal.web")

    def broke(exc_info: Any) -> None:
        """Flask's own names the whole path, and with it the secret of a mail's link."""
        app.logger.error(
            "Exception on %s [%s]", without_tokens(request.path), request.method, exc_info=exc_info
        )

    app.log_exception = broke  # type: ignore[method-assign]  # its place for this

    @app.before_request
    def begin() -> None:
        logs.count_anew()
        g.began = time.perf_counter()
        g.request_id = secrets.token_hex(6)

    @app.after_request
    def line(response: Response) -> Response:
        person = getattr(g.get("_login_user"), "person", None)
        log.info(
            "request",
            extra={
                "id": g.get("request_id"),
                "user": person.id if person else None,
                "method": request.method,
                "path": without_tokens(request.path),
                "status": response.status_code,
                "ms": logs.milliseconds(g.began) if "began" in g else None,
                "queries": logs.counted(),
            },
        )
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


def _bind_language(app: Flask) -> None:
    babel.init_app(app, locale_selector=i18n.pick_language, timezone_selector=i18n.pick_zone)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.before_request(i18n.forget_catalogue)
    app.teardown_request(i18n.forget_catalogue)

    @app.after_request
    def remember(response: Response) -> Response:
        chosen = i18n.remember_choice()
        page = (
            request.endpoint and response.mimetype == "text/html"
        )  # what caches may keep carries nobody's cookie
        if chosen and page and response.status_code < 400:  # noqa: PLR2004 -- HTTP: no error
            secure = app.config["SESSION_COOKIE_SECURE"]
            response.set_cookie(
                i18n.COOKIE, chosen, max_age=365 * 86400, secure=secure, httponly=True, samesite="Lax"
            )
        return response


def _put_in_front(app: Flask) -> None:
    """Files that never change are answered before Flask, and the proxies in front are believed as far as told."""
    wsgi: Any = WhiteNoise(
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=31_536_000,
        allow_all_origins=False,
        add_headers_function=headers.for_static_files,
    )
    if count := app.config["PROXIES"]:
        wsgi = ProxyFix(wsgi, x_for=count, x_proto=count, x_host=count)
    app.wsgi_app = wsgi  # type: ignore[method-assign]  # as Flask documents it


class Portal(Flask):
    """Flask, all of whose functions are plain ones: at each of some twenty steps of a request it would look whether they are."""

    jinja_environment = Environment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(environ: dict[str, str] | None = None) -> Flask:
    """The application, from the settings in `environ` (the process's own unless given).

    Raises:
        BadSetting: a setting makes no sense.
    """
    app = Portal(__name__, static_folder=None)  # WhiteNoise serves them, compressed beforehand
    app.url_map.converters["int"] = Number
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # no redirect from an address that was never ours
    app.config.update(_flask_config(settings.load(environ) if environ is not None else settings.load()))
    logs.set_up()
    _bind_log(app)
    _bind_database(app)
    kept.set_up(app)
    _bind_people(app)
    _bind_language(app)
    csrf.init_app(app)
    mail.init_app(app)
    Compress(app)
    errors.set_up(app)
    headers.set_up(app)
    template_globals.set_up(app)
    for blueprint in features.BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "start", kb.home)
    app.extensions.update(features.HANDED_IN)
    app.extensions["live_hub"] = Hub(app)
    init_search(app, features.SEARCH_SOURCES)
    _put_in_front(app)
    return app
