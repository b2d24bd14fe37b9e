"""The administrator's pages."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..audit.actions import record
from ..audit.models import AuditEntry
from ..audit.wording import act_words, object_words, source_words, told
from ..extensions import db
from ..health.looks import examine
from ..kit.htmx import go, render
from ..kit.i18n import _, ngettext
from ..kit.pages import page_by
from ..outbox.actions import drop, drop_all, retry, retry_all
from ..people.guards import needs, who
from ..people.permissions import Permission
from .queries import late_jobs, names_of, pile, told_about

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SIZE = 50


@blueprint.get("")
@needs(Permission.OPERATE)
def index() -> Response:
    """How the portal does, and the work that waits for somebody."""
    held, dead, late = pile(held=True), pile(held=False), late_jobs()
    about = told_about([*held.jobs, *dead.jobs, *late])
    found = examine(now=False)
    return render("admin/index.html", found=found, held=held, dead=dead, late=late, about=about)


@blueprint.post("/jobs/<int:key>/retry")
@needs(Permission.OPERATE)
def retry_job(key: int) -> Response:
    if not retry(key):
        abort(404)
    record("tried again", who(), f"job {key}")
    db.session.commit()
    flash(_("It is tried again now."), "good")
    return go("/admin")


@blueprint.post("/jobs/<int:key>/drop")
@needs(Permission.OPERATE)
def drop_job(key: int) -> Response:
    if not drop(key):
        abort(404)
    record("dropped", who(), f"job {key}")
    db.session.commit()
    flash(_("Dropped: it is not done any more."), "good")
    return go("/admin")


@blueprint.post("/jobs/retry")
@needs(Permission.OPERATE)
def retry_kind() -> Response:
    """All of a kind, those from before a restore or the others."""
    kind, held = request.form.get("kind", "")[:50], "held" in request.form
    count = retry_all(kind, held=held)
    record("tried again", who(), "", kind=kind, count=count)
    db.session.commit()
    flash(ngettext("%(num)d is tried again now.", "%(num)d are tried again now.", count), "good")
    return go("/admin")


@blueprint.post("/jobs/drop")
@needs(Permission.OPERATE)
def drop_kind() -> Response:
    """All of a kind, those from before a restore or the others."""
    kind, held = request.form.get("kind", "")[:50], "held" in request.form
    count = drop_all(kind, held=held)
    record("dropped", who(), "", kind=kind, count=count)
    db.session.commit()
    flash(ngettext("%(num)d was dropped.", "%(num)d were dropped.", count), "good")
    return go("/admin")


@blueprint.get("/record")
@needs(Permission.AUDIT)
def record_page() -> Response:
    rows = select(AuditEntry).options(joinedload(AuditEntry.actor))
    page = page_by(rows, AuditEntry.at, AuditEntry.id, request.args.get("at", ""), SIZE)
    objects = {about: object_words(about, name) for about, name in names_of(page.rows).items()}
    words: dict[str, Any] = {"act_words": act_words, "source_words": source_words, "told": told}
    return render("admin/record.html", page=page, objects=objects, **words)
