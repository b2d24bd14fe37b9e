"""The editors' list of articles that are wished for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..extensions import db
from ..kb.access import find_article
from ..kit.forms import clean_line
from ..kit.htmx import go, render
from ..kit.i18n import _, current_language
from ..kit.markdown import render_markdown
from ..kit.numbers import BIGINT, number_in
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from .access import get_wish, readable_posts
from .actions import settle, take_up_again
from .models import ArticleWish
from .queries import readable_tickets, title_of, wishes_page

blueprint = Blueprint("wishes", __name__, url_prefix="/editors/wishes")


@dataclass(frozen=True)
class Line:
    """A wish as one editor reads it.

    Attributes:
        wish: the row.
        words: of the post or the answer; empty when the reader may not read them.
        title: what they stand under.
        link: where they stand, if the reader may go there.
        made: title and slug of the article, if the reader may read it.
    """

    wish: ArticleWish
    words: str
    title: str
    link: str
    made: tuple[str, str] | None

    @property
    def html(self) -> str:
        return render_markdown(self.words)

    @property
    def file(self) -> str:
        """The beginning of an article's file (see README.md), to be copied."""
        title = self.title.replace("\\", "").replace('"', "'")
        head = ["---", f'title: "{title}"', 'summary: ""', "tags: []", "status: draft", "---", ""]
        return "\n".join([*head, self.words])


def _lines(wishes: Sequence[ArticleWish], person: Person) -> list[Line]:
    posts = readable_posts(person, [wish.post_id for wish in wishes if wish.post_id])
    tickets = readable_tickets(person, [wish.event.ticket_id for wish in wishes if wish.event])
    return [_line(wish, person, posts, tickets) for wish in wishes]


def _line(wish: ArticleWish, person: Person, posts: dict[int, Any], tickets: set[int]) -> Line:
    made = title_of(person, wish.article) if wish.article else None
    post = posts.get(wish.post_id or 0)
    if post:
        return Line(wish, post.body or "", post.topic.heading, post.address, made)
    ticket = wish.event.ticket if wish.event else None
    seen = ticket is not None and ticket.id in tickets
    link = f"/desk/tickets/{ticket.number}#m{wish.event_id}" if ticket and seen and person.is_staff else ""
    return Line(wish, wish.text, ticket.title if ticket and seen else "", link, made)


def _page(status: int = 200, **more: Any) -> Response:
    settled = request.args.get("show") == "settled"
    before = number_in(request.args.get("before"), BIGINT) or 0
    wishes, older = wishes_page(settled=settled, before=before)
    lines = _lines(wishes, who())
    return render("crossing/wishes.html", status=status, lines=lines, settled=settled, older=older, **more)


@blueprint.get("")
@needs(Permission.READERSHIP)
def index() -> Response:
    return _page()


@blueprint.post("/<int:key>")
@needs(Permission.READERSHIP)
def settle_post(key: int) -> Response:
    """An article was made of it, not now, or it waits again."""
    person, wish, act = who(), get_wish(key), request.form.get("act", "")
    if act == "done":
        place = clean_line(request.form.get("article", ""))
        slug = (place.partition("/help/")[2] or place).partition("?")[0].partition("#")[0]
        if not find_article(person, slug, current_language()):
            return _page(422, wrong=wish.id, typed=place)
        settle(wish, person, slug)
        flash(_("Noted. Who reads where it came from finds the article."), "good")
    elif act == "not-now":
        settle(wish, person)
    elif act == "again":
        take_up_again(wish)
    else:
        abort(400)
    db.session.commit()
    return go("/editors/wishes?show=settled" if act == "again" else "/editors/wishes")
