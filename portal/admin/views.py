"""The administrator's pages."""

from flask import Blueprint, Response, abort, flash, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..audit.actions import record
from ..audit.models import AuditEntry
from ..audit.wording import act_words, object_words, told
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.pages import page_by
from ..outbox.actions import figures, retry
from ..outbox.models import Job
from ..people.guards import needs, who
from ..people.permissions import Permission

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SIZE = 50


@blueprint.get("")
@needs(Permission.OPERATE)
def index() -> Response:
    """What failed, and how the outbox stands."""
    dead = db.session.scalars(
        select(Job).where(Job.dead.is_not(None)).order_by(Job.dead.desc(), Job.id.desc()).limit(SIZE)
    ).all()
    late = db.session.scalars(
        select(Job)
        .where(Job.done.is_(None), Job.dead.is_(None), Job.tries > 0, Job.error.is_not(None))
        .order_by(Job.id)
        .limit(SIZE)
    ).all()
    return render("admin/index.html", dead=dead, late=late, figures=figures())


@blueprint.post("/jobs/<int:key>/retry")
@needs(Permission.OPERATE)
def retry_job(key: int) -> Response:
    if not retry(key):
        abort(404)
    record("tried again", who(), f"job {key}")
    db.session.commit()
    flash(_("It is tried again now."), "good")
    return go("/admin")


@blueprint.get("/record")
@needs(Permission.AUDIT)
def record_page() -> Response:
    rows = select(AuditEntry).options(joinedload(AuditEntry.actor))
    page = page_by(rows, AuditEntry.at, AuditEntry.id, request.args.get("at", ""), SIZE)
    return render("admin/record.html", page=page, act_words=act_words, object_words=object_words, told=told)
