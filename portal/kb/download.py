"""Pictures of articles: sent as what they are, never run."""

from flask import Blueprint, Response, abort, request

from ..extensions import db
from ..people.guards import me, public
from .access import VISITORS, audience, get_picture, may_see_picture, visible_articles
from .models import Article
from .sharing import picture_of

blueprint = Blueprint("pictures", __name__, url_prefix="/help/pictures")
# Their address has the digest of what they show, so it never changes; what a cache on the way holds is asked for again
# at once, for an article may be withdrawn.
KEPT = "public, max-age=31536000, s-maxage=5, immutable"


@blueprint.get("/<string(length=32):key>/<int:width>.<ending>")
@public
def picture(key: str, width: int, ending: str) -> Response:
    """A picture in one of its two sizes, for those who may read an article that shows it."""
    found = get_picture(me(), key)
    if ending != found.ending or width not in {found.width, found.small_width} - {0}:
        abort(404)
    data = found.data if width == found.width else found.small
    response = Response(data, mimetype="image/jpeg" if ending == "jpg" else f"image/{ending}")
    stem = found.name.rpartition(".")[0]
    response.headers.set("Content-Disposition", "inline", filename=f"{stem}.{ending}")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    everybody = may_see_picture(audience(None), key)
    response.headers["Cache-Control"] = KEPT if everybody else "private, no-store"
    if everybody:
        response.set_etag(f"{key}-{width}")
        response.make_conditional(request)
    return response


@blueprint.get("/cards/<locale>/<slug>.png")
@public
def card(locale: str, slug: str) -> Response:
    """What chats and networks show beside a link to an article that everybody may read."""
    rows = visible_articles(VISITORS).where(Article.slug == slug, Article.locale == locale)
    title = db.session.scalar(rows.with_only_columns(Article.title)) or abort(404)
    response = Response(picture_of(title) or abort(404), mimetype="image/png")
    response.headers["Cache-Control"] = KEPT
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
