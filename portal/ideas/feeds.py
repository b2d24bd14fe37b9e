"""What was released, for programs that look for news (RFC 4287): what everybody may read alone, whoever asks."""

from flask import Blueprint, Response, make_response, render_template

from ..community.feeds import HEAD, LONG_AGO, answer, fit
from ..kit.languages import base, tag_of
from ..people.guards import public
from .queries import newest_changes

blueprint = Blueprint("ideas_feed", __name__)
MOST = 30


@blueprint.get("/ideas/changes.xml")
@public
def feed() -> Response:
    ideas = newest_changes(MOST)
    body = render_template(
        "ideas/changes.xml",
        base=base(),
        ideas=ideas,
        fit=fit,
        updated=ideas[0].changed_at if ideas else LONG_AGO,
        tag_of=tag_of,
    )
    response = make_response(answer(body, "application/atom+xml"))
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def maps() -> list[str]:
    """The paths of the sitemap's parts that hold pages of ideas."""
    return ["/sitemap/ideas.xml"]


@blueprint.get("/sitemap/ideas.xml")
@public
def page_map() -> Response:
    """Board, roadmap and change log; each idea stands among the topics."""
    pages = ("/ideas", "/ideas/roadmap", "/ideas/changes")
    rows = "".join(f"<url><loc>{base()}{page}</loc></url>\n" for page in pages)
    return answer(f"{HEAD}{rows}</urlset>\n", "application/xml")
