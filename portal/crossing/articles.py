"""From an article to the community: a sentence of it is quoted into a topic, and it shows the topics about it."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from ..kb.access import get_article
from ..kit.forms import clean_text
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..kit.markdown import escape_markdown
from ..people.guards import me, public
from .queries import topics_about

blueprint = Blueprint("crossing_articles", __name__, url_prefix="/help")
QUOTED = 600  # characters of an article that go along


@blueprint.get("/<slug>/discuss")
@public
def discuss(slug: str) -> Response:
    """On to a new topic that begins with the words that were chosen, if any, and leads to the article."""
    article = get_article(me(), slug, current_language())
    words = clean_text(request.args.get("words", ""))
    words = f"{words[:QUOTED].rstrip()}…" if len(words) > QUOTED else words
    quoted = "\n".join(f"> {escape_markdown(line)}".rstrip() for line in words.splitlines())
    link = f"[{escape_markdown(article.title)}](/help/{article.slug})"
    body = "\n\n".join(filter(None, [quoted, _("About: %(article)s", article=link)])) + "\n\n"
    return go("/community/new?" + urlencode({"title": "" if words else article.title[:150], "body": body}))


@blueprint.get("/<slug>/topics")
@public
def topics(slug: str) -> Response:
    """What is said about it in the community, for whoever reads."""
    article = get_article(me(), slug, current_language())
    found = topics_about(me(), article.slug)
    return render("crossing/topics.html", "crossing/_topics.html", article=article, topics=found)
