"""Pages of a question that an article answered: "This solved it", thanks, and the way back."""

from flask import Blueprint, Response, abort

from ..accounts import limits
from ..extensions import db
from ..kb.access import get_article
from ..kit.htmx import go, render
from ..kit.i18n import current_language
from ..people.guards import me, public
from .answers import not_solved, solve, solved
from .forms import SolvedForm
from .models import SolvedByArticle
from .wording import STATES

blueprint = Blueprint("solved", __name__, url_prefix="/tickets")


@blueprint.post("/new/solved")
@public
def solve_post() -> Response:
    form, person = SolvedForm(), me()
    if limits.is_one_too_many(limits.REQUESTS, str(person.id) if person else limits.source()):
        db.session.rollback()
        abort(429)
    word = form.once.data or ""
    solve(word, form.question.data or "", form.article.data or "", person, current_language())
    db.session.commit()
    return go(f"/tickets/solved/{word}")


def _solved(word: str) -> SolvedByArticle:
    return solved(word, me()) or abort(404)


@blueprint.get("/solved/<word>")
@public
def show(word: str) -> Response:
    row = _solved(word)
    article = get_article(me(), row.article, row.locale)
    return render("tickets/solved.html", row=row, article=article, solved_look=STATES["solved"].customer)


@blueprint.post("/solved/<word>/undo")
@public
def undo(word: str) -> Response:
    """It was not solved after all: back to the form, with what was written."""
    address = not_solved(_solved(word), me())
    db.session.commit()
    return go(address)
