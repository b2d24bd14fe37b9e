"""create_app() and the explicit lists of what the features hand in."""

import logging
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, has_app_context, request
from flask_compress import Compress
from flask_login import current_user
from sqlalchemy import event
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from . import config as settings
from . import errors
from .accounts import address_pages, link_pages, presence
from .accounts import notices as account_notices
from .accounts import privacy as account_privacy
from .accounts import security as account_pages
from .accounts import views as account_views
from .admin import views as admin
from .audit import privacy as audit_privacy
from .community import access as community_access
from .community import acts as community_acts
from .community import documents as topic_documents
from .community import download as community_files
from .community import feeds as community_feeds
from .community import notices as community_notices
from .community import own as community_own
from .community import posts as community_posts
from .community import privacy as community_privacy
from .community import spaces as community_spaces
from .community import views as community
from .community.panels import Acts, Facts, Panel
from .company import access as company_access
from .company import first_article, readiness, ready
from .company import kept as company_kept
from .company import privacy as company_privacy
from .company import views as company
from .crossing import actions as crossing_acts
from .crossing import articles as crossing_articles
from .crossing import desk as crossing_desk
from .crossing import notices as crossing_notices
from .crossing import panels as crossing_panels
from .crossing import privacy as crossing_privacy
from .crossing import proposals, wishes
from .crossing import views as crossing
from .desk import canned, intake, lost_mailbox
from .desk import views as desk
from .drafts import access as draft_access
from .drafts import privacy as draft_privacy
from .drafts import views as drafts
from .editors import views as editors
from .extensions import babel, csrf, db, login_manager, mail, migrate
from .feedback import privacy as feedback_privacy
from .feedback import views as feedback
from .home import health
from .home import views as home
from .ideas import demand as idea_demand
from .ideas import feeds as idea_feeds
from .ideas import notices as idea_notices
from .ideas import privacy as idea_privacy
from .ideas import queries as idea_queries
from .ideas import views as ideas
from .inbox import access as inbox_access
from .inbox import privacy as inbox_privacy
from .inbox import views as inbox
from .kb import documents as kb_documents
from .kb import download as kb_download
from .kb import feeds, helpful, searched
from .kb import views as kb
from .kit import i18n, logs, sqlite
from .kit.addresses import without_tokens
from .kit.rows import undo
from .legal import editing as legal_editing
from .legal import own as agreements
from .legal import privacy as legal_privacy
from .legal import views as legal
from .live import views as live
from .live.hub import Hub
from .mail import privacy as mail_privacy
from .mail import views as outbox
from .moderation import access as moderation_access
from .moderation import acts as moderators
from .moderation import notices as moderation_notices
from .moderation import privacy as moderation_privacy
from .moderation import standing
from .moderation import topics as topic_acts
from .moderation import views as moderation
from .notifications import privacy as notice_privacy
from .notifications import unsubscribe
from .notifications import views as notices
from .outbox import privacy as outbox_privacy
from .people import privacy as people_privacy
from .practice import privacy as practice_privacy
from .practice import views as practice
from .privacy.actions import Part
from .search.documents import Source
from .search.index import init_search
from .staff import joining, roles, team_pages
from .staff import notices as staff_notices
from .staff import privacy as staff_privacy
from .staff import views as staff
from .tickets import access as ticket_access
from .tickets import acts, doors, download, solved
from .tickets import documents as ticket_documents
from .tickets import notices as ticket_notices
from .tickets import privacy as ticket_privacy
from .tickets import views as tickets
from .web import headers, template_globals
from .web.folding import Environment
from .web.template_globals import STATIC

BLUEPRINTS = (
    company.blueprint,
    ready.blueprint,
    first_article.blueprint,
    account_views.blueprint,
    account_pages.blueprint,
    link_pages.blueprint,
    address_pages.blueprint,
    home.blueprint,
    health.blueprint,
    kb.blueprint,
    kb_download.blueprint,
    helpful.blueprint,
    searched.blueprint,
    feeds.blueprint,
    doors.blueprint,
    acts.blueprint,
    tickets.blueprint,
    solved.blueprint,
    download.blueprint,
    community.blueprint,
    community_spaces.blueprint,
    community_posts.blueprint,
    community_acts.blueprint,
    community_own.blueprint,
    community_feeds.blueprint,
    community_files.blueprint,
    moderation.blueprint,
    moderators.blueprint,
    topic_acts.blueprint,
    standing.blueprint,
    ideas.blueprint,
    idea_demand.blueprint,
    idea_feeds.blueprint,
    crossing.blueprint,
    crossing_articles.blueprint,
    crossing_desk.blueprint,
    proposals.blueprint,
    wishes.blueprint,
    feedback.blueprint,
    drafts.blueprint,
    desk.blueprint,
    intake.blueprint,
    lost_mailbox.blueprint,
    canned.blueprint,
    practice.blueprint,
    editors.blueprint,
    inbox.blueprint,
    live.blueprint,
    notices.blueprint,
    unsubscribe.blueprint,
    outbox.blueprint,
    legal.blueprint,
    agreements.blueprint,
    legal_editing.blueprint,
    admin.blueprint,
    staff.blueprint,
    team_pages.blueprint,
    roles.blueprint,
    joining.blueprint,
)

# Imported by the worker alone, so that heavy libraries may stand at the top of a jobs module.
JOB_MODULES = (
    "portal.outbox.jobs",
    "portal.audit.jobs",
    "portal.mail.jobs",
    "portal.live.jobs",
    "portal.notifications.jobs",
    "portal.search.jobs",
    "portal.accounts.jobs",
    "portal.readership.jobs",
    "portal.kb.jobs",
    "portal.company.jobs",
    "portal.drafts.jobs",
    "portal.tickets.jobs",
    "portal.crossing.jobs",
    "portal.community.jobs",
    "portal.moderation.jobs",
    "portal.ideas.jobs",
    "portal.inbox.jobs",
    "portal.privacy.jobs",
    "portal.staff.jobs",
    "portal.backup.jobs",
    "portal.health.jobs",
)

# Work that nobody outside hears of, so that it goes on after a restore though it may have been done already. All other
# work that waited when the backup was made is held until somebody says so: most of it is mails.
QUIET_WORK = (
    "search.index",
    "tickets.index",
    "tickets.squeeze",
    "community.reindex",
    "outbox.drop_file",
    "inbox.sort",
    "inbox.poll",
    "kb.sync",
    "kb.turn",
    "kb.look-around",
    "privacy.again",
    "privacy.note",
    "accounts.nobody",
)

# What stands in the search index, by kind of document.
SEARCH_SOURCES: dict[str, Source] = {
    "articles": kb_documents.SOURCE,
    "topics": topic_documents.SOURCE,
    "tickets": ticket_documents.SOURCE,
}

# Who may hear a live topic `<kind>-<id>`; asked at each connect.
LIVE_RIGHTS = {
    "ticket": ticket_access.may_hear_ticket,
    "desk-ticket": ticket_access.may_hear_desk,
    "team": ticket_access.may_hear_team,
    "person": ticket_access.may_hear_person,
    "drafts": draft_access.may_hear_drafts,
    "mail": inbox_access.may_hear_mail,
    "topic": community_access.may_hear_topic,
    "moderation": moderation_access.may_hear,
    "ready": company_access.may_hear_ready,
}

# What an instance needs until it is ready for customers, in the order of the list.
READINESS: tuple[readiness.Line, ...] = (*readiness.LINES,)
# Where somebody begins who signs in and was on the way to nowhere else: functions of a person that give a path, or None.
FIRST_PAGES = (readiness.first_page,)

# What stands in the desk's rail after its views, for those who may: each makes its entry, or None.
RAIL_LINKS = (inbox.rail_link, moderation.rail_link)
# What stands above the desk's queue, for those who have it; the same form as panels.
DESK_CARDS = (practice.card,)
# What higher features show on a topic's page, beside it and among what can be done with a post: functions of
# (topic, person), which names a template with its values or None, and (post, person), which gives acts.
TOPIC_PANELS: tuple[Panel, ...] = (idea_demand.of_topic, crossing_panels.of_topic, topic_acts.topic_panel)
POST_ACTS: tuple[Acts, ...] = (crossing_panels.on_post, moderators.post_acts)
# The same above its posts.
TOPIC_HEADS: tuple[Panel, ...] = (ideas.head,)
# What they say of topics in lists of answers, as functions of topics.
TOPIC_FACTS: tuple[Facts, ...] = (idea_queries.facts_of,)
# The parts of the sitemap that features hand in, as functions of nothing that give their paths.
SITEMAPS = (legal.maps, community_feeds.maps, idea_feeds.maps)
# What else becomes of a post once all its readers see it.
POSTED = (crossing_acts.note_articles,)
# The same beside a request, for its customer's side and for the desk, and in the editors' list.
TICKET_PANELS = (crossing_panels.of_ticket, idea_demand.of_ticket)
DESK_PANELS = (crossing_panels.at_desk, idea_demand.at_desk)
EDITORS_LINKS = (crossing_panels.editors_link,)
# The kinds of notices that features make, and who may still know of what one speaks of.
NOTICE_KINDS = (
    *account_notices.KINDS,
    *ticket_notices.KINDS.values(),
    *crossing_notices.KINDS,
    ticket_notices.ADDED,
    ticket_notices.HANDED,
    *community_notices.KINDS,
    *idea_notices.KINDS,
    *moderation_notices.KINDS,
    *staff_notices.KINDS,
)
NOTICE_RIGHTS = {
    "ticket": ticket_access.may_be_told,
    "topic": community_access.may_be_told_of_topic,
    "post": community_access.may_be_told_of_post,
}

# What each feature keeps of a person, in the order in which it is erased: the person, whose name the others look for, last.
PRIVACY_PARTS: tuple[Part, ...] = (
    staff_privacy,
    idea_privacy,
    crossing_privacy,
    practice_privacy,
    inbox_privacy,
    feedback_privacy,
    moderation_privacy,
    community_privacy,
    ticket_privacy,
    draft_privacy,
    notice_privacy,
    company_privacy,
    mail_privacy,
    outbox_privacy,
    legal_privacy,
    account_privacy,
    audit_privacy,
    people_privacy,
)


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
    app.teardown_appcontext(
        lambda _error: undo()
    )  # before the extension's own, which would raise what nobody hears
    migrate.init_app(app, db, directory=str(Path(__file__).parent / "migrations"), render_as_batch=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            Path(app.config["INSTANCE"]).mkdir(parents=True, exist_ok=True)
            sqlite.prepare(db.engine, app.config["INSTANCE"] / "write.lock")

        @event.listens_for(db.engine, "before_cursor_execute")
        def count(*_args: Any) -> None:
            if has_app_context():
                g.queries = g.get("queries", 0) + 1


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

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = secrets.token_hex(6)

    @app.after_request
    def line(response: Response) -> Response:
        person = getattr(current_user, "person", None) if "_login_user" in g else None
        log.info(
            "request",
            extra={
                "id": g.get("request_id"),
                "user": person.id if person else None,
                "method": request.method,
                "path": without_tokens(request.path),
                "status": response.status_code,
                "ms": logs.milliseconds(g.began) if "began" in g else None,
                "queries": g.get("queries", 0),
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


def create_app(environ: dict[str, str] | None = None) -> Flask:
    """The application, from the settings in `environ` (the process's own unless given).

    Raises:
        BadSetting: a setting makes no sense.
    """
    app = Flask(__name__, static_folder=None)  # WhiteNoise serves them, compressed beforehand
    app.jinja_environment = Environment
    app.url_map.converters["int"] = Number
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # no redirect from an address that was never ours
    app.config.update(_flask_config(settings.load(environ) if environ is not None else settings.load()))
    logs.set_up()
    _bind_log(app)
    _bind_database(app)
    company_kept.set_up(app)
    _bind_people(app)
    _bind_language(app)
    csrf.init_app(app)
    mail.init_app(app)
    Compress(app)
    errors.set_up(app)
    headers.set_up(app)
    template_globals.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "start", kb.home)
    app.extensions["live_rights"] = LIVE_RIGHTS
    app.extensions["rail_links"] = RAIL_LINKS
    app.extensions["desk_cards"] = DESK_CARDS
    app.extensions["topic_panels"] = TOPIC_PANELS
    app.extensions["topic_heads"] = TOPIC_HEADS
    app.extensions["topic_facts"] = TOPIC_FACTS
    app.extensions["post_acts"] = POST_ACTS
    app.extensions["posted"] = POSTED
    app.extensions["ticket_panels"] = TICKET_PANELS
    app.extensions["desk_panels"] = DESK_PANELS
    app.extensions["editors_links"] = EDITORS_LINKS
    app.extensions["sitemaps"] = SITEMAPS
    app.extensions["live_hub"] = Hub(app)
    app.extensions["notice_kinds"] = {kind.name: kind for kind in NOTICE_KINDS}
    app.extensions["notice_rights"] = NOTICE_RIGHTS
    app.extensions["readiness"] = READINESS
    app.extensions["first_pages"] = FIRST_PAGES
    app.extensions["privacy_parts"] = PRIVACY_PARTS
    app.extensions["quiet_work"] = QUIET_WORK
    init_search(app, SEARCH_SOURCES)
    static = WhiteNoise(
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=31_536_000,
        add_headers_function=headers.for_static_files,
    )
    app.wsgi_app = static  # type: ignore[method-assign]  # as Flask documents it
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # as Flask documents it
    return app
