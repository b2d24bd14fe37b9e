"""What a script tells of a search: the words that suggestions were shown for in the end, and what was opened.

Searches that get a page are noted when that is made, with scripts or without. Not counted are suggestions and openings
of browsers without scripts, and what is left when a browser sends nothing any more.
"""

from flask import Blueprint, Response, abort

from ..accounts import limits
from ..extensions import csrf
from ..kit.addresses import is_from_here
from ..kit.i18n import current_language
from ..people.guards import public
from ..readership.forms import SearchedForm
from ..readership.notes import note

blueprint = Blueprint("searched", __name__, url_prefix="/help")


@blueprint.post("/searched")
@public
@csrf.exempt  # it changes nothing of anybody's, and the pages that send it are the same for all visitors
def tell() -> Response:
    form = SearchedForm()
    if not is_from_here() or not form.validate():
        abort(400)
    facts = {"opened": form.opened.data} if form.opened.data else {}
    if form.words.data:
        facts |= {
            "words": form.words.data,
            "results": form.results.data or 0,
            "language": form.language.data or current_language(),
        }
    if facts:
        note(form.token.data or "", limits.source(), **facts)
    return Response(status=204)
