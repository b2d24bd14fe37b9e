"""Writing the company's pages: drafts in each language, how they will look, publishing them, and how we are reached."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..extensions import db
from ..kit.compare import differences
from ..kit.htmx import go, render
from ..kit.i18n import LANGUAGES, _, current_language, in_language
from ..kit.languages import tag_of
from ..kit.markdown import render_article
from ..people.guards import needs, who
from ..people.permissions import Permission
from .actions import NotReady, Overtaken, change_reach, keep_draft, look_of, publish
from .forms import DraftForm, PreviewForm, PublishForm, ReachForm
from .models import AGREED, KINDS
from .queries import PageWords, Plan, plan_of, reach
from .standing import look_anew
from .wording import NAMES

blueprint = Blueprint("pages", __name__, url_prefix="/admin/pages")
KIND = "<any(privacy, terms, company):kind>"


@blueprint.get("")
@needs(Permission.PAGES)
def index() -> Response:
    plans = {kind: plan_of(kind) for kind in KINDS}
    return render("legal/pages.html", plans=plans, names=NAMES, reach=reach())


def _language() -> str:
    """The language that is written in; the reader's own unless the address names one."""
    asked = request.args.get("of", current_language())
    return asked if asked in LANGUAGES else abort(404)


def _edit(kind: str, language: str, form: DraftForm, status: int = 200, **more: Any) -> Response:
    return render(
        "legal/edit.html",
        status=status,
        kind=kind,
        of=language,
        form=form,
        plan=plan_of(kind),
        name=NAMES[kind],
        tag_of=tag_of,
        **more,
    )


@blueprint.get(f"/{KIND}")
@needs(Permission.PAGES)
def edit(kind: str) -> Response:
    language = _language()
    saying = plan_of(kind).saying(language)
    form = DraftForm(formdata=None, **vars(saying), shown=saying.digest)
    if not saying.is_there:
        with in_language(language):
            form.title.data = str(NAMES[kind])
    return _edit(kind, language, form)


@blueprint.post(f"/{KIND}")
@needs(Permission.PAGES)
def edit_post(kind: str) -> Response:
    """Keep the draft; with "discard" it becomes again what is published."""
    language, form = _language(), DraftForm()
    discard = "discard" in request.form
    if not discard and not form.validate():
        return _edit(kind, language, form, 422)
    saying = plan_of(kind).published.get(language, PageWords()) if discard else form.saying
    try:
        keep_draft(kind, language, saying, form.shown.data or "", who())
    except Overtaken as other:
        db.session.rollback()
        return _overtaken(kind, language, form, other.stands)
    db.session.commit()
    flash(
        _("The draft is gone.")
        if discard
        else _("The draft is kept. Nobody reads it until it is published."),
        "good",
    )
    return go(f"/admin/pages/{kind}?of={language}")


def _overtaken(kind: str, language: str, form: DraftForm, stands: Any) -> Response:
    """Both stand there: who saves now has seen what the other wrote."""
    form.shown.data = stands.digest
    pieces = differences(_whole(form.saying), _whole(stands))
    return _edit(kind, language, form, 409, stands=stands, pieces=pieces)


def _whole(saying: PageWords) -> str:
    return "\n\n".join(part for part in (saying.title, saying.body, saying.note) if part) + "\n"


@blueprint.post("/preview")
@needs(Permission.PAGES)
def preview() -> Response:
    """The text as it will be shown, for the form."""
    form = PreviewForm()
    good = form.validate()
    html = render_article(form.body.data or "").html if good else ""
    return render(
        "tickets/_preview.html",
        html=html,
        problem="" if good else form.body.errors[0],
        status=200 if good else 422,
    )


@blueprint.get(f"/{KIND}/look")
@needs(Permission.PAGES)
def look(kind: str) -> Response:
    """The next version in a language, whole, as a page."""
    language = _language()
    saying = plan_of(kind).saying(language)
    if not saying.is_there:
        abort(404)
    return render(
        "legal/look.html",
        kind=kind,
        of=language,
        text=look_of(language, saying),
        name=NAMES[kind],
        tag_of=tag_of,
    )


def _publishing(kind: str, plan: Plan, form: PublishForm, status: int = 200, **more: Any) -> Response:
    published = plan.published
    form.shown.data = plan.digest
    changes = {
        code: differences(_whole_of(published.get(code)), _whole_of(plan.next.get(code)))
        for code in plan.changed
    }
    return render(
        "legal/publish.html",
        status=status,
        kind=kind,
        plan=plan,
        form=form,
        changes=changes,
        asks=kind in AGREED,
        name=NAMES[kind],
        tag_of=tag_of,
        **more,
    )


def _whole_of(saying: PageWords | None) -> str:
    return f"{saying.title}\n\n{saying.body}\n" if saying else ""


@blueprint.get(f"/{KIND}/publish")
@needs(Permission.PAGES)
def publish_page(kind: str) -> Response:
    """What would be published, with what is different in each language."""
    return _publishing(kind, plan_of(kind), PublishForm(formdata=None))


@blueprint.post(f"/{KIND}/publish")
@needs(Permission.PAGES)
def publish_post(kind: str) -> Response:
    form = PublishForm()
    anew = kind in AGREED and bool(form.anew.data)
    try:
        publish(kind, form.shown.data or "", anew=anew, by=who())
    except Overtaken:
        db.session.rollback()
        return _publishing(kind, plan_of(kind), form, 409, overtaken=True)
    except NotReady:
        db.session.rollback()
        return _publishing(kind, plan_of(kind), form, 422)
    db.session.commit()
    look_anew()
    flash(_("Published. It is in force from now on."), "good")
    return go("/admin/pages")


def _reach_page(form: ReachForm, status: int = 200, **more: Any) -> Response:
    return render("legal/reach.html", status=status, form=form, **more)


@blueprint.get("/contact")
@needs(Permission.PAGES)
def reach_page() -> Response:
    stands = reach()
    return _reach_page(ReachForm(formdata=None, **vars(stands), shown=stands.digest))


@blueprint.post("/contact")
@needs(Permission.PAGES)
def reach_post() -> Response:
    form = ReachForm()
    if not form.validate():
        return _reach_page(form, 422)
    try:
        change_reach(form.reach, form.shown.data or "", who())
    except Overtaken as other:
        db.session.rollback()
        form.shown.data = other.stands.digest
        return _reach_page(form, 409, stands=other.stands)
    db.session.commit()
    flash(_("Saved. The contact page shows it at once."), "good")
    return go("/admin/pages")
