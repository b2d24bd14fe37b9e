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


def _noted(act: str, about: str, said: str, **detail: Any) -> Response:
    """Keep it, with a line in the record."""
    record(act, who(), about, **detail)
    db.session.commit()
    flash(said, "good")
    return go("/admin")


@blueprint.post("/jobs/<int:key>/retry")
@needs(Permission.OPERATE)
def retry_job(key: int) -> Response:
    if not retry(key):
        abort(404)
    return _noted("tried again", f"job {key}", _("It is tried again now."))


@blueprint.post("/jobs/<int:key>/drop")
@needs(Permission.OPERATE)
def drop_job(key: int) -> Response:
    if not drop(key):
        abort(404)
    return _noted("dropped", f"job {key}", _("Dropped: it is not done any more."))


def _asked() -> dict[str, Any]:
    """All of a kind, those from before a restore or the others."""
    return {"kind": request.form.get("kind", "")[:50], "held": "held" in request.form}


@blueprint.post("/jobs/retry")
@needs(Permission.OPERATE)
def retry_kind() -> Response:
    asked = _asked()
    count = retry_all(**asked)
    said = ngettext("%(num)d is tried again now.", "%(num)d are tried again now.", count)
    return _noted("tried again", "", said, kind=asked["kind"], count=count)


@blueprint.post("/jobs/drop")
@needs(Permission.OPERATE)
def drop_kind() -> Response:
    asked = _asked()
    count = drop_all(**asked)
    said = ngettext("%(num)d was dropped.", "%(num)d were dropped.", count)
    return _noted("dropped", "", said, kind=asked["kind"], count=count)


@blueprint.get("/record")
@needs(Permission.AUDIT)
def record_page() -> Response:
    rows = select(AuditEntry).options(joinedload(AuditEntry.actor))
    page = page_by(rows, AuditEntry.at, AuditEntry.id, request.args.get("at", ""), SIZE)
    objects = {about: object_words(about, name) for about, name in names_of(page.rows).items()}
    words: dict[str, Any] = {"act_words": act_words, "source_words": source_words, "told": told}
    return render("admin/record.html", page=page, objects=objects, **words)
