"""Whether an article helped: the reader says yes or no, with a reason, with or without an account or scripts."""

from flask import Blueprint, Response, abort, current_app, request

from ..accounts import limits
from ..extensions import csrf, db
from ..kit import crypto
from ..kit.addresses import is_from_here
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import current_language
from ..people.guards import me, public
from ..people.models import Person
from ..readership.actions import Said, vote
from ..readership.forms import VoteForm
from ..readership.queries import vote_of
from .access import get_article
from .models import Article
from .reading import VOTE, voter

blueprint = Blueprint("helpful", __name__, url_prefix="/help")
YEAR = 365 * 86_400


def _page(article: Article, who: str, form: VoteForm, status: int = 200) -> Response:
    said = vote_of(article.slug, who) if who else None
    values = {"article": article, "vote": said, "form": form}
    return render("kb/helpful.html", "kb/_helped.html", status=status, **values)


@blueprint.get("/<slug>/helpful")
@public
def asked(slug: str) -> Response:
    """The question alone, or what this reader said; where a vote without scripts leads."""
    person = me()
    article = get_article(person, slug, current_language())
    return _page(article, voter(person, slug), VoteForm())


@blueprint.post("/<slug>/helpful")
@public
@csrf.exempt  # the article's page is the same for all visitors and holds no token: a vote must come from one of ours
def answer(slug: str) -> Response:
    if not is_from_here():
        abort(400)
    person, form = me(), VoteForm()
    article = get_article(person, slug, current_language())
    who, token = _known_or_new(person, slug)
    if not form.validate():
        return _page(article, who, form, 422)
    if limits.is_one_too_many(limits.VOTES, limits.source()):
        db.session.rollback()
        abort(429)
    said = Said(
        form.answer.data == "yes", form.locale.data or "", form.reason.data or "", form.words.data or ""
    )
    vote(said, slug, who)
    db.session.commit()
    response = _page(article, who, VoteForm(formdata=None)) if is_htmx() else go(f"/help/{slug}/helpful")
    if token:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(
            VOTE, token, max_age=YEAR, path=f"/help/{slug}", secure=secure, httponly=True, samesite="Lax"
        )
    return response


def _known_or_new(person: Person | None, slug: str) -> tuple[str, str]:
    """Who votes, and the word that a browser is to keep so that it can change its vote; a person needs none."""
    if person:
        return voter(person, slug), ""
    token = request.cookies.get(VOTE) or crypto.new_token()
    return crypto.digest(token), token
