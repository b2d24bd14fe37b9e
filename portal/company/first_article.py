"""Writing an article in the browser, so that the first one needs nobody who knows about files."""

from typing import Any

from flask import Blueprint, Response, current_app, flash

from ..audit.actions import record
from ..extensions import db
from ..kb.writing import sections_of, write_article
from ..kit.company import the_company
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.markdown import render_article
from ..outbox.once import acted, led_to
from ..people.guards import needs, who
from ..people.permissions import Permission
from .forms import ArticleForm, ArticlePreviewForm
from .readiness import ARTICLE, PAGE

blueprint = Blueprint("first_article", __name__, url_prefix=ARTICLE)


def _form(**given: Any) -> ArticleForm:
    form = ArticleForm(**given)
    form.language.choices = list(the_company().languages.items())
    return form


def _page(form: ArticleForm, status: int = 200) -> Response:
    return render(
        "company/article.html",
        status=status,
        form=form,
        sections=sections_of(form.language.data or the_company().language),
        folder=current_app.config["KB_CONTENT"],
    )


@blueprint.get("")
@needs(Permission.COMPANY)
def write() -> Response:
    return _page(_form(formdata=None, language=the_company().language))


@blueprint.post("")
@needs(Permission.COMPANY)
def write_post() -> Response:
    form = _form()
    if not form.validate():
        return _page(form, 422)
    if acted(form.once.data or "", who().id) is None:
        words = (form.section.data or "", form.title.data or "", form.body.data or "")
        try:
            path = write_article(form.language.data, *words)
        except OSError as error:
            db.session.rollback()
            form.form_errors = [
                _("The articles' folder cannot be written: %(error)s", error=error.strerror or error)
            ]
            return _page(form, 422)
        record("wrote an article", who(), f"article {path}"[:100])
        led_to(form.once.data or "", PAGE)
        db.session.commit()
        flash(_("Published. It is on the site in a few seconds."), "good")
    return go(PAGE)


@blueprint.post("/preview")
@needs(Permission.COMPANY)
def preview() -> Response:
    """The text as it will be shown, for the form."""
    form = ArticlePreviewForm()
    good = form.validate()
    html = render_article(form.body.data or "").html if good else ""
    problem = "" if good else form.body.errors[0]
    return render("tickets/_preview.html", html=html, problem=problem, status=200 if good else 422)
